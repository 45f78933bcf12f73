"""Vacant posts that nobody above answers for, because nobody above is registered."""

from __future__ import annotations

import pandas as pd

from geogrid.hierarchy import build_hierarchy

__all__ = ["grids_without_upper"]


def grids_without_upper(posts: pd.DataFrame, grids: pd.DataFrame) -> set[str]:
    """Return the codes of the grids above which the roster names no person.

    Parameters
    ----------
    posts
        Columns grid, holder, deputy.
    grids
        The plan; columns code, name, parent, level.
    """
    is_held = (posts["holder"] != "") | (posts["deputy"] != "")
    held = set(posts.loc[is_held, "grid"])
    tree = build_hierarchy(grids)
    codes = {str(code) for code in posts["grid"]}
    return {code for code in codes if held.isdisjoint(tree.chain(code)[1:])}
