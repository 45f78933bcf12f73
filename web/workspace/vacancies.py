"""Who answers for the vacant posts of a roster that have no deputy."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geogrid.hierarchy import build_hierarchy
from geogrid.i18n import mark as _
from geogrid.posts import posts_by_grid, who_answers

__all__ = ["WORDS", "who_stands_in"]

WORDS: Mapping[str, str] = {
    "deputy": _("Vacant, the deputy answers"),
    "grid": _("Vacant, somebody else of the grid answers"),
    "parent": _("Vacant, the level above answers"),
    "nobody": _("Vacant, and nobody above is registered who would answer"),
}
"""What a preview says of a vacant post, by :attr:`geogrid.posts.Answer.via`."""


def who_stands_in(posts: pd.DataFrame, grids: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Return grid and post to the way in which it is answered, for vacant posts.

    Parameters
    ----------
    posts
        Of a roster; see :func:`geogrid.posts.read_roster`.
    grids
        The plan; columns code, name, parent, level.
    """
    by_grid, tree = posts_by_grid(posts), build_hierarchy(grids)
    return {
        (answer.grid, answer.post): answer.via
        for code in by_grid
        for answer in who_answers(by_grid, tree.chain(code))
        if answer.vacant and answer.grid == code and answer.via != "deputy"
    }
