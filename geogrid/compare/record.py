"""What a written comparison is about: two plans, what they are called, and in which words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd

from geogrid.compare.comparing import PlanComparison
from geogrid.i18n import mark as _
from geogrid.reports.record import Wording

__all__ = [
    "FORMER",
    "KIND_WORDS",
    "MEASURE_WORDS",
    "NEW",
    "STATE_WORDS",
    "TOLD_WORDS",
    "ComparisonRecord",
]

FORMER, NEW = _("Former plan"), _("New plan")
"""What the plans are called where nobody knows their names."""

STATE_WORDS: Mapping[str, str] = {
    "draft": _("Draft"),
    "review": _("Plan in review"),
    "published": _("Plan in force"),
    "archived": _("Earlier plan"),
    "sample": _("Sample"),
}
"""What a plan is to what people call it."""

KIND_WORDS: Mapping[str, str] = {
    "split": _("Split"),
    "merged": _("Merged"),
    "regrouped": _("Regrouped"),
    "added": _("Added grid"),
    "removed": _("Removed grid"),
    "reshaped": _("Border moved"),
    "renamed": _("Renamed"),
    "amended": _("Attributes changed"),
    "unchanged": _("Unchanged"),
}
"""Kind of change to what people call it."""

MEASURE_WORDS: Mapping[str, str] = {
    "households": _("Households"),
    "people": _("People"),
    "buildings": _("Buildings"),
    "addresses": _("Addresses"),
    "open_cases": _("Open cases"),
    "staff": _("Staff"),
}
"""Measure to its name."""

TOLD_WORDS: Mapping[str, str] = {
    "code": _("code"),
    "name": _("name"),
    "parent": _("upper grid"),
    "kind": _("type of grid"),
}
"""What is said of a grid to its name."""

_SHOWN = 6


@dataclass(frozen=True)
class ComparisonRecord(Wording):
    """A comparison to write down.

    Attributes
    ----------
    comparison
        Of the two plans.
    before, after
        What the plans are called.
    states
        What they are, keys of :data:`STATE_WORDS`; ``""`` where nobody knows.
    date
        Day as people write it; the record knows no clock.
    """

    comparison: PlanComparison
    before: str = ""
    after: str = ""
    date: str = ""
    states: tuple[str, str] = ("", "")

    @cached_property
    def names(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Code to name, before and after."""
        return _names(self.comparison.before), _names(self.comparison.after)

    @cached_property
    def levels(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """Code to level, before and after."""
        of = self.comparison
        return _levels(of.before), _levels(of.after)

    def called(self, side: int) -> str:
        """Return what the plan before (0) or after (1) is, with its name; ``""`` for none."""
        state, name = self.states[side], (self.before, self.after)[side]
        words = self.say(STATE_WORDS[state]) if state else ""
        return f"{words} · {name}" if words and name else words or name

    def both(self) -> str:
        """Return the two plans in one line."""
        return " → ".join(name for name in (self.called(0), self.called(1)) if name)

    def grid(self, code: str, side: int, *, full: bool = False) -> str:
        """Return what a grid is called before (0) or after (1); a dash for none.

        Parameters
        ----------
        code : of the grid, "" for none
        side : 0 or 1
        full : whether its code stands behind the name
        """
        if not code:
            return "–"
        name = self.names[side].get(code, "")
        if not name:
            return code
        left, right = ("（", "）") if self.is_chinese else (" (", ")")
        return f"{name}{left}{code}{right}" if full else name

    def listed(self, codes: Sequence[str], side: int, *, most: int = _SHOWN) -> str:
        """Return grids as a sentence lists them, of many the first."""
        comma = "、" if self.is_chinese else ", "
        text = comma.join(self.grid(code, side, full=True) for code in codes[:most])
        return text + (f" … ({len(codes)})" if len(codes) > most else "") or "–"

    def sentence(self) -> str:
        """Return in one sentence what the later plan changes."""
        counts = self.comparison.counts()
        comma = "，" if self.is_chinese else ", "
        parts = [
            f"{self.say(KIND_WORDS[kind])} {count:,}"
            for kind, count in counts.items()
            if count and kind != "unchanged"
        ]
        if not parts:
            return self.say(_("The two plans have the same grids."))
        return self.say(
            _("{changes}; unchanged: {unchanged} grids."),
            changes=comma.join(parts),
            unchanged=f"{counts['unchanged']:,}",
        )

    @property
    def title(self) -> str:
        """What the document is called."""
        return self.say(_("Comparison of grid plans"))


def _names(plan: gpd.GeoDataFrame) -> dict[str, str]:
    return dict(zip(plan["code"], plan["name"], strict=True))


def _levels(plan: gpd.GeoDataFrame) -> dict[str, int]:
    return dict(zip(plan["code"], map(int, plan["level"]), strict=True))
