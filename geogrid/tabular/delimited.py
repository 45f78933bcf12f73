"""Text tables: commas, tabs or semicolons, in whatever encoding Windows wrote them."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Literal

from geogrid.errors import FormatError
from geogrid.findings import Finding
from geogrid.formats.text import text_encoding
from geogrid.i18n import mark as _
from geogrid.tabular.rows import MOST_ROWS, RawRows, check_size, clean_text

__all__ = [
    "ONE_COLUMN",
    "damage_found",
    "damaged",
    "decode",
    "find_delimiter",
    "is_swallowed",
    "is_utf16",
    "parse_rows",
    "read_delimited",
    "stray_quote",
]

_DELIMITERS = ",\t;|"
ONE_COLUMN = "\x1f"
"""The delimiter of a table whose one column holds commas."""
_LOOKED_AT = 60
_LONGEST_FIELD = 1 << 20
_LINES_IN_A_FIELD = 200
_NUMBER = re.compile(r"-?\d+(?:\.\d*)?")
_NUL = b"\x00"
_REPLACEMENT = "\ufffd"
_NOT_TEXT = re.compile("[\ufffd\x00-\x08\x0e-\x1e\x7f]")
_MOST_DAMAGE = 0.001


def decode(data: bytes, name: str) -> tuple[str, str, tuple[Finding, ...]]:
    """Return a text file's text, its encoding and what was damaged.

    UTF-8 and UTF-16 with or without their mark, else GB18030, which contains GBK. A few
    bytes that are neither (a character cut in half by an export) become ``�`` and a finding.

    Raises
    ------
    FormatError
        It is not text.
    """
    encoding = _utf16(data) or text_encoding(data)
    if encoding is not None:
        text = data.decode(encoding, errors="replace")
        if not _NOT_TEXT.search(text):
            return text, encoding.removesuffix("-sig"), ()
    else:
        tried = {kind: data.decode(kind, errors="replace") for kind in ("utf-8", "gb18030")}
        encoding = min(tried, key=lambda kind: tried[kind].count(_REPLACEMENT))
        text = tried[encoding]
    shown, damaged = _NOT_TEXT.subn(_REPLACEMENT, text)
    return shown, encoding, damage_found(damaged, len(text), name)


def damage_found(damaged: int, characters: int, name: str) -> tuple[Finding, ...]:
    """Say that some characters are not text.

    Raises
    ------
    FormatError
        So many that it is no table.
    """
    if damaged > max(3, _MOST_DAMAGE * characters):
        raise FormatError(
            _("{file} is not a table: it is neither Excel nor text in UTF-8 or GBK."), file=name
        )
    if not damaged:
        return ()
    finding = Finding(
        "damaged_text",
        _("{characters} characters cannot be read and are shown as �; export the file again."),
        {"characters": damaged},
    )
    return (finding,)


def is_utf16(data: bytes) -> bool:
    """Return whether text is UTF-16, with its mark or without."""
    return _utf16(data) is not None


def _utf16(data: bytes) -> str | None:
    """Recognise UTF-16 without a mark: every other byte of its digits and commas is zero."""
    head = data[:2000]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    zeros = head.count(_NUL)
    if zeros * 10 < len(head):
        return None
    return "utf-16-le" if head[1::2].count(_NUL) > head[::2].count(_NUL) else "utf-16-be"


def read_delimited(data: bytes, name: str) -> RawRows:
    """Read a CSV, TSV or Excel "Unicode text" file.

    Parameters
    ----------
    data
        Content of the file.
    name
        What to call it in messages.

    Raises
    ------
    FormatError
        It is not text, or a quotation mark swallows it.
    LimitError
        Too many rows or columns.
    """
    text, encoding, findings = decode(data, name)
    delimiter, text = find_delimiter(text.lstrip("\ufeff"), name)
    try:
        rows, numbers = parse_rows(text, delimiter, csv.QUOTE_MINIMAL)
        if '"' in text and any(map(is_swallowed, rows)):
            rows, numbers = parse_rows(text, delimiter, csv.QUOTE_NONE)
            findings += (stray_quote(),)
    except csv.Error as error:
        raise damaged(name, error) from error
    check_size(len(rows), max(map(len, rows), default=0), name)
    cleaned = [[clean_text(cell) for cell in row] for row in rows]
    return RawRows(cleaned, numbers, encoding, findings=findings)


def damaged(name: str, error: csv.Error) -> FormatError:
    """Return what is said of a file that the parser refuses."""
    return FormatError(
        _("{file} is a damaged or cut off CSV ({reason}); export it again."),
        file=name,
        reason=str(error),
    )


def is_swallowed(row: Sequence[str]) -> bool:
    """Return whether a quotation mark that is never closed has swallowed other rows."""
    return any(len(cell) > _LINES_IN_A_FIELD < cell.count("\n") for cell in row)


def find_delimiter(text: str, name: str) -> tuple[str, str]:
    """Return the delimiter of a table, and its text without a line that only says which.

    Raises
    ------
    FormatError
        It cannot be parsed with any.
    """
    said = _said_delimiter(text)
    if said:
        return said, text.split("\n", 1)[1] if "\n" in text else ""
    try:
        return _sniff(text), text
    except csv.Error as error:
        raise damaged(name, error) from error


def _said_delimiter(text: str) -> str:
    """Return the delimiter of Excel's own first line ``sep=;``."""
    first = text.split("\n", 1)[0].strip().strip('"')
    return first[4:5] if first.casefold().startswith("sep=") and len(first) == 5 else ""


def _sniff(text: str) -> str:
    """Return the delimiter that gives the most rows of the same number of columns."""
    regularity = {delimiter: _regularity(text, delimiter) for delimiter in _DELIMITERS}
    best = max(_DELIMITERS, key=regularity.__getitem__)
    return ONE_COLUMN if _is_one_column(text, best) else best


def _regularity(text: str, delimiter: str) -> tuple[int, int]:
    widths = Counter(len(row) for row in _head(text, delimiter) if len(row) > 1)
    if not widths:
        return 0, 0
    width, times = max(widths.items(), key=lambda item: (item[1], item[0]))
    return times, width


def _is_one_column(text: str, delimiter: str) -> bool:
    """Return whether a title stands over pairs of numbers: one column of "114.05,22.54"."""
    first, *others = _head(text, delimiter) or [[]]
    return len(first) == 1 and bool(others) and all(map(_is_pair, others))


def _is_pair(row: list[str]) -> bool:
    return len(row) == 2 and all(_NUMBER.fullmatch(clean_text(cell)) for cell in row)


def _head(text: str, delimiter: str) -> list[list[str]]:
    rows = islice(_reader(text, delimiter, csv.QUOTE_MINIMAL), _LOOKED_AT)
    return [row for row in rows if row]


def _reader(text: str, delimiter: str, quoting: Literal[0, 3]) -> csv._reader:  # type: ignore[name-defined]
    csv.field_size_limit(_LONGEST_FIELD)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting)


def parse_rows(
    text: str, delimiter: str, quoting: Literal[0, 3]
) -> tuple[list[list[str]], list[int]]:
    """Return the rows and the line each one ends on."""
    rows, numbers = [], []
    reader = _reader(text, delimiter, quoting)
    for row in islice(reader, MOST_ROWS + 1):
        rows.append(row)
        numbers.append(reader.line_num)
    return rows, numbers


def stray_quote() -> Finding:
    """Return what is said when quotation marks were not taken as such."""
    return Finding(
        "stray_quote",
        _("A quotation mark that is never closed was taken as an ordinary character."),
    )
