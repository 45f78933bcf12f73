"""The hot spots of the city sample, found by what buildings are, not by their order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sample.addresses import Unit
from sample.cases import HotSpot
from sample.coding import Grid

__all__ = ["futian_hot_spots"]


def _rows(buildings: Sequence[Unit], codes: set[str]) -> tuple[int, ...]:
    """Return the rows of buildings in any grid of `codes` (of level 3)."""
    return tuple(row for row, unit in enumerate(buildings) if unit.micro[:-2] in codes)


def futian_hot_spots(grids: Sequence[Grid], buildings: Sequence[Unit]) -> list[HotSpot]:
    """Return the market street, the compound with too few parking places and others."""
    by_name = {grid.name: grid.code for grid in grids}
    market = _rows(buildings, {by_name["沙嘴市场专属网格"]})
    plaza = _rows(buildings, {by_name["下沙文化广场专属网格"]})
    station = _rows(buildings, {by_name["福田交通枢纽专属网格"]})
    estates: dict[str, list[int]] = {}
    for row, unit in enumerate(buildings):
        if unit.style == "estate":
            estates.setdefault(unit.parent, []).append(row)
    crowded = max(estates.values(), key=lambda rows: (len(rows), -rows[0]))
    towers = [row for row, unit in enumerate(buildings) if unit.style == "tower"]
    homes = np.array([buildings[row].households for row in towers])
    tall = towers[int(np.argmax(homes))]
    village = {unit.micro[:-2] for unit in buildings if unit.style == "village"}
    flooded = _rows(buildings, set(sorted(village)[:6]))
    return [
        HotSpot("peddling", market, 620),
        HotSpot("environment", market, 380),
        HotSpot("parking", tuple(crowded), 540),
        HotSpot("noise", plaza, 300),
        HotSpot("peddling", station, 140),
        HotSpot("property", (tall,), 150, (150, 260)),
        HotSpot("water_power", flooded, 260, (302, 307)),  # a rainstorm in September
        HotSpot("safety", flooded, 90, (302, 309)),
    ]
