"""CSV and Excel tables with one column of well-known text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pandas as pd

from geogrid.errors import FormatError, LimitError
from geogrid.fields import field_key
from geogrid.formats.layer import Limits, RawLayer
from geogrid.formats.text import decode_text
from geogrid.formats.wkt import decode_wkt, is_wkt
from geogrid.formats.workbook import sheet_rows
from geogrid.i18n import mark as _

__all__ = ["read_wkt_csv", "read_wkt_sheet"]

_USUAL_NAMES = (
    "wkt", "geometry", "geom", "thegeom", "shape", "图形", "边界", "范围", "坐标", "空间数据",
)  # fmt: skip
_CRS_NAMES = {"crs", "srid", "epsg", "坐标系"}
_DELIMITERS = ",\t;|"
_TITLE_ROWS = 20
_MOST_ROWS = 2_000_000


def read_wkt_csv(path: Path, name: str, limits: Limits) -> RawLayer:
    """Read a CSV, in UTF-8 or GBK, one of whose columns is WKT.

    Returns
    -------
    RawLayer
        ``crs`` is what a column crs (or srid, 坐标系) or an ``SRID=…;`` before the WKT says
        for every row, else None.

    Raises
    ------
    FormatError
        Damaged, or without WKT.
    """
    text = decode_text(path.read_bytes(), name)
    csv.field_size_limit(limits.file_bytes)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        return _layer(rows, name, limits)
    except csv.Error as error:
        raise FormatError(
            _("{file} is a damaged or cut off CSV ({reason}); export it again."),
            file=name,
            reason=str(error),
        ) from error


def read_wkt_sheet(path: Path, name: str, sheet: str, limits: Limits) -> RawLayer:
    """Read a sheet of a workbook, one of whose columns is WKT.

    A boundary longer than a cell goes on in columns of the same name and a number.
    """
    return _layer(sheet_rows(path, name, sheet), name, limits)


def _layer(rows: Iterable[Iterable[object]], name: str, limits: Limits) -> RawLayer:
    filled = (tuple(row) for row in rows if any(_text(value) for value in row))
    top = list(islice(filled, _TITLE_ROWS))
    header_row, column = _find_header(top, name)
    header = [_text(value) for value in top[header_row]]
    records = list(_records([*top[header_row + 1 :]], filled, len(header), name))
    frame = pd.DataFrame(records, columns=range(len(header)), dtype=object)
    parts = [column, *_continuations(header, column)]
    texts = frame[parts].fillna("").astype(str).sum(axis=1) if len(frame) else []
    geometry, problems, srid = decode_wkt([str(text) for text in texts], limits)
    attributes = frame.drop(columns=parts)
    attributes.columns = pd.Index([header[at] or f"column_{at + 1}" for at in attributes.columns])
    said = _said_crs(attributes) or (f"EPSG:{srid}" if srid else None)
    return RawLayer(geometry, attributes, crs=said, problems=problems)


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _find_header(top: list[tuple[object, ...]], name: str) -> tuple[int, int]:
    """Return the row of the column names and the column of the WKT."""
    for row, values in enumerate(top):
        keys = [field_key(_text(value)) for value in values]
        usual = next((key for key in _USUAL_NAMES if key in keys), None)
        if usual is not None:
            return row, keys.index(usual)
    for row, values in enumerate(top):
        column = next((at for at, value in enumerate(values) if is_wkt(_text(value))), None)
        if column is not None and row > 0:
            return row - 1, column
    raise FormatError(
        _(
            "{file} is a table without boundaries: no column holds WKT such as “POLYGON ((114.05"
            " 22.54, …))”. Rosters and lists of buildings belong on the page Data, cases on the"
            " page Cases (geogrid locate --help)."
        ),
        file=name,
    )


def _records(
    first: list[tuple[object, ...]], rest: Iterator[tuple[object, ...]], width: int, name: str
) -> Iterator[tuple[object, ...]]:
    for count, row in enumerate([*first]):
        yield _fitted(row, width, count, name)
    for count, row in enumerate(rest):
        if count > _MOST_ROWS:
            raise LimitError(
                _("{file} has more than {limit} rows; split it."), file=name, limit=_MOST_ROWS
            )
        yield _fitted(row, width, count + len(first), name)


def _fitted(row: tuple[object, ...], width: int, position: int, name: str) -> tuple[object, ...]:
    if any(_text(value) for value in row[width:]):
        raise FormatError(
            _(
                "{file}, row {row}: more values than columns; is the boundary text in quotation"
                " marks?"
            ),
            file=name,
            row=position + 1,
        )
    return (*row[:width], *([None] * (width - len(row))))


def _continuations(header: list[str], column: int) -> list[int]:
    """Return the columns "WKT 2", "WKT 3" … that go on where "WKT" ends."""
    found = []
    number = 2
    while f"{header[column]} {number}" in header:
        found.append(header.index(f"{header[column]} {number}"))
        number += 1
    return found


def _said_crs(attributes: pd.DataFrame) -> str | None:
    for column in attributes.columns:
        if field_key(column) in _CRS_NAMES:
            values = {_text(value) for value in attributes[column]} - {""}
            if len(values) == 1:
                said = values.pop().removesuffix(".0")
                return f"EPSG:{said}" if said.isdecimal() else said
    return None
