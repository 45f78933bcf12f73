"""Who holds which post at which grid, before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from itertools import zip_longest

import pandas as pd

from geogrid.compare.things import COLUMNS, complete, text
from geogrid.hierarchy import Hierarchy

__all__ = ["staff_things"]


def staff_things(
    posts: pd.DataFrame,
    after: pd.DataFrame | None,
    heirs: Mapping[str, str],
    same: Mapping[str, str],
    trees: tuple[Hierarchy, Hierarchy],
) -> pd.DataFrame:
    """Find where people held a post and hold it now.

    A post goes where its grid went; where that is not one grid, it falls to the nearest grid
    above that is still there, which has to decide.

    Parameters
    ----------
    posts : columns grid, post, holder, and phone where known, which only tells namesakes apart;
        those before. Vacant posts are nobody
    after : those after, where they are known; posts at grids that are gone go on as above
    heirs : code of a grid that is gone to the one that most of it went to, where it is one
    same : code before to the code after that is the same grid
    trees : of the two plans

    Returns
    -------
    DataFrame
        Columns :data:`geogrid.compare.things.COLUMNS`, one row for each person, post and grid.

    Raises
    ------
    FieldError
        A column is missing.
    """

    def heir(code: str) -> str:
        above = (same[step] for step in trees[0].chain(code)[1:] if step in same)
        return same.get(code) or heirs.get(code) or next(above, "")

    settled = complete("post", posts if after is None else after)
    moves = pd.Series(True, index=settled.index)
    if after is not None:
        moves = ~settled["grid"].isin(set(trees[1].names))
    settled = settled.assign(grid=settled["grid"].mask(moves, settled["grid"].map(heir)))
    were, are = _held(complete("post", posts)), _held(settled)
    rows = [
        (holder, post, *pair)
        for holder, post, phone in sorted(were.keys() | are.keys())
        for pair in _pairs(
            were.get((holder, post, phone), set()), are.get((holder, post, phone), set()), heir
        )
    ]
    table = pd.DataFrame(rows, columns=["label", "id", "before", "after"], dtype=object)
    table["what"], table["staff"] = "post", 1
    return table.reindex(columns=list(COLUMNS), fill_value=0)


def _pairs(old: Set[str], new: Set[str], heir: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Yield the grids of one person before and after: those that lead to each other, the rest."""
    led = {code: heir(code) for code in sorted(old) if heir(code) in new}
    yield from led.items()
    left, fresh = sorted(old - led.keys()), sorted(new - set(led.values()))
    yield from zip_longest(left, fresh, fillvalue="")


def _held(posts: pd.DataFrame) -> dict[tuple[str, str, str], set[str]]:
    """Return person, post and phone to the grids."""
    phone = text(posts["phone"]) if "phone" in posts else [""] * len(posts)
    found: dict[tuple[str, str, str], set[str]] = {}
    for holder, post, number, grid in zip(
        text(posts["holder"]), text(posts["post"]), phone, text(posts["grid"]), strict=True
    ):
        if holder:
            found.setdefault((holder, post, number), set()).add(grid)
    return found
