"""Excel workbooks, old (``.xls``) and new (``.xlsx``)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import python_calamine as calamine

from geogrid.errors import FieldError, FormatError
from geogrid.findings import Finding
from geogrid.formats.archives import BROKEN_ARCHIVE
from geogrid.formats.workbook import check_workbook
from geogrid.i18n import mark as _
from geogrid.tabular.biff import check_records
from geogrid.tabular.compound_file import COMPOUND_FILE, workbook_stream
from geogrid.tabular.number_formats import Shown, shown_formats
from geogrid.tabular.rows import Merge, RawRows, cell_text, check_size, is_inexact

__all__ = ["COMPOUND_FILE", "ZIP_FILE", "read_spreadsheet", "read_spreadsheets"]

ZIP_FILE = b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read_spreadsheet(data: bytes, name: str, *, sheet: str | None = None) -> RawRows:
    """Read one sheet of a workbook, formulas as their last results.

    Parameters
    ----------
    data
        Content of the file.
    name
        What to call it in messages.
    sheet
        Name of the sheet; by default the first visible one that is not empty.

    Raises
    ------
    FormatError
        Damaged, protected with a password or not a workbook.
    FieldError
        There is no such sheet.
    LimitError
        Too many rows or columns, or an archive bomb.
    """
    with _opened(data, name) as (workbook, kind):
        chosen, findings = _choose(workbook, name, sheet)
        formats = _formats(data, kind, [chosen])
        return _read(chosen, name, kind, formats, findings)


def read_spreadsheets(data: bytes, name: str) -> list[RawRows]:
    """Read every visible sheet that is not empty; errors as for :func:`read_spreadsheet`."""
    with _opened(data, name) as (workbook, kind):
        sheets = _filled(workbook, name)
        formats = _formats(data, kind, sheets)
        return [_read(sheet, name, kind, formats, ()) for sheet in sheets]


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[tuple[calamine.CalamineWorkbook, str]]:
    """Open a workbook that is safe to open, and say which kind it is."""
    kind = _kind(data, name)
    if kind != "xls":
        check_workbook(io.BytesIO(data), name)
    with (
        _damage_named(name),
        calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook,
    ):
        yield workbook, kind


def _formats(
    data: bytes, kind: str, sheets: list[calamine.CalamineSheet]
) -> dict[str, dict[int, Shown]]:
    return shown_formats(data, [sheet.name for sheet in sheets]) if kind == "xlsx" else {}


@contextmanager
def _damage_named(name: str) -> Iterator[None]:
    """Say what is wrong with a file that calamine cannot read.

    A damaged ``.xls`` can make its Rust code panic, which arrives as a ``PanicException``
    that is no ``Exception`` and cannot be imported.
    """
    try:
        yield
    except calamine.PasswordError as error:
        raise _protected(name) from error
    except (calamine.CalamineError, MemoryError, OSError, ValueError) as error:
        raise _damaged(name) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(name) from error


def _damaged(name: str) -> FormatError:
    return FormatError(_("{file} is damaged; open it in Excel and save it again."), file=name)


def _kind(data: bytes, name: str) -> str:
    if data.startswith(COMPOUND_FILE):
        if _ENCRYPTED in data:
            raise _protected(name)
        stream = workbook_stream(data)
        if stream is None or not check_records(stream, name):
            raise _damaged(name)
        return "xls"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = set(archive.namelist())
    except BROKEN_ARCHIVE as error:
        raise _damaged(name) from error
    if "xl/workbook.xml" in members:
        return "xlsx"
    if {"xl/workbook.bin", "content.xml"} & members:
        raise FormatError(
            _("{file} is an OpenDocument or binary workbook; save it as .xlsx."), file=name
        )
    raise FormatError(
        _("{file} is an archive, not a table; unpack it and give the table in it."), file=name
    )


def _protected(name: str) -> FormatError:
    return FormatError(
        _(
            "{file} is protected with a password. Open it in Excel, remove the password under"
            " File › Info › Protect Workbook, and save it again."
        ),
        file=name,
    )


def _choose(
    workbook: calamine.CalamineWorkbook, name: str, sheet: str | None
) -> tuple[calamine.CalamineSheet, tuple[Finding, ...]]:
    names = _names(workbook)
    if sheet is not None:
        if sheet not in names:
            raise FieldError(
                _("{file} has no sheet “{sheet}”; it has {sheets}."),
                file=name,
                sheet=sheet,
                sheets=", ".join(names),
            )
        return workbook.get_sheet_by_name(sheet), ()
    shown = _filled(workbook, name)
    return shown[0], _others(shown)


def _names(workbook: calamine.CalamineWorkbook) -> list[str]:
    return [
        about.name
        for about in workbook.sheets_metadata
        if about.typ == calamine.SheetTypeEnum.WorkSheet
    ]


def _filled(workbook: calamine.CalamineWorkbook, name: str) -> list[calamine.CalamineSheet]:
    """Return the visible sheets that are not empty, else all that are not."""
    hidden = {
        about.name
        for about in workbook.sheets_metadata
        if about.visible != calamine.SheetVisibleEnum.Visible
    }
    filled = [found for found in map(workbook.get_sheet_by_name, _names(workbook)) if found.height]
    shown = [found for found in filled if found.name not in hidden] or filled
    if not shown:
        raise FormatError(_("{file} has no rows."), file=name)
    return shown


def _others(sheets: list[calamine.CalamineSheet]) -> tuple[Finding, ...]:
    if len(sheets) == 1:
        return ()
    return (
        Finding(
            "other_sheets",
            _("Read the sheet “{sheet}”; the file also has {others}."),
            {"sheet": sheets[0].name, "others": ", ".join(other.name for other in sheets[1:])},
            severity="note",
        ),
    )


def _read(
    sheet: calamine.CalamineSheet,
    name: str,
    kind: str,
    shown: dict[str, dict[int, Shown]],
    findings: tuple[Finding, ...],
) -> RawRows:
    top, left = sheet.start or (0, 0)
    check_size(sheet.height, sheet.width, name)
    formats = shown.get(sheet.name, {})
    values = sheet.to_python()
    rows = [_texts(row, left, formats) for row in values]
    merges = [
        Merge(first[0] - top, first[1], last[0] - top, last[1])
        for first, last in sheet.merged_cell_ranges or ()
        if first[0] >= top
    ]
    numbers = range(top + 1, top + 1 + len(rows))
    return RawRows(rows, numbers, kind, sheet.name, merges, findings + _long_numbers(values))


def _texts(row: Iterable[object], left: int, formats: dict[int, Shown]) -> list[str]:
    """Return texts from column A on."""
    texts = [""] * left
    for column, value in enumerate(row, left):
        is_number = isinstance(value, float) and column in formats
        texts.append(formats[column].text(value) if is_number else cell_text(value))  # type: ignore[arg-type]
    return texts


def _long_numbers(values: list[list[object]]) -> tuple[Finding, ...]:
    rows = tuple(at for at, row in enumerate(values) if any(map(is_inexact, row)))
    if not rows:
        return ()
    return (
        Finding(
            "long_numbers",
            _(
                "Rows {rows} hold numbers of more than 15 digits, whose last digits Excel has"
                " already replaced by zeros; format such columns as text."
            ),
            rows=rows,
        ),
    )
