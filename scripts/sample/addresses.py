"""Rows of ``units.csv``: compounds, buildings and entrances with their addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from sample.homes import House
from sample.projection import Frame

__all__ = ["UNIT_COLUMNS", "Site", "Unit", "unit_rows", "units_of_site"]


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
    """Buildings that share a house number: a compound, or one house; places in metres."""

    frame: Frame
    style: str
    is_compound: bool
    micro: tuple[str, ...]
    places: npt.NDArray[np.float64]
    along: npt.NDArray[np.float64]
    gate: npt.NDArray[np.float64]
    houses: tuple[House, ...]


def units_of_site(site: Site, street: str, number: int, name: str, position: int) -> Iterator[Unit]:
    """Yield the compound (if any), its buildings and their entrances.

    Parameters
    ----------
    site
        Buildings in metres.
    street, number
        Their house number.
    name
        Name of the compound, "" for a house.
    position
        Number of units before it: makes the ids unique.
    """
    door = f"{street}{number}号"
    parent = ""
    if site.is_compound:
        parent = f"C{position:05d}"
        lon, lat = _degrees(site.frame, site.gate)
        homes = sum(house.households for house in site.houses)
        people = sum(house.people for house in site.houses)
        yield Unit(
            parent, "compound", "", name, name, street, str(number), "", "", door,
            lon, lat, homes, people, "", site.micro[0], site.style,
        )  # fmt: skip
    for k, house in enumerate(site.houses):
        label = "" if not site.is_compound else _label(k, len(site.houses), site.style)
        lon, lat = _degrees(site.frame, site.places[k])
        building = Unit(
            f"B{position + k:05d}", "building", parent, name + label, name, street, str(number),
            label, "", door + label, lon, lat, house.households, house.people, "",
            site.micro[k], site.style,
        )  # fmt: skip
        yield building
        yield from _entrances(site, building, k)


def _label(position: int, count: int, style: str) -> str:
    """Return the name of a building in its compound: 3号楼, or A座 for towers."""
    if style != "estate" and count <= 20:
        return f"{'ABCDEFGHJKLMNPQRSTUV'[position]}座"
    return f"{position + 1}号楼" if style == "estate" else f"{position + 1}座"


def _entrances(site: Site, building: Unit, position: int) -> Iterator[Unit]:
    """Yield the entrances of a building, in a row along it, at most 3 m from its middle."""
    entrances = site.houses[position].entrances
    for k, (homes, people) in enumerate(entrances):
        shift = site.along * (k - (len(entrances) - 1) / 2) * 2.0
        lon, lat = _degrees(site.frame, site.places[position] + shift)
        entrance = f"{k + 1}单元"
        yield Unit(
            f"{building.unit_id}-{k + 1}", "entrance", building.unit_id,
            building.name + entrance, building.compound, building.street, building.number,
            building.building, entrance, building.address + entrance, lon, lat, homes, people,
            "", building.micro, building.style,
        )  # fmt: skip


def _degrees(frame: Frame, place: npt.NDArray[np.float64]) -> tuple[float, float]:
    lon, lat = frame.to_degrees(place.reshape(1, 2))[0]
    return round(float(lon), 7), round(float(lat), 7)


def unit_rows(units: Sequence[Unit]) -> list[list[object]]:
    """Return the rows of ``units.csv``; positions with 7 decimals."""
    return [[getattr(unit, column) for column in UNIT_COLUMNS] for unit in units]
