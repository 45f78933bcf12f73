"""A place profile: what a place expects of its grids, as plain values."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from geogrid.rules.codes import CodeScheme

__all__ = [
    "CodeRules",
    "Profile",
    "Range",
    "ShapeRules",
    "SizeRule",
    "StaffRule",
    "first_match",
]


@dataclass(frozen=True)
class Range:
    """The range advised for a number; either end may be open.

    Attributes
    ----------
    low, high
        Inclusive bounds; None for an open end.
    """

    low: float | None = None
    high: float | None = None

    def off(self, value: float, *, least: float = 1.0) -> float:
        """Return how far off `value` is: 0 inside, else |ln(value / bound)|.

        Parameters
        ----------
        value : what was counted or measured
        least : stands in for smaller values, so that nothing is infinitely far off
        """
        if self.high is not None and value > self.high:
            return math.log(max(value, least) / max(self.high, least)) or math.ulp(1.0)
        if self.low is not None and value < self.low:
            return math.log(max(self.low, least) / max(value, least)) or math.ulp(1.0)
        return 0.0


@dataclass(frozen=True)
class SizeRule:
    """How large grids of some levels and kinds should be; empty tuples mean all.

    Attributes
    ----------
    levels, kinds
        The grids concerned.
    households, people, area_km2
        The ranges advised, None where nothing is.
    """

    levels: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    households: Range | None = None
    people: Range | None = None
    area_km2: Range | None = None


@dataclass(frozen=True)
class StaffRule:
    """Which posts grids of some levels and kinds should have.

    Attributes
    ----------
    levels, kinds
        The grids concerned; empty tuples mean all.
    posts
        Codes of posts, or the office's own words; any one of them counts.
    at_least
        How many people each grid should have in these posts.
    most_grids
        How many grids one person should hold such a post in, None for any number.
    """

    levels: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    at_least: int = 1
    most_grids: int | None = None


@dataclass(frozen=True)
class ShapeRules:
    """How grids should be shaped.

    Attributes
    ----------
    one_part
        Whether a grid should be one connected piece.
    compactness
        The least Polsby–Popper score advised, 0 for none.
    """

    one_part: bool = True
    compactness: float = 0.0


@dataclass(frozen=True)
class CodeRules:
    """How grids should be coded.

    Attributes
    ----------
    scheme
        None where codes are only compared with each other.
    in_order
        Whether to say where numbers do not run west to east, then north to south.
    retired
        Codes used once, never to be used again.
    """

    scheme: CodeScheme | None = None
    in_order: bool = False
    retired: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Profile:
    """What a place expects of its grids.

    Attributes
    ----------
    name
        Of the profile; a key of :func:`geogrid.rules.builtin_profiles` or the place's own.
    default_kind
        The kind of grids that say none; ``""`` for none.
    sizes, staff
        Of the size rules the first that fits a grid counts; all staff rules count.
    shape
        How grids should be shaped.
    no_vacancy
        Whether to say where a post has neither a holder nor a deputy.
    one_community
        Whether every grid below the communities should have exactly one above it.
    community_level
        Level of the communities.
    codes
        How grids should be coded.
    """

    name: str
    default_kind: str = ""
    sizes: tuple[SizeRule, ...] = ()
    staff: tuple[StaffRule, ...] = ()
    shape: ShapeRules = ShapeRules()
    no_vacancy: bool = True
    one_community: bool = True
    community_level: int = 2
    codes: CodeRules = CodeRules()


class _Scoped(Protocol):
    @property
    def levels(self) -> tuple[int, ...]: ...

    @property
    def kinds(self) -> tuple[str, ...]: ...


_Rule = TypeVar("_Rule", bound=_Scoped)


def first_match(rules: Iterable[_Rule], level: int, kind: str) -> _Rule | None:
    """Return the first rule for grids of this level and kind, or None."""
    for rule in rules:
        if (not rule.levels or level in rule.levels) and (not rule.kinds or kind in rule.kinds):
            return rule
    return None
