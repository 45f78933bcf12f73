"""An invented country town: its outline, roads, street lattice and fields, in metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from sample.adjacency import merge_small
from sample.blocks import MILLIMETRE, cut_blocks
from sample.streets import Streets

__all__ = ["TILT", "Landscape", "build_landscape"]

_OUTLINE = (
    (-4300, -900), (-4050, 700), (-4400, 2000), (-3300, 3100), (-1900, 3000), (-700, 3600),
    (900, 3300), (2100, 3700), (3400, 2900), (3900, 1500), (4500, 400), (4100, -1200),
    (4300, -2400), (2900, -3300), (1300, -3050), (-100, -3600), (-1700, -3150), (-3000, -3350),
    (-3900, -2300),
)  # fmt: skip
_TOWN = (
    (-1500, -500), (-1350, 450), (-700, 900), (300, 980), (1150, 700), (1500, 100),
    (1350, -650), (600, -1000), (-500, -1020), (-1200, -850),
)  # fmt: skip
_ROADS = (
    ("云修公路", "trunk",
     ((-5000, -1500), (-2700, -1150), (-800, -1250), (700, -1230), (2300, -900),
      (5000, -1100))),
    ("云溪大道", "primary",
     ((250, -4200), (150, -1200), (120, 0), (180, 1000), (-200, 2300), (100, 4200))),
    ("柳湾线", "secondary", ((1250, 100), (2600, 500), (3600, 250), (5000, 600))),
    ("石桥线", "secondary", ((-1250, -50), (-2500, 500), (-3300, 450), (-5000, 1200))),
    ("北岭线", "tertiary", ((850, 650), (1700, 1700), (2000, 2600), (2600, 4200))),
    ("西河线", "tertiary", ((-850, 600), (-1700, 1500), (-2300, 2300), (-2500, 4000))),
    ("南庄线", "tertiary", ((900, -1180), (1700, -2000), (2100, -2700), (2200, -4000))),
    ("东沟线", "tertiary", ((-900, -1240), (-1500, -2000), (-1800, -2700), (-2300, -4200))),
)  # fmt: skip
_EAST_WEST = ("北环路", "文昌路", "育才路", "人民路", "建设路", "迎宾路", "振兴路", "南环路")
_NORTH_SOUTH = ("西环街", "桃园街", "新华街", "中山街", "和平街", "东风街", "青年街", "东环街")
TILT = (0.9903, 0.1392)
"""Cosine and sine of the angle of the town's streets (8°)."""


@dataclass(frozen=True)
class Landscape:
    """Region, atoms in and out of town, and streets, all in metres."""

    region: shapely.Polygon
    town: shapely.Polygon
    atoms: npt.NDArray[np.object_]
    in_town: npt.NDArray[np.bool_]
    streets: Streets


def _rounded(points: npt.NDArray[np.float64], *, closed: bool) -> npt.NDArray[np.float64]:
    """Return a line with its corners cut twice (Chaikin)."""
    for _ in range(2):
        following = np.roll(points, -1, axis=0) if closed else points[1:]
        here = points if closed else points[:-1]
        cut = np.stack([0.75 * here + 0.25 * following, 0.25 * here + 0.75 * following], axis=1)
        inner = cut.reshape(-1, 2)
        points = inner if closed else np.vstack([points[:1], inner, points[-1:]])
    return np.round(points, 2)


def _town_streets() -> tuple[list[str], list[str], list[shapely.LineString]]:
    """Return the lattice of town streets, long enough to cross the town."""
    names, highways, lines = [], [], []
    turn = np.array([[TILT[0], TILT[1]], [-TILT[1], TILT[0]]])
    for k in range(13):
        y = 1120 - 180 * k
        main = k % 2 == 0
        names.append(_EAST_WEST[k // 2] if main else f"{_EAST_WEST[k // 2][:2]}里")
        highways.append("tertiary" if main else "residential")
        lines.append(shapely.LineString(np.round(np.array([[-1900, y], [1900, y]]) @ turn, 2)))
    for k in range(15):
        x = -1540 + 220 * k
        main = k % 2 == 0
        names.append(_NORTH_SOUTH[k // 2] if main else f"{_NORTH_SOUTH[k // 2][:2]}巷")
        highways.append("tertiary" if main else "residential")
        lines.append(shapely.LineString(np.round(np.array([[x, 1400], [x, -1400]]) @ turn, 2)))
    return names, highways, lines


def _streets(region: shapely.Polygon, town: shapely.Polygon) -> Streets:
    """Return roads clipped to the region and town streets clipped to the town."""
    names, highways, lines = _town_streets()
    shapes = [shapely.intersection(line, town) for line in lines]
    for name, highway, points in _ROADS:
        line = shapely.LineString(_rounded(np.array(points, dtype=float), closed=False))
        shapes.append(shapely.intersection(line, region))
        names.append(name)
        highways.append(highway)
    return Streets(np.array(names), np.array(highways), np.array(shapes, dtype=object))


def _fields(country: shapely.Geometry, rng: np.random.Generator) -> npt.NDArray[np.object_]:
    """Return field-sized Voronoi cells about a jittered lattice."""
    x, y = np.meshgrid(np.arange(-4600, 4601, 330.0), np.arange(-3800, 3801, 300.0))
    x[1::2] += 165
    seeds = np.stack([x.ravel(), y.ravel()], axis=1)
    seeds = np.round(seeds + rng.integers(-900, 901, seeds.shape) / 10, 1)
    seeds = seeds[shapely.contains_xy(country.buffer(250), seeds[:, 0], seeds[:, 1])]
    cells = shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=country.buffer(800))
    return np.asarray(shapely.get_parts(cells))


def build_landscape(seed: tuple[int, ...]) -> Landscape:
    """Return the town and its countryside."""
    rng = np.random.Generator(np.random.PCG64(list(seed)))
    region = shapely.Polygon(_rounded(np.array(_OUTLINE, dtype=float), closed=True))
    town = shapely.Polygon(_rounded(np.array(_TOWN, dtype=float), closed=True))
    streets = _streets(region, town)
    cells = shapely.intersection(_fields(region.difference(town), rng), region.difference(town))
    lines = [region.boundary, town.boundary, *shapely.boundary(cells), *streets.lines]
    noded = shapely.union_all(lines, grid_size=MILLIMETRE)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    points = shapely.point_on_surface(faces)
    faces = faces[shapely.contains(region, points)]
    inside = shapely.contains(town, shapely.point_on_surface(faces))
    country = merge_small(faces[~inside], min_width_m=90, min_area_m2=25_000, streets=streets)
    blocks = merge_small(faces[inside], min_width_m=50, min_area_m2=5_000, streets=streets)
    blocks = cut_blocks(blocks, lambda xy: np.zeros(len(xy)), max_area_m2=9000, max_households=1)
    blocks = merge_small(blocks, min_width_m=25, min_area_m2=1500)
    atoms = _node_together(np.concatenate([blocks, country]), region)
    atoms = merge_small(atoms, min_width_m=20, min_area_m2=1000, streets=streets)
    in_town = shapely.contains(town.buffer(1), atoms)
    return Landscape(region, town, atoms, in_town, streets)


def _node_together(
    polygons: npt.NDArray[np.object_], region: shapely.Polygon
) -> npt.NDArray[np.object_]:
    """Return the same polygons with every vertex shared between neighbours."""
    lines = shapely.union_all(shapely.boundary(polygons), grid_size=MILLIMETRE)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    return np.asarray(faces[shapely.contains(region, shapely.point_on_surface(faces))])
