"""Put every row of a list of points into its grid, or say why that cannot be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj

from geogrid.crs import to_wgs84
from geogrid.errors import CrsError
from geogrid.fields import POINT_FIELDS, UNIT_FIELDS, field_key, recognise_fields
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.locate import locate, nearest_boundary
from geogrid.placing.doubts import find_swapped, suspect_other_datum
from geogrid.placing.grid_layer import WGS84, GridLayer, build_layer
from geogrid.placing.positions import SWAPPED, Positions, parse_positions
from geogrid.reading.gauss_kruger import zone_mistake
from geogrid.reading.reference import CGCS2000_AS_WGS84, parse_crs

__all__ = ["STATUSES", "FindAddress", "in_language", "locate_rows"]

Floats = npt.NDArray[np.float64]
Objects = npt.NDArray[np.object_]
FindAddress = Callable[[Sequence[str]], list[tuple[float, float, str] | None]]
"""Longitude, latitude (WGS 84) and label of each address, None where it is not known."""

STATUSES = ("inside", "on_boundary", "outside", "no_position", "bad_position")
"""What the column status says."""

_ON_BOUNDARY_M = 0.01
_PAIR_COLUMNS = frozenset((
    "坐标", "经纬度", "经纬度坐标", "位置坐标", "坐标点", "坐标位置", "地理坐标", "点坐标", "定位",
    "定位坐标", "gps", "gps坐标", "coordinates", "coordinate", "lonlat", "lnglat", "latlng",
    "latlon", "geopoint", "wkt",
))  # fmt: skip
"""Keys of columns that hold both numbers."""


@dataclass(frozen=True)
class _Columns:
    """Which columns say where a row is."""

    lon: str = ""
    lat: str = ""
    address: str = ""


@dataclass(eq=False)
class _Placed:
    """What is known of n rows so far: WGS 84 positions, why not, and matched addresses."""

    lon: Floats
    lat: Floats
    reasons: Objects
    labels: Objects
    findings: list[Finding]


def locate_rows(
    frame: pd.DataFrame,
    grids: gpd.GeoDataFrame,
    *,
    datum: str | None = None,
    crs: object = None,
    lon: str | None = None,
    lat: str | None = None,
    address: str | None = None,
    find_address: FindAddress | None = None,
) -> pd.DataFrame:
    """Add to every row the grid it is in.

    Parameters
    ----------
    frame
        A list as the office wrote it (texts); positions in two columns or in one.
    grids
        One level or all of them, in any CRS; columns code, name, parent, level.
    datum
        ``"wgs84"``, ``"cgcs2000"``, ``"gcj02"`` or ``"bd09"``: of longitudes and latitudes.
    crs
        Instead of `datum`, the system of projected x and y, such as ``"EPSG:4547"``.
    lon, lat, address
        Columns, where they are not recognised; ``""`` for none. `lon` alone may hold both
        numbers.
    find_address
        Looks up rows that have only an address.

    Returns
    -------
    DataFrame
        All rows of `frame` in order, with its columns and after them: ``grid_code`` and
        ``grid_name`` of the finest level; ``level_<n>_name`` of the levels above, nearest
        first; ``boundary_m``, metres to the nearest border; ``status``, one of
        :data:`STATUSES`; ``reason``, a :class:`Finding` or None (see :func:`in_language`);
        ``wgs84_lon``, ``wgs84_lat``; and ``matched_address`` where addresses were looked
        up. A column of `frame` with such a name is called ``… (input)``.
        ``attrs["findings"]`` lists what concerns many rows, ``attrs["fields"]`` says which
        column was taken for what.

    Raises
    ------
    CrsError
        There are positions but neither `datum` nor `crs`, or the grids have no CRS.
    FieldError
        A column does not exist.

    Examples
    --------
    >>> from shapely import box
    >>> grids = gpd.GeoDataFrame({"code": ["01"], "name": ["甲"], "parent": [""], "level": [3]},
    ...                          geometry=[box(114, 22, 114.1, 22.1)], crs=4326)
    >>> rows = pd.DataFrame({"经度": ["114.05", "114.2"], "纬度": ["22.05", "22.05"]})
    >>> locate_rows(rows, grids, datum="wgs84")[["grid_code", "status"]].values.tolist()
    [['01', 'inside'], ['', 'outside']]
    """
    rows = frame.reset_index(drop=True)
    columns = _find_columns(rows, lon, lat, address)
    layer = build_layer(grids)
    placed = _read_positions(rows, columns, layer, datum, crs)
    if columns.address:
        _look_up(rows, columns.address, placed, find_address)
    added = _answers(layer, placed)
    if find_address is not None:
        added["matched_address"] = placed.labels
    clash = {name: f"{name} (input)" for name in rows.columns if name in added}
    located = pd.concat([rows.rename(columns=clash), pd.DataFrame(added)], axis=1)
    located.attrs["findings"] = placed.findings
    located.attrs["fields"] = {name: at for name, at in vars(columns).items() if at}
    return located


def _find_columns(
    rows: pd.DataFrame, lon: str | None, lat: str | None, address: str | None
) -> _Columns:
    given = {"lon": lon, "lat": lat, "address": address}
    chosen = {name: column for name, column in given.items() if column is not None}
    if lon and lat is None:
        chosen["lat"] = ""  # both numbers are in one column
    found = recognise_fields(rows.columns, POINT_FIELDS, chosen=chosen)
    if lon is None and not (found.get("lon") and found.get("lat")):
        pair = next((str(name) for name in rows if field_key(name) in _PAIR_COLUMNS), "")
        found["lon"] = found.get("lon") or pair or found.get("lat", "")
        found["lat"] = ""
    return _Columns(found.get("lon", ""), found.get("lat", ""), found.get("address", ""))


def _texts(rows: pd.DataFrame, column: str) -> list[str]:
    values = rows[column].astype("object")
    return ["" if pd.isna(value) else str(value) for value in values]


def _read_positions(
    rows: pd.DataFrame, columns: _Columns, layer: GridLayer, datum: str | None, crs: object
) -> _Placed:
    nothing = np.full(len(rows), np.nan)
    labels: Objects = np.full(len(rows), "", dtype=object)
    if not columns.lon:
        reasons: Objects = np.full(len(rows), None, dtype=object)
        return _Placed(nothing, nothing.copy(), reasons, labels, [])
    written = parse_positions(
        _texts(rows, columns.lon),
        _texts(rows, columns.lat) if columns.lat else None,
        in_degrees=crs is None or parse_crs(crs).is_geographic,
        near=layer.center,
    )
    convert = _converter(datum, crs, has_positions=bool(written.is_usable.any()))
    findings = _settle_swapped(layer, written, convert)
    lon, lat = nothing, nothing.copy()
    usable = written.is_usable
    lon[usable], lat[usable] = convert(written.x[usable], written.y[usable])
    if crs is None and datum is not None:
        findings += _datum_findings(rows, layer, written, datum)
    elif crs is not None:
        findings += _zone_findings(written.x[usable], written.y[usable], crs, columns.lon)
    return _Placed(lon, lat, written.reasons, labels, findings)


def _datum_findings(
    rows: pd.DataFrame, layer: GridLayer, written: Positions, datum: str
) -> list[Finding]:
    """Say what is assumed about the datum, and what speaks against it."""
    usable = written.is_usable
    column = recognise_fields(rows.columns, {"grid": UNIT_FIELDS["grid"]}).get("grid")
    places = {code: at for at, code in enumerate(layer.codes) if code}
    named = np.array([places.get(text, -1) for text in _texts(rows, column)]) if column else None
    doubt = suspect_other_datum(
        layer.index,
        written.x[usable],
        written.y[usable],
        datum,
        named[usable] if named is not None else None,
    )
    noted = [CGCS2000_AS_WGS84] if datum == "cgcs2000" and usable.any() else []
    return [*noted, doubt] if doubt else noted


def _zone_findings(x: Floats, y: Floats, crs: object, column: str) -> list[Finding]:
    """Say when eastings have another zone's number in front, or none, than `crs` has."""
    if not len(x):
        return []
    mistake = zone_mistake(float(np.median(x)), float(np.median(y)), parse_crs(crs), column)
    return [Finding("other_zone", mistake.message, mistake.params)] if mistake else []


def _converter(
    datum: str | None, crs: object, *, has_positions: bool
) -> Callable[[Floats, Floats], tuple[Floats, Floats]]:
    if crs is not None:
        transformer = pyproj.Transformer.from_crs(parse_crs(crs), WGS84, always_xy=True)
        return lambda x, y: _finite(*transformer.transform(x, y))
    if datum is None and has_positions:
        raise CrsError(
            _(
                "Say which datum the longitudes and latitudes are in: --datum wgs84, cgcs2000,"
                " gcj02 (AMap, Tencent) or bd09 (Baidu). It is never guessed."
            )
        )
    return lambda x, y: to_wgs84(x, y, datum or "wgs84")


def _finite(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    is_good = np.isfinite(x) & np.isfinite(y)
    return np.where(is_good, x, np.nan), np.where(is_good, y, np.nan)


def _settle_swapped(
    layer: GridLayer,
    written: Positions,
    convert: Callable[[Floats, Floats], tuple[Floats, Floats]],
) -> list[Finding]:
    """Take out, in place, points that lie in the grids only when x and y change places."""
    usable = np.flatnonzero(written.is_usable)
    outside = usable[locate(layer.index, *convert(written.x[usable], written.y[usable])) < 0]
    swapped = outside[find_swapped(layer.index, written.x[outside], written.y[outside], convert)]
    written.x[swapped] = written.y[swapped] = np.nan
    written.reasons[swapped] = SWAPPED
    rows = np.flatnonzero([reason is SWAPPED for reason in written.reasons])
    if not rows.size:
        return []
    message = _("{count} rows have longitude and latitude swapped: row {rows}.")
    return [Finding("swapped_axes", message, rows=tuple(map(int, rows)))]


def _look_up(
    rows: pd.DataFrame, column: str, placed: _Placed, find_address: FindAddress | None
) -> None:
    """Find the rows without a usable position by their addresses, in place."""
    texts = _texts(rows, column)
    asked = [at for at in np.flatnonzero(np.isnan(placed.lon)).tolist() if texts[at].strip()]
    if find_address is None:
        message = _("No position, only an address; give a list of buildings (--units).")
        for at in asked:
            placed.reasons[at] = placed.reasons[at] or Finding("address_only", message)
        return
    different = list(dict.fromkeys(texts[at] for at in asked))
    answers = dict(zip(different, find_address(different), strict=True)) if different else {}
    for at in asked:
        found = answers[texts[at]]
        if found is None:
            message = _("The address “{address}” is not known.")
            unknown = Finding("unknown_address", message, {"address": texts[at][:60]})
            placed.reasons[at] = placed.reasons[at] or unknown
        else:
            placed.lon[at], placed.lat[at], placed.labels[at] = found


def _answers(layer: GridLayer, placed: _Placed) -> dict[str, npt.NDArray[np.generic]]:
    """Return the added columns in order."""
    grid = locate(layer.index, placed.lon, placed.lat)
    distance_m, _across = nearest_boundary(layer.index, placed.lon, placed.lat)
    status = np.where(grid >= 0, "inside", "outside").astype(object)
    status[(grid >= 0) & (distance_m <= _ON_BOUNDARY_M)] = "on_boundary"
    is_bad = [reason is not None and reason.severity == "error" for reason in placed.reasons]
    lost = np.isnan(placed.lon)
    status[lost] = "no_position"
    status[lost & np.array(is_bad, np.bool_)] = "bad_position"

    def of_grid(values: Objects) -> Objects:
        return np.append(values, "")[grid]

    return {
        "grid_code": of_grid(layer.codes),
        "grid_name": of_grid(layer.names),
        **{name: of_grid(values) for name, values in layer.upper.items()},
        "boundary_m": np.round(distance_m, 2),
        "status": status,
        "reason": placed.reasons,
        "wgs84_lon": placed.lon,
        "wgs84_lat": placed.lat,
    }


def in_language(located: pd.DataFrame, language: str) -> pd.DataFrame:
    """Return `located` with the reasons as sentences, ``""`` where there is none."""
    texts = ["" if reason is None else reason.text(language) for reason in located["reason"]]
    return located.assign(reason=texts)
