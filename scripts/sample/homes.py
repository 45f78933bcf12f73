"""How many homes a grid has and in what kind of buildings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from sample.coding import Grid
from sample.levels import apportion
from sample.places import ZONES, density
from sample.projection import FUTIAN

__all__ = ["House", "building_sizes", "grid_style", "split_entrances", "wanted_households"]

_OUTLIERS = {5: 1.7, 38: 1.85, 71: 0.45, 97: 1.6}
"""Position of a grid in code order to a factor: sizes that deserve advice."""

_SIZE = {
    "village": (8, 19),
    "estate": (24, 50),
    "tower": (40, 76),
    "market": (10, 24),
    "industry": (8, 24),
    "campus": (10, 20),
    "park": (3, 14),
    "plaza": (10, 24),
    "depot": (4, 12),
    "station": (8, 16),
}
"""Style to the least and (exclusive) most households of a building."""


@dataclass(frozen=True)
class House:
    """Households and people of one building and of its entrances (none: no entrances)."""

    households: int
    people: int
    entrances: tuple[tuple[int, int], ...] = ()


def grid_style(grid: Grid, rng: np.random.Generator) -> str:
    """Return how a grid (level 3) is built: village, estate, tower or its special use."""
    chance = rng.random()
    if grid.use:
        return grid.use
    centre = FUTIAN.to_metres(shapely.get_coordinates(shapely.centroid(grid.geometry)))
    value = float(density(centre)[0])
    if value > 2.6:
        return "village"
    return "tower" if chance < (0.5 if value > 1.2 else 0.6) else "estate"


def wanted_households(grids: list[Grid], micro: list[Grid]) -> npt.NDArray[np.int64]:
    """Return the households each micro-grid shall have.

    Parameters
    ----------
    grids, micro
        Grids of level 3 and 4 in code order.
    """
    polygons = FUTIAN.shapes_to_metres(np.array([grid.geometry for grid in micro], dtype=object))
    area = np.round(shapely.area(polygons), 1)
    weight = density(np.round(shapely.get_coordinates(shapely.centroid(polygons)), 2)) * area
    of_zone = {f"{zone.name}专属网格": zone.households for zone in ZONES}
    parents = np.array([grid.parent for grid in micro])
    plain = np.array([not grid.use for grid in micro])
    rate = 42_500 / weight[plain].sum()
    wanted = np.zeros(len(micro), dtype=np.int64)
    for position, grid in enumerate(grids):
        rows = np.flatnonzero(parents == grid.code)
        if grid.use:
            wanted[rows] = apportion(of_zone[grid.name], area[rows].tolist(), least=1)
        else:
            factor = _OUTLIERS.get(position, 1.0)
            wanted[rows] = np.maximum(np.round(weight[rows] * rate * factor), 12)
    return wanted


def building_sizes(wanted: int, style: str, rng: np.random.Generator) -> list[int]:
    """Return whole numbers of households per building that sum to `wanted`."""
    low, high = _SIZE[style]
    sizes: list[int] = []
    left = wanted
    while left > 0:
        size = int(rng.integers(low, high))
        if left - size < low:
            size = left if left < high + low // 2 else left // 2
        sizes.append(size)
        left -= size
    return sizes


def split_entrances(households: int, style: str, rng: np.random.Generator) -> House:
    """Return a building; estates have two to four entrances, large towers two."""
    people = round(households * (2.1 + 0.01 * int(rng.integers(0, 90))))
    count = {"estate": 2 + (households > 28) + (households > 40), "tower": 1 + (households > 58)}
    parts = count.get(style, 1)
    if parts == 1:
        return House(households, people)
    homes = apportion(households, [1.0] * parts, least=1)
    persons = apportion(people, [float(home) for home in homes], least=1)
    return House(households, people, tuple(zip(homes, persons, strict=True)))
