"""Read the defects of an earlier check back from a file, to compare a later one with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geogrid.coverage.measure import SEVERITIES
from geogrid.errors import CrsError, FormatError, LimitError
from geogrid.formats.layer import LIMITS
from geogrid.formats.source import opened_layers
from geogrid.i18n import mark as _
from geogrid.reading.reference import parse_crs

__all__ = ["COMPARED", "read_check"]

COMPARED = (
    "id",
    "kind",
    "severity",
    "level",
    "grids",
    "area_m2",
    "width_m",
    "lon",
    "lat",
    "geometry",
)
"""Columns of :func:`read_check`."""

_LAYER = "defects"
_NUMBERS = ("area_m2", "width_m", "lon", "lat")
_SHAPES = {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
_NO_CHECK = _(
    "{file} holds no result of a check. Give a file that “geogrid check” wrote: a report as .gpkg"
    " or .json, or the defects of -o."
)


def read_check(path: str | Path) -> gpd.GeoDataFrame:
    """Read the defects that an earlier check wrote.

    Parameters
    ----------
    path
        A report as ``.gpkg`` or ``.json``, what ``geogrid check --json`` printed, or the
        defects of ``-o`` (``.gpkg``, ``.geojson``, ``.parquet``).

    Returns
    -------
    GeoDataFrame
        Columns :data:`COMPARED`. Where the file has no shape of a defect, its place is one.

    Raises
    ------
    FormatError
        No such file, damaged, or not the result of a check.
    LimitError, UnsafeFileError
        Too large, or reaching for something outside itself.
    """
    place = Path(path)
    document = _json_report(place) if place.suffix.casefold() == ".json" else None
    if document is not None:
        return _from_json(document, place.name)
    with opened_layers(place, LIMITS) as layers:
        named = [layer for layer in layers if layer.name == _LAYER] or layers[:1]
        if not named:
            raise FormatError(_NO_CHECK, file=place.name)
        raw = named[0].read()
    return _frame(raw.attributes, raw.geometry, raw.crs, place.name)


def _json_report(place: Path) -> Mapping[str, Any] | None:
    """Return the JSON of a report, None where it is something else, such as GeoJSON."""
    try:
        size = place.stat().st_size
        if size > LIMITS.file_bytes:
            raise LimitError(_("{file} is too large to be the report of a check."), file=place.name)
        document = json.loads(place.read_bytes())
    except OSError as error:
        reason = error.strerror or str(error)
        raise FormatError(
            _("{file} cannot be read: {reason}."), file=place.name, reason=reason
        ) from error
    except (ValueError, RecursionError) as error:
        raise FormatError(_NO_CHECK, file=place.name) from error
    if isinstance(document, dict) and document.get("type") == "FeatureCollection":
        return None
    if not isinstance(document, dict) or not isinstance(document.get("defects"), list):
        raise FormatError(_NO_CHECK, file=place.name)
    return document


def _from_json(document: Mapping[str, Any], name: str) -> gpd.GeoDataFrame:
    rows = document["defects"]
    if not all(isinstance(row, dict) for row in rows):
        raise FormatError(_NO_CHECK, file=name)
    columns = {key: [row.get(key) for row in rows] for key in COMPARED[:-1]}
    shapes = np.array([None, *(_shape(row.get("geometry")) for row in rows)], dtype=object)[1:]
    return _frame(pd.DataFrame(columns, dtype=object), shapes, document.get("crs"), name)


def _shape(geometry: object) -> shapely.Geometry | None:
    if not isinstance(geometry, dict) or geometry.get("type") not in _SHAPES:
        return None
    return shapely.from_geojson(json.dumps(geometry), on_invalid="ignore")


def _frame(
    rows: pd.DataFrame, shapes: npt.NDArray[np.object_], crs: object, name: str
) -> gpd.GeoDataFrame:
    """Return the defects in the columns and types of :data:`COMPARED`."""
    if len(rows) and not {"kind", "grids"} <= set(rows.columns):
        raise FormatError(_NO_CHECK, file=name)
    count = len(rows)
    texts = {
        key: [_text(value) for value in rows[key]] if key in rows else [""] * count
        for key in ("id", "kind", "severity")
    }
    texts["severity"] = [each if each in SEVERITIES else "error" for each in texts["severity"]]
    numbers = {
        key: pd.to_numeric(rows[key], errors="coerce").to_numpy(np.float64, na_value=np.nan)
        if key in rows
        else np.full(count, np.nan)
        for key in _NUMBERS
    }
    level = pd.to_numeric(rows["level"], errors="coerce") if "level" in rows else [pd.NA] * count
    grids = [_codes(value) for value in rows["grids"]] if "grids" in rows else []
    system = _system(crs)
    frame = gpd.GeoDataFrame(
        {key: pd.Series(value, dtype="str") for key, value in texts.items()}
        | {"level": pd.Series(np.asarray(level, dtype=object)).astype("Float64").astype("Int64")}
        | {"grids": pd.Series(grids, dtype=object)}
        | {key: pd.Series(value) for key, value in numbers.items()},
        geometry=_placed(shapes, numbers["lon"], numbers["lat"], system),
        crs=system,
    )
    return frame[list(COMPARED)]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _codes(value: object) -> tuple[str, ...]:
    """Return codes as a report writes them: a list, or one text with ; between."""
    if isinstance(value, str):
        return tuple(value.split(";")) if value else ()
    if isinstance(value, Sequence):
        return tuple(str(code) for code in value)
    return ()


def _system(crs: object) -> pyproj.CRS | None:
    """Return the reference system of the shapes; WGS 84 where none is named, None for planes."""
    try:
        return parse_crs("EPSG:4326" if crs is None else crs)
    except CrsError:
        return None


def _placed(
    shapes: npt.NDArray[np.object_],
    lon: npt.NDArray[np.float64],
    lat: npt.NDArray[np.float64],
    crs: pyproj.CRS | None,
) -> npt.NDArray[np.object_]:
    """Return the shapes; a defect without one is the point that its row names."""
    placed = np.array([None, *shapes], dtype=object)[1:]
    bare = shapely.is_missing(placed) & np.isfinite(lon) & np.isfinite(lat)
    if crs is not None and bare.any():
        points = gpd.GeoSeries(gpd.points_from_xy(lon[bare], lat[bare]), crs="EPSG:4326")
        placed[bare] = np.asarray(points.to_crs(crs).array, dtype=object)
    return placed
