"""Boundaries and defects as GeoJSON for drawing: WGS 84, rounded and thinned to what is seen."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

__all__ = ["defect_shapes", "grid_shapes", "lonlat_bounds", "region_shape", "to_lonlat"]

Geometries = npt.NDArray[np.object_]

GRID_DECIMALS = 6
DEFECT_DECIMALS = 8
MOST_VERTICES = 150_000
_FINEST_DEG = 2e-6


def to_lonlat(geometries: npt.ArrayLike, crs: pyproj.CRS | None) -> Geometries:
    """Return geometries with longitude and latitude in WGS 84; a bare plane stays as it is."""
    shapes = np.asarray(geometries, dtype=object)
    if crs is None or crs.geodetic_crs is None:
        return shapes
    series = gpd.GeoSeries(shapes, crs=crs)
    return np.asarray(series.to_crs("EPSG:4326").array, dtype=object)


def lonlat_bounds(shapes: Geometries, decimals: int = DEFECT_DECIMALS) -> list[list[float] | None]:
    """Return west, south, east and north of each shape, None for what is empty."""
    bounds = shapely.bounds(shapes).round(decimals)
    known = np.isfinite(bounds).all(axis=1)
    return [box if ok else None for box, ok in zip(bounds.tolist(), known.tolist(), strict=True)]


def grid_shapes(grids: gpd.GeoDataFrame) -> str:
    """Return grids as GeoJSON with code, name, kind and a place for the name.

    Parameters
    ----------
    grids
        Columns code, name, kind; any CRS. Shapes that are broken are drawn as they are.
    """
    shapes = thinned(to_lonlat(grids.geometry.to_numpy(), grids.crs), GRID_DECIMALS)
    table = pd.DataFrame(grids[["code", "name", "kind"]]).fillna("").astype("str")
    table["name"] = table["name"].where(table["name"] != "", table["code"])
    table["label"] = _label_places(shapes).round(GRID_DECIMALS).tolist()
    return _collection(table, shapes)


def defect_shapes(defects: gpd.GeoDataFrame) -> str:
    """Return defects as GeoJSON with their id.

    Parameters
    ----------
    defects
        Column id; any CRS. Defects are not moved by more than a millimetre.
    """
    shapes = thinned(to_lonlat(defects.geometry.to_numpy(), defects.crs), DEFECT_DECIMALS)
    return _collection(pd.DataFrame(defects[["id"]]).astype("str"), shapes)


def region_shape(region: gpd.GeoDataFrame) -> str:
    """Return the outline of a region as GeoJSON, in any CRS."""
    shapes = thinned(to_lonlat(region.geometry.to_numpy(), region.crs), GRID_DECIMALS)
    return _collection(pd.DataFrame({"part": range(1, len(shapes) + 1)}), shapes)


def thinned(shapes: Geometries, decimals: int) -> Geometries:
    """Return shapes rounded, and simplified when a page could not hold them.

    Parameters
    ----------
    shapes : (n,) in degrees
    decimals
        Of the coordinates.
    """
    step = _FINEST_DEG
    thin = shapes
    while int(shapely.get_num_coordinates(thin).sum()) > MOST_VERTICES and step < 1e-2:
        thin = shapely.simplify(shapes, step, preserve_topology=True)
        step *= 2
    return np.asarray(shapely.transform(thin, lambda xy: xy.round(decimals)), dtype=object)


def _label_places(shapes: Geometries) -> npt.NDArray[np.float64]:
    """Return (n, 2) a place inside each shape, its middle where it is too broken for that."""
    middle = shapely.get_coordinates(shapely.centroid(shapely.envelope(shapes)))
    places = np.full((len(shapes), 2), np.nan)
    has_middle = ~shapely.is_empty(shapes) & ~shapely.is_missing(shapes)
    places[has_middle] = middle
    sound = np.flatnonzero(shapely.is_valid(shapes) & has_middle)
    places[sound] = shapely.get_coordinates(shapely.point_on_surface(shapes[sound]))
    return places


def _collection(table: pd.DataFrame, shapes: Geometries) -> str:
    """Return one GeoJSON text; a shape that is missing is left out."""
    records = json.loads(table.to_json(orient="records", force_ascii=False))
    drawn = np.flatnonzero(~shapely.is_missing(shapes) & ~shapely.is_empty(shapes))
    texts = shapely.to_geojson(shapes[drawn])
    features = [
        f'{{"type":"Feature","properties":{json.dumps(records[at], ensure_ascii=False)},'
        f'"geometry":{text}}}'
        for at, text in zip(drawn.tolist(), texts.tolist(), strict=True)
    ]
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'
