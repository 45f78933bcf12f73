"""The cases of one week for the weekly report (周报): figures, categories, week against week."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from geogrid.errors import FieldError
from geogrid.figures import LOCAL_TIME, CaseFilter, count_by_grid, select_cases
from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _

__all__ = ["Week", "WeeklyReport", "parse_week", "week_of", "weekly_report"]

_WEEK = re.compile(r"(\d{4})-W(\d{1,2})", re.ASCII)
_ALL = "all"
_TOP = 3
_NO_CATEGORY = "other"


@dataclass(frozen=True)
class Week:
    """A week from Monday to Sunday.

    Attributes
    ----------
    first
        Its Monday.
    """

    first: date

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.first + timedelta(days=6)

    @property
    def text(self) -> str:
        """The week as ISO 8601 writes it, ``2026-W10``."""
        year, number, _day = self.first.isocalendar()
        return f"{year:04d}-W{number:02d}"

    def moved(self, weeks: int) -> Week:
        """Return the week so many weeks later."""
        return Week(self.first + timedelta(weeks=weeks))


def week_of(day: date) -> Week:
    """Return the week that a day is in."""
    return Week(day - timedelta(days=day.weekday()))


def parse_week(text: str) -> Week:
    """Return the week of ``2026-W10``, or the one with a day such as ``2026-03-04``.

    Raises
    ------
    FieldError
        It is no week.

    Examples
    --------
    >>> parse_week("2026-W10").first, parse_week("2026-03-04").text
    (datetime.date(2026, 3, 2), '2026-W10')
    """
    found = _WEEK.fullmatch(text.strip())
    try:
        day = (
            date.fromisocalendar(int(found[1]), int(found[2]), 1)
            if found
            else date.fromisoformat(text.strip())
        )
    except ValueError:
        day = date.min
    if not 1990 <= day.year <= 2200:
        raise FieldError(_("“{text}” is no week; write it as 2026-W10."), text=text[:40])
    return week_of(day)


@dataclass(frozen=True, eq=False)
class WeeklyReport:
    """What there is to report of a week; whether cases are closed or overdue is as of `now`.

    Attributes
    ----------
    week
        Which.
    totals, before
        The figures of :data:`geogrid.figures.DEFINITIONS` for all cases of the week, and of the
        week before.
    until_then
        The same for all cases reported until the Sunday of the week, closed ones too.
    levels
        Level to a table by grid, most cases first: code, households, those figures, ``before``
        (cases of the week before) and ``top``: the most frequent categories with their numbers.
    categories
        Columns category (a code, or the office's own word), cases and before; most cases first.
    outside, no_position
        Cases of the week outside of all grids, and without a position.
    """

    week: Week
    totals: Mapping[str, float]
    before: Mapping[str, float]
    until_then: Mapping[str, float]
    levels: Mapping[int, pd.DataFrame]
    categories: pd.DataFrame
    outside: int
    no_position: int


def weekly_report(
    cases: pd.DataFrame,
    grids: pd.DataFrame,
    hierarchy: Hierarchy,
    week: Week,
    *,
    now: datetime,
    levels: Collection[int] = (2, 3),
    time_zone: str = LOCAL_TIME,
) -> WeeklyReport:
    """Count the cases that were reported in a week.

    Parameters
    ----------
    cases, grids, hierarchy, now
        As for :func:`geogrid.figures.count_by_grid`.
    week
        By the day of the report.
    levels
        Which to count by.
    time_zone
        In which days begin.
    """
    wanted, former = (_in_week(each, time_zone) for each in (week, week.moved(-1)))
    own = cases[select_cases(cases, wanted)]
    earlier = cases[select_cases(cases, former)]
    until = cases[select_cases(cases, CaseFilter(last_day=week.last, time_zone=time_zone))]
    unplaced = int(own["lon"].isna().sum())
    return WeeklyReport(
        week=week,
        totals=_totals(own, now),
        before=_totals(earlier, now),
        until_then=_totals(until, now),
        levels={
            level: _by_grid(own, earlier, grids, hierarchy, level=level, now=now)
            for level in levels
        },
        categories=_categories(own, earlier),
        outside=int((own["grid"] == "").sum())
        - int(own.loc[own["grid"] == "", "lon"].isna().sum()),
        no_position=unplaced,
    )


def _in_week(week: Week, time_zone: str) -> CaseFilter:
    return CaseFilter(first_day=week.first, last_day=week.last, time_zone=time_zone)


def _totals(cases: pd.DataFrame, now: datetime) -> dict[str, float]:
    """Return the figures of cases wherever they are, as of one grid."""
    one = pd.DataFrame({"code": [_ALL], "households": pd.array([pd.NA], dtype="Int64")})
    tree = Hierarchy({_ALL: ""}, {_ALL: ""}, {_ALL: 0})
    table = count_by_grid(cases.assign(grid=_ALL), one, tree, level=0, now=now)
    row = table.drop(columns=["code", "households"]).iloc[0]
    return {str(name): float(value) for name, value in row.items()}


def _by_grid(
    own: pd.DataFrame,
    earlier: pd.DataFrame,
    grids: pd.DataFrame,
    tree: Hierarchy,
    *,
    level: int,
    now: datetime,
) -> pd.DataFrame:
    table = count_by_grid(own, grids, tree, level=level, now=now)
    former = count_by_grid(earlier, grids, tree, level=level, now=now)
    shown = own["grid"].map(tree.shown_at(level)).fillna("")
    table["before"] = former["cases"]
    top = {
        str(code): [(str(word), int(n)) for word, n in words.value_counts().head(_TOP).items()]
        for code, words in _category(own).groupby(shown)
    }
    table["top"] = [top.get(code, []) for code in table["code"]]
    return table.sort_values(["cases", "code"], ascending=[False, True], ignore_index=True)


def _category(cases: pd.DataFrame) -> pd.Series:
    """Return the code of the category, the office's own word where it has none."""
    codes = cases["category"].where(cases["category"] != "", _NO_CATEGORY)
    if "category_text" not in cases.columns:
        return codes
    is_own = (codes == _NO_CATEGORY) & (cases["category_text"].fillna("") != "")
    return codes.mask(is_own, cases["category_text"])


def _categories(own: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    now, former = (_category(cases).value_counts() for cases in (own, earlier))
    words = now.index.union(former.index)
    counts = pd.DataFrame(
        {
            "category": words.astype("str"),
            "cases": now.reindex(words, fill_value=0).to_numpy("int64"),
            "before": former.reindex(words, fill_value=0).to_numpy("int64"),
        }
    )
    return counts.sort_values(
        ["cases", "before", "category"], ascending=[False, False, True], ignore_index=True
    )
