"""Addresses that lists keep naming and that nobody can place for certain, by area.

The area of such an address is never guessed: it is the one where all lies that the address may
mean, or the one that its own words name; else it is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import pandas as pd

from geogrid.addresses.lists.answers import look_up, suggest
from geogrid.addresses.lists.areas import (
    COMMUNITY,
    AreaNames,
    area_names,
    area_of_words,
    one_community,
    street_of,
    street_runs,
)
from geogrid.addresses.parsing import parse_address
from geogrid.addresses.place_found import PlaceFound
from geogrid.addresses.spelling import canonical_address
from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from geogrid.placing.grid_layer import GridLayer

if TYPE_CHECKING:
    from geogrid.addresses.finder import AddressFinder

__all__ = ["AREA_BY", "KINDS", "Doubts", "count_doubts", "find_doubts", "short_address"]

KINDS: Mapping[str, tuple[str, ...]] = {
    "none": ("none",),
    "doubtful": ("estimated", "street", "partial"),
}
"""Kind to the certainties of it."""

AREA_BY: Mapping[str, str] = {
    "position": _("by its estimated position"),
    "suggested": _("what it may mean is there"),
    "street": _("its street is only there"),
    "named": _("the address names it"),
    "": "",
}
"""What says the area of an address, to words."""

_SUGGESTED = 6
_MOST_SUGGESTED = 1_000
_GATHERING, _SUGGESTING = 0.45, 0.4
"""Shares of the work of a large list."""
_INSIDE = frozenset(("unit", "floor", "room", "rest"))
_DOORS = frozenset(("number", "compound", "building"))
_BESIDE = frozenset(("direction", "crossing"))


class Doubts(NamedTuple):
    """Addresses in doubt.

    Attributes
    ----------
    rows
        One per different address, the most frequent first: text, as it was first written, and
        its canonical spelling; count (int64), how often; kind (of :data:`KINDS`), certainty,
        reasons; area, the code of the finest grid that it is known to be in, ``""`` for none; by
        (of :data:`AREA_BY`).
    suggestions
        What the first 1,000 of them may mean, the best first; of an address that is only on a
        known street, what is there.
    """

    rows: pd.DataFrame
    suggestions: Mapping[str, Sequence[PlaceFound]]


def find_doubts(
    answers: pd.DataFrame,
    finder: AddressFinder,
    layer: GridLayer,
    tree: Hierarchy,
    leaves: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    progress: Callable[[float], None] = lambda _share: None,
) -> Doubts:
    """Return the addresses of a list that are in doubt.

    Several rows are one address where they differ in the room or in words around it.

    Parameters
    ----------
    answers : of :func:`geogrid.addresses.lists.answers.look_up`
    finder, layer, tree : of one plan
    leaves : its finest grids, with code, EPSG:4326
    streets : lines with a name, EPSG:4326
    progress : told the share done
    """
    rows = _gathered(answers, finder, layer, tree, lambda share: progress(_GATHERING * share))
    texts = rows["text"].head(_MOST_SUGGESTED).tolist()
    suggestions = suggest(
        texts, finder, layer, tree, limit=_SUGGESTED,
        progress=lambda share: progress(_GATHERING + _SUGGESTING * share),
    )  # fmt: skip
    places = [each for of_text in suggestions.values() for each in of_text]
    wanted = {street_of(text) for text in rows["text"]}
    wanted |= {canonical_address(each.label) for each in places if each.kind == "street"}
    runs = street_runs(wanted, streets, finder.searched, leaves, layer, tree)
    names = area_names(tree, runs)
    found = [_area(row, suggestions.get(row["text"], ()), names) for row in rows.to_dict("records")]
    rows["area"] = pd.Series([area for area, _by in found], dtype="str")
    rows["by"] = pd.Series([by for _area, by in found], dtype="str")
    return Doubts(rows.drop(columns=["grid", "street"]), suggestions)


def count_doubts(rows: pd.DataFrame, placed: pd.Series, tree: Hierarchy) -> pd.DataFrame:
    """Count addresses in doubt for each community, as often as they were met.

    Parameters
    ----------
    rows : of :class:`Doubts`
    placed : code of a grid to the number of rows with an address known to be there
    tree : of the plan

    Returns
    -------
    DataFrame
        By code of the community, or of a larger area where no more is known; ``""`` for an
        unknown one, last. Columns none and doubtful, and addresses: these and the placed ones;
        int64. Areas without doubts are left out.
    """
    shown = tree.shown_at(COMMUNITY)
    area = rows["area"].map(lambda code: shown.get(code, "") or code)
    counts = pd.DataFrame(
        {kind: rows["count"].where(rows["kind"] == kind, 0).groupby(area).sum() for kind in KINDS}
    ).astype("int64")
    known = placed.groupby(placed.index.map(lambda code: shown.get(code, ""))).sum()
    here = pd.Series([known.get(code, 0) if code else 0 for code in counts.index], counts.index)
    counts["addresses"] = (counts.sum(axis=1) + here).astype("int64")
    order = sorted(counts.index, key=lambda code: (code == "", code))
    return counts.loc[order].rename_axis("code")


def short_address(text: str) -> str:
    """Return the part of a text that names a door, without the room and the words around it.

    The text itself where it names none, or something beside a door.

    Examples
    --------
    >>> short_address("你好，我住泰然七路12号3栋2单元501，楼道灯坏了")
    '泰然七路12号3栋'
    >>> short_address("泰然七路12号对面")
    '泰然七路12号对面'
    """
    parts = parse_address(text).parts
    kinds = {each.part for each in parts}
    if not kinds & _DOORS or kinds & _BESIDE:
        return text
    outer = [each for each in parts if each.part not in _INSIDE]
    return text[outer[0].start : outer[-1].end]


def _gathered(
    answers: pd.DataFrame,
    finder: AddressFinder,
    layer: GridLayer,
    tree: Hierarchy,
    progress: Callable[[float], None],
) -> pd.DataFrame:
    """Return what is in doubt, each address once: without rooms, where that is in doubt too."""
    in_doubt = _in_doubt(answers)
    counts = in_doubt["asked"].value_counts(sort=False)
    known = in_doubt.drop_duplicates("asked").set_index("asked")
    shorts = [short_address(text) for text in counts.index]
    new = [text for text in dict.fromkeys(shorts) if text not in known.index]
    if new:
        looked_up = _in_doubt(look_up(new, finder, layer, tree, progress))
        known = pd.concat([known, looked_up.set_index("asked")])
    texts = [
        short if short in known.index else whole
        for short, whole in zip(shorts, counts.index, strict=True)
    ]
    rows = pd.DataFrame({"text": texts, "count": counts.to_numpy("int64")})
    rows["spelling"] = rows["text"].map(canonical_address)
    rows = rows.groupby("spelling", sort=False).agg(text=("text", "first"), count=("count", "sum"))
    for name in ("certainty", "reasons", "kind", "label", "grid"):
        rows[name] = known.loc[rows["text"], name].to_numpy()
    rows["street"] = rows["label"].where(rows["kind"] == "street", "")
    rows["kind"] = rows["certainty"].map(lambda code: "none" if code == "none" else "doubtful")
    rows = rows.drop(columns="label").sort_values(["count", "text"], ascending=[False, True])
    return rows.reset_index()


def _in_doubt(answers: pd.DataFrame) -> pd.DataFrame:
    kinds = [certainty for many in KINDS.values() for certainty in many]
    return answers[answers["certainty"].isin(kinds)]


def _area(
    row: Mapping[str, str], suggested: Sequence[PlaceFound], names: AreaNames
) -> tuple[str, str]:
    """Return the area of an address and what says it."""
    if row["certainty"] == "estimated":
        return (row["grid"], "position") if row["grid"] else ("", "")
    named, by = area_of_words(row["text"], names)
    if row["street"]:
        finer, codes = "street", list(names.streets.get(canonical_address(row["street"]), ()))
    else:
        finer, codes = "suggested", [code for each in suggested for code in _grids(each, names)]
    shared = one_community(codes, names.tree)
    if shared and shared != named and (not named or named in names.tree.chain(shared)):
        return shared, finer
    return named, by


def _grids(place: PlaceFound, names: AreaNames) -> Sequence[str]:
    if place.kind == "street":
        return names.streets.get(canonical_address(place.label), ("",)) or ("",)
    return place.spans or (place.located,)
