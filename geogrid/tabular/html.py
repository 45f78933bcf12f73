"""HTML tables, which hotline systems export under the name ``.xls``."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from geogrid.errors import FormatError
from geogrid.i18n import mark as _
from geogrid.tabular.delimited import decode
from geogrid.tabular.rows import MOST_COLUMNS, Merge, RawRows, check_size, clean_text

__all__ = ["is_markup", "read_markup"]

_MARKUP = re.compile(
    rb"\s*<(?:!doctype\s+html|html|head|body|table|meta|style|div|\?xml|!--)", re.I
)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_SPREADSHEET_XML = b"urn:schemas-microsoft-com:office:spreadsheet"
_WEB_ARCHIVE = b"MIME-Version:"


def is_markup(data: bytes) -> bool:
    """Return whether a file is HTML, XML or a web archive, whatever its name."""
    head = data[:4000].removeprefix(b"\xef\xbb\xbf")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", errors="replace").encode()
    return bool(_MARKUP.match(head)) or head.lstrip().startswith(_WEB_ARCHIVE)


def read_markup(data: bytes, name: str) -> RawRows:
    """Read the largest table of an HTML page.

    Raises
    ------
    FormatError
        It holds no table, or is another kind of markup; the message says what to do.
    LimitError
        Too many rows or columns.
    """
    head = data[:4000]
    if _SPREADSHEET_XML in head or head.lstrip().startswith(_WEB_ARCHIVE):
        raise FormatError(
            _(
                "{file} is a web page or XML under the name of a table; open it in Excel or WPS and"
                " save it as .xlsx."
            ),
            file=name,
        )
    parser = _Tables()
    parser.feed(_decode(data, name))
    parser.close()
    largest = max(parser.tables, key=len, default=[])
    if not largest:
        raise FormatError(_("{file} is a web page without a table."), file=name)
    check_size(len(largest), 0, name)
    rows, merges = _spread(largest, name)
    return RawRows(rows, range(1, len(rows) + 1), "html", merges=merges)


def _decode(data: bytes, name: str) -> str:
    said = _CHARSET.search(data[:4000])
    encoding = said.group(1).decode("ascii").casefold() if said else ""
    if encoding in ("gb2312", "gbk", "gb18030"):
        return data.decode("gb18030", errors="replace")
    return decode(data, name)[0]


class _Tables(HTMLParser):
    """Collects the cells of all tables: (text, column span, row span)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[tuple[str, int, int]]]] = []
        self._cell: list[str] | None = None
        self._spans = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag in ("tr", "td", "th") and self.tables:
            self._end_cell()
            if tag == "tr":
                self.tables[-1].append([])
            else:
                given = dict(attrs)
                self._spans = (_span(given.get("colspan")), _span(given.get("rowspan")))
                self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def close(self) -> None:
        super().close()
        self._end_cell()

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        if not self.tables[-1]:
            self.tables[-1].append([])
        self.tables[-1][-1].append((clean_text("".join(self._cell)), *self._spans))
        self._cell = None


def _span(text: str | None) -> int:
    return min(max(int(text), 1), MOST_COLUMNS) if text and text.isdecimal() else 1


def _spread(
    table: list[list[tuple[str, int, int]]], name: str
) -> tuple[list[list[str]], list[Merge]]:
    """Put spanning cells in place, the text in their first cell as in a workbook."""
    taken: set[tuple[int, int]] = set()
    rows: list[list[str]] = []
    merges = []
    for at, cells in enumerate(table):
        row: list[str] = []
        for text, across, down in cells:
            while (at, len(row)) in taken:
                row.append("")
            if across > 1 or down > 1:
                bottom = min(at + down, len(table)) - 1
                merges.append(Merge(at, len(row), bottom, len(row) + across - 1))
                taken |= {
                    (below, len(row) + aside)
                    for below in range(at + 1, bottom + 1)
                    for aside in range(across)
                }
            row += [text, *([""] * (across - 1))]
            check_size(0, len(row), name)
        rows.append(row)
    return rows, merges
