"""The arrangement of all layers with what is measured of it, shared by all later steps."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geogrid.areas import straight_area_m2
from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.homes import read_homes
from geogrid.coverage.widths import metres_per_unit
from geogrid.locate import build_index, locate
from geogrid.topology import Floats, Integers, polygon_edges
from geogrid.unify.claims import Claims, must_cover, read_claims
from geogrid.unify.joining import pieces_of
from geogrid.unify.layers import Layers
from geogrid.unify.necks import tail_cuts
from geogrid.unify.planar import Planar, arrange, dissolve, without_needless_corners

__all__ = ["Scene", "build_scene", "length_of_edges"]


@dataclass(frozen=True)
class Scene:
    """Faces of all layers, who covers them, how large they are and who lives there.

    Attributes
    ----------
    layers, planar, claims
        The input, its arrangement and who covers each face.
    drawn
        (d, 2) corners that some layer or the region drew.
    area_m2, length_m
        (f,) area of the faces and (e,) length of the edges.
    households, buildings
        (f,) inside each face, None where no units were given. Every building counts once.
    is_covered
        (f,) faces inside the region, or covered by any layer where there is no region.
    """

    layers: Layers
    planar: Planar
    claims: Claims
    drawn: Floats
    area_m2: Floats
    length_m: Floats
    households: Integers | None
    buildings: Integers | None
    is_covered: npt.NDArray[np.bool_]

    @property
    def crs(self) -> pyproj.CRS:
        """Reference system of all coordinates."""
        return self.layers.crs

    def sums(self, group: Integers, count: int) -> pd.DataFrame:
        """Return area, households and buildings per group of faces (−1: none)."""
        face = np.flatnonzero(group >= 0)
        return self.sums_of(face, group[face], count)

    def sums_of(self, face: Integers, group: Integers, count: int) -> pd.DataFrame:
        """Return area, households and buildings of (face, group) pairs per group."""
        columns: dict[str, object] = {"area_m2": np.bincount(group, self.area_m2[face], count)}
        for name, values in (("households", self.households), ("buildings", self.buildings)):
            columns[name] = pd.array([pd.NA] * count, dtype="Int64")
            if values is not None:
                counted = np.bincount(group, values[face], count).astype(np.int64)
                columns[name] = pd.array(counted, dtype="Int64")
        return pd.DataFrame(columns, index=range(count))

    def shapes(self, group: Integers) -> gpd.GeoSeries:
        """Return one polygon per group of faces, by the number of the group (−1: none)."""
        face = np.flatnonzero(group >= 0)
        shapes = self.shapes_of(face, group[face])
        return gpd.GeoSeries(shapes, crs=self.crs, index=np.unique(group[face]))

    def shapes_of(self, face: Integers, group: Integers) -> Geometries:
        """Return one polygon per group of (face, group) pairs, by the number of the group."""
        return self._tidy(dissolve(self.planar.faces[face], group)[0])

    def outline(self, shapes: Geometries, group: Integers) -> shapely.Geometry:
        """Return the outline of all groups together, with the corners that `shapes` have on it."""
        whole, _ = dissolve(self.planar.faces, np.where(group >= 0, 0, -1))
        return without_needless_corners(whole, shapely.get_coordinates(shapes))[0]

    def _tidy(self, shapes: Geometries) -> Geometries:
        """Drop corners that only noding made, unless a border is so near that shapes break."""
        if not len(shapes):
            return shapes
        tidied = without_needless_corners(shapes, self.drawn)
        return tidied if shapely.is_valid(tidied).all() else shapes


def build_scene(layers: Layers, snap_m: float, units: pd.DataFrame | None) -> Scene:
    """Lay all layers over each other, with narrow tails cut off."""
    has_region = layers.region is not None
    regions = np.array([layers.region] if has_region else [], dtype=object)
    polygons = np.concatenate([layers.polygons, regions])
    fixed = np.append(layers.layer == 0, np.ones(len(regions), dtype=bool))
    drawn = polygon_edges(polygons).vertices
    planar = arrange(polygons, fixed, np.zeros((0, 2, 2)))
    length = length_of_edges(planar, layers.crs)
    claims = read_claims(planar, layers, length)
    cuts = _cuts(planar, claims, layers, snap_m)
    if len(cuts):
        planar = arrange(polygons, fixed, cuts)
        length = length_of_edges(planar, layers.crs)
        claims = read_claims(planar, layers, length)
    households, buildings = _homes(planar.faces, units, layers.crs)
    return Scene(
        layers=layers,
        planar=planar,
        claims=claims,
        drawn=drawn,
        area_m2=straight_area_m2(planar.faces, layers.crs),
        length_m=length,
        households=households,
        buildings=buildings,
        is_covered=must_cover(planar, claims, has_region),
    )


def length_of_edges(planar: Planar, crs: pyproj.CRS) -> Floats:
    """Return the length of every edge in metres."""
    start, end = planar.vertices[planar.low], planar.vertices[planar.high]
    scale = metres_per_unit(0.5 * (start + end), crs)
    return np.asarray(np.hypot(*np.einsum("nij,nj->in", scale, end - start)))


def _cuts(planar: Planar, claims: Claims, layers: Layers, snap_m: float) -> Floats:
    """Return where tails end, of the pieces that other layers cut out of leading grids."""
    inside = must_cover(planar, claims, layers.region is not None)
    pieces = pieces_of(planar, claims.owner, inside, shapely.area(planar.faces))
    lead = pieces.label[0]
    is_divided = np.bincount(lead[lead >= 0], minlength=1) > 1
    chosen = (lead < 0) | is_divided[lead]
    shapes, _ = dissolve(planar.faces, np.where(chosen[pieces.piece], pieces.piece, -1))
    return tail_cuts(shapes, layers.crs, snap_m)


def _homes(
    faces: Geometries, units: pd.DataFrame | None, crs: pyproj.CRS
) -> tuple[Integers | None, Integers | None]:
    if units is None:
        return None, None
    homes = read_homes(units, crs)
    place = shapely.get_coordinates(homes.points)
    face = locate(build_index(faces), place[:, 0], place[:, 1])
    held = face >= 0
    households = np.bincount(face[held], homes.households[held], len(faces))
    buildings = np.bincount(face[held], minlength=len(faces))
    return households.astype(np.int64), buildings.astype(np.int64)
