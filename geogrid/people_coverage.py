"""Coverage of people (人员全覆盖): each address in one finest grid, with one person."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid.addresses.entries import unit_places
from geogrid.addresses.spelling import canonical_address
from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from geogrid.posts import Answer, PostsByGrid, responsible, who_answers
from geogrid.unit_grids import settle_units

__all__ = ["LACKS", "addresses_to_cover", "count_lacks", "cover_people"]

LACKS: Mapping[str, tuple[str, str]] = {
    "unplaced": (_("No position"), _("No position, and no grid on the list.")),
    "outside": (_("Outside"), _("The position lies outside of all grids.")),
    "coarse": (_("No finest grid"), _("The list names only a grid that is divided further.")),
    "several": (_("Several grids"), _("The same address is listed in several grids.")),
    "overlap": (_("Overlap"), _("Grids of this plan overlap here.")),
    "nobody": (_("Nobody"), _("Nobody is registered in the grid or above it.")),
    "no_post": (
        _("Nobody of its own"),
        _("The grid has nobody in charge; somebody above answers."),
    ),
    "vacant": (_("Vacant"), _("The post is vacant; somebody above stands in.")),
}
"""What an address lacks, in a word and in a sentence, the gravest first."""

_KINDS = ("address", "building", "entrance", "compound")
"""Entries of a gazetteer that somebody may live at; the others are roads and places."""
_NOUNS = {"street": "", "number": "号", "compound": "", "building": "栋", "entrance": "单元"}
"""Columns of units that together are an address, with the noun that a bare number stands for."""
_COMMUNITY, _GRID_LEVEL = 2, 3


def addresses_to_cover(units: pd.DataFrame, entries: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the addresses that somebody has to answer for, each once.

    A unit with others below it is not an address of its own. One without a position is where
    the nearest unit above it is, as in look-ups.

    Parameters
    ----------
    units
        Of a plan, WGS 84; ``grid`` is what the list says.
    entries
        Stored addresses with the columns
        :data:`geogrid.addresses.gazetteer.ENTRY_COLUMNS`; those that are units, by id or by
        address, and roads and places are left out.

    Returns
    -------
    DataFrame
        Columns unit_id, kind, name, address, same (a text that rows of the same address have in
        common, ``""`` for none), is_local (whether it is the same within one community only, as
        other communities may have compounds of this name), listed (code of a grid, ``""`` for
        none), lon, lat (degrees).
    """
    lon, lat = unit_places(units)
    found = _told_apart(units).assign(listed=units["grid"], lon=lon, lat=lat)
    columns = ["unit_id", "kind", "name", "address", "same", "is_local", "listed", "lon", "lat"]
    found = found.loc[~units["unit_id"].isin(units["parent"].unique()), columns]
    if entries is not None and len(entries):
        found = pd.concat([found, _stored(entries, units)[columns]], ignore_index=True)
    return found.reset_index(drop=True)


def _told_apart(units: pd.DataFrame) -> pd.DataFrame:
    """Add same, the kind and the parts of each address as one text, and is_local."""
    parts = {name: _spelled(units[name], noun) for name, noun in _NOUNS.items()}
    has_door = (parts["street"] != "") & (parts["number"] != "")
    in_compound = parts["compound"] != ""
    is_bare = (parts["building"] == "") & (parts["entrance"] == "")
    is_named = in_compound & is_bare & (has_door | (parts["number"] == ""))  # as 门卫室
    parts["name"] = _folded(units["name"]).where(is_named, "")
    same = units["kind"].str.cat(list(parts.values()), sep="|").where(in_compound | has_door, "")
    return units.assign(same=same, is_local=in_compound & ~has_door)


def _spelled(texts: pd.Series, noun: str) -> pd.Series:
    """Return parts of addresses in one spelling; they repeat, whole addresses do not."""
    spelled = {text: canonical_address(text).removesuffix(noun) for text in texts.unique()}
    return texts.map(spelled).astype("str")


def _stored(entries: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    rows = entries[entries["kind"].isin(_KINDS) & ~entries["unit_id"].isin(units["unit_id"])]
    text = _folded(rows["address"].where(rows["address"] != "", rows["name"]))
    same = ("entry|" + _folded(rows["region"]) + "|" + text).where(text != "", "")
    is_new = ~text.isin(_folded(units["address"])) | (text == "")
    return rows.assign(same=same, is_local=False, listed=rows["grid"])[is_new]


def _folded(texts: pd.Series) -> pd.Series:
    """Return texts without differences of width and case, and without signs and spaces."""
    plain = texts.astype("str").str.normalize("NFKC").str.lower()
    return plain.str.replace(r"[\W_]+", "", regex=True)


def cover_people(
    addresses: pd.DataFrame,
    drawn: npt.NDArray[np.object_],
    posts: PostsByGrid,
    tree: Hierarchy,
    *,
    holders: npt.NDArray[np.int32] | None = None,
) -> pd.DataFrame:
    """Say of every address which grid it is in, who answers for it, and what is lacking.

    Parameters
    ----------
    addresses
        Of :func:`addresses_to_cover`, n rows.
    drawn
        Code of the finest grid at the position, ``""`` outside; object[n].
    posts
        Of :func:`geogrid.posts.posts_by_grid`.
    tree
        Of the plan.
    holders
        How many finest grids claim the position, int32[n]
        (:func:`geogrid.locate.count_holders`); one at most in a proven plan.

    Returns
    -------
    DataFrame
        Indexed as `addresses`: grid (settled by list, then position; ``""`` for none), lack (a
        key of :data:`LACKS`, the gravest, ``""`` when all is well), person, post and of (the
        grid of that post) of who answers, others (codes of the other grids of the same address,
        separated by spaces).

    Examples
    --------
    >>> tree = Hierarchy({"1": "", "11": "1", "12": "1"}, dict.fromkeys(["1", "11", "12"], ""),
    ...                  {"1": 2, "11": 3, "12": 3})
    >>> row = {"post": "leader", "holder": "王", "deputy": "", "phone": "", "deputy_phone": ""}
    >>> rows = pd.DataFrame({"same": "", "is_local": False, "listed": ["", "12"], "lon": 114.0,
    ...                      "lat": 22.5})
    >>> found = cover_people(rows, np.array(["11", "11"], object), {"11": [row | {"grid": "11"}]},
    ...                      tree)
    >>> found[["grid", "lack", "person"]].values.tolist()
    [['11', '', '王'], ['12', 'nobody', '']]
    """
    is_placed = (addresses["lon"].notna() & addresses["lat"].notna()).to_numpy()
    grid = settle_units(addresses["listed"], drawn, is_placed, tree)["grid"]
    community = grid.map(tree.shown_at(_COMMUNITY)).fillna("").where(addresses["is_local"], "")
    others = _others(addresses["same"], community, grid)
    codes = grid.unique().tolist()
    people = pd.DataFrame(
        [_answering(code, posts, tree) for code in codes],
        index=codes,
        columns=["lack", "person", "post", "of"],
        dtype="str",
    )
    divided = set(tree.parents.values())
    by_list = grid.ne(pd.Series(drawn, index=grid.index, dtype="str"))
    several = np.zeros(len(grid), np.bool_) if holders is None else (holders > 1) & ~by_list
    lack = grid.map(people["lack"])
    for name, is_so in (
        ("overlap", several),
        ("several", others != ""),
        ("coarse", grid.isin(divided)),
        ("outside", (grid == "") & is_placed),
        ("unplaced", (grid == "") & ~is_placed),
    ):
        lack = lack.mask(is_so, name)
    named = {name: grid.map(people[name]).astype("str") for name in ("person", "post", "of")}
    return pd.DataFrame({"grid": grid, "lack": lack.astype("str"), **named, "others": others})


def _others(same: pd.Series, within: pd.Series, grid: pd.Series) -> pd.Series:
    """Return the other grids of the addresses that several rows name in different ones."""
    same = (same.astype("str") + "|" + within.astype("str")).where(same != "", "")
    rows = pd.DataFrame({"same": same, "grid": grid})
    rows = rows[(same != "") & (grid != "") & same.duplicated(keep=False)].drop_duplicates()
    rows = rows[rows["same"].duplicated(keep=False)]
    grids = {text: sorted(codes) for text, codes in rows.groupby("same")["grid"]}
    found = pd.Series("", index=same.index, dtype="str")
    for at in np.flatnonzero(same.isin(grids) & (grid != "")):
        found.iat[at] = " ".join(code for code in grids[same.iat[at]] if code != grid.iat[at])
    return found


def _answering(code: str, posts: PostsByGrid, tree: Hierarchy) -> tuple[str, str, str, str]:
    """Return what a grid lacks, and person, post and grid of who answers for it."""
    chain = tree.chain(code)
    answer = responsible(who_answers(posts, chain))
    if answer is None:
        return "", "", "", ""
    return _lack(answer, chain, tree), answer.name, answer.from_post, answer.from_grid


def _lack(answer: Answer, chain: list[str], tree: Hierarchy) -> str:
    if answer.via == "nobody":
        return "nobody"
    if answer.via == "parent":
        return "vacant"
    own = {chain[0], *(code for code in chain if tree.levels[code] >= _GRID_LEVEL)}
    return "" if answer.from_grid in own else "no_post"


def count_lacks(found: pd.DataFrame, tree: Hierarchy, level: int = _COMMUNITY) -> pd.DataFrame:
    """Count addresses and what they lack for each grid of a level.

    Parameters
    ----------
    found
        Of :func:`cover_people`.
    tree
        Of the plan.
    level
        See :meth:`geogrid.hierarchy.Hierarchy.shown_at`; communities by default.

    Returns
    -------
    DataFrame
        By code, those in no grid of the level last as ``""``: addresses, covered, and a column
        for each of :data:`LACKS`; int64.
    """
    shown = found["grid"].map(tree.shown_at(level)).fillna("")
    counts = pd.crosstab(shown.to_numpy(), found["lack"].to_numpy())
    counts = counts.reindex(columns=["", *LACKS], fill_value=0).astype("int64")
    counts.insert(0, "addresses", counts.sum(axis=1))
    order = sorted(counts.index, key=lambda code: (code == "", code))
    return counts.rename(columns={"": "covered"}).loc[order].rename_axis("code")
