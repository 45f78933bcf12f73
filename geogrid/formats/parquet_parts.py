"""GeoParquet in parts: the row groups of one file or of all files in a folder.

Each part can be read alone, by another process, without the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.parquet as pq
import pyproj

from geogrid.errors import CrsError, FormatError, InputError
from geogrid.formats.geoparquet import DAMAGE, WGS84, damaged, decode_column, geometry_column
from geogrid.formats.layer import LIMITS
from geogrid.i18n import mark as _

__all__ = [
    "ParquetPart",
    "parquet_columns",
    "parquet_crs",
    "parquet_files",
    "parquet_parts",
    "read_part",
]

Paths = str | Path | Sequence[str | Path]


@dataclass(frozen=True)
class ParquetPart:
    """One row group.

    Attributes
    ----------
    path, group
        The file, and which of its row groups.
    first, rows
        How many rows stand before it in all files, and how many it has.
    """

    path: Path
    group: int
    first: int
    rows: int


def parquet_files(paths: Paths) -> list[Path]:
    """Return the files of a path or of several: themselves, or all in a folder by name.

    Raises
    ------
    InputError
        A path is not there, or there are no files.
    """
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    found: list[Path] = []
    for path in map(Path, given):
        if path.is_dir():
            inside = (one for one in path.rglob("*") if one.suffix in {".parquet", ".geoparquet"})
            found += sorted(one for one in inside if one.name[0] not in "._" and one.is_file())
        elif path.is_file():
            found.append(path)
        else:
            raise InputError(_("There is no file or folder {path}."), path=str(path))
    if not found:
        raise InputError(
            _("There are no GeoParquet files (.parquet) in {path}."),
            path=", ".join(map(str, given))[:200],
        )
    return found


def parquet_parts(files: Sequence[Path]) -> list[ParquetPart]:
    """Return the row groups of files, in order; groups without rows are left out."""
    parts: list[ParquetPart] = []
    first = 0
    for path in files:
        with _opened(path) as file:
            about = file.metadata
            sizes = [about.row_group(group).num_rows for group in range(about.num_row_groups)]
        for group, rows in enumerate(sizes):
            if rows:
                parts.append(ParquetPart(path, group, first, rows))
                first += rows
    return parts


def parquet_crs(files: Sequence[Path]) -> pyproj.CRS | None:
    """Return the reference system that all files are in, None where they name none.

    Raises
    ------
    CrsError
        Files differ.
    """
    stated = [_stated_crs(path) for path in files]
    for path, named in zip(files, stated, strict=True):
        if named != stated[0] and _crs(path, named) != _crs(files[0], stated[0]):
            raise CrsError(
                _("{file} is in another coordinate reference system than {first}."),
                file=path.name,
                first=files[0].name,
            )
    return _crs(files[0], stated[0])


def _crs(path: Path, named: Any) -> pyproj.CRS | None:
    try:
        return None if named is None else pyproj.CRS.from_user_input(named)
    except pyproj.exceptions.CRSError as error:
        raise damaged(path.name, error) from error


def _stated_crs(path: Path) -> Any:
    with _opened(path) as file:
        about = geometry_column(file, path.name)[1]
        return about.get("crs", WGS84) if about else None


def parquet_columns(files: Sequence[Path], names: Sequence[str]) -> pd.DataFrame:
    """Return those of some columns that files have, over all rows of all files."""
    tables = []
    for path in files:
        with _opened(path) as file:
            known = [name for name in names if name in file.schema_arrow.names]
            table = file.read(columns=known).to_pandas()[known]
            tables.append(table.reset_index(drop=True).reindex(range(file.metadata.num_rows)))
    return pd.concat(tables, ignore_index=True)


def read_part(part: ParquetPart) -> npt.NDArray[np.object_]:
    """Return the geometries of one part, None where a row has none.

    Raises
    ------
    FormatError
        The file is damaged, or a row holds what is no geometry.
    UnsafeFileError
        Collections are nested deeper than a boundary has them.
    """
    name = part.path.name
    with _opened(part.path) as file:
        column, about = geometry_column(file, name)
        values = file.read_row_group(part.group, columns=[column]).column(column)
        encoding = str(about.get("encoding", "WKB"))
        geometry, problems = decode_column(values, encoding, LIMITS)
    rows = sorted(row for found in problems.values() for row in found)
    if rows:
        raise FormatError(
            _("{file}: row {row} holds a geometry that cannot be read as an area."),
            file=name,
            row=part.first + rows[0] + 1,
        )
    return geometry


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with pq.ParquetFile(path, memory_map=False) as file:
            yield file
    except DAMAGE as error:
        raise damaged(path.name, error) from error
