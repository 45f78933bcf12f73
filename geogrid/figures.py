"""Figures of cases per grid, each defined once (:data:`DEFINITIONS`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from geogrid.offices.case_lists import read_cases

__all__ = [
    "DEFINITIONS",
    "CaseFilter",
    "category_choices",
    "count_by_grid",
    "read_cases",
    "select_cases",
]

LOCAL_TIME = "Asia/Shanghai"

DEFINITIONS: Mapping[str, tuple[str, str]] = {
    "cases": (_("Cases"), _("Cases reported in the period.")),
    "open": (_("Open"), _("Cases of the period that are not closed.")),
    "overdue": (_("Overdue"), _("Open cases of the period whose deadline has passed.")),
    "replied": (_("Replied"), _("Cases of the period with a reply to the reporter.")),
    "closed": (_("Closed cases"), _("Cases of the period that are closed.")),
    "reply_rate": (_("Reply rate"), _("Replied cases divided by cases.")),
    "closing_rate": (_("Closing rate"), _("Closed cases divided by cases.")),
    "on_time_rate": (
        _("On-time rate"),
        _(
            "Cases closed by their deadline, divided by the cases with a deadline that are "
            "closed or overdue."
        ),
    ),
    "per_1000_households": (
        _("Cases per 1,000 households"),
        _("Cases divided by the grid's households, times 1,000."),
    ),
}
"""Figure to its name and definition, both keys of their translations, in the order to show."""


@dataclass(frozen=True)
class CaseFilter:
    """Which cases to count; a field left out does not restrict.

    Attributes
    ----------
    first_day, last_day
        Days of `time_zone`, both included, by the time of the report.
    categories, statuses
        Codes, or an office's own words for the category.
    time_zone
        In which a day begins and ends.
    """

    first_day: date | None = None
    last_day: date | None = None
    categories: Collection[str] = ()
    statuses: Collection[str] = ()
    time_zone: str = LOCAL_TIME


def select_cases(cases: pd.DataFrame, wanted: CaseFilter) -> npt.NDArray[np.bool_]:
    """Return which rows of `cases` are `wanted`, bool[n].

    A case without a time of report is outside every period that has a first or last day.
    """
    chosen = np.ones(len(cases), dtype=np.bool_)
    reported = cases["reported_at"]
    if wanted.first_day is not None:
        start = pd.Timestamp(wanted.first_day, tz=wanted.time_zone)
        chosen &= (reported >= start).to_numpy(dtype=np.bool_)
    if wanted.last_day is not None:
        end = pd.Timestamp(wanted.last_day, tz=wanted.time_zone) + pd.DateOffset(days=1)
        chosen &= (reported < end).to_numpy(dtype=np.bool_)
    if wanted.categories:
        named = cases["category"].isin(list(wanted.categories))
        if "category_text" in cases.columns:
            named |= cases["category_text"].isin(list(wanted.categories))
        chosen &= named.to_numpy(dtype=np.bool_)
    if wanted.statuses:
        chosen &= cases["status"].isin(list(wanted.statuses)).to_numpy(dtype=np.bool_)
    return chosen


def count_by_grid(
    cases: pd.DataFrame,
    grids: pd.DataFrame,
    hierarchy: Hierarchy,
    *,
    level: int,
    now: datetime,
    wanted: CaseFilter | None = None,
) -> pd.DataFrame:
    """Count the cases of each grid shown at `level`.

    Parameters
    ----------
    cases
        Columns of a plan's cases and ``grid``: the code of the finest grid, ``""`` outside.
    grids
        Columns code and households, all levels.
    hierarchy
        Of the same grids.
    level
        Undivided coarser grids count for themselves; see :meth:`Hierarchy.shown_at`.
    now
        Time-aware; decides what is overdue.
    wanted
        Which cases; all when left out.

    Returns
    -------
    DataFrame
        One row per grid shown, also without cases: code, households and the columns of
        :data:`DEFINITIONS`; rates are float64 from 0 to 1, NaN where nothing can be divided.
        ``attrs["outside"]`` is the number of cases wanted that lie in no grid.
    """
    chosen = cases[select_cases(cases, wanted or CaseFilter())]
    stands_for = hierarchy.shown_at(level)
    shown = chosen["grid"].map(stands_for).fillna("")
    counts = _facts(chosen, pd.Timestamp(now)).groupby(shown.to_numpy()).sum()
    outside = int(counts["cases"].get("", 0))
    divided = set(hierarchy.parents.values())
    codes = sorted({at for code, at in stands_for.items() if code not in divided})
    table = counts.reindex(codes, fill_value=0).rename_axis("code").reset_index()
    homes = grids.drop_duplicates("code").set_index("code")["households"]
    table.insert(1, "households", homes.reindex(codes).astype("Int64").array)
    table = _with_rates(table)[["code", "households", *DEFINITIONS]]
    table.attrs["outside"] = outside
    return table


def category_choices(cases: pd.DataFrame, *, most: int = 20) -> list[tuple[str, int]]:
    """Return the categories to choose from and their cases, the most frequent first.

    Codes come first, then up to `most` of the office's own words that have no code.
    """
    choices = [(str(code), int(n)) for code, n in cases["category"].value_counts().items() if code]
    if "category_text" in cases.columns:
        own = cases.loc[cases["category"] == "other", "category_text"].value_counts()
        choices += [(str(word), int(n)) for word, n in own.head(most).items() if word]
    return choices


def _facts(cases: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    """Return what is summed up: one 0/1 column per figure."""
    closed = cases["status"] == "closed"
    late = cases["deadline"] < now
    on_time = closed & (cases["closed_at"] <= cases["deadline"])
    settled = cases["deadline"].notna() & ((closed & cases["closed_at"].notna()) | (~closed & late))
    facts = {
        "cases": pd.Series(True, index=cases.index),
        "open": ~closed,
        "overdue": ~closed & late,
        "replied": cases["replied_at"].notna(),
        "closed": closed,
        "_on_time": on_time,
        "_settled": settled,
    }
    return pd.DataFrame(facts).astype("int64")


def _with_rates(table: pd.DataFrame) -> pd.DataFrame:
    rates = {
        "reply_rate": _ratio(table["replied"], table["cases"]),
        "closing_rate": _ratio(table["closed"], table["cases"]),
        "on_time_rate": _ratio(table["_on_time"], table["_settled"]),
        "per_1000_households": 1000 * _ratio(table["cases"], table["households"]),
    }
    return table.assign(**rates)


def _ratio(part: Any, whole: Any) -> npt.NDArray[np.float64]:
    below = whole.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    above = part.to_numpy(dtype=np.float64)
    empty = np.full(above.shape, np.nan)
    return np.divide(above, below, out=empty, where=below > 0)
