"""The paper of a Word letter: A4, fonts for Chinese and Latin, headings, where people sign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from geogrid.drawing.raster import Colour
from geogrid.i18n import mark as _
from geogrid.reports.record import Wording
from geogrid.reports.word_tables import clean

__all__ = ["add_picture", "centred", "heading", "prepare", "sign_off"]

_TALLEST = Cm(11)


def sign_off(document: Any, record: Wording) -> None:
    """Add the line on which people sign."""
    line, colon = "_" * 14, "：" if record.is_chinese else ": "
    words = [record.say(each) for each in (_("Checked by"), _("Reviewed by"), _("Date"))]
    paragraph = document.add_paragraph(
        "    ".join(f"{word}{colon}{line}".replace(" ", "\u00a0") for word in words)
    )
    paragraph.paragraph_format.space_before = Pt(30)
    paragraph.paragraph_format.keep_together = True


def prepare(document: Any, record: Wording, title: str, *, is_wide: bool = False) -> None:
    """Set up paper, fonts, header and footer of a new document.

    Parameters
    ----------
    document : of python-docx
    record : in whose language
    title : what stands in the header
    is_wide : whether the paper lies on its side, with 24.7 cm for tables instead of 16
    """
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    if is_wide:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
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


def add_picture(
    document: Any, png: bytes, caption: str, legend: Sequence[tuple[str, str, Colour]]
) -> None:
    """Add a picture with a caption, and what its colours mean.

    Parameters
    ----------
    document : of python-docx
    png : the picture
    caption : what it shows
    legend : sign, words and colour of each thing in it
    """
    picture = document.add_picture(BytesIO(png), width=Cm(12))
    if picture.height > _TALLEST:
        picture.width, picture.height = int(picture.width * _TALLEST / picture.height), _TALLEST
    document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    below = document.add_paragraph()
    below.alignment = WD_ALIGN_PARAGRAPH.CENTER
    below.add_run(caption).add_break()
    below.runs[0].bold = True
    for at, (sign, words, colour) in enumerate(legend):
        below.add_run(f"{sign}\u00a0").font.color.rgb = RGBColor(*colour)
        is_last = at == len(legend) - 1
        below.add_run(words.replace(" ", "\u00a0") + ("" if is_last else "   "))
    for run in below.runs:
        run.font.size = Pt(9)


def _font(style: Any, east_asian: str) -> None:
    style.font.name = "Times New Roman"
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:eastAsia"), east_asian)


def heading(document: Any, text: str) -> None:
    """Add a heading."""
    document.add_heading(clean(text), level=1)


def centred(document: Any, text: str, size: int) -> None:
    """Add a line of a title, `size` points high."""
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(clean(text))
    run.font.size, run.bold = Pt(size), True
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "黑体")
