"""The comparison as a Word letter 网格调整对照表, as offices send it upward and sign it."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import docx

from geogrid.compare.picture import FORMER_COLOUR, MOVED_COLOUR, NEW_COLOUR, moves_png
from geogrid.compare.record import ComparisonRecord
from geogrid.compare.tables import (
    THING_WORDS,
    change_table,
    changed_grid_table,
    count_table,
    facts,
    move_table,
    thing_table,
)
from geogrid.i18n import mark as _
from geogrid.reports.tables import ReportTable
from geogrid.reports.word_page import add_picture, centred, heading, prepare, sign_off
from geogrid.reports.word_tables import add_table, add_values, clean

__all__ = ["comparison_document"]

_MOST_ROWS = 60
_LANDSCAPE_CM = 24.7
_PLACE = 2


def comparison_document(record: ComparisonRecord) -> bytes:
    """Return the comparison as a DOCX file.

    Parameters
    ----------
    record : the comparison
    """
    document, say, of = docx.Document(), record.say, record.comparison
    prepare(document, record, record.title, is_wide=True)
    centred(document, record.title, 20)
    centred(document, record.both(), 12)
    if record.date:
        centred(document, record.date, 12)
    rows = [[clean(text) for text in pair] for pair in facts(record)]
    add_table(document, rows, (6.0, _LANDSCAPE_CM - 6.0), has_header=False)
    heading(document, say(_("What changes")))
    document.add_paragraph(clean(record.sentence())).runs[0].bold = True
    if not of.is_same or len(of.things):
        _tables(document, record)
    sign_off(document, record)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _tables(document: Any, record: ComparisonRecord) -> None:
    say, of = record.say, record.comparison
    _table(document, record, count_table(record), 0)
    picture = moves_png(record, _MOST_ROWS)
    if picture is not None:
        legend = [
            ("■", say(_("Changes hands")), MOVED_COLOUR),
            ("━", say(_("Former borders")), FORMER_COLOUR),
            ("━", say(_("New borders")), NEW_COLOUR),
        ]
        caption = say(_("North at the top; the numbers are those of “Who moves”"))
        add_picture(document, picture, caption, legend)
    heading(document, say(_("What becomes of each grid")))
    _table(document, record, change_table(record, _MOST_ROWS), len(of.changes))
    if len(of.moves):
        heading(document, say(_("Who moves")))
        moves = _without_place(move_table(record, _MOST_ROWS))
        _table(document, record, moves, len(of.moves))
    changed = int((of.grids["change"] > 0).sum())
    if changed:
        heading(document, say(_("Changed grids, before and after")))
        _table(document, record, changed_grid_table(record, _MOST_ROWS), changed)
    staff = int((of.things["what"] == "post").sum())
    if staff:
        heading(document, say(THING_WORDS["post"]))
        _table(document, record, thing_table(record, "post", _MOST_ROWS), staff)


def _without_place(table: ReportTable) -> ReportTable:
    kept = [at for at, column in enumerate(table.columns) if column.kind != "degrees"]
    return ReportTable(
        [table.columns[at] for at in kept], [[row[at] for at in kept] for row in table.rows]
    )


def _table(document: Any, record: ComparisonRecord, table: ReportTable, rows: int) -> None:
    """Add a table, without columns that say nothing, and how many rows it leaves out."""
    kept = [
        at for at, column in enumerate(table.columns)
        if at < _PLACE or column.kind != "count" or _says_something(table.rows, at)
    ]  # fmt: skip
    shown = ReportTable(
        [table.columns[at] for at in kept], [[row[at] for at in kept] for row in table.rows]
    )
    add_values(document, record, shown, width_cm=_LANDSCAPE_CM)
    left = rows - len(table.rows)
    if left > 0:
        document.add_paragraph(
            record.say(_("{count} more are in the workbook."), count=f"{left:,}")
        )


def _says_something(rows: Sequence[Sequence[Any]], column: int) -> bool:
    return any(isinstance(row[column], int) and row[column] for row in rows)
