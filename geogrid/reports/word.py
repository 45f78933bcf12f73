"""The report as a Word letter 检查报告: A4, tables that fit, fonts for Chinese and Latin."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
import pandas as pd

from geogrid.coverage.report_data import KIND_WORDS, kind_word
from geogrid.i18n import mark as _
from geogrid.reports.picture import EDGE_COLOUR, KIND_COLOURS, OTHER_COLOUR, overview_png
from geogrid.reports.record import CheckRecord
from geogrid.reports.steps import next_steps
from geogrid.reports.tables import (
    Column,
    ReportTable,
    count_table,
    defect_table,
    facts,
    pair_table,
    sum_table,
)
from geogrid.reports.word_page import add_picture, centred, heading, prepare, sign_off
from geogrid.reports.word_tables import add_table, add_values, clean

__all__ = ["report_document"]

_MOST_ROWS, _MOST_PAIRS = 20, 20
_DEFECT_COLUMNS = (0, 1, 2, 4, 6, 7, 8, 9)
_HOMES, _PLACE = (8, 9), (10, 11)


def report_document(record: CheckRecord) -> bytes:
    """Return the report as a DOCX file.

    Parameters
    ----------
    record : the check
    """
    document, say = docx.Document(), record.say
    title = say(_("Report on the check of boundaries"))
    prepare(document, record, title)
    centred(document, title, 20)
    centred(document, " · ".join([each for each in (record.title, record.date) if each]), 12)
    parts = record.report.verdict_parts(record.language)
    heading(document, say(_("What was checked")))
    add_table(document, [list(row) for row in facts(record)], (4.5, 11.5), has_header=False)
    heading(document, say(_("Verdict")))
    document.add_paragraph(clean(parts.headline)).runs[0].bold = True
    if record.report.is_proven:
        document.add_paragraph(
            say(_("Proven: every boundary was matched exactly with its neighbour's."))
        )
    for note in (*parts.remarks, *parts.caveats):
        document.add_paragraph(clean(note))
    if record.comparison is not None:
        document.add_paragraph(clean(record.comparison.headline(record.language)))
    heading(document, say(_("How the areas add up")))
    add_values(document, record, sum_table(record), exact=True)
    if len(record.report.defects):
        _defects(document, record)
    heading(document, say(_("What to do next")))
    for at, step in enumerate(next_steps(record), start=1):
        document.add_paragraph(f"{at}. {step}")
    sign_off(document, record)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _defects(document: Any, record: CheckRecord) -> None:
    say = record.say
    heading(document, say(_("Numbers")))
    add_values(document, record, count_table(record))
    heading(document, say(_("Problems, the gravest first")))
    _picture(document, record)
    add_values(document, record, _listed(record))
    left = len(record.report.defects) - _MOST_ROWS
    if left > 0:
        document.add_paragraph(
            say(_("{count} more are in the workbook and the GeoPackage."), count=f"{left:,}")
        )
    pairs = pair_table(record, _MOST_PAIRS)
    if pairs.rows:
        if not record.report.has_units:
            pairs = ReportTable(pairs.columns[:-2], [row[:-2] for row in pairs.rows])
        heading(document, say(_("By neighbours")))
        add_values(document, record, pairs)


def _listed(record: CheckRecord) -> ReportTable:
    """Return the gravest defects, their place in one column of two lines."""
    full = defect_table(record, _MOST_ROWS)
    kept = [at for at in _DEFECT_COLUMNS if record.report.has_units or at not in _HOMES]
    places = [[row[at] for at in _PLACE] for row in full.rows]
    return ReportTable(
        [*(full.columns[at] for at in kept), Column(_("Place (lon, lat)"), "text", 12)],
        [
            [
                *(row[at] for at in kept),
                None if pd.isna(lon) or pd.isna(lat) else f"{lon:.6f},\n{lat:.6f}",
            ]
            for row, (lon, lat) in zip(full.rows, places, strict=True)
        ],
    )


def _picture(document: Any, record: CheckRecord) -> None:
    """Add the overview with a caption, and what its colours mean."""
    picture = overview_png(record, _MOST_ROWS)
    if picture is None:
        return
    present = set(record.report.defects["kind"])
    legend = [
        ("■", kind_word(kind, record.language), KIND_COLOURS.get(kind, OTHER_COLOUR))
        for kind in KIND_WORDS
        if kind in present
    ]
    if record.region is not None:
        legend.append(("━", record.say(_("Outline to fill")), EDGE_COLOUR))
    text = record.say(_("Overview, north at the top; the numbers are those of the list below"))
    add_picture(document, picture, text, legend)
