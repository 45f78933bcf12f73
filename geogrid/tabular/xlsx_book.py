"""The parts of a workbook: find a worksheet, add styles and sheets, write it as it was."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import count
from pathlib import PurePosixPath
from typing import IO, Any
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from geogrid.formats.archives import BROKEN_ARCHIVE
from geogrid.tabular.workbook import Sheet, sheet_title
from geogrid.tabular.xlsx_rows import (
    LAST_COLUMN,
    UnsoundError,
    Worksheet,
    cell_xml,
    column_letters,
)

__all__ = ["add_to_workbook"]

_TAG = rb"(?:[^>\"']|\"[^\"]*\"|'[^']*')*"
_SHEETS = re.compile(rb"<((?:[\w.\-]+:)?)sheet(?=\s)(" + _TAG + rb")>")
_TYPES_END = re.compile(rb"</((?:[\w.\-]+:)?)Types\s*>")
_RELATIONS_END = re.compile(rb"</((?:[\w.\-]+:)?)Relationships\s*>")
_NAME = re.compile(rb"\sname\s*=\s*(\"[^\"]*\"|'[^']*')")
_SHEET_ID = re.compile(rb"\ssheetId\s*=\s*([\"']\d+[\"'])")
_IDENT = re.compile(rb"\s[\w.\-]+:id\s*=\s*(\"[^\"]*\"|'[^']*')")
_STATE = re.compile(rb"\sstate\s*=\s*(\"[^\"]*\"|'[^']*')")
_FORMATS = re.compile(rb"(<(?:[\w.\-]+:)?cellXfs\b[^>]*>)(.*?)(</(?:[\w.\-]+:)?cellXfs\s*>)", re.S)
_FORMAT = re.compile(rb"<((?:[\w.\-]+:)?)xf(?=[\s/>])" + _TAG + rb"(?:/>|>.*?</\1xf\s*>)", re.S)
_NUMBER_FORMAT = re.compile(rb"\bnumFmtId\s*=\s*[\"'](\d+)[\"']")
_COUNT = re.compile(rb"\bcount\s*=\s*[\"']\d+[\"']")
_SHEET_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_BOOK_TYPES = re.compile(
    rb"application/vnd\.(?:ms-excel\.(?:sheet|template)\.macroEnabled"
    rb"|openxmlformats-officedocument\.spreadsheetml\.template)\.main\+xml"
)
_BOOK_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_ENTRIES = re.compile(rb"<(?:[\w.\-]+:)?(?:Override|Relationship)(?=\s)" + _TAG + rb">")
_MACROS = "vbaProject"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_WIDEST, _NARROWEST = 40, 9
_LOOKED_AT = 200
_STYLES = "xl/styles.xml"
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_TYPES = "[Content_Types].xml"


def add_to_workbook(
    content: bytes,
    file: IO[bytes],
    *,
    sheet: str,
    width: int,
    header: int,
    records: Mapping[int, Sequence[Any]],
    sheets: Sequence[Sheet] = (),
) -> int:
    """Write a workbook with columns behind a table and sheets behind its own.

    All else stays as it is, to the byte: formulas, styles, widths, merged cells, validations,
    filters, charts, pictures. Macros are left out, which Excel refuses in an ``.xlsx``.

    Parameters
    ----------
    content : an ``.xlsx`` or its kin that has been read, so that its limits were checked
    file : where to write
    sheet : the worksheet with the table
    width : columns of the table
    header : number of the last row of its header
    records : values of the new columns by number of the row, that of the header included
    sheets : more worksheets; only titles, rows, widths and whether there is a header count

    Returns
    -------
    int
        The first new column, from 1.

    Raises
    ------
    UnsoundError
        A part is not as it is usually written, or there is no room.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as book:
            parts = _Parts(book)
            page = Worksheet.read(book.read(parts.sheets[sheet]))
            first = page.free_column(width, header)
            widths = _widths(list(records.values()))
            if first + len(widths) - 1 > LAST_COLUMN:
                raise UnsoundError
            changed: dict[str, Iterable[bytes]] = {}
            if widths:
                spliced = page.with_cells(first, records, widths, parts.styles.plain)
                changed[parts.sheets[sheet]] = list(spliced)
            for each in sheets:
                parts.add_sheet(each)
            _write(book, file, changed | parts.changed)
            return first
    except (*BROKEN_ARCHIVE, KeyError, ElementTree.ParseError) as error:
        raise UnsoundError from error


def _widths(records: Sequence[Sequence[Any]]) -> list[int]:
    """Return how wide columns are, by their first values; a Chinese character is twice as wide."""
    shown = [[_length(value) for value in record] for record in records[:_LOOKED_AT]]
    return [min(max(*column, _NARROWEST - 2) + 2, _WIDEST) for column in zip(*shown, strict=True)]


def _length(value: Any) -> int:
    text = "" if value is None else str(value)
    return sum(1 + (ord(letter) > 0x2E7F) for letter in text)


class _Styles:
    """The formats of cells: new ones are those of cells beside, for texts and numbers."""

    def __init__(self, xml: bytes) -> None:
        self._xml = xml
        self._found = _FORMATS.search(xml)
        inside = self._found[2] if self._found else b""
        self._known = [found[0] for found in _FORMAT.finditer(inside)]
        self._plain: dict[int | None, int | None] = {}
        self._made: list[bytes] = []

    def plain(self, style: int | None) -> int | None:
        """Return a style that looks the same and shows numbers as they are."""
        if style not in self._plain:
            self._plain[style] = self._of(style)
        return self._plain[style]

    def _of(self, style: int | None) -> int | None:
        if style is None or style >= len(self._known):
            return None
        known = self._known[style]
        number_format = _NUMBER_FORMAT.search(known)
        if number_format is None or number_format[1] == b"0":
            return style
        self._made.append(_NUMBER_FORMAT.sub(b'numFmtId="0"', known, count=1))
        return len(self._known) + len(self._made) - 1

    @property
    def xml(self) -> bytes:
        """The part with what was added."""
        if self._found is None or not self._made:
            return self._xml
        many = b'count="%d"' % (len(self._known) + len(self._made))
        opening = _COUNT.sub(many, self._found[1])
        inside = self._found[2] + b"".join(self._made) + self._found[3]
        return self._xml[: self._found.start()] + opening + inside + self._xml[self._found.end() :]


class _Parts:
    """What is in a workbook, and what is changed of it."""

    def __init__(self, book: zipfile.ZipFile) -> None:
        self._names = set(book.namelist())
        self._book = book.read(_WORKBOOK)
        self._relations = book.read(_RELATIONS)
        self._types = book.read(_TYPES)
        if any(b"<!DOCTYPE" in part for part in (self._book, self._relations)):
            raise UnsoundError  # no workbook declares entities
        self.styles = _Styles(book.read(_STYLES) if _STYLES in self._names else b"")
        related = {
            each.attrib["Id"]: (each.attrib["Target"], each.attrib["Type"])
            for each in ElementTree.fromstring(self._relations)  # noqa: S314 (no entities)
        }
        self.sheets: dict[str, str] = {}
        self._kind = _SHEET_KIND
        for each in ElementTree.fromstring(self._book).iter():  # noqa: S314
            if each.tag.rpartition("}")[2] != "sheet":
                continue
            ident = next((value for name, value in each.attrib.items() if name.endswith("}id")), "")
            target, kind = related.get(ident, ("", ""))
            self.sheets[each.attrib.get("name", "")] = _path(target)
            if kind.endswith("/worksheet"):
                self._kind = kind
        self._idents = set(related)
        self._added: dict[str, bytes] = {}
        self._is_plain = not _BOOK_TYPES.search(self._types)
        if not self._is_plain:
            self._types = _BOOK_TYPES.sub(_BOOK_TYPE, _without_macros(self._types))
            self._relations = _without_macros(self._relations)

    def add_sheet(self, sheet: Sheet) -> None:
        """Add a worksheet behind all others."""
        paths = (f"worksheets/sheet{number}.xml" for number in count(1))
        target = next(path for path in paths if f"xl/{path}" not in self._names)
        path = f"xl/{target}"
        idents = (f"rId{number}" for number in count(1))
        ident = next(ident for ident in idents if ident not in self._idents)
        title = sheet_title(sheet.title, {name.casefold() for name in self.sheets})
        self._name_sheet(title, ident)
        relation = f'Relationship Id="{ident}" Type="{self._kind}" Target="{target}"/>'
        self._relations = _before(_RELATIONS_END, self._relations, relation)
        override = f'Override PartName="/{path}" ContentType="{_SHEET_TYPE}"/>'
        self._types = _before(_TYPES_END, self._types, override)
        self.sheets[title] = path
        self._names.add(path)
        self._idents.add(ident)
        self._added[path] = _sheet_xml(sheet)

    def _name_sheet(self, title: str, ident: str) -> None:
        """Write a sheet into the list as the last one there is written."""
        tags = list(_SHEETS.finditer(self._book))
        if not tags or not tags[-1][2].endswith(b"/"):
            raise UnsoundError
        said = [_SHEET_ID.search(tag[2]) for tag in tags]
        numbers = [int(found[1][1:-1]) for found in said if found]
        last = tags[-1]
        attributes = _STATE.sub(b"", last[2])
        for pattern, value in (
            (_NAME, quoteattr(title)),
            (_SHEET_ID, f'"{max(numbers, default=0) + 1}"'),
            (_IDENT, f'"{ident}"'),
        ):
            found = pattern.search(attributes)
            if found is None:
                raise UnsoundError
            attributes = attributes[: found.start(1)] + value.encode() + attributes[found.end(1) :]
        tag = b"<" + last[1] + b"sheet" + attributes + b">"
        self._book = self._book[: last.end()] + tag + self._book[last.end() :]

    @property
    def changed(self) -> dict[str, Iterable[bytes]]:
        """Parts to write in place of those that are there, and new ones."""
        parts = {_STYLES: self.styles.xml} if _STYLES in self._names else {}
        if self._added or not self._is_plain:
            parts |= {_WORKBOOK: self._book, _RELATIONS: self._relations, _TYPES: self._types}
        return {name: [xml] for name, xml in (parts | self._added).items()}


def _without_macros(xml: bytes) -> bytes:
    """Return a list of parts or of relationships without those of macros."""
    return _ENTRIES.sub(lambda found: b"" if _MACROS.encode() in found[0] else found[0], xml)


def _path(target: str) -> str:
    """Return the member that a relationship of the workbook names."""
    return str(PurePosixPath(target.lstrip("/") if target.startswith("/") else f"xl/{target}"))


def _before(end: re.Pattern[bytes], xml: bytes, tag: str) -> bytes:
    ends = list(end.finditer(xml))
    if not ends:
        raise UnsoundError
    found = ends[-1]
    return xml[: found.start()] + b"<" + found[1] + tag.encode() + xml[found.start() :]


def _sheet_xml(sheet: Sheet) -> bytes:
    """Return a worksheet whose first row stays in view."""
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
        for at, width in enumerate(sheet.widths, 1)
    )
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    views = f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
    return "".join(
        [
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n',
            f'<worksheet xmlns="{_MAIN}">',
            views if sheet.has_header else "",
            f"<cols>{columns}</cols>" if columns else "",
            "<sheetData>",
            *_rows(sheet.rows),
            "</sheetData></worksheet>",
        ]
    ).encode()


def _rows(rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    for number, row in enumerate(rows, 1):
        cells = [
            cell_xml("", f"{column_letters(at)}{number}", value, None)
            for at, value in enumerate(row, 1)
        ]
        yield f'<row r="{number}">{"".join(cells)}</row>'


def _write(book: zipfile.ZipFile, file: IO[bytes], changed: Mapping[str, Iterable[bytes]]) -> None:
    """Write all parts in order, then those that are new."""
    left = dict(changed)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for member in book.infolist():
            if _MACROS in member.filename:
                continue
            pieces = left.pop(member.filename, None)
            with target.open(_like(member), "w") as part:
                part.write(book.read(member) if pieces is None else b"".join(pieces))
        for name, pieces in left.items():
            with target.open(name, "w") as part:
                part.write(b"".join(pieces))


def _like(member: zipfile.ZipInfo) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(member.filename, member.date_time)
    info.compress_type = member.compress_type
    info.external_attr = member.external_attr
    return info
