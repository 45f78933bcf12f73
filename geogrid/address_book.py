"""Everything an address can be looked up in: units, grids and streets, indexed by spelling."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.address_text import AddressParts, canonical_address, split_address
from geogrid.hierarchy import build_hierarchy, leaves

__all__ = ["AddressBook", "Entry", "Key", "build_address_book"]

Key = tuple[str, str, str, str, str]
"""Street, number, compound, building, entrance."""

_ADMINISTRATIVE_LEVEL = 2


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
    """

    label: str
    kind: str
    unit_id: str
    grid: str
    lon: float
    lat: float
    parent: str = ""
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class AddressBook:
    """Entries with their indexes; see :func:`build_address_book`.

    Attributes
    ----------
    entries
        Units, then grids, then streets.
    by_text
        Canonical text to positions of entries.
    by_key
        Parts of an address to positions of entries.
    names
        First two letters to the known (name, ``"street"`` or ``"compound"``), longest first.
    regions
        Names of administrative areas that may stand before an address.
    spans
        Position of a compound or building to the finest grids that what is inside it
        belongs to, where there are several.
    haystack, starts
        All spellings in one text, a line per entry, and where each line starts.
    """

    entries: tuple[Entry, ...]
    by_text: Mapping[str, list[int]]
    by_key: Mapping[Key, list[int]]
    names: Mapping[str, list[tuple[str, str]]]
    regions: tuple[str, ...]
    spans: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    haystack: str = ""
    starts: Sequence[int] = ()


def build_address_book(
    units: pd.DataFrame,
    grids: gpd.GeoDataFrame | None = None,
    streets: gpd.GeoDataFrame | None = None,
) -> AddressBook:
    """Index a plan's units, and its grids and streets when given.

    Parameters
    ----------
    units
        Columns of a plan's units; an entrance takes what it does not say from its building.
    grids
        All levels, EPSG:4326.
    streets
        Lines with a column name, EPSG:4326.
    """
    rows = _with_inherited(units)
    parts = [_parts(row) for row in rows]
    entries = [_unit_entry(row, at) for row, at in zip(rows, parts, strict=True)]
    by_key: dict[Key, list[int]] = defaultdict(list)
    for position, (row, own) in enumerate(zip(rows, parts, strict=True)):
        for key in _keys(own, row):
            by_key[key].append(position)
    if grids is not None:
        entries += _grid_entries(grids)
    known_streets = {own.street for own in parts if own.street}
    entries += _street_entries(streets, rows, parts)
    known_streets |= {entry.spellings[0] for entry in entries if entry.kind == "street"}
    compounds = {key[2] for key in by_key if key[2]}
    return AddressBook(
        entries=tuple(entries),
        by_text=_by_text(entries),
        by_key=dict(by_key),
        names=_names(known_streets, compounds),
        regions=_regions(grids),
        spans={} if grids is None else _spans(entries, grids),
        **_searchable(entries),
    )


def _with_inherited(units: pd.DataFrame) -> list[dict[str, str | float]]:
    """Return the rows as dicts; an entrance without street, compound … has its parent's."""
    texts = ("unit_id", "kind", "parent", "name", "compound", "street", "number", "building")
    columns = {name: units[name].astype("str").fillna("").tolist() for name in (*texts, "entrance")}
    columns |= {name: units[name].astype("str").fillna("").tolist() for name in ("address", "grid")}
    columns |= {name: units[name].to_numpy("float64").tolist() for name in ("lon", "lat")}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    by_id = {row["unit_id"]: row for row in rows}
    for row in rows:
        parent = by_id.get(row["parent"])
        if parent is None or parent is row:
            continue
        for name in ("compound", "street", "number", "building"):
            row[name] = row[name] or parent[name]
        if row["lon"] != row["lon"]:
            row["lon"], row["lat"] = parent["lon"], parent["lat"]
    return rows


def _parts(row: Mapping[str, str | float]) -> AddressParts:
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
    """Return the number in "3号楼" or "3", without leading zeros."""
    spelling = canonical_address(text)
    bare = spelling.removesuffix(noun)
    return str(int(bare)) if bare.isdecimal() else bare


def _keys(own: AddressParts, row: Mapping[str, str | float]) -> Iterator[Key]:
    """Yield the ways to name a unit: by street and number, by compound, by both."""
    places = {("", "", own.compound)} if own.compound else set()
    if own.number:
        places |= {(own.street, own.number, own.compound), (own.street, own.number, "")}
    if own.street and own.compound:
        places.add((own.street, "", own.compound))
    for place in sorted(places):
        if place[0] or place[2]:
            yield (*place, own.building, own.entrance)
    name = canonical_address(str(row["name"]))
    if row["kind"] == "building" and len(name) > 2 and name != own.compound:  # a tower's own name
        yield ("", "", name, "", "")


def _unit_entry(row: Mapping[str, str | float], own: AddressParts) -> Entry:
    name, address = str(row["name"]), str(row["address"])
    door = f"{own.building and own.building + '栋'}{own.entrance and own.entrance + '单元'}"
    road = own.street + (own.number and own.number + "号")
    spellings = [
        canonical_address(address),
        canonical_address(name),
        own.compound and own.compound + door,
        own.number and road + own.compound + door,
    ]
    return Entry(
        label=_label(name, address),
        kind=str(row["kind"]) or "building",
        unit_id=str(row["unit_id"]),
        grid=str(row["grid"]),
        lon=float(row["lon"]),
        lat=float(row["lat"]),
        parent=str(row["parent"]),
        spellings=tuple(dict.fromkeys(text for text in spellings if text)),
    )


def _label(name: str, address: str) -> str:
    if name and address and name not in address:
        return f"{address}（{name}）"
    return address or name


def _grid_entries(grids: gpd.GeoDataFrame) -> list[Entry]:
    tree = build_hierarchy(grids)
    rows = grids.drop_duplicates("code")
    points = shapely.point_on_surface(np.asarray(rows.geometry.array, dtype=object))
    entries = []
    for code, lon, lat in zip(
        rows["code"], shapely.get_x(points), shapely.get_y(points), strict=True
    ):
        names = [canonical_address(name) for name in tree.names_up(code)]
        longer = [above + names[0] for above in names[1:]]
        entries.append(
            Entry(
                label=tree.names[code] or code,
                kind="grid",
                unit_id="",
                grid=code,
                lon=float(lon),
                lat=float(lat),
                spellings=tuple(dict.fromkeys([canonical_address(code), names[0], *longer])),
            )
        )
    return entries


def _street_entries(
    streets: gpd.GeoDataFrame | None,
    rows: Sequence[Mapping[str, str | float]],
    parts: Sequence[AddressParts],
) -> list[Entry]:
    """Return one entry for each street name, at the middle of its longest piece."""
    places: dict[str, tuple[str, float, float]] = {}
    if streets is not None and len(streets):
        lines = np.asarray(streets.geometry.array, dtype=object)
        middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
        order = np.argsort(-shapely.length(lines), kind="stable")
        names = streets["name"].astype("str").fillna("").tolist()
        lon, lat = shapely.get_x(middles), shapely.get_y(middles)
        for at in order.tolist():
            spelling = canonical_address(names[at])
            places.setdefault(spelling, (names[at], float(lon[at]), float(lat[at])))
    for row, own in zip(rows, parts, strict=True):
        if own.street:
            name = str(row["street"]) or own.street
            places.setdefault(own.street, (name, float(row["lon"]), float(row["lat"])))
    return [
        Entry(name, "street", "", "", lon, lat, spellings=(spelling,))
        for spelling, (name, lon, lat) in places.items()
        if spelling
    ]


def _by_text(entries: Sequence[Entry]) -> dict[str, list[int]]:
    by_text: dict[str, list[int]] = defaultdict(list)
    for position, entry in enumerate(entries):
        for spelling in entry.spellings:
            by_text[spelling].append(position)
    return dict(by_text)


def _names(streets: set[str], compounds: set[str]) -> dict[str, list[tuple[str, str]]]:
    by_start: dict[str, list[tuple[str, str]]] = defaultdict(list)
    known = [(name, "compound") for name in compounds] + [(name, "street") for name in streets]
    for name, kind in sorted(known, key=lambda item: (-len(item[0]), item)):
        if len(name) > 1:
            by_start[name[:2]].append((name, kind))
    return dict(by_start)


def _regions(grids: gpd.GeoDataFrame | None) -> tuple[str, ...]:
    if grids is None:
        return ()
    upper = grids[grids["level"].fillna(99) <= _ADMINISTRATIVE_LEVEL]
    names = {canonical_address(str(name)) for name in upper["name"]}
    bare = {name.removesuffix("社区").removesuffix("街道") for name in names}
    return tuple(sorted((names | bare) - {""}, key=lambda name: (-len(name), name)))


def _spans(entries: Sequence[Entry], grids: gpd.GeoDataFrame) -> dict[int, tuple[str, ...]]:
    """Return the finest grids of each compound's buildings, where there are several."""
    finest = leaves(grids)
    points = shapely.points([[entry.lon, entry.lat] for entry in entries])
    inside, hit = finest.sindex.query(points, predicate="intersects")
    codes = finest["code"].tolist()
    polygon = {int(entry): codes[at] for entry, at in zip(inside, hit, strict=True)}
    position = {entry.unit_id: at for at, entry in enumerate(entries) if entry.unit_id}
    grids_of: dict[int, set[str]] = defaultdict(set)
    for at, entry in enumerate(entries):
        own = entry.grid or polygon.get(at, "")
        above = position.get(entry.parent)
        top = None if above is None else position.get(entries[above].parent)
        for compound in {above, top} - {None, at}:
            if own:
                grids_of[compound].add(own)
    return {at: tuple(sorted(found)) for at, found in grids_of.items() if len(found) > 1}


def _searchable(entries: Sequence[Entry]) -> dict[str, object]:
    lines = ["|".join(entry.spellings) for entry in entries]
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line) + 1
    return {"haystack": "\n".join(lines), "starts": starts}
