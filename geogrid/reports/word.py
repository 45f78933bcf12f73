"""The report as a Word letter 检查报告: A4, tables that fit, fonts for Chinese and Latin."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import docx
import pandas as pd
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

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
    _prepare(document, record, title)
    _centred(document, title, 20)
    _centred(document, " · ".join([each for each in (record.title, record.date) if each]), 12)
    parts = record.report.verdict_parts(record.language)
    _heading(document, say(_("What was checked")))
    add_table(document, [list(row) for row in facts(record)], (4.5, 11.5), has_header=False)
    _heading(document, say(_("Verdict")))
    document.add_paragraph(clean(parts.headline)).runs[0].bold = True
    if record.report.is_proven:
        document.add_paragraph(
            say(_("Proven: every boundary was matched exactly with its neighbour's."))
        )
    for note in (*parts.remarks, *parts.caveats):
        document.add_paragraph(clean(note))
    if record.comparison is not None:
        document.add_paragraph(clean(record.comparison.headline(record.language)))
    _heading(document, say(_("How the areas add up")))
    add_values(document, record, sum_table(record), exact=True)
    if len(record.report.defects):
        _defects(document, record)
    _heading(document, say(_("What to do next")))
    for at, step in enumerate(next_steps(record), start=1):
        document.add_paragraph(f"{at}. {step}")
    _signatures(document, record)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _defects(document: Any, record: CheckRecord) -> None:
    say = record.say
    _heading(document, say(_("Numbers")))
    add_values(document, record, count_table(record))
    _heading(document, say(_("Problems, the gravest first")))
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
        _heading(document, say(_("By neighbours")))
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
    document.add_picture(BytesIO(picture), width=Cm(12))
    document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    caption = document.add_paragraph()
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    text = record.say(_("Overview, north at the top; the numbers are those of the list below"))
    caption.add_run(text).add_break()
    caption.runs[0].bold = True
    present = set(record.report.defects["kind"])
    for kind in (each for each in KIND_WORDS if each in present):
        caption.add_run("■\u00a0").font.color.rgb = RGBColor(*KIND_COLOURS.get(kind, OTHER_COLOUR))
        caption.add_run(kind_word(kind, record.language).replace(" ", "\u00a0") + "   ")
    if record.region is not None:
        caption.add_run("━\u00a0").font.color.rgb = RGBColor(*EDGE_COLOUR)
        caption.add_run(record.say(_("Outline to fill")).replace(" ", "\u00a0"))
    for run in caption.runs:
        run.font.size = Pt(9)


def _signatures(document: Any, record: CheckRecord) -> None:
    """Add the line on which people sign."""
    line, colon = "_" * 14, "：" if record.is_chinese else ": "
    words = [record.say(each) for each in (_("Checked by"), _("Reviewed by"), _("Date"))]
    paragraph = document.add_paragraph(
        "    ".join(f"{word}{colon}{line}".replace(" ", "\u00a0") for word in words)
    )
    paragraph.paragraph_format.space_before = Pt(30)
    paragraph.paragraph_format.keep_together = True


def _prepare(document: Any, record: CheckRecord, title: str) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    for style, font in (("Normal", "宋体"), ("Heading 1", "黑体")):
        _font(document.styles[style], font)
    document.styles["Normal"].font.size = Pt(10.5)
    document.styles["Heading 1"].font.color.rgb = RGBColor(0, 0, 0)
    section.header.paragraphs[0].text = clean(" · ".join([title, *record.marks]))
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for code in ("PAGE", "NUMPAGES"):
        if code == "NUMPAGES":
            footer.add_run(" / ")
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), code)
        footer._p.append(field)
    core = document.core_properties
    core.title, core.author, core.comments = clean(title), "geogrid", ""
    core.created = core.modified = datetime(2000, 1, 1, tzinfo=UTC)  # same report, same bytes


def _font(style: Any, east_asian: str) -> None:
    style.font.name = "Times New Roman"
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:eastAsia"), east_asian)


def _heading(document: Any, text: str) -> None:
    document.add_heading(clean(text), level=1)


def _centred(document: Any, text: str, size: int) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(clean(text))
    run.font.size, run.bold = Pt(size), True
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "黑体")
