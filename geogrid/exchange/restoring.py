"""What was read from a file, made the parts of a plan again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geogrid.errors import FieldError, FormatError
from geogrid.exchange.contents import PARTS, POSITIONED, PartName
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.reading.reference import settle_reference
from geogrid.store.bundle import COLUMNS, complete
from geogrid.store.plan import PlanParts

__all__ = ["ImportedPlan", "NoPlanError", "RawPart", "parse_manifest", "restored"]

Manifest = Mapping[str, Any]
_WGS84 = "EPSG:4326"
_TRUE = {"1", "true", "t", "yes"}


class NoPlanError(FormatError):
    """The file can be read, but is no plan."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "{file} is no plan that geogrid exported: it has no layer “grids” with a column"
                " “code”. A file of boundaries is read by geogrid check and on the page “Check”."
            ),
            file=name,
        )


@dataclass(frozen=True, eq=False)
class RawPart:
    """A layer or table as a file has it.

    Attributes
    ----------
    rows
        Columns under the names of the file.
    geometry
        Shapes, or None for a table.
    crs
        Of the shapes, as the file says it.
    problems
        Kind of problem to the rows whose shape could not be read.
    blank_is_missing
        Whether the format cannot tell an empty text from no value.
    """

    rows: pd.DataFrame
    geometry: npt.NDArray[np.object_] | None = None
    crs: object = _WGS84
    problems: Mapping[str, list[int]] = field(default_factory=dict)
    blank_is_missing: bool = False


@dataclass(frozen=True, eq=False)
class ImportedPlan:
    """A plan that was read.

    Attributes
    ----------
    parts
        For :func:`geogrid.store.save_plan` and :meth:`geogrid.store.Workspace.use`.
    findings
        What was noticed.
    """

    parts: PlanParts
    findings: tuple[Finding, ...] = ()


def parse_manifest(text: object, name: str) -> Manifest | None:
    """Return the manifest, None where there is none.

    Raises
    ------
    FormatError
        It is not what geogrid writes.
    """
    if not text:
        return None
    try:
        manifest = json.loads(str(text))
        pairs = [pair for part in manifest["columns"].values() for pair in part.values()]
        if not isinstance(manifest["about"], dict) or any(len(pair) != 2 for pair in pairs):
            raise TypeError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FormatError(
            _("What {file} says about itself is damaged; export the plan again."), file=name
        ) from error
    return dict(manifest)


def restored(raw: Mapping[str, RawPart], manifest: Manifest | None, name: str) -> ImportedPlan:
    """Return the plan that the parts of a file are.

    Parameters
    ----------
    raw : part to what the file has of it
    manifest : what the file says about itself; without it columns count under their names
    name : of the file, for messages

    Raises
    ------
    FormatError
        There are no grids with codes in it.
    FieldError
        A value is not of the kind that its column holds; the row is named.
    """
    if "grids" not in raw:
        raise NoPlanError(name)
    columns = (manifest or {}).get("columns", {})
    findings: list[Finding] = []
    frames = {
        part: _frame(raw[part], part, columns.get(part, {}), name, findings)
        for part in PARTS
        if part in raw
    }
    about = {key: value for key, value in (manifest or {}).get("about", {}).items() if key in _SAID}
    parts: Any = {"name": name, **about, **frames}
    return ImportedPlan(parts, tuple(findings))


_SAID = ("name", "is_sample", "note", "attribution", "source", "created_at")


def _frame(
    raw: RawPart, part: str, columns: Mapping[str, Any], name: str, findings: list[Finding]
) -> Any:
    rows = _rows(raw, part, columns)
    if part == "grids" and "code" not in rows.columns:
        raise FieldError(_("A plan needs grids with a column “code”."))
    geometry = _in_wgs84(raw, name)
    findings += _unread(raw, part)
    if part in POSITIONED:
        return complete(_with_position(rows, geometry), part)
    if part == "posts":
        return complete(rows, part)
    ours = complete(rows, part) if part in COLUMNS else rows
    return gpd.GeoDataFrame(ours, geometry=geometry, crs=_WGS84)


def _rows(raw: RawPart, part: str, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return the columns under their own names: those of the manifest first, then new ones.

    A column that a file without a value in it could not hold is there again, but never the
    codes of grids.
    """
    known = COLUMNS.get(part, {})
    called = [*columns, *(name for name in map(str, raw.rows.columns) if name not in columns)]
    nothing = pd.Series([None] * len(raw.rows), dtype=object)
    values = {}
    for name in called:
        own, kind = columns.get(name, (name, None))
        is_there = name in raw.rows.columns
        if not is_there and own == "code" and len(raw.rows):
            continue
        column = raw.rows[name] if is_there else nothing
        if raw.blank_is_missing and own not in known:
            column = column.where(column != "", None)
        values[own] = _typed(column, known.get(own) or kind, part=part, column=own)
    return pd.DataFrame(values, index=pd.RangeIndex(len(raw.rows)))


def _unread(raw: RawPart, part: str) -> list[Finding]:
    rows = sorted({row for found in raw.problems.values() for row in found})
    if not rows:
        return []
    message = _("{part}, rows {rows}: the shape cannot be read and is left out.")
    return [Finding("broken_geometry", message, {"part": PartName(part)}, tuple(rows), "error")]


def _in_wgs84(raw: RawPart, name: str) -> npt.NDArray[np.object_]:
    """Return the shapes in longitude and latitude, their bits untouched where they are already."""
    geometry = raw.geometry
    if geometry is None:
        return np.full(len(raw.rows), None, dtype=object)
    crs = settle_reference(raw.crs, name=name).crs
    if crs.to_epsg() in (4326, 4490):
        return geometry
    moved = gpd.GeoSeries(geometry, crs=crs).to_crs(_WGS84)
    return np.asarray(moved.array, dtype=object)


def _with_position(rows: pd.DataFrame, geometry: npt.NDArray[np.object_]) -> pd.DataFrame:
    """Return the rows with longitude and latitude of their points, else of their columns."""
    is_point = shapely.get_type_id(geometry) == shapely.GeometryType.POINT
    if not is_point.any() and {"lon", "lat"} <= set(rows.columns):
        return rows
    points = geometry.copy()
    points[~is_point] = None
    return rows.assign(lon=shapely.get_x(points), lat=shapely.get_y(points))


def _typed(values: pd.Series, kind: str | None, *, part: str, column: str) -> Any:
    """Convert one column to the kind it was of; without one it stays as the file has it."""
    if kind is None:
        return values.array
    listed = [None if pd.api.types.is_scalar(one) and pd.isna(one) else one for one in values]
    convert = _CONVERT.get(kind, str)
    result = []
    for row, value in enumerate(listed):
        try:
            is_blank = value is None or (value == "" and kind != "text")
            result.append(None if is_blank else convert(value))
        except (ValueError, TypeError, OverflowError) as error:
            raise FieldError(
                _("{part}, row {row}: “{value}” in {column} is not of the kind {kind}."),
                part=PartName(part),
                row=row + 1,
                value=str(value)[:60],
                column=column,
                kind=kind,
            ) from error
    dtype = {"int": "Int64", "float": "float64", "bool": "boolean", "text": "str"}.get(kind)
    return pd.Series(result, dtype=dtype or object).array


def _whole(value: Any) -> int:
    if isinstance(value, float) and not value.is_integer():
        raise ValueError(value)
    text = str(value).strip()
    return int(value) if isinstance(value, float) else int(text.removesuffix(".0"))


def _moment(value: Any) -> pd.Timestamp:
    moment = pd.Timestamp(str(value))
    return moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")


def _from_json(value: Any) -> Any:
    """Return what the text holds; one that a format has cut stays a text."""
    try:
        return json.loads(str(value))
    except (ValueError, RecursionError):
        return str(value)


_CONVERT: Mapping[str, Callable[[Any], Any]] = {
    "int": _whole,
    "float": float,
    "bool": lambda value: str(value).strip().casefold() in _TRUE,
    "time": _moment,
    "json": _from_json,
}
