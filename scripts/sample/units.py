"""Buildings, entrances and compounds with addresses; figures of all grids from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import shapely

from sample.addresses import Site, Unit, units_of_site
from sample.coding import Grid
from sample.homes import building_sizes, grid_style, split_entrances, wanted_households
from sample.numbering import compound_name, number_houses
from sample.projection import FUTIAN
from sample.sites import lay_out, survey
from sample.streets import Streets

__all__ = ["build_units", "sum_up"]

_COMPOUND_STYLES = ("estate", "tower", "industry")
_LISTED_COMPOUNDS = 6


def _sites_of_micro(
    shape: shapely.Polygon, code: str, style: str, wanted: int, rng: np.random.Generator
) -> list[Site]:
    """Return one compound, or the single houses, of a micro-grid (metres)."""
    plot = survey(shape)
    sizes = building_sizes(wanted, style, rng)
    places = lay_out(plot, len(sizes), float(rng.integers(0, 100)) / 100)
    houses = tuple(split_entrances(size, style, rng) for size in sizes)
    if style in _COMPOUND_STYLES:
        gate = np.round(shapely.get_coordinates(shapely.point_on_surface(plot.inside))[0], 2)
        owners = (code,) * len(houses)
        return [Site(FUTIAN, style, True, owners, places, plot.along, gate, houses)]
    return [
        Site(FUTIAN, style, False, (code,), places[k : k + 1], plot.along, places[k], (house,))
        for k, house in enumerate(houses)
    ]


def _sites_of_grid(
    style: str,
    micro: Sequence[Grid],
    wanted: npt.NDArray[np.int64],
    rng: np.random.Generator,
) -> list[Site]:
    """Return the sites of one grid; a compound may take in two micro-grids that touch."""
    shapes = FUTIAN.shapes_to_metres(np.array([grid.geometry for grid in micro], dtype=object))
    found: list[Site] = []
    may_join = False
    for row, grid in enumerate(micro):
        sites = _sites_of_micro(shapes[row], grid.code, style, int(wanted[row]), rng)
        if may_join and shapely.intersection(shapes[row - 1], shapes[row]).length > 30:
            may_join = rng.random() >= 0.5
            if not may_join:
                found[-1] = _joined([found[-1], *sites])
                continue
        found.extend(sites)
        may_join = style in _COMPOUND_STYLES
    return found


def _joined(sites: Sequence[Site]) -> Site:
    """Return one compound for the compounds of neighbouring micro-grids."""
    return replace(
        sites[0],
        micro=tuple(code for site in sites for code in site.micro),
        places=np.vstack([site.places for site in sites]),
        houses=tuple(house for site in sites for house in site.houses),
    )


def build_units(grids: Sequence[Grid], streets: Streets, seed: Sequence[int]) -> list[Unit]:
    """Return units in a fixed order: each compound, its buildings, their entrances.

    Parameters
    ----------
    grids
        Grids of all levels in code order (degrees).
    streets
        Streets in metres.
    seed
        Seed of everything left to chance.
    """
    rng = np.random.Generator(np.random.PCG64(list(seed)))
    third = [grid for grid in grids if grid.level == 3]
    fourth = [grid for grid in grids if grid.level == 4]
    wanted = wanted_households(third, fourth)
    sites: list[Site] = []
    for grid in third:
        rows = [row for row, micro in enumerate(fourth) if micro.parent == grid.code]
        style = grid_style(grid, rng)
        sites.extend(_sites_of_grid(style, [fourth[r] for r in rows], wanted[rows], rng))
    numbered = number_houses(np.array([site.gate for site in sites]), streets, rng)
    used: set[str] = set()
    units: list[Unit] = []
    for site, street, number in zip(sites, numbered.street, numbered.number, strict=True):
        name = compound_name(street, site.style, used, rng) if site.is_compound else ""
        units.extend(units_of_site(site, street, number, name, len(units)))
    return _assign_by_list(units)


def _assign_by_list(units: list[Unit]) -> list[Unit]:
    """Assign the buildings of some compounds by list, one entrance of each to the next grid.

    Taken are the first compounds that stand in two micro-grids and have entrances.
    """
    done = 0
    for compound in (unit for unit in units if unit.kind == "compound" and unit.style == "estate"):
        buildings = [unit for unit in units if unit.parent == compound.unit_id]
        places = sorted({unit.micro for unit in buildings})
        if len(places) != 2 or done == _LISTED_COMPOUNDS:
            continue
        ids = {unit.unit_id for unit in buildings}
        entrances = [unit for unit in units if unit.kind == "entrance" and unit.parent in ids]
        for unit in (*buildings, *entrances):
            unit.grid = unit.micro
        last = [unit for unit in entrances if unit.micro == places[0]][-1]
        last.grid = places[1]
        done += 1
    return units


def sum_up(grids: Sequence[Grid], units: Sequence[Unit]) -> None:
    """Set households and people of every grid from the units counted in it."""
    by_code = {grid.code: grid for grid in grids}
    split = {unit.parent for unit in units if unit.kind == "entrance"}
    for unit in units:
        if unit.kind == "compound" or unit.unit_id in split:
            continue
        code = unit.counted_in
        while code:
            by_code[code].households += unit.households
            by_code[code].people += unit.people
            code = by_code[code].parent
