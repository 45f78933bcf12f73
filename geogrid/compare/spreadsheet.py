"""The comparison as a workbook: summary, changes, every grid, who moves, and what, one by one."""

from __future__ import annotations

from geogrid.compare.record import ComparisonRecord
from geogrid.compare.tables import (
    THING_WORDS,
    change_table,
    count_table,
    facts,
    grid_table,
    move_table,
    thing_table,
)
from geogrid.i18n import mark as _
from geogrid.reports.spreadsheet import table_sheet
from geogrid.tabular.workbook import Sheet, workbook_bytes

__all__ = ["comparison_workbook"]


def comparison_workbook(record: ComparisonRecord) -> bytes:
    """Return the comparison as an XLSX file; numbers are numbers, no text is a formula.

    Parameters
    ----------
    record : the comparison
    """
    say = record.say
    summary = [[record.title, " · ".join(record.marks)], *(list(pair) for pair in facts(record))]
    summary.append([say(_("What changes")), record.sentence()])
    sheets = [
        Sheet(say(_("Summary")), summary, (34, 90), has_header=False, bold_columns=1),
        table_sheet(say(_("Number of changes")), count_table(record), record),
        table_sheet(say(_("What becomes of each grid")), change_table(record), record),
        table_sheet(say(_("Who moves")), move_table(record), record),
        table_sheet(say(_("Every grid")), grid_table(record), record),
    ]
    known = set(record.comparison.things["what"])
    sheets += [
        table_sheet(say(word), thing_table(record, what), record)
        for what, word in THING_WORDS.items()
        if what in known
    ]
    return workbook_bytes(sheets)
