"""The report as a workbook: summary, defects, neighbours, sums, and what has changed."""

from __future__ import annotations

from typing import Any

from geogrid.i18n import mark as _
from geogrid.reports.comparison import CheckComparison
from geogrid.reports.record import CheckRecord, Wording
from geogrid.reports.steps import next_steps
from geogrid.reports.tables import (
    Column,
    ReportTable,
    change_table,
    count_table,
    defect_table,
    facts,
    pair_table,
    sum_table,
)
from geogrid.tabular.workbook import Sheet, workbook_bytes

__all__ = ["report_workbook", "table_sheet"]

_FORMATS = {"area": "#,##0.00", "length": "#,##0.000", "degrees": "0.000000", "count": "#,##0"}


def report_workbook(record: CheckRecord) -> bytes:
    """Return the report as an XLSX file.

    Numbers are numbers; no text is ever a formula, whatever a code or a name begins with.

    Parameters
    ----------
    record : the check
    """
    say = record.say
    sheets = [
        Sheet(say(_("Verdict")), _summary(record), (34, 90), has_header=False, bold_columns=1),
        table_sheet(say(_("Problems")), defect_table(record), record),
        table_sheet(say(_("By neighbours")), pair_table(record), record),
        table_sheet(say(_("Sums of areas")), sum_table(record), record),
        table_sheet(say(_("Numbers")), count_table(record), record),
    ]
    if record.comparison is not None:
        table = change_table(record, record.comparison)
        sheets.append(table_sheet(say(_("Since the earlier check")), table, record))
    return workbook_bytes(sheets)


def table_sheet(title: str, table: ReportTable, record: Wording) -> Sheet:
    """Return a table as a sheet whose numbers are numbers."""
    return Sheet(
        title,
        [[record.say(column.name) for column in table.columns], *table.rows],
        tuple(column.width for column in table.columns),
        formats=tuple(_format(column) for column in table.columns),
    )


def _format(column: Column) -> str:
    return _FORMATS.get(column.kind, "General")


def _summary(record: CheckRecord) -> list[list[Any]]:
    """Return what stands on the first sheet: what was checked, the verdict, what to do."""
    say, parts = record.say, record.report.verdict_parts(record.language)
    rows: list[list[Any]] = [
        [say(_("Report on the check of boundaries")), " · ".join(record.marks)]
    ]
    rows += [list(pair) for pair in facts(record)]
    rows.append([say(_("Verdict")), parts.headline])
    if record.report.is_proven:
        rows.append(
            ["", say(_("Proven: every boundary was matched exactly with its neighbour's."))]
        )
    rows += [["", note] for note in (*parts.remarks, *parts.caveats)]
    rows += _compared(record.comparison, record)
    for at, step in enumerate(next_steps(record)):
        rows.append([say(_("What to do next")) if at == 0 else "", f"{at + 1}. {step}"])
    for at, finding in enumerate(record.findings):
        head = say(_("Noticed when reading the file")) if at == 0 else ""
        rows.append([head, finding.text(record.language)])
    return rows


def _compared(comparison: CheckComparison | None, record: CheckRecord) -> list[list[Any]]:
    if comparison is None:
        return []
    return [[record.say(_("Since the earlier check")), comparison.headline(record.language)]]
