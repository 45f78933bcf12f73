"""Every grid belongs to exactly one community."""

from __future__ import annotations

import re

import pandas as pd

from geogrid.findings import Finding
from geogrid.hierarchy import build_hierarchy
from geogrid.i18n import mark as _
from geogrid.rules.advice import Advice, Subject
from geogrid.rules.profile import Profile
from geogrid.rules.words import Names

__all__ = ["community_advice"]

_BETWEEN = re.compile(r"[,，、;；/|\s]+")


def community_advice(subject: Subject, profile: Profile) -> list[Advice]:
    """Return which grids are under no community, or under several.

    A parent that is not in the frame counts as one community. Nothing is said of a frame in
    which no grid names a parent: such a file does not speak of communities. Of grids one
    under the other, the topmost is named.
    """
    if not profile.one_community or not (subject.rows["parent"] != "").any():
        return []
    below = subject.rows[subject.rows["level"] > profile.community_level]
    several = _several(below, subject)
    told = {row for one in several for row in one.rows}
    has_communities = bool((subject.rows["level"] == profile.community_level).any())
    return several + _without(below, subject, profile, has_communities, told)


def _without(
    below: pd.DataFrame, subject: Subject, profile: Profile, has_communities: bool, told: set[int]
) -> list[Advice]:
    tree = build_hierarchy(subject.rows)
    message = _("{grid} belongs to no community")
    found = []
    for row, code, parent in zip(below.index, below["code"], below["parent"], strict=True):
        chain = tree.chain(code)[1:]
        levels = [tree.levels[each] for each in chain]
        is_under = profile.community_level in levels
        is_outside = parent != "" and not chain and not has_communities
        is_said_above = bool(levels) and levels[0] > profile.community_level
        if not (is_under or is_outside or is_said_above or row in told):
            detail = Finding("no_community", message, {"grid": subject.names[row]}, rows=(row,))
            found.append(Advice("scale", (row,), detail))
    return found


def _several(below: pd.DataFrame, subject: Subject) -> list[Advice]:
    """Return grids whose rows, or whose one cell, name several parents."""
    known = set(subject.rows["code"])
    parents: dict[str, set[str]] = {}
    rows: dict[str, list[int]] = {}
    for row, code, parent in zip(below.index, below["code"], below["parent"], strict=True):
        parts = [part for part in _BETWEEN.split(parent) if part in known]
        named = parts if len(parts) > 1 and parent not in known else [parent]
        parents.setdefault(code, set()).update(each for each in named if each)
        rows.setdefault(code, []).append(int(row))
    message = _("{grid} is given to several communities: {parents}")
    found = []
    for code, above in parents.items():
        if len(above) < 2:
            continue
        here = tuple(rows[code])
        params = {"grid": subject.names[here[0]], "parents": Names(sorted(above))}
        detail = Finding("several_communities", message, params, rows=here)
        found.append(Advice("scale", here, detail))
    return found
