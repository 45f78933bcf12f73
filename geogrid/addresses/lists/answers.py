"""Where each row of a list is: its place, the grid by list or by polygon, how certain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geogrid.addresses.place_found import FOUND_COLUMNS, PlaceFound
from geogrid.hierarchy import Hierarchy
from geogrid.locate import locate
from geogrid.placing.grid_layer import GridLayer
from geogrid.unit_grids import settle_places

if TYPE_CHECKING:
    from geogrid.addresses.finder import AddressFinder

__all__ = [
    "ANSWER_COLUMNS",
    "GROUPS",
    "NO_ADDRESS",
    "TO_CHECK",
    "count_groups",
    "look_up",
    "settled",
    "suggest",
    "suggest_doubtful",
    "with_picks",
]

NO_ADDRESS = "empty"
"""Certainty of a row without an address."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    "exact": ("exact", "picked"),
    "similar": ("similar", "building", "compound"),
    "estimated": ("estimated",),
    "doubtful": ("street", "partial"),
    "none": ("none", NO_ADDRESS),
}
"""What rows are counted as, to the certainties of it."""

TO_CHECK = (*GROUPS["doubtful"], "none")
"""Certainties of rows whose grid is not said, because somebody has to look."""

ANSWER_COLUMNS = ("asked", *FOUND_COLUMNS, "by", "disagreement")

_AT_ONCE = 2_000
_MOST_SUGGESTED = 200
_SUGGESTED = 3


def look_up(
    texts: Sequence[str],
    finder: AddressFinder,
    layer: GridLayer,
    tree: Hierarchy,
    progress: Callable[[float], None] = lambda _share: None,
) -> pd.DataFrame:
    """Return the place and the grid of each text.

    Parameters
    ----------
    texts
        Addresses as people write them; ``""`` for none.
    finder, layer, tree
        Of one plan.
    progress
        Told the share done.

    Returns
    -------
    DataFrame
        Columns :data:`ANSWER_COLUMNS`, a row for each text in order. Rows of a certainty in
        :data:`TO_CHECK` have no grid; lon and lat are WGS 84.
    """
    from geogrid.addresses.finder import match_places  # noqa: PLC0415 - loads the compiler

    codes, known = pd.factorize(pd.Series(list(texts), dtype="object"))
    found = []
    for at in range(0, len(known), _AT_ONCE):
        found.append(match_places(finder, known[at : at + _AT_ONCE].tolist()))
        progress(min(1.0, (at + _AT_ONCE) / len(known)))
    both = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=[*FOUND_COLUMNS])
    both.insert(0, "asked", known)
    both["certainty"] = both["certainty"].mask(both["asked"].str.strip() == "", NO_ADDRESS)
    return settled(both, layer, tree).take(codes).reset_index(drop=True)


def suggest(
    texts: Sequence[str],
    finder: AddressFinder,
    layer: GridLayer,
    tree: Hierarchy,
    *,
    limit: int,
    progress: Callable[[float], None] = lambda _share: None,
) -> dict[str, list[PlaceFound]]:
    """Return what each text may mean, the best first, each with the grid it is located in.

    Parameters
    ----------
    texts : as people write them
    finder, layer, tree : of one plan
    limit : at most so many for each
    progress : told the share done
    """
    from geogrid.addresses.finder import find_places  # noqa: PLC0415 - loads the compiler

    found: dict[str, list[PlaceFound]] = {}
    for text in texts:
        found[text] = find_places(finder, text, limit=limit)
        progress(len(found) / len(texts))
    places = [each for of_text in found.values() for each in of_text]
    rows = pd.DataFrame([{name: getattr(each, name) for name in FOUND_COLUMNS} for each in places])
    if not len(rows):
        return found
    grids = iter(settled(rows.assign(asked="", certainty="picked"), layer, tree)["grid"])
    return {
        text: [replace(each, located=next(grids)) for each in of_text]
        for text, of_text in found.items()
    }


def suggest_doubtful(
    answers: pd.DataFrame,
    finder: AddressFinder,
    layer: GridLayer,
    tree: Hierarchy,
    progress: Callable[[float], None] = lambda _share: None,
) -> dict[str, list[PlaceFound]]:
    """Return what the texts that somebody has to look at may mean, the first 200 of them.

    Parameters
    ----------
    answers : of :func:`look_up`
    finder, layer, tree, progress : as for :func:`suggest`
    """
    texts = answers.loc[answers["certainty"].isin(TO_CHECK), "asked"].drop_duplicates()
    some = texts.head(_MOST_SUGGESTED).tolist()
    return suggest(some, finder, layer, tree, limit=_SUGGESTED, progress=progress)


def count_groups(answers: pd.DataFrame) -> dict[str, int]:
    """Return how many rows there are of each of :data:`GROUPS`."""
    counts = answers["certainty"].value_counts()
    return {name: int(counts.reindex(codes).fillna(0).sum()) for name, codes in GROUPS.items()}


def settled(found: pd.DataFrame, layer: GridLayer, tree: Hierarchy) -> pd.DataFrame:
    """Return places with their grid and where it is from; none where somebody has to look.

    Parameters
    ----------
    found : columns asked and :data:`geogrid.addresses.place_found.FOUND_COLUMNS`
    layer, tree : of the plan
    """
    lon, lat = (found[axis].to_numpy(dtype=np.float64) for axis in ("lon", "lat"))
    positions = locate(layer.index, lon, lat)
    drawn = np.append(layer.codes, "")[positions]
    settling = settle_places(found, drawn.tolist(), tree)
    settling[found["certainty"].isin([*TO_CHECK, NO_ADDRESS]).to_numpy()] = ""
    return found.assign(**{name: settling[name] for name in ("grid", "by", "disagreement")})[
        [*ANSWER_COLUMNS]
    ]


def with_picks(
    answers: pd.DataFrame, picks: Mapping[str, PlaceFound], layer: GridLayer, tree: Hierarchy
) -> pd.DataFrame:
    """Return answers in which somebody has said what texts mean.

    Parameters
    ----------
    answers : of :func:`look_up`
    picks : text to its place
    layer, tree : of the plan
    """
    if not picks:
        return answers
    chosen = pd.DataFrame(
        [{name: getattr(place, name) for name in FOUND_COLUMNS} for place in picks.values()]
    ).assign(asked=list(picks), certainty="picked", reasons="")
    known = settled(chosen, layer, tree).set_index("asked", drop=False)
    at = answers["asked"].isin(known.index).to_numpy()
    changed = answers.copy()
    changed.loc[at] = known.loc[answers.loc[at, "asked"]].to_numpy()
    return changed
