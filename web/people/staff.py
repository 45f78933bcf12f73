"""Posts by grid as the page shows them: vacancies first, each with who answers instead."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from geogrid.hierarchy import Hierarchy
from geogrid.posts import (
    Answer,
    PostsByGrid,
    office_of,
    posts_by_grid,
    responsible,
    who_answers,
    why_answers,
)
from geogrid.vocabulary import label
from web.scope import sees_phones_of

__all__ = ["Staff"]

_TEXTS = ("post_id", "grid", "post", "holder", "deputy", "phone", "deputy_phone")
_RANKS = ("nobody", "vacant", "deputised", "no_posts", "filled")
"""States of a grid in the order of the page."""


@dataclass(frozen=True, eq=False)
class Staff:
    """The posts of a moment.

    Attributes
    ----------
    held
        As :func:`geogrid.store.people.posts_at` gives them.
    tree
        Of the plan of the moment.
    language, zone
        Of the page.
    """

    held: pd.DataFrame
    tree: Hierarchy
    language: str
    zone: ZoneInfo

    @cached_property
    def by_grid(self) -> PostsByGrid:
        """Grid to its posts in the order to answer."""
        since = self._days(self.held["valid_from"])
        until = self._days(self.held["valid_until"], before=timedelta(microseconds=1))
        return posts_by_grid(self.held[list(_TEXTS)].assign(since=since, until=until))

    def _days(self, moments: pd.Series, before: timedelta = timedelta()) -> pd.Series:
        """Return the days of moments where the office is, "" where there is none."""
        here = (pd.to_datetime(moments, utc=True) - before).dt.tz_convert(self.zone)
        return here.dt.strftime("%Y-%m-%d").fillna("")

    def states(self, codes: Collection[str]) -> dict[str, str]:
        """Return the state of the grids among `codes` that have posts or are undivided.

        Vacancies come first. What a page says of them is for :meth:`grid`: there are thousands.
        """
        divided = set(self.tree.parents.values())
        shown = [code for code in codes if code in self.by_grid or code not in divided]
        found = {code: self._state(code) for code in shown}
        order = sorted(found, key=lambda code: (_RANKS.index(found[code]), code))
        return {code: found[code] for code in order}

    def _state(self, code: str) -> str:
        rows = self.by_grid.get(code, ())
        if rows and all(row["holder"] for row in rows):
            return "filled"
        answers = who_answers(self.by_grid, self.tree.chain(code)) if rows else []
        return _state(answers[: len(rows)])

    def elsewhere(self) -> list[dict[str, Any]]:
        """Return the posts at grids that the plan does not have; they answer nowhere."""
        return [
            self._post(row, None) | {"grid": code}
            for code, rows in sorted(self.by_grid.items())
            if code not in self.tree.parents
            for row in rows
        ]

    def grid(self, code: str) -> dict[str, Any]:
        """Return what a page says of a grid, its posts, and who answers for those vacant."""
        chain = self.tree.chain(code)
        answers = who_answers(self.by_grid, chain)
        rows = self.by_grid.get(code, ())
        own = answers[: len(rows)]
        first = responsible(answers)
        return {
            "code": code,
            "name": self.tree.names[code] or code,
            "level": label("level", self.tree.levels[code], self.language),
            "above": " · ".join(self.tree.names_up(code)[1:][::-1]),
            "state": self._state(code),
            "posts": [self._post(*pair) for pair in zip(rows, own, strict=True)],
            "instead": self._instead(first, chain) if first is not None and not rows else None,
        }

    def _post(self, row: Any, answer: Answer | None) -> dict[str, Any]:
        grid = row["grid"]
        is_seen = grid not in self.tree.parents or sees_phones_of(grid, self.tree)
        instead = None
        if answer is not None and answer.vacant:
            instead = self._instead(answer, self.tree.chain(grid))
        return {
            "post_id": row["post_id"],
            "post": label("post", row["post"], self.language),
            "holder": row["holder"],
            "deputy": row["deputy"],
            "phone": row["phone"] if is_seen else "",
            "deputy_phone": row["deputy_phone"] if is_seen else "",
            "since": row["since"],
            "until": row["until"],
            "vacant": not row["holder"],
            "instead": instead,
        }

    def _instead(self, answer: Answer, chain: Sequence[str]) -> dict[str, str]:
        """Return who answers for a vacancy, and why."""
        office = office_of(chain, self.tree.levels)
        why = why_answers(answer, chain[0], self.tree.names, office)
        is_seen = sees_phones_of(answer.from_grid, self.tree)
        return {
            "why": why.text(self.language),
            "phone": answer.phone if is_seen else "",
            "via": answer.via,
        }


def _state(answers: Sequence[Answer]) -> str:
    if not answers:
        return "no_posts"
    ways = {answer.via for answer in answers}
    if "nobody" in ways:
        return "nobody"
    if ways & {"grid", "parent"}:
        return "vacant"
    return "deputised" if "deputy" in ways else "filled"
