"""The grids that a caller may choose from in a form, each below the one above it."""

from __future__ import annotations

from collections.abc import Collection

from geogrid.hierarchy import Hierarchy
from web.auth import caller
from web.scope import in_scope

__all__ = ["FINEST_CHOSEN", "finest_choices", "first_own", "grid_choices"]

FINEST_CHOSEN = 3


def grid_choices(tree: Hierarchy, whole: str) -> list[tuple[str, str]]:
    """Return code and name of what the caller may choose, indented as the tree is.

    Parameters
    ----------
    tree : of the plan
    whole : what the whole plan is called, where it has several grids at the top
    """
    found: list[tuple[str, str]] = []

    def walk(code: str, depth: int) -> None:
        if tree.levels[code] > FINEST_CHOSEN and not _is_own(code):
            return
        if in_scope(code, tree):
            found.append((code, "　" * depth + (tree.names[code] or code)))
        for child in below.get(code, ()):
            walk(child, depth + 1)

    def _is_own(code: str) -> bool:
        scope = caller().scope
        return scope is not None and code in scope

    below: dict[str, list[str]] = {}
    for code, parent in sorted(tree.parents.items()):
        below.setdefault(parent, []).append(code)
    tops = below.get("", ())
    if len(tops) > 1 and caller().scope is None:
        found.append(("", whole))
    for top in tops:
        walk(top, 0)
    return found


def finest_choices(
    tree: Hierarchy, finest: Collection[str], most: int
) -> dict[str, list[tuple[str, str]]] | None:
    """Return code and name of the finest grids within the caller's limits, by who is above.

    Parameters
    ----------
    tree : of the plan
    finest : its finest grids
    most : where there are more, they are too many to choose from, and None is returned
    """
    own = [code for code in sorted(finest) if in_scope(code, tree)]
    if len(own) > most:
        return None
    found: dict[str, list[tuple[str, str]]] = {}
    for code in own:
        above = " · ".join(tree.names_up(code)[:0:-1])
        found.setdefault(above, []).append((code, tree.names[code] or code))
    return found


def first_own(tree: Hierarchy) -> str | None:
    """Return the first grid of a caller with limits, ``""`` for who has none, None for nothing."""
    scope = caller().scope
    if scope is None:
        return ""
    return min((code for code in scope if code in tree.parents), default=None)
