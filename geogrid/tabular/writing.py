"""Tables as bytes: CSV that Excel opens, workbooks that stay what they were, GeoJSON points."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
import openpyxl
import pandas as pd
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from geogrid.errors import FormatError, InputError
from geogrid.i18n import mark as _
from geogrid.tabular.geojson_points import parse_features
from geogrid.tabular.table import Table
from geogrid.tabular.xlsx_book import add_to_workbook
from geogrid.tabular.xlsx_rows import UnsoundError

__all__ = ["harmless", "replace_file", "write_csv", "write_geojson", "write_xlsx"]

_LONGEST_CELL = 32_767
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?%?|[-+]")
_POSITION = ("wgs84_lon", "wgs84_lat")


@contextmanager
def replace_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file beside `path` that takes its place when all went well.

    Raises
    ------
    InputError
        The folder does not exist or cannot be written to, or the file is open in Excel.
    """
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            temporary = Path(file.name)
            try:
                yield file
                file.close()
                temporary.chmod(0o644)
                temporary.replace(path)
            finally:
                with suppress(FileNotFoundError):
                    temporary.unlink()
    except OSError as error:
        raise InputError(
            _("{file} cannot be written ({reason}). Is it open in Excel?"),
            file=path.name,
            reason=error.strerror or str(error),
        ) from error


def harmless(text: str) -> str:
    """Return a text that a spreadsheet does not run as a formula; numbers stay as they are.

    Examples
    --------
    >>> harmless("=HYPERLINK(1)"), harmless("-12.5"), harmless("+8613800138000")
    ("'=HYPERLINK(1)", '-12.5', '+8613800138000')
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _plain(value: Any) -> Any:
    """Return a value of a frame as str, int, float, bool or None."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, np.generic):
        return _plain(value.item())
    return value if isinstance(value, str | int | float | bool) else str(value)


def _records(rows: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    columns = [[_plain(value) for value in rows.iloc[:, at]] for at in range(rows.shape[1])]
    return zip(*columns, strict=True)


def write_csv(rows: pd.DataFrame, file: IO[bytes]) -> None:
    """Write UTF-8 with a byte order mark and CRLF, as Excel expects."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([harmless(str(name)) for name in rows.columns])
    for record in _records(rows):
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in record])
    text.detach()


def write_geojson(rows: pd.DataFrame, file: IO[bytes], like: Table | None = None) -> None:
    """Write a FeatureCollection of points in WGS 84; rows without a position have null.

    Features that were read from GeoJSON keep their own properties and members.
    """
    names = [str(name) for name in rows.columns]
    places = [names.index(name) for name in _POSITION if name in names]
    own: list[dict[str, Any]] = [{} for _row in range(len(rows))]
    kept = 0
    if like is not None and like.source == "geojson":
        own, _crs = parse_features(like.content, like.name)
        kept = like.frame.shape[1]
    features = []
    for feature, record in zip(own, _records(rows), strict=True):
        position = [record[at] for at in places]
        is_known = len(position) == 2 and all(isinstance(part, float) for part in position)
        added = dict(zip(names[kept:], record[kept:], strict=True))
        features.append(
            {
                **feature,
                "type": "Feature",
                "properties": {**(feature.get("properties") or {}), **added},
                "geometry": {"type": "Point", "coordinates": position} if is_known else None,
            }
        )
    collection = {"type": "FeatureCollection", "features": features}
    file.write(json.dumps(collection, ensure_ascii=False, allow_nan=False).encode())


def write_xlsx(rows: pd.DataFrame, file: IO[bytes], like: Table | None = None) -> None:
    """Write a workbook, or add the new columns to the workbook that was read."""
    if like is not None and like.source == "xlsx" and like.header_rows:
        _add_columns(rows, file, like)
        return
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for column, name in enumerate(rows.columns, 1):
        _put(sheet, 1, column, str(name)).font = Font(bold=True)
    for row, record in enumerate(_records(rows), 2):
        for column, value in enumerate(record, 1):
            _put(sheet, row, column, value)
    sheet.freeze_panes = "A2"
    workbook.save(file)


def _add_columns(rows: pd.DataFrame, file: IO[bytes], like: Table) -> None:
    added = rows.iloc[:, like.frame.shape[1] :]
    header = like.header_rows[-1]
    records: dict[int, Sequence[Any]] = {header: [str(name) for name in added.columns]}
    records |= zip(like.row_numbers.tolist(), _records(added), strict=True)
    try:
        add_to_workbook(
            like.content,
            file,
            sheet=like.sheet,
            width=like.frame.shape[1],
            header=header,
            records=records,
        )
    except UnsoundError as error:
        raise FormatError(
            _("{file} can be read but not added to; write a .csv instead."), file=like.name
        ) from error


def _put(sheet: Any, row: int, column: int, value: Any) -> Any:
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)[:_LONGEST_CELL]
        cell.data_type = "s"  # a text that begins with "=" stays a text
    else:
        cell.value = value
    return cell
