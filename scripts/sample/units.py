"""Buildings, entrances and compounds with addresses; figures of all grids from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import shapely

from sample.coding import Grid
from sample.homes import House, building_sizes, grid_style, split_entrances, wanted_households
from sample.numbering import compound_name, number_houses
from sample.projection import FUTIAN
from sample.sites import lay_out, survey
from sample.streets import Streets

__all__ = ["UNIT_COLUMNS", "Site", "Unit", "build_units", "sum_up", "unit_rows"]

_COMPOUND_STYLES = ("estate", "tower", "industry")
_LISTED_COMPOUNDS = 6


@dataclass
class Unit:
    """One row of ``units.csv``; `style` and `micro` are not published."""

    unit_id: str
    kind: str
    parent: str
    name: str
    compound: str
    street: str
    number: str
    building: str
    entrance: str
    address: str
    lon: float
    lat: float
    households: int
    people: int
    grid: str
    micro: str
    style: str

    @property
    def counted_in(self) -> str:
        """The finest grid this unit counts in: the list first, then the polygon."""
        return self.grid or self.micro


UNIT_COLUMNS = tuple(f.name for f in fields(Unit))[:15]


@dataclass(frozen=True)
class Site:
    """Buildings that share a house number: a compound, or one house."""

    style: str
    is_compound: bool
    micro: tuple[str, ...]
    places: npt.NDArray[np.float64]
    along: npt.NDArray[np.float64]
    gate: npt.NDArray[np.float64]
    houses: tuple[House, ...]


def _sites_of_grid(
    style: str,
    micro: Sequence[Grid],
    wanted: npt.NDArray[np.int64],
    rng: np.random.Generator,
) -> Iterator[Site]:
    """Yield the sites of one grid; a compound may take in two micro-grids that touch."""
    shapes = FUTIAN.shapes_to_metres(np.array([grid.geometry for grid in micro], dtype=object))
    batch: list[Site] = []
    for row, grid in enumerate(micro):
        plot = survey(shapes[row])
        sizes = building_sizes(int(wanted[row]), style, rng)
        places = lay_out(plot, len(sizes), float(rng.integers(0, 100)) / 100)
        houses = tuple(split_entrances(size, style, rng) for size in sizes)
        if style not in _COMPOUND_STYLES:
            for k in range(len(houses)):
                place = places[k : k + 1]
                yield Site(
                    style, False, (grid.code,), place, plot.along, place[0], houses[k : k + 1]
                )
            continue
        gate = np.round(shapely.get_coordinates(shapely.point_on_surface(plot.inside))[0], 2)
        owners = (grid.code,) * len(houses)
        site = Site(style, True, owners, places, plot.along, gate, houses)
        touching = bool(batch) and len(batch) < 2 and shapely.intersection(
            shapes[row - 1], shapes[row]
        ).length > 30  # fmt: skip
        if batch and not (touching and rng.random() < 0.5):
            yield _joined(batch)
            batch = []
        batch.append(site)
    if batch:
        yield _joined(batch)


def _joined(sites: list[Site]) -> Site:
    """Return one compound for the compounds of neighbouring micro-grids."""
    first = sites[0]
    return Site(
        first.style,
        True,
        tuple(code for site in sites for code in site.micro),
        np.vstack([site.places for site in sites]),
        first.along,
        first.gate,
        tuple(house for site in sites for house in site.houses),
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
        units.extend(_units_of_site(site, street, number, name, len(units)))
    return _assign_by_list(units)


def _units_of_site(
    site: Site, street: str, number: int, name: str, position: int
) -> Iterator[Unit]:
    """Yield the compound (if any), its buildings and their entrances."""
    door = f"{street}{number}号"
    parent = ""
    if site.is_compound:
        parent = f"C{position:05d}"
        lon, lat = _degrees(site.gate)
        homes = sum(house.households for house in site.houses)
        people = sum(house.people for house in site.houses)
        yield Unit(
            parent, "compound", "", name, name, street, str(number), "", "", door,
            lon, lat, homes, people, "", site.micro[0], site.style,
        )  # fmt: skip
    for k, house in enumerate(site.houses):
        label = "" if not site.is_compound else _label(k, len(site.houses), site.style)
        lon, lat = _degrees(site.places[k])
        building = Unit(
            f"B{position + k:05d}", "building", parent, name + label, name, street, str(number),
            label, "", door + label, lon, lat, house.households, house.people, "",
            site.micro[k], site.style,
        )  # fmt: skip
        yield building
        yield from _entrances(building, house, site.places[k], site.along)


def _label(position: int, count: int, style: str) -> str:
    """Return the name of a building in its compound: 3号楼, or A座 for towers."""
    if style != "estate" and count <= 20:
        return f"{'ABCDEFGHJKLMNPQRSTUV'[position]}座"
    return f"{position + 1}号楼" if style == "estate" else f"{position + 1}座"


def _entrances(
    building: Unit,
    house: House,
    place: npt.NDArray[np.float64],
    along: npt.NDArray[np.float64],
) -> Iterator[Unit]:
    """Yield the entrances of a building, in a row along it, at most 3 m from its middle."""
    count = len(house.entrances)
    for k, (homes, people) in enumerate(house.entrances):
        lon, lat = _degrees(place + along * (k - (count - 1) / 2) * 2.0)
        entrance = f"{k + 1}单元"
        yield Unit(
            f"{building.unit_id}-{k + 1}", "entrance", building.unit_id,
            building.name + entrance, building.compound, building.street, building.number,
            building.building, entrance, building.address + entrance, lon, lat, homes, people,
            "", building.micro, building.style,
        )  # fmt: skip


def _degrees(place: npt.NDArray[np.float64]) -> tuple[float, float]:
    lon, lat = FUTIAN.to_degrees(place.reshape(1, 2))[0]
    return round(float(lon), 7), round(float(lat), 7)


def unit_rows(units: Sequence[Unit]) -> list[list[object]]:
    """Return the rows of ``units.csv``; positions with 7 decimals."""
    return [[getattr(unit, column) for column in UNIT_COLUMNS] for unit in units]


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
