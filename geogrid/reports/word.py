"""The report as a Word letter 检查报告: A4, tables that fit, fonts for Chinese and Latin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import docx
import pandas as pd
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from geogrid.coverage.verdict import length_text
from geogrid.i18n import mark as _
from geogrid.reports.picture import overview_png
from geogrid.reports.record import CheckRecord
from geogrid.reports.steps import next_steps
from geogrid.reports.tables import (
    ReportTable,
    count_table,
    defect_table,
    facts,
    pair_table,
    sum_table,
)

__all__ = ["report_document"]

_MOST_ROWS, _MOST_PAIRS = 20, 20
_TEXT_CM = 16.0
_SHARES = {"area": 15, "length": 12, "degrees": 15, "count": 9}
_DEFECT_COLUMNS = (0, 1, 2, 4, 6, 7, 8, 9, 10, 11)


def report_document(record: CheckRecord) -> bytes:
    """Return the report as a DOCX file.

    Parameters
    ----------
    record : the check
    """
    document, say = docx.Document(), record.say
    title = say(_("Report on the check of boundaries"))
    _prepare(document, record, title)
    _centred(document, title, 20)
    _centred(document, " · ".join([each for each in (record.title, record.date) if each]), 12)
    parts = record.report.verdict_parts(record.language)
    _heading(document, say(_("What was checked")))
    _table(document, [list(row) for row in facts(record)], (4.5, 11.5), has_header=False)
    _heading(document, say(_("Verdict")))
    document.add_paragraph(_clean(parts.headline)).runs[0].bold = True
    for note in (*parts.remarks, *parts.caveats):
        document.add_paragraph(_clean(note))
    if record.comparison is not None:
        document.add_paragraph(_clean(record.comparison.headline(record.language)))
    _heading(document, say(_("How the areas add up")))
    _values(document, record, sum_table(record))
    if len(record.report.defects):
        _defects(document, record)
    _heading(document, say(_("What to do next")))
    for at, step in enumerate(next_steps(record), start=1):
        document.add_paragraph(f"{at}. {step}")
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _defects(document: Any, record: CheckRecord) -> None:
    say = record.say
    _heading(document, say(_("Numbers")))
    _values(document, record, count_table(record))
    _heading(document, say(_("Problems, the gravest first")))
    picture = overview_png(record, _MOST_ROWS)
    if picture is not None:
        document.add_picture(BytesIO(picture), width=Cm(12))
        document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
    full = defect_table(record, _MOST_ROWS)
    kept = [at for at in _DEFECT_COLUMNS if record.report.has_units or at not in (8, 9)]
    chosen = ReportTable(
        [full.columns[at] for at in kept], [[row[at] for at in kept] for row in full.rows]
    )
    _values(document, record, chosen)
    pairs = pair_table(record, _MOST_PAIRS)
    if pairs.rows:
        _heading(document, say(_("By neighbours")))
        _values(document, record, pairs)


def _prepare(document: Any, record: CheckRecord, title: str) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    for style, font in (("Normal", "宋体"), ("Heading 1", "黑体")):
        _font(document.styles[style], font)
    document.styles["Normal"].font.size = Pt(10.5)
    document.styles["Heading 1"].font.color.rgb = RGBColor(0, 0, 0)
    section.header.paragraphs[0].text = _clean(" · ".join([title, *record.marks]))
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for code in ("PAGE", "NUMPAGES"):
        if code == "NUMPAGES":
            footer.add_run(" / ")
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), code)
        footer._p.append(field)
    core = document.core_properties
    core.title, core.author, core.comments = _clean(title), "geogrid", ""
    core.created = core.modified = datetime(2000, 1, 1, tzinfo=UTC)  # same report, same bytes


def _font(style: Any, east_asian: str) -> None:
    style.font.name = "Times New Roman"
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:eastAsia"), east_asian)


def _heading(document: Any, text: str) -> None:
    document.add_heading(_clean(text), level=1)


def _centred(document: Any, text: str, size: int) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(_clean(text))
    run.font.size, run.bold = Pt(size), True
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "黑体")


def _values(document: Any, record: CheckRecord, table: ReportTable) -> None:
    """Add a table of plain values in words, as wide as the text."""
    rows = [[record.say(column.name) for column in table.columns]]
    rows += [
        [
            _shown(value, column.kind, record.language)
            for value, column in zip(row, table.columns, strict=True)
        ]
        for row in table.rows
    ]
    shares = [_SHARES.get(column.kind) or min(column.width, 30) for column in table.columns]
    widths = [_TEXT_CM * share / sum(shares) for share in shares]
    _table(document, rows, widths, has_header=True)


def _shown(value: Any, kind: str, language: str) -> str:
    if value is None or pd.isna(value):
        return "–"
    if kind == "area":
        return f"{value:,.2f}"
    if kind == "length":
        return length_text(value, language)
    return f"{value:.6f}" if kind == "degrees" else f"{value:,}" if kind == "count" else str(value)


def _table(
    document: Any, rows: Sequence[Sequence[str]], widths: Sequence[float], *, has_header: bool
) -> None:
    table = document.add_table(len(rows), len(widths), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for at, (line, texts) in enumerate(zip(table.rows, rows, strict=True)):
        for cell, text, width in zip(line.cells, texts, widths, strict=True):
            cell.width = Cm(width)
            spacing = cell.paragraphs[0].paragraph_format
            spacing.space_before = spacing.space_after = Pt(2)
            spacing.line_spacing = 1.15
            run = cell.paragraphs[0].add_run(_clean(text))
            run.font.size = Pt(8.5 if len(widths) > 4 else 9.5)
            run.bold = has_header and at == 0
        if has_header and at == 0:
            line._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _clean(text: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", text)[:2000]
