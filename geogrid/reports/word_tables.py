"""Tables of the Word report: as wide as the text, no number and no word broken in two."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import pandas as pd
from docx.oxml import OxmlElement
from docx.shared import Cm, Pt
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from geogrid.coverage.verdict import area_text, length_text
from geogrid.reports.record import Wording
from geogrid.reports.tables import ReportTable

__all__ = ["TEXT_CM", "add_table", "add_values", "clean"]

TEXT_CM = 16.0
_MARGINS_CM, _CM_PER_PT = 0.45, 2.54 / 72
_WIDEST_WORD_CM, _WIDEST_CELL_CM = 3.0, 7.0
_LONGEST_TEXT = 2000
_SMALL, _PLAIN, _MANY = 8.5, 9.5, 4
_SPACE = "\u00a0"
_UNIT = re.compile(r"\s*[（(](?:m²?|平方米|米)[)）]$")
_LAST_SPACE = re.compile(r" (?=\S+$)")


def clean(text: str) -> str:
    """Return a text without what XML cannot hold."""
    return ILLEGAL_CHARACTERS_RE.sub("", text)[:_LONGEST_TEXT]


def add_values(
    document: Any,
    record: Wording,
    table: ReportTable,
    *,
    exact: bool = False,
    width_cm: float = TEXT_CM,
) -> None:
    """Add a table of plain values in words, as wide as the text.

    Parameters
    ----------
    document : of python-docx
    record : in whose language
    table : what to show
    width_cm : of the text on the paper
    exact : whether areas are to the hundredth of a m², so that they can be added up
    """
    names = [record.say(column.name) for column in table.columns]
    rows = [names if exact else [_UNIT.sub("", name) for name in names]]
    rows += [
        [
            _shown(value, column.kind, record.language, exact=exact)
            for value, column in zip(row, table.columns, strict=True)
        ]
        for row in table.rows
    ]
    add_table(document, rows, _widths(rows, _size(len(names)), width_cm), has_header=True)


def _shown(value: Any, kind: str, language: str, *, exact: bool) -> str:
    if value is None or pd.isna(value):
        return "–"
    if kind == "area" and not exact:
        return _LAST_SPACE.sub(_SPACE, area_text(value, language)) if value > 0.0 else "–"
    if kind == "area":
        return f"{value:,.2f}"
    if kind == "length":
        return _LAST_SPACE.sub(_SPACE, length_text(value, language)) if value > 0.0 else "–"
    return f"{value:,}" if kind == "count" else str(value)


def _size(columns: int) -> float:
    return _SMALL if columns > _MANY else _PLAIN


def _widths(rows: Sequence[Sequence[str]], size: float, width_cm: float) -> list[float]:
    """Return widths in cm: room for the longest word of a column, the rest where texts are long."""
    needs, wishes = [], []
    for column in zip(*rows, strict=True):
        words = [word for text in column for word in _words(text)]
        needs.append(min(max(map(_length, words)), _WIDEST_WORD_CM / _CM_PER_PT / size))
        lines = [line for text in column for line in text.split("\n")]
        wishes.append(min(max(map(_length, lines)), _WIDEST_CELL_CM / _CM_PER_PT / size))
    scale = size * _CM_PER_PT
    least = [need * scale + _MARGINS_CM for need in needs]
    more = [max(wish - need, 0.0) * scale for wish, need in zip(wishes, needs, strict=True)]
    spare = width_cm - sum(least)
    if spare <= 0.0:
        return [width * width_cm / sum(least) for width in least]
    full = sum(more)
    shares = [each / full if full > 0.0 else 1 / len(more) for each in more]
    return [width + spare * share for width, share in zip(least, shares, strict=True)]


def _words(text: str) -> list[str]:
    """Return what must stand on one line; a short heading in Chinese is one word."""
    words = re.split(r"[ \n]", text)
    return [
        word if len(word) <= 6 or word.isascii() or _SPACE in word else word[:4] for word in words
    ]


def _length(text: str) -> float:
    """Return the width of a text, in heights of its letters."""
    return sum(
        1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.9 if char.isupper() else 0.7
        for char in text
    )


def add_table(
    document: Any, rows: Sequence[Sequence[str]], widths: Sequence[float], *, has_header: bool
) -> None:
    """Add a table of texts; no row is cut by the end of a page, and headings stand on each.

    Parameters
    ----------
    document : of python-docx
    rows : of texts
    widths : of the columns, in cm
    has_header : whether the first row is a heading
    """
    table = document.add_table(len(rows), len(widths), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for at, (line, texts) in enumerate(zip(table.rows, rows, strict=True)):
        properties = line._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if has_header and at == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, text, width in zip(line.cells, texts, widths, strict=True):
            cell.width = Cm(width)
            spacing = cell.paragraphs[0].paragraph_format
            spacing.space_before = spacing.space_after = Pt(2)
            spacing.line_spacing = 1.15
            run = cell.paragraphs[0].add_run(clean(text))
            run.font.size = Pt(_size(len(widths)))
            run.bold = has_header and at == 0
