"""Areas of units: the ground nearest to each building, within the finest grids of the plan."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geogrid.crs import metres_per_degree
from geogrid.errors import CrsError, FieldError
from geogrid.hierarchy import leaves
from geogrid.households import units_to_add
from geogrid.i18n import mark as _
from geogrid.locate import build_index, locate
from geogrid.propose._facing import add_up_pieces
from geogrid.redraw.arc import to_degrees, to_units

__all__ = ["UnitAreas", "unit_areas"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Geometries = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class UnitAreas:
    """What moves between grids as a whole, as areas that fill the finest grids exactly once.

    Attributes
    ----------
    frame
        EPSG:4326, a row per unit: unit (name of its first building, or of the finest grid),
        grid (code of the finest grid that it is in), households (float64), buildings (their
        unit_ids), lon, lat and the area. Neighbours share every vertex.
    left_out
        The buildings with households that could not be placed: unit_id, name, households.
    """

    frame: gpd.GeoDataFrame
    left_out: pd.DataFrame


def unit_areas(
    grids: gpd.GeoDataFrame, units: pd.DataFrame | None = None, *, load: pd.Series | None = None
) -> UnitAreas:
    """Return areas around buildings, or the finest grids themselves where there are none.

    A finest grid is divided among its buildings by nearness (Voronoi cells on the local plane),
    so no unit crosses a border of the plan and every present grid is a union of units.
    A piece cut off from its building goes to the neighbour in the grid with the longest border.
    Where a grid says how many households it has, these are shared out among its buildings as
    the list says, which need not be whole: a grid's own number counts, here as everywhere.

    Parameters
    ----------
    grids
        Every level, EPSG:4326, coordinates in whole 1e-9°, proven seamless; columns code, parent,
        and households, which counts for finest grids without buildings.
    units
        As plans keep them: unit_id, kind, parent, name, street, number, compound, building,
        lon, lat, households. Those that count (:func:`geogrid.households.units_to_add`) and lie
        in a grid are used; buildings at one place make one unit.
    load
        More weight of a building (cases, visits), by unit_id; it is added to its households in a
        column `load`.

    Raises
    ------
    CrsError, FieldError
        The grids are not in EPSG:4326 or have no codes.
    """
    finest = _finest(grids)
    homes, left_out = _placed(finest, units, load)
    frame = _divided(finest, homes)
    return UnitAreas(frame, left_out)


def _finest(grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if grids.crs is None or not grids.crs.equals("EPSG:4326", ignore_axis_order=True):
        raise CrsError(
            _("Proposals are made in longitude and latitude (EPSG:4326); convert the grids first.")
        )
    if "code" not in grids:
        raise FieldError(_("Every grid of a draft needs a code."))
    finest = leaves(grids) if "parent" in grids else grids
    return finest.reset_index(drop=True)


def _placed(
    finest: gpd.GeoDataFrame, units: pd.DataFrame | None, load: pd.Series | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a row per building that counts and has a place, and those that have none."""
    names = ["unit_id", "name", "households", "load", "lon", "lat"]
    if units is None or not len(units):
        return pd.DataFrame(columns=[*names, "at"]), pd.DataFrame(columns=names[:3])
    counted = units[units_to_add(units, "households").to_numpy(dtype=bool)].reset_index(drop=True)
    more = 0.0 if load is None else counted["unit_id"].map(load).fillna(0.0)
    counted = counted.assign(households=counted["households"].astype("float64"), load=more)[names]
    x, y = (counted[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in ("lon", "lat"))
    known = np.isfinite(x) & np.isfinite(y)
    at = np.full(len(counted), -1)
    at[known] = locate(build_index(finest), x[known], y[known])
    is_out = at < 0
    left = counted.loc[is_out, names[:3]].reset_index(drop=True)
    return counted.assign(at=at)[~is_out].reset_index(drop=True), left


def _divided(finest: gpd.GeoDataFrame, homes: pd.DataFrame) -> gpd.GeoDataFrame:
    shapes = np.asarray(finest.geometry.array, dtype=object)
    seeds, seed = _seeds(homes)
    pieces, grid, owner = _pieces(shapes, seeds)
    areas, grid, owner = add_up_pieces(pieces, grid, owner)
    corner = shapely.bounds(areas)
    order = np.lexsort((corner[:, 1], corner[:, 0], owner, grid))
    areas, grid, owner = areas[order], grid[order], owner[order]
    own = pd.to_numeric(finest.get("households", pd.Series(np.nan, finest.index)))
    own = own.astype("float64").to_numpy()
    sums = pd.DataFrame({"households": homes["households"], "load": homes["load"]}).astype(float)
    sums = _completed(sums, homes["at"].to_numpy(dtype=np.int64), own).groupby(seed).sum()
    buildings = homes.groupby(seed)["unit_id"].agg(lambda some: [*map(str, some)])
    names = homes.groupby(seed)["name"].first().astype(str)
    codes = finest["code"].astype(str).to_numpy()
    is_home = owner >= 0
    inside = shapely.get_coordinates(shapely.point_on_surface(areas))
    place = np.where(is_home[:, None], seeds[owner][:, :2] if len(seeds) else inside, inside)
    frame = gpd.GeoDataFrame(
        {
            "unit": [
                (names[one] or buildings[one][0]) if one >= 0 else codes[at]
                for one, at in zip(owner, grid, strict=True)
            ],
            "grid": codes[grid],
            "households": [
                sums["households"].iloc[one] if one >= 0 else np.nan_to_num(own[at])
                for one, at in zip(owner, grid, strict=True)
            ],
            "load": [sums["load"].iloc[one] if one >= 0 else 0.0 for one in owner],
            "buildings": [buildings[one] if one >= 0 else [] for one in owner],
            "lon": place[:, 0],
            "lat": place[:, 1],
        },
        geometry=areas,
        crs="EPSG:4326",
    )
    return _own_numbers_once(frame)


def _completed(sums: pd.DataFrame, at: Integers, own: Floats) -> pd.DataFrame:
    """Share out the number of a grid, where it is known, among its buildings."""
    listed = np.bincount(at, sums["households"], len(own)) if len(at) else np.zeros(len(own))
    counts = (listed > 0.0) & np.isfinite(own)
    factor = np.where(counts, own, 1.0) / np.where(counts, listed, 1.0)
    order = np.argsort(at, kind="stable")
    # whole homes: what is rounded off one building goes to the next of the grid
    running = np.rint(np.cumsum((sums["households"].to_numpy() * factor[at])[order]))
    shared = np.empty(len(order))
    shared[order] = np.diff(running, prepend=0.0)
    return sums.assign(households=shared)


def _own_numbers_once(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give a grid without buildings, whose parts are units each, its number in the largest one."""
    bare = frame.index[[not each for each in frame["buildings"]]]
    size = shapely.area(np.asarray(frame.geometry[bare].array, dtype=object))
    order = frame.loc[bare].assign(size=size).sort_values(["grid", "size"], ascending=[True, False])
    frame.loc[order.index[order["grid"].duplicated()], "households"] = 0.0
    return frame


def _seeds(homes: pd.DataFrame) -> tuple[Floats, Integers]:
    """Return longitude, latitude and grid of each place with buildings, and the place of each."""
    if not len(homes):
        return np.zeros((0, 3)), np.zeros(0, dtype=np.int64)
    rows = np.column_stack(
        [np.round(homes["lon"], 6), np.round(homes["lat"], 6), homes["at"]]
    ).astype(np.float64)
    _places, first, seed = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    exact = np.column_stack([homes["lon"], homes["lat"], homes["at"]]).astype(np.float64)
    return exact[first], seed.ravel().astype(np.int64)


def _pieces(shapes: Geometries, seeds: Floats) -> tuple[Geometries, Integers, Integers]:
    """Return the faces between borders and Voronoi edges, their grid and nearest seed or −1."""
    origin = to_units(np.array([shapely.total_bounds(shapes)[:2]]))[0]
    plane = np.asarray(
        shapely.transform(shapes, lambda at: (to_units(at) - origin).astype(np.float64)),
        dtype=object,
    )
    east, north = metres_per_degree(origin[1] / 1e9)
    squeeze = float(east / north)
    inner = _voronoi_edges(plane, seeds, origin, squeeze)
    # whole numbers: what a new corner is rounded to is what the plan can hold
    lines = shapely.union_all([*shapely.boundary(plane), *inner], grid_size=1.0)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    inside = shapely.point_on_surface(faces)
    tree = shapely.STRtree(plane)
    face, grid = tree.query(inside, predicate="within")
    faces, inside = faces[face], shapely.get_coordinates(inside[face])
    owner = _nearest(inside, grid, seeds, origin, squeeze)
    whole = np.asarray(
        shapely.transform(faces, lambda at: to_degrees(np.rint(at).astype(np.int64) + origin)),
        dtype=object,
    )
    return whole, grid.astype(np.int64), owner


def _on_plane(seeds: Floats, origin: Integers, squeeze: float) -> Floats:
    at = (to_units(seeds[:, :2]) - origin).astype(np.float64)
    return np.column_stack([at[:, 0] * squeeze, at[:, 1]])


def _voronoi_edges(
    plane: Geometries, seeds: Floats, origin: Integers, squeeze: float
) -> Geometries:
    grid = seeds[:, 2].astype(np.int64)
    count = np.bincount(grid, minlength=len(plane))
    many = count[grid] > 1
    if not many.any():
        return np.zeros(0, dtype=object)
    at, grid = _on_plane(seeds, origin, squeeze)[many], grid[many]
    order = np.argsort(grid, kind="stable")
    chosen, number = np.unique(grid[order], return_inverse=True)
    points = shapely.multipoints(shapely.points(at[order]), indices=number)
    squeezed = shapely.transform(plane[chosen], lambda some: some * [squeeze, 1.0])
    edges = shapely.voronoi_polygons(points, extend_to=squeezed, only_edges=True)
    edges = shapely.transform(edges, lambda some: some / [squeeze, 1.0])
    return np.asarray(shapely.intersection(edges, plane[chosen]), dtype=object)


def _nearest(
    inside: Floats, grid: Integers, seeds: Floats, origin: Integers, squeeze: float
) -> Integers:
    """Return for points in grids the nearest seed in the grid, −1 where it has none."""
    at, own = _on_plane(seeds, origin, squeeze), seeds[:, 2].astype(np.int64)
    where = np.column_stack([inside[:, 0] * squeeze, inside[:, 1]])
    order = np.argsort(own, kind="stable")
    first = np.searchsorted(own[order], grid, "left")
    stop = np.searchsorted(own[order], grid, "right")
    point = np.repeat(np.arange(len(grid)), stop - first)
    step = np.arange(len(point)) - np.repeat(np.cumsum(stop - first) - (stop - first), stop - first)
    seed = order[first[point] + step]
    far = np.hypot(*(where[point] - at[seed]).T)
    best = np.full(len(grid), -1)
    ranked = np.lexsort((seed, far, point))
    point, seed = point[ranked], seed[ranked]
    is_first = np.append(True, point[1:] != point[:-1])[: len(point)]
    best[point[is_first]] = seed[is_first]
    return best
