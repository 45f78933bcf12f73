"""The weekly report in words and numbers: rows for the page and sheets of the workbook."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from flask_babel import format_percent

from geogrid.figures import DEFINITIONS
from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.tabular.workbook import Sheet
from geogrid.vocabulary import label
from geogrid.weekly import WeeklyReport

__all__ = ["SHOWN", "figure_rows", "grid_rows", "report_sheets", "top_words"]

SHOWN = ("cases", "closed", "open", "overdue", "closing_rate", "on_time_rate", "reply_rate")
"""Figures of the report, in order; see :data:`geogrid.figures.DEFINITIONS`."""
_RATES = frozenset(("closing_rate", "on_time_rate", "reply_rate"))


def figure_rows(report: WeeklyReport, language: str) -> list[dict[str, str]]:
    """Return name, meaning, number of the week, of the week before and of all until then."""
    return [
        {
            "name": translate(DEFINITIONS[name][0], language),
            "means": translate(DEFINITIONS[name][1], language),
            "now": _said(report.totals[name], name),
            "before": _said(report.before[name], name),
            "all": _said(report.until_then[name], name),
        }
        for name in SHOWN
    ]


def grid_rows(table: pd.DataFrame, tree: Hierarchy, language: str) -> list[dict[str, Any]]:
    """Return the rows of a table by grid, as the page says them."""
    return [
        {
            "code": row["code"],
            "name": tree.names.get(row["code"]) or row["code"],
            "above": " · ".join(tree.names_up(row["code"])[1:2]),
            "before": int(row["before"]),
            "figures": [_said(row[name], name) for name in SHOWN],
            "top": top_words(row["top"], language),
            "is_late": row["overdue"] > 0,
        }
        for row in table.to_dict("records")
    ]


def top_words(top: Sequence[tuple[str, int]], language: str) -> str:
    """Return the most frequent categories with their numbers."""
    comma = ", " if language.startswith("en") else "、"
    return comma.join(f"{label('category', word, language)} {count}" for word, count in top)


def _said(value: Any, name: str) -> str:
    number = float(value)
    if math.isnan(number):
        return "–"
    return str(format_percent(number, "#,##0.0%")) if name in _RATES else f"{number:,.0f}"


def report_sheets(
    report: WeeklyReport, levels: Mapping[int, pd.DataFrame], tree: Hierarchy, language: str
) -> list[Sheet]:
    """Return the sheets of the workbook.

    Parameters
    ----------
    report
        Of the week.
    levels
        Its tables by grid that may be seen.
    tree
        Of the plan.
    language
        ``"zh_CN"`` or ``"en"``.
    """

    def say(text: str) -> str:
        return translate(text, language)

    week = f"{report.week.first} – {report.week.last}"
    names = [say(DEFINITIONS[name][0]) for name in SHOWN]
    formats = ["0.0%" if name in _RATES else "#,##0" for name in SHOWN]
    overview = [
        [
            say(DEFINITIONS[name][0]), _number(report.totals[name]),
            _number(report.before[name]), _number(report.until_then[name]),
            say(DEFINITIONS[name][1]),
        ]
        for name in SHOWN
    ]  # fmt: skip
    head = [week, say(_("This week")), say(_("Week before")), say(_("All until then")),
            say(_("What it means"))]  # fmt: skip
    sheets = [Sheet(say(_("Overview")), [head, *overview], (26, 14, 14, 14, 60))]
    for level, table in levels.items():
        columns = [say(_("Grid")), say(_("Grid code")), say(_("Belongs to")), *names,
                   say(_("Week before")), say(_("Most frequent"))]  # fmt: skip
        rows = [
            [
                tree.names.get(row["code"]) or row["code"], row["code"],
                " · ".join(tree.names_up(row["code"])[1:]),
                *(_number(row[name]) for name in SHOWN), int(row["before"]),
                top_words(row["top"], language),
            ]
            for row in table.to_dict("records")
        ]  # fmt: skip
        sheets.append(
            Sheet(
                label("level", str(level), language),
                [columns, *rows],
                (24, 20, 30, *[11] * len(SHOWN), 11, 44),
                formats=("", "", "", *formats, "#,##0"),
            )
        )
    categories = [
        [label("category", row["category"], language), row["cases"], row["before"]]
        for row in report.categories.to_dict("records")
    ]
    head = [say(_("Category")), say(_("This week")), say(_("Week before"))]
    return [*sheets, Sheet(say(_("Categories")), [head, *categories], (30, 12, 12))]


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
