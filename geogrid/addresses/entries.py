"""The things an address book holds: units, grids and streets with their spellings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geogrid.addresses.spelling import (
    NUMERAL,
    AddressParts,
    canonical_address,
    folded_address,
    normalise_address,
    split_address,
)
from geogrid.hierarchy import build_hierarchy

__all__ = [
    "Entry",
    "UnitRow",
    "grid_entries",
    "place_label",
    "street_entries",
    "unit_entry",
    "unit_parts",
    "unit_places",
    "unit_rows",
]

UnitRow = dict[str, str | float]
"""One row of a plan's units."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be found.

    Attributes
    ----------
    label, kind, unit_id, grid, lon, lat
        As in :class:`geogrid.addresses.AddressMatch`.
    parent
        Its compound's or building's ``unit_id``.
    spellings
        Canonical texts it is found by.
    written
        Names as written but for width and case, to find by half of them.
    """

    label: str
    kind: str
    unit_id: str
    grid: str
    lon: float
    lat: float
    parent: str = ""
    spellings: tuple[str, ...] = ()
    written: tuple[str, ...] = ()


def unit_rows(units: pd.DataFrame) -> list[UnitRow]:
    """Return the rows as dicts; an entrance without street, compound … has its parent's."""
    texts = ("unit_id", "kind", "parent", "name", "compound", "street", "number", "building")
    columns = {name: units[name].astype("str").fillna("").tolist() for name in (*texts, "entrance")}
    columns |= {name: units[name].astype("str").fillna("").tolist() for name in ("address", "grid")}
    lon, lat = unit_places(units)
    columns |= {"lon": lon.tolist(), "lat": lat.tolist()}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    by_id = {row["unit_id"]: row for row in rows}
    for row in rows:
        parent = by_id.get(row["parent"])
        if parent is None or parent is row:
            continue
        for name in ("compound", "street", "number", "building"):
            row[name] = row[name] or parent[name]
    return rows


def unit_places(
    units: pd.DataFrame,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return where units are; one without a position is where the nearest one above it is.

    Parameters
    ----------
    units
        Columns unit_id, parent, lon and lat.

    Returns
    -------
    lon, lat : float64[n], NaN where no unit above has a position either
    """
    count = len(units)
    lon, lat = (units[axis].to_numpy(np.float64) for axis in ("lon", "lat"))
    at = {unit_id: row for row, unit_id in enumerate(units["unit_id"]) if unit_id}
    above = np.array([at.get(parent, count) for parent in units["parent"]], dtype=np.int64)
    is_placed = ~(np.isnan(lon) | np.isnan(lat))
    nearest = np.append(np.where(is_placed, np.arange(count), above), count)
    for _doubling in range(count.bit_length()):  # the steps up; so it ends in circles as well
        nearest = nearest[nearest]
    found = nearest[:-1]
    return np.append(lon, np.nan)[found], np.append(lat, np.nan)[found]


def unit_parts(row: UnitRow) -> AddressParts:
    """Return the parts of a unit's address, in the spelling that queries get."""
    named = AddressParts(
        street=canonical_address(str(row["street"])),
        number=canonical_address(str(row["number"])).removesuffix("号"),
        compound=canonical_address(str(row["compound"])),
        building=_bare(str(row["building"]), "栋"),
        entrance=_bare(str(row["entrance"]), "单元"),
    )
    if named.street or named.compound or not row["address"]:
        return named
    written = split_address(str(row["address"]))
    return replace(
        written,
        building=named.building or written.building,
        entrance=named.entrance or written.entrance,
    )


def _bare(text: str, noun: str) -> str:
    """Return the number in "3号楼", "塔3" or "3", without leading zeros."""
    spelling = re.sub("^塔楼?(?=[0-9a-z])", "", canonical_address(text))
    bare = spelling.removesuffix(noun)
    return str(int(bare)) if bare.isdecimal() else bare


def unit_entry(row: UnitRow, own: AddressParts) -> Entry:
    """Return the entry of one unit with the texts it is found by."""
    name, address = str(row["name"]), str(row["address"])
    door = f"{own.building and own.building + '栋'}{own.entrance and own.entrance + '单元'}"
    road = own.street + (own.number and own.number + "号")
    spellings = [
        canonical_address(address),
        normalise_address(address),
        canonical_address(name),
        own.compound and own.compound + door,
        own.number and road + own.compound + door,
    ]
    return Entry(
        label=place_label(name, address),
        kind=str(row["kind"]) or "building",
        unit_id=str(row["unit_id"]),
        grid=str(row["grid"]),
        lon=float(row["lon"]),
        lat=float(row["lat"]),
        parent=str(row["parent"]),
        spellings=tuple(dict.fromkeys(text for text in spellings if text)),
        written=_written(address, name),
    )


def _written(*texts: str) -> tuple[str, ...]:
    """Return the texts that are respelled, as they were."""
    folded = dict.fromkeys(folded_address(text) for text in texts)
    return tuple(text for text in folded if text != canonical_address(text))


def place_label(name: str, address: str) -> str:
    """Return what a place is called: its address, and its name where that says more."""
    if name and address and name not in address:
        return f"{address}（{name}）"
    return address or name


def grid_entries(grids: gpd.GeoDataFrame) -> list[Entry]:
    """Return one entry for each grid, at a point inside it."""
    tree = build_hierarchy(grids)
    rows = grids.drop_duplicates("code")
    points = shapely.point_on_surface(np.asarray(rows.geometry.array, dtype=object))
    entries = []
    for code, lon, lat in zip(
        rows["code"], shapely.get_x(points), shapely.get_y(points), strict=True
    ):
        name, *above_it = tree.names_up(code)
        names = [name, *(above + name for above in above_it)]
        spellings = [canonical_address(text) for text in (code, name)]
        spellings += [canonical_address(above) + spellings[1] for above in above_it]
        entries.append(
            Entry(
                label=tree.names[code] or code,
                kind="grid",
                unit_id="",
                grid=code,
                lon=float(lon),
                lat=float(lat),
                spellings=tuple(dict.fromkeys(spellings)),
                written=_written(*names),
            )
        )
    return entries


def street_entries(
    streets: gpd.GeoDataFrame | None,
    rows: Sequence[UnitRow],
    parts: Sequence[AddressParts],
) -> list[Entry]:
    """Return one entry for each street name, at the middle of its longest piece."""
    places: dict[str, tuple[str, float, float]] = {}
    for name, lon, lat in _pieces(streets):
        places.setdefault(canonical_address(name), (name, lon, lat))
    for row, own in zip(rows, parts, strict=True):
        if own.street:
            name = _as_written(str(row["street"]) or own.street, str(row["address"]))
            places.setdefault(own.street, (name, float(row["lon"]), float(row["lat"])))
    return [
        Entry(name, "street", "", "", lon, lat, spellings=(spelling,), written=_written(name))
        for spelling, (name, lon, lat) in places.items()
        if spelling
    ]


def _as_written(part: str, address: str) -> str:
    """Return the words of `address` that are spelled `part`, such as 四号路 for 4号路."""
    if not part or part in address or not re.search("[0-9]", part):
        return part
    pieces = re.findall("[0-9]+|[^0-9]", part)
    numeral = rf"[{NUMERAL}第0-9０-９]+"
    pattern = r"\s*".join(numeral if piece.isdecimal() else re.escape(piece) for piece in pieces)
    found = re.search(pattern, address)
    return found[0] if found and canonical_address(found[0]) == part else part


def _pieces(streets: gpd.GeoDataFrame | None) -> Iterator[tuple[str, float, float]]:
    """Yield the name and middle of every piece of street, the longest first."""
    if streets is None or not len(streets):
        return
    shapes = np.asarray(streets.geometry.array, dtype=object)
    lines, row = shapely.get_parts(shapes, return_index=True)
    length = shapely.length(lines)
    is_line = length > 0
    lines, row, length = lines[is_line], row[is_line], length[is_line]
    order = np.argsort(-length, kind="stable")
    middles = shapely.line_interpolate_point(lines[order], 0.5, normalized=True)
    names = streets["name"].astype("str").fillna("").to_numpy(dtype=object)[row[order]]
    yield from zip(
        names.tolist(),
        shapely.get_x(middles).tolist(),
        shapely.get_y(middles).tolist(),
        strict=True,
    )
