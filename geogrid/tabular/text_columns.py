"""Put cells behind the rows of a text table: encoding, delimiter and line ends stay."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from geogrid.tabular.delimited import (
    ONE_COLUMN,
    decode,
    find_delimiter,
    is_swallowed,
    is_utf16,
    parse_rows,
)
from geogrid.tabular.workbook import plain_cell
from geogrid.tabular.writing import harmless

__all__ = ["add_to_text"]


def add_to_text(data: bytes, name: str, records: Mapping[int, Sequence[Any]]) -> bytes:
    r"""Return a CSV with columns behind its own; every other byte stays.

    Parameters
    ----------
    data : content of a file that has been read
    name : what to call it in messages
    records : values of the new columns by number of the row, as the file was read

    Examples
    --------
    >>> add_to_text("甲;1\r\n乙;2".encode("gbk"), "x.csv", {1: ["一"], 2: [3.5]}).decode("gbk")
    '甲;1;一\r\n乙;2;3.5'
    """
    text, encoding, _findings = decode(data, name)
    marked = text.lstrip("\ufeff")
    delimiter, body = find_delimiter(marked, name)
    rows, ends = parse_rows(body, delimiter, csv.QUOTE_MINIMAL)
    if '"' in body and any(map(is_swallowed, rows)):
        rows, ends = parse_rows(body, delimiter, csv.QUOTE_NONE)
    above = int(len(body) < len(marked))  # Excel's own first line, sep=;
    width = max(map(len, rows), default=0)
    mark = "\t" if delimiter == ONE_COLUMN else delimiter
    added = {
        above + end - 1: mark * (width - len(row) + 1) + _cells(records[end], mark)
        for row, end in zip(rows, ends, strict=True)
        if end in records
    }
    if is_utf16(data):
        is_big = encoding == "utf-16-be" or data.startswith(b"\xfe\xff")
        kind = "utf-16-be" if is_big else "utf-16-le"
        whole = len(data) // 2 * 2  # an odd last byte stays where it is
        signs = io.StringIO(data[:whole].decode(kind, "surrogatepass"), newline="")
        lines = [line.encode(kind, "surrogatepass") for line in signs]
        return b"".join([*_spliced(lines, added, kind), data[whole:]])
    return b"".join(_spliced(data.splitlines(keepends=True), added, encoding))


def _cells(record: Sequence[Any], mark: str) -> str:
    """Return values as cells, quoted where they must be."""
    line = io.StringIO()
    writer = csv.writer(line, delimiter=mark, lineterminator="")
    plain = [plain_cell(value) for value in record]
    writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in plain])
    return line.getvalue()


def _spliced(lines: list[bytes], added: Mapping[int, str], encoding: str) -> list[bytes]:
    """Put texts before the ends of lines."""
    ends = [end.encode(encoding) for end in ("\r\n", "\n", "\r")]
    for at, text in added.items():
        line = lines[at]
        end = next((end for end in ends if line.endswith(end)), b"")
        lines[at] = line[: len(line) - len(end)] + text.encode(encoding) + end
    return lines
