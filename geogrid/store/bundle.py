"""The files of a plan folder: which columns each has, and reading and writing them.

Text stays text (codes keep their leading zeros), numbers are ``Int64`` or ``float64``, times
are ISO 8601 in UTC and become ``datetime64[us, UTC]``. Geometry is GeoJSON in EPSG:4326 whose
coordinates read back to the same bits.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.errors import CrsError, FieldError, FormatError
from geogrid.i18n import mark as _

__all__ = [
    "COLUMNS",
    "FILES",
    "NOTHING",
    "bundle_digest",
    "complete",
    "layer_text",
    "parse_layer",
    "parse_rows",
    "read_layer",
    "read_rows",
    "rows_text",
    "write_json",
    "write_layer",
    "write_rows",
]

FILES = {
    "grids": "grids.geojson",
    "region": "region.geojson",
    "gaps": "gaps.geojson",
    "posts": "posts.csv",
    "units": "units.csv",
    "cases": "cases.csv",
    "streets": "streets.geojson",
}
"""Part of a plan to its file; ``plan.json`` is beside them."""

NOTHING = b'{"features":[]}'
"""A layer without anything."""

_GRID_COLUMNS = "code name parent level:int kind households:int people:int"
_UNIT_COLUMNS = (
    "unit_id kind parent name compound street number building entrance address "
    "lon:float lat:float households:int people:int grid"
)
_CASE_COLUMNS = (
    "case_id reported_at:time category status handling_level source title address "
    "lon:float lat:float replied_at:time deadline:time closed_at:time satisfied"
)


def _columns(text: str) -> dict[str, str]:
    pairs = (word.partition(":") for word in text.split())
    return {name: kind or "text" for name, _colon, kind in pairs}


COLUMNS: Mapping[str, Mapping[str, str]] = {
    "grids": _columns(_GRID_COLUMNS),
    "region": {},
    "gaps": _columns("reason"),
    "posts": _columns("post_id grid post holder deputy phone deputy_phone"),
    "units": _columns(_UNIT_COLUMNS),
    "cases": _columns(_CASE_COLUMNS),
    "streets": _columns("name highway"),
}
"""Part to its columns and their types: text, int, float, time."""


def complete(frame: pd.DataFrame, part: str) -> pd.DataFrame:
    """Return `frame` with every column of `part` in its type and order, others after them."""
    known = COLUMNS[part]
    columns = {
        name: _typed(frame[name], kind, name=name, part=part)
        if name in frame.columns
        else _empty(len(frame), kind)
        for name, kind in known.items()
    }
    rest = {str(name): frame[name].array for name in frame.columns if name not in known}
    return pd.DataFrame({**columns, **rest}, index=pd.RangeIndex(len(frame)))


def _empty(count: int, kind: str) -> Any:
    return _typed(pd.Series([""] * count, dtype="str"), kind, name="", part="")


def _typed(values: pd.Series, kind: str, *, name: str, part: str) -> Any:
    """Convert one column; text in a number or time column must be empty or readable."""
    try:
        if kind == "text":
            return values.astype("str").fillna("").array
        if kind == "time":
            times = values.replace("", None) if values.dtype.kind not in "M" else values
            return pd.to_datetime(times, format="ISO8601", utc=True).dt.as_unit("us").array
        blank = values.replace("", np.nan) if not pd.api.types.is_numeric_dtype(values) else values
        numbers = pd.to_numeric(blank).astype("float64")
        return numbers.array if kind == "float" else numbers.astype("Int64").array
    except (ValueError, TypeError) as error:
        raise FieldError(
            _("{part}: column {column} holds values that are not of type {kind}: {reason}"),
            part=part,
            column=name,
            kind=kind,
            reason=error,
        ) from error


def read_rows(path: Path, part: str) -> pd.DataFrame:
    """Read a CSV table of a plan; an absent file is an empty table."""
    if not path.exists():
        return complete(pd.DataFrame(), part)
    return parse_rows(path.read_bytes(), part)


def parse_rows(content: bytes, part: str) -> pd.DataFrame:
    """Return the table that the bytes of a CSV file hold.

    Raises
    ------
    FormatError
        They are damaged.
    """
    try:
        frame = pd.read_csv(
            BytesIO(content), dtype="str", keep_default_na=False, encoding="utf-8-sig"
        )
    except pd.errors.EmptyDataError:
        frame = pd.DataFrame()
    except (pd.errors.ParserError, UnicodeDecodeError) as error:
        raise _damaged(part, error) from error
    if not isinstance(frame.index, pd.RangeIndex):  # more values than names in the header
        raise _damaged(part, ValueError("header"))
    return complete(frame, part)


def read_layer(path: Path, part: str) -> gpd.GeoDataFrame:
    """Read a GeoJSON layer of a plan; an absent file is an empty layer."""
    return parse_layer(path.read_bytes() if path.exists() else NOTHING, part)


def parse_layer(content: bytes, part: str) -> gpd.GeoDataFrame:
    """Return the layer that the bytes of a GeoJSON file hold.

    Raises
    ------
    FormatError
        They are damaged.
    """
    try:
        features: list[dict[str, Any]] = json.loads(content)["features"]
        shapes = [feature["geometry"] for feature in features]
        texts = [None if shape is None else json.dumps(shape) for shape in shapes]
        geometries = shapely.from_geojson(np.array([*texts, None], dtype=object))[:-1]
        properties = pd.DataFrame([feature["properties"] or {} for feature in features])
    except (ValueError, KeyError, TypeError, shapely.GEOSException) as error:
        raise _damaged(part, error) from error
    return gpd.GeoDataFrame(complete(properties, part), geometry=geometries, crs="EPSG:4326")


def _damaged(part: str, error: Exception) -> FormatError:
    file = FILES[part]
    return FormatError(_("{file} of the plan is damaged ({reason})."), file=file, reason=error)


@contextmanager
def _synced(path: Path) -> Iterator[IO[str]]:
    """Open `path` for writing and force it to disk at the end."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def write_rows(frame: pd.DataFrame, path: Path, part: str) -> None:
    """Write a table of a plan as CSV, times as ``2026-03-01T02:03:04Z``."""
    with _synced(path) as file:
        file.write(rows_text(frame, part))


def rows_text(frame: pd.DataFrame, part: str) -> str:
    """Return a table of a plan as :func:`write_rows` writes it."""
    rows = complete(frame, part)
    for name, kind in COLUMNS[part].items():
        if kind == "time":
            rows[name] = rows[name].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(rows.to_csv(index=False, lineterminator="\n"))


def write_layer(frame: gpd.GeoDataFrame, path: Path, part: str) -> None:
    """Write a layer of a plan as GeoJSON, one feature a line.

    Raises
    ------
    CrsError
        `frame` has no CRS; another one than EPSG:4326 is converted.
    """
    text = layer_text(frame, part)
    with _synced(path) as file:
        file.write(text)


def layer_text(frame: gpd.GeoDataFrame, part: str) -> str:
    """Return a layer of a plan as :func:`write_layer` writes it, with its errors."""
    if frame.crs is None:
        raise CrsError(_("The layer “{part}” of a plan needs a CRS."), part=part)
    geographic = frame.to_crs("EPSG:4326")
    columns = complete(pd.DataFrame(frame.drop(columns=frame.geometry.name)), part)
    properties: list[dict[str, Any]] = [{}] * len(columns)
    if len(columns.columns):  # pandas writes no rows where there are no columns
        text = columns.to_json(orient="records", date_format="iso", double_precision=15)
        properties = json.loads(text)
    geometries = shapely.to_geojson(np.asarray(geographic.geometry.array, dtype=object))
    features = []
    for values, geometry in zip(properties, geometries, strict=True):
        text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
        shape = geometry or "null"
        features.append(f'{{"type":"Feature","properties":{text},"geometry":{shape}}}')
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"


def write_json(values: Mapping[str, Any], path: Path) -> None:
    """Write `values` as indented JSON."""
    with _synced(path) as file:
        json.dump(values, file, ensure_ascii=False, indent=2)
        file.write("\n")


def bundle_digest(folder: Path) -> str:
    """Return a hash of the plan's files: 32 hexadecimal digits."""
    total = sha256()
    for name in ["plan.json", *FILES.values()]:
        path = folder / name
        if path.exists():
            with path.open("rb") as file:
                total.update(name.encode() + sha256(file.read()).digest())
    return total.hexdigest()[:32]
