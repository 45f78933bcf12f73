"""Put every row of a list of points into its grid, or say why that cannot be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geogrid.findings import Finding
from geogrid.placing.columns import PointColumns, find_columns, find_grid_column
from geogrid.placing.datum_evidence import beside_addresses
from geogrid.placing.grid_layer import GridLayer, build_layer
from geogrid.placing.placer import (
    STATUSES,
    FindAddress,
    Placed,
    Placer,
    say_shared,
    say_swapped,
)
from geogrid.placing.positions import Positions, check_numbers, no_positions, parse_positions

__all__ = [
    "STATUSES",
    "FindAddress",
    "doubt_by_addresses",
    "in_language",
    "locate_frame",
    "locate_rows",
]

Objects = npt.NDArray[np.object_]

_NUMBERS = ("boundary_m", "wgs84_lon", "wgs84_lat")


def locate_rows(
    frame: pd.DataFrame,
    grids: gpd.GeoDataFrame | GridLayer,
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
        One level or all of them, in any CRS; columns code, name, parent, level. Or what
        :func:`geogrid.placing.grid_layer.build_layer` made of them.
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
    columns = find_columns(rows.columns, {"lon": lon, "lat": lat, "address": address})
    layer = grids if isinstance(grids, GridLayer) else build_layer(grids)
    placer = Placer(layer, datum, crs, find_address)
    written = _written(rows, columns, placer)
    placed = placer.place(written, _texts(rows, columns.address) if columns.address else None)
    added = _answers(placer.layer, placed)
    if find_address is not None:
        added["matched_address"] = placed.labels
    clash = {name: f"{name} (input)" for name in rows.columns if name in added}
    located = pd.concat([rows.rename(columns=clash), pd.DataFrame(added)], axis=1)
    own = find_grid_column(rows.columns)
    named = placer.named_grids(_texts(rows, own))[placed.usable] if own else None
    swapped, shared = placed.swapped.tolist(), placed.shared.tolist()
    located.attrs["findings"] = [
        *say_swapped(swapped, len(swapped)),
        *say_shared(shared, len(shared)),
        *placer.findings(placed.x, placed.y, named),
    ]
    located.attrs["fields"] = {name: at for name, at in vars(columns).items() if at}
    return located


def locate_frame(
    frame: pd.DataFrame, placer: Placer, given: Mapping[str, str | None], language: str
) -> pd.DataFrame:
    """Add the columns of :func:`locate_rows` to one portion of many, with reasons as texts.

    Parameters
    ----------
    frame
        Some rows; they keep their index. Points of a GeoDataFrame are taken unless a column
        is chosen.
    placer, given
        Places rows; columns as for :func:`geogrid.placing.columns.find_columns`.
    language
        Of the reasons.
    """
    rows = pd.DataFrame(frame)
    if isinstance(frame, gpd.GeoDataFrame) and given["lon"] is None:
        points = frame.geometry
        is_point = (points.geom_type == "Point").to_numpy()
        shapes = points.to_numpy()
        x = np.where(is_point, shapely.get_x(shapes), np.nan)
        y = np.where(is_point, shapely.get_y(shapes), np.nan)
        written = check_numbers(x, y, in_degrees=placer.in_degrees)
    else:
        written = _written(rows, find_columns(rows.columns, given), placer)
    added = pd.DataFrame(_answers(placer.layer, placer.place(written)), index=rows.index)
    said = in_language(added, language)
    texts = said.columns.difference(_NUMBERS)  # of one type, also where there are no rows
    clash = {name: f"{name} (input)" for name in rows.columns if name in added}
    return pd.concat(
        [frame.rename(columns=clash), said.astype(dict.fromkeys(texts, "str"))], axis=1
    )


def _written(rows: pd.DataFrame, columns: PointColumns, placer: Placer) -> Positions:
    """Return what the columns of positions say; numbers need no reading."""
    if not columns.lon:
        return no_positions(len(rows))
    if columns.lat and all(_is_number(rows[name]) for name in (columns.lon, columns.lat)):
        x, y = (rows[name].to_numpy(np.float64) for name in (columns.lon, columns.lat))
        return check_numbers(x, y, in_degrees=placer.in_degrees)
    return parse_positions(
        _texts(rows, columns.lon),
        _texts(rows, columns.lat) if columns.lat else None,
        in_degrees=placer.in_degrees,
        near=placer.layer.center,
    )


def _is_number(values: pd.Series[Any]) -> bool:
    return isinstance(values.dtype, np.dtype) and values.dtype.kind in "fiu"


def _texts(rows: pd.DataFrame, column: str) -> list[str]:
    values = rows[column].astype("object")
    return ["" if pd.isna(value) else str(value) for value in values]


def _answers(layer: GridLayer, placed: Placed) -> dict[str, npt.NDArray[np.generic]]:
    """Return the added columns in order."""

    def of_grid(values: Objects) -> Objects:
        return np.append(values, "")[placed.grid]

    return {
        "grid_code": of_grid(layer.codes),
        "grid_name": of_grid(layer.names),
        **{name: of_grid(values) for name, values in layer.upper.items()},
        "boundary_m": placed.boundary_m,
        "status": np.array(STATUSES, dtype=object)[placed.status],
        "reason": placed.reasons,
        "wgs84_lon": placed.lon,
        "wgs84_lat": placed.lat,
    }


def doubt_by_addresses(
    frame: pd.DataFrame, fields: Mapping[str, str], datum: str, find_address: FindAddress
) -> Finding | None:
    """Say when another datum brings points much nearer to the addresses of their own rows.

    Parameters
    ----------
    frame, datum, find_address
        As for :func:`locate_rows`; the frame of texts.
    fields
        Columns called ``lon``, ``lat`` and ``address``, ``""`` or missing for none.
    """
    if not fields.get("lon") or not fields.get("address"):
        return None
    lat = frame[fields["lat"]].tolist() if fields.get("lat") else None
    written = parse_positions(frame[fields["lon"]].tolist(), lat)
    texts = frame[fields["address"]].tolist()
    return beside_addresses(written.x, written.y, texts, datum, find_address)


def in_language(located: pd.DataFrame, language: str) -> pd.DataFrame:
    """Return `located` with the reasons as sentences, ``""`` where there is none."""
    texts = ["" if reason is None else reason.text(language) for reason in located["reason"]]
    return located.assign(reason=texts)
