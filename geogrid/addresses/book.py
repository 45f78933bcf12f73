"""Everything an address can be looked up in: units, grids and streets, indexed by spelling."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import geopandas as gpd
import pandas as pd
import shapely

from geogrid.addresses.entries import (
    Entry,
    UnitRow,
    grid_entries,
    street_entries,
    unit_entry,
    unit_parts,
    unit_rows,
)
from geogrid.addresses.spelling import AddressParts, canonical_address
from geogrid.hierarchy import leaves

__all__ = ["AddressBook", "Entry", "Key", "build_address_book"]

Key = tuple[str, str, str, str, str]
"""Street, number, compound, building, entrance."""

_ADMINISTRATIVE_LEVEL = 2


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
    rows = unit_rows(units)
    parts = [unit_parts(row) for row in rows]
    by_key: dict[Key, list[int]] = defaultdict(list)
    for position, (row, own) in enumerate(zip(rows, parts, strict=True)):
        for key in _keys(own, row):
            by_key[key].append(position)
    entries = [unit_entry(row, own) for row, own in zip(rows, parts, strict=True)]
    entries += [] if grids is None else grid_entries(grids)
    entries += street_entries(streets, rows, parts)
    known_streets = {own.street for own in parts if own.street}
    known_streets |= {entry.spellings[0] for entry in entries if entry.kind == "street"}
    lines = ["|".join((*entry.spellings, *entry.written)) for entry in entries]
    return AddressBook(
        entries=tuple(entries),
        by_text=_by_text(entries),
        by_key=dict(by_key),
        names=_names(known_streets, {key[2] for key in by_key if key[2]}),
        regions=_regions(grids),
        spans={} if grids is None else _spans(entries, grids),
        haystack="\n".join(lines),
        starts=_starts(lines),
    )


def _keys(own: AddressParts, row: UnitRow) -> Iterator[Key]:
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
        above = position.get(entry.parent, at)
        for outer in {above, position.get(entries[above].parent, at)} - {at}:
            if own:
                grids_of[outer].add(own)
    return {at: tuple(sorted(found)) for at, found in grids_of.items() if len(found) > 1}


def _starts(lines: Sequence[str]) -> list[int]:
    return [0, *accumulate(len(line) + 1 for line in lines)][: len(lines)]
