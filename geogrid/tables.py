"""Read and write the lists offices keep in CSV and Excel, whatever state they are in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid.errors import FormatError, InputError, LimitError
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.tabular.delimited import is_utf16, read_delimited
from geogrid.tabular.geojson_points import is_geojson, read_points
from geogrid.tabular.header import Header, find_header, say_no_header
from geogrid.tabular.html import is_markup, read_markup
from geogrid.tabular.rows import RawRows
from geogrid.tabular.spreadsheet import COMPOUND_FILE, ZIP_FILE, read_spreadsheet, read_spreadsheets
from geogrid.tabular.table import Table
from geogrid.tabular.writing import replace_file, write_csv, write_geojson, write_xlsx

__all__ = ["TABLE_FORMATS", "Table", "is_plain_text", "read_table", "read_tables", "write_table"]

TABLE_FORMATS = (".csv", ".xlsx", ".geojson")
"""Extensions :func:`write_table` knows."""

_MOST_BYTES = 256 << 20
_NUMBERS_SHOWN = 10
_SHEETS = {"xlsx", "xls", "html"}
_FOREIGN = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"PAR1": "Parquet",
    b"SQLite format 3": "SQLite",
}


def read_table(
    source: str | Path | IO[bytes],
    *,
    filename: str | None = None,
    sheet: str | None = None,
    keep_empty: bool = False,
) -> Table:
    """Read CSV, Excel (old or new), HTML or GeoJSON points by their content.

    Titles above the header are skipped, a header of several rows is joined, merged cells
    fill all their rows. Rows that are wholly empty are left out and said.

    Parameters
    ----------
    source
        A path or an open binary file.
    filename
        What to call it in messages; by default the name of the path.
    sheet
        Which worksheet; by default the first visible one that is not empty.
    keep_empty
        Whether empty rows and lines of a text file stay where they are; only blank lines
        at its end are none. Those of a workbook stay in the workbook.

    Returns
    -------
    Table

    Raises
    ------
    FormatError
        Not a table, damaged, protected with a password, or empty.
    FieldError
        There is no such sheet.
    LimitError
        Larger than a limit, which the message names.
    """
    data, name = _content(source, filename)
    if is_geojson(data):
        return read_points(data, name)
    return _table(_raw_rows(data, name, sheet), name, data, keep_empty=keep_empty)


def _table(raw: RawRows, name: str, data: bytes, *, keep_empty: bool = False) -> Table:
    """Find the header of a table and the rows under it."""
    if not any(any(row) for row in raw.rows):
        raise FormatError(_("{file} has no rows."), file=name)
    header = find_header(raw)
    numbers = np.asarray(raw.numbers, np.int64)
    filled = [at for at in range(header.last + 1, len(raw.rows)) if any(raw.rows[at])]
    if keep_empty and raw.source not in _SHEETS:
        rows = range(header.last + 1, len(raw.rows))
        last = max((at for at in rows if not _is_blank_line(raw.rows[at], header)), default=-1)
        filled = list(range(header.last + 1, last + 1))
    findings = (*_moved(raw.findings, filled), *_notes(header, filled, numbers))
    return Table(
        frame=_frame(raw, header, filled),
        name=name,
        source=raw.source,
        sheet=raw.sheet,
        header_rows=tuple(int(number) for number in numbers[header.first : header.last + 1]),
        row_numbers=numbers[filled],
        other_rows=_other_rows(raw, header, set(filled)),
        findings=findings,
        content=data if raw.source == "xlsx" else b"",
    )


def read_tables(path: Path, *, filename: str | None = None) -> list[Table]:
    """Read every visible sheet of a workbook that has rows; of any other file its one table.

    Parameters
    ----------
    path, filename
        As for :func:`read_table`.

    Raises
    ------
    FormatError, LimitError
        As for :func:`read_table`, where no sheet can be read.
    """
    data, name = _content(path, filename)
    if not data.startswith((ZIP_FILE, COMPOUND_FILE)):
        return [read_table(path, filename=filename)]
    raws = [raw for raw in read_spreadsheets(data, name) if any(any(row) for row in raw.rows)]
    if not raws:
        raise FormatError(_("{file} has no rows."), file=name)
    return [_table(raw, name, data) for raw in raws]


def _other_rows(raw: RawRows, header: Header, data: set[int]) -> tuple[tuple[int, str], ...]:
    """Return number and kind of the rows that are no data."""
    above = range(1, int(raw.numbers[0])) if raw.source in _SHEETS and len(raw.numbers) else ()
    kinds = [(number, "empty") for number in above]
    for at, number in enumerate(raw.numbers):
        if at in data:
            continue
        if header.first <= at <= header.last:
            kind = "header"
        elif any(raw.rows[at]):
            kind = "title"
        else:
            kind = "empty"
        kinds.append((int(number), kind))
    return tuple(kinds)


def _is_blank_line(row: Sequence[str], header: Header) -> bool:
    """Return whether a row of a text table is a line without a delimiter and without a text."""
    return not row or (len(header.names) > 1 and len(row) == 1 and not row[0])


def is_plain_text(head: bytes) -> bool:
    """Return whether a file that begins like this is a text table in UTF-8 or GBK."""
    others = (ZIP_FILE, COMPOUND_FILE, *_FOREIGN)
    is_other = head.startswith(others) or is_geojson(head) or is_markup(head)
    return bool(head.strip()) and not is_other and not is_utf16(head)


def _content(source: str | Path | IO[bytes], filename: str | None) -> tuple[bytes, str]:
    if isinstance(source, str | Path):
        path = Path(source)
        name = filename or path.name
        try:
            with path.open("rb") as file:
                data = file.read(_MOST_BYTES + 1)
        except FileNotFoundError:
            raise InputError(_("There is no file {path}."), path=str(path)[:200]) from None
        except OSError as error:
            raise InputError(_("{file} cannot be opened."), file=name) from error
    else:
        name = filename or Path(str(getattr(source, "name", "table"))).name
        data = source.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise LimitError(
            _("{file} is larger than {limit} MB; split it."), file=name, limit=_MOST_BYTES >> 20
        )
    return data, name


def _raw_rows(data: bytes, name: str, sheet: str | None) -> RawRows:
    if not data.strip():
        raise FormatError(_("{file} is empty."), file=name)
    if data.startswith((ZIP_FILE, COMPOUND_FILE)):
        return read_spreadsheet(data, name, sheet=sheet)
    for magic, kind in _FOREIGN.items():
        if data.startswith(magic):
            raise FormatError(
                _("{file} is a {kind} file. Tables are read from Excel and CSV."),
                file=name,
                kind=kind,
            )
    return read_markup(data, name) if is_markup(data) else read_delimited(data, name)


def _moved(findings: tuple[Finding, ...], filled: list[int]) -> tuple[Finding, ...]:
    """Translate rows of the file into rows of the frame."""
    place = {at: position for position, at in enumerate(filled)}
    return tuple(
        Finding(
            found.kind,
            found.message,
            found.params,
            tuple(place[at] for at in found.rows if at in place),
            found.severity,
        )
        for found in findings
    )


def _notes(header: Header, filled: list[int], numbers: npt.NDArray[np.int64]) -> list[Finding]:
    notes = say_no_header(is_bare=header.last < header.first)
    if filled and len(filled) < filled[-1] - header.last:
        empty = np.setdiff1d(np.arange(header.last + 1, filled[-1]), filled)
        shown = ", ".join(map(str, numbers[empty[:_NUMBERS_SHOWN]].tolist()))
        more = "…" if len(empty) > _NUMBERS_SHOWN else ""
        notes.append(
            Finding(
                "empty_rows",
                _("Empty rows left out: {count} (in the file: {numbers})."),
                {"count": len(empty), "numbers": shown + more},
                severity="note",
            )
        )
    if not filled:
        notes.append(Finding("no_rows", _("The table has no rows.")))
    return notes


def _frame(raw: RawRows, header: Header, filled: Sequence[int]) -> pd.DataFrame:
    width = len(header.names)
    columns: list[list[str]] = [
        [row[at] if at < len(row) else "" for row in (raw.rows[place] for place in filled)]
        for at in range(width)
    ]
    position = {at: place for place, at in enumerate(filled)}
    done = [header.last] * width
    for merge in sorted(raw.merges, key=lambda merge: merge.top):
        if merge.left < width and merge.bottom > merge.top > done[merge.left]:
            done[merge.left] = merge.bottom  # merged cells never overlap
            text = _at(raw, merge.top, merge.left)
            for row in range(merge.top + 1, min(merge.bottom + 1, len(raw.rows))):
                if row in position and not columns[merge.left][position[row]]:
                    columns[merge.left][position[row]] = text
    return pd.DataFrame(dict(zip(header.names, columns, strict=True)), dtype="str")


def _at(raw: RawRows, row: int, column: int) -> str:
    cells = raw.rows[row] if row < len(raw.rows) else ()
    return cells[column] if column < len(cells) else ""


def write_table(rows: pd.DataFrame, path: str | Path, *, like: Table | None = None) -> None:
    """Write a table by the extension of `path`, whole or not at all.

    Parameters
    ----------
    rows
        What to write. With `like`, its columns come first, the new ones after them.
    path
        ``.csv`` (UTF-8 with a mark, as Excel expects), ``.xlsx``, or ``.geojson`` (points
        at ``wgs84_lon``, ``wgs84_lat``; no geometry where they are missing).
    like
        What was read. For a workbook written to ``.xlsx`` the workbook itself is kept to the
        byte, and only the new columns are added at the right of its table; `rows` must have
        its rows in order. GeoJSON keeps its properties as they were.

    Raises
    ------
    FormatError
        The extension is none of :data:`TABLE_FORMATS`.
    InputError
        `rows` does not have the rows of `like`, or the file cannot be written.

    Notes
    -----
    A text that Excel would run as a formula (``=``, ``+``, ``-`` or ``@`` in front) gets an
    apostrophe in CSV and is stored as text in a workbook; numbers stay as they are, and
    :func:`read_table` takes the apostrophe off again.
    """
    target = Path(path)
    if target.suffix.casefold() not in TABLE_FORMATS:
        raise FormatError(
            _("Cannot write {file}: use one of {extensions}."),
            file=target.name,
            extensions=", ".join(TABLE_FORMATS),
        )
    if like is not None and len(like.frame) != len(rows):
        raise InputError(
            _("There are {rows} rows to write and {read} rows were read."),
            rows=len(rows),
            read=len(like.frame),
        )
    with replace_file(target) as file:
        match target.suffix.casefold():
            case ".csv":
                write_csv(rows, file)
            case ".geojson":
                write_geojson(rows, file, like)
            case _:
                write_xlsx(rows, file, like)
