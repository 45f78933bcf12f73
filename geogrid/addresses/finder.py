"""Find the place that a text means, in a plan's own units and in its gazetteer.

Two searches work together. The address book knows how a plan's compounds, buildings, entrances
and grids belong together and answers only what the text says; the gazetteer forgives slips,
homophones and pinyin and knows streets, places and other names. The more certain answer counts,
the book's where both are as certain.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from geogrid.addresses.book import AddressBook
from geogrid.addresses.certainty import reasons_of
from geogrid.addresses.entries import place_label
from geogrid.addresses.lookup import AddressMatch, find_addresses, find_listed, listed_of
from geogrid.addresses.place_found import FOUND_COLUMNS, PlaceFound
from geogrid.addresses.query import match_parts, match_text
from geogrid.addresses.search import (
    AddressCandidate,
    match_addresses,
    search_addresses,
    suggest_addresses,
)
from geogrid.addresses.searched import SearchedEntries, gather_entries
from geogrid.addresses.spelling import folded_address
from geogrid.crs import metres_per_degree

__all__ = [
    "AddressFinder",
    "build_finder",
    "find_place",
    "find_places",
    "match_places",
    "suggest_places",
]

_ORDER = ("exact", "similar", "building", "compound", "estimated", "street", "partial", "none")
_RANK = {certainty: rank for rank, certainty in enumerate(_ORDER)}
_CERTAIN = frozenset(("exact", "similar", "building", "compound"))
_AS_LISTED = frozenset(("alias", "near"))
_SLIPS = frozenset(("typo", "homophone"))
_UNLISTED = frozenset(("building_unknown", "inner_number_unknown"))
_OF_ENTRY = ("kind", "name", "address", "unit_id", "grid", "source", "dated")
_SORTED = 60  # answers of the book that are put in order of their distance
_SCALE = 100.0  # scores of the book, of 1 in the gazetteer

_NOTHING = PlaceFound("", "", "", "", math.nan, math.nan, "none")


@dataclass(frozen=True, eq=False)
class AddressFinder:
    """A plan's address book and its gazetteer; see :func:`build_finder`.

    Attributes
    ----------
    book
        Units, grids and streets.
    searched
        The same units, and the gazetteer's entries.
    source, dated
        Of the units.
    """

    book: AddressBook
    searched: SearchedEntries
    source: str = ""
    dated: str = ""

    @cached_property
    def positions(self) -> dict[str, int]:
        """Id of each unit to its position in the book."""
        return {entry.unit_id: at for at, entry in enumerate(self.book.entries) if entry.unit_id}

    @cached_property
    def streets(self) -> dict[str, int]:
        """Canonical name of each street to its position in the book."""
        entries = enumerate(self.book.entries)
        return {entry.spellings[0]: at for at, entry in entries if entry.kind == "street"}

    def warm_up(self) -> None:
        """Make and compile what the first search would wait for."""
        for text in ("a", "1"):
            suggest_places(self, text)
        match_places(self, ["a"])


def build_finder(
    book: AddressBook,
    units: pd.DataFrame,
    entries: pd.DataFrame | None = None,
    *,
    source: str = "",
    dated: str = "",
) -> AddressFinder:
    """Join a plan's address book with a gazetteer.

    Parameters
    ----------
    book
        From :func:`geogrid.addresses.build_address_book`.
    units
        Those of the book, columns of a plan's units.
    entries
        The gazetteer's, columns of :data:`geogrid.addresses.gazetteer.ENTRY_COLUMNS`, WGS 84.
    source, dated
        Of the units.
    """
    return AddressFinder(book, gather_entries(units, entries), source, dated)


def find_places(
    finder: AddressFinder, text: str, *, near: tuple[float, float] | None = None, limit: int = 10
) -> list[PlaceFound]:
    """Return what `text` may mean, the most certain first; nothing where nothing fits.

    Parameters
    ----------
    finder
        From :func:`build_finder`.
    text
        As people write it, or in pinyin, or its first letters.
    near
        Longitude and latitude, WGS 84; of equals the nearer comes first.
    limit
        At most so many.
    """
    listed = _listed_near(finder, text, near, limit)
    searched = search_addresses(finder.searched.gazetteer, text, near=near, limit=limit)
    return _together(finder, text, listed, searched)[:limit]


def suggest_places(
    finder: AddressFinder, typed: str, *, near: tuple[float, float] | None = None, limit: int = 10
) -> list[PlaceFound]:
    """Return what somebody may be about to type; as :func:`find_places`."""
    listed = _listed_near(finder, typed, near, limit)
    searched = suggest_addresses(finder.searched.gazetteer, typed, near=near, limit=limit)
    return _together(finder, typed, listed, searched)[:limit]


def _listed_near(
    finder: AddressFinder, text: str, near: tuple[float, float] | None, limit: int
) -> list[PlaceFound]:
    """Return what the book has for a text, the nearer first."""
    many = limit if near is None else max(limit, _SORTED)
    listed = _measured(finder, find_addresses(finder.book, text, limit=many), near)
    if near is not None:  # of what holds the text, the book says no order that counts more
        listed.sort(key=lambda place: (_RANK[place.certainty], _away(place)))
    return listed


def find_place(finder: AddressFinder, text: str) -> PlaceFound | None:
    """Return the place `text` means as :func:`match_places` does, None where nothing fits."""
    found = _match_each(finder, [text])[0]
    return None if found.certainty == "none" else found


def match_places(finder: AddressFinder, texts: Sequence[str]) -> pd.DataFrame:
    """Return the best place for each of many texts.

    Parameters
    ----------
    finder
        From :func:`build_finder`.
    texts
        As people write them; the same text is looked up once.

    Returns
    -------
    DataFrame
        Columns :data:`geogrid.addresses.place_found.FOUND_COLUMNS`, a row for each text in
        order; reasons separated by spaces; certainty ``"none"`` and NaN where nothing fits.
    """
    codes, known = pd.factorize(pd.Series(list(texts), dtype="object"))
    found = _match_each(finder, known.tolist())
    columns = {name: [getattr(each, name) for each in found] for name in FOUND_COLUMNS}
    columns["reasons"] = [" ".join(each.reasons) for each in found]
    return pd.DataFrame(columns, columns=list(FOUND_COLUMNS)).take(codes).reset_index(drop=True)


def _match_each(finder: AddressFinder, texts: list[str]) -> list[PlaceFound]:
    """Return the best place of each text; what the book knows for sure needs no search."""
    found = [_known(finder, text) for text in texts]
    left = [at for at, place in enumerate(found) if place is None]
    for at, searched in zip(left, _searched(finder, [texts[at] for at in left]), strict=True):
        found[at] = searched
        if _RANK[searched.certainty] > _RANK["similar"]:
            listed = _listed(finder, texts[at])
            if listed is not None and _RANK[listed.certainty] <= _RANK[searched.certainty]:
                found[at] = listed
    return [place for place in found if place is not None]


def _known(finder: AddressFinder, text: str) -> PlaceFound | None:
    """Return what the gazetteer cannot know better than the book, None for the rest."""
    read = match_text(finder.book, text) or match_parts(finder.book, text)
    if read is None or read.is_doubtful or not read.is_read:
        return None
    listed = _place(finder, listed_of(finder.book, read))
    if listed is None or listed.certainty not in _CERTAIN:
        return None
    return listed if listed.certainty == "exact" or not finder.searched.has_more else None


def _listed(finder: AddressFinder, text: str) -> PlaceFound | None:
    """Return what the book has for a text, None where that is nothing or not sure."""
    return _place(finder, find_listed(finder.book, text))


def _place(finder: AddressFinder, match: AddressMatch | None) -> PlaceFound | None:
    return None if match is None else _one_place(_of_book(finder, match))


def _searched(finder: AddressFinder, texts: list[str]) -> list[PlaceFound]:
    """Return what the gazetteer has for each text."""
    if not texts or not len(finder.searched.entries):
        return [_NOTHING] * len(texts)
    columns = match_addresses(finder.searched.gazetteer, texts)
    taken = finder.searched.gazetteer.entries.take(np.maximum(columns["row"], 0))
    table = {name: taken[name].tolist() for name in _OF_ENTRY}
    table |= {name: columns[name].tolist() for name in ("row", "lon", "lat", "score", "certainty")}
    table["reasons"] = [
        (*reasons_of(flags), *(("several",) if is_several else ()))
        for flags, is_several in zip(columns["flags"].tolist(), columns["is_several"], strict=True)
    ]
    rows = [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
    return [_NOTHING if row["row"] < 0 else _one_place(_of_entry(finder, row)) for row in rows]


def _one_place(found: PlaceFound) -> PlaceFound:
    """Take away certainty where the text names something, but no one place.

    A building is one, also when its entrances belong to several grids; that is said.
    """
    if found.kind == "street" and found.certainty in _CERTAIN:
        return replace(found, certainty="street")
    if not found.spans or found.certainty not in _CERTAIN:
        return found
    certainty = "partial" if found.kind == "compound" else found.certainty
    return replace(found, certainty=certainty, reasons=(*found.reasons, "spread"))


def _of_entry(finder: AddressFinder, values: dict[str, Any]) -> PlaceFound:
    """Return a row of the gazetteer as a place; a unit is called as the book calls it."""
    row, name, address = (values.pop(column) for column in ("row", "name", "address"))
    if row < finder.searched.units:
        values |= {"source": finder.source, "dated": finder.dated}
        at = finder.positions.get(values["unit_id"], -1)
    else:
        at = finder.streets.get(address, -1) if values["kind"] == "street" else -1
    label = finder.book.entries[at].label if at >= 0 else place_label(name, address)
    if values["certainty"] == "compound" and _UNLISTED.isdisjoint(values["reasons"]):
        # a whole name that nothing else has says as much as an address
        is_as_listed = _AS_LISTED.issuperset(values["reasons"])
        values["certainty"] = "exact" if is_as_listed else "similar"
    return PlaceFound(label=label, spans=finder.book.spans.get(at, ()), **values)


def _of_book(finder: AddressFinder, match: AddressMatch) -> PlaceFound:
    return PlaceFound(
        label=match.label,
        kind=match.kind,
        unit_id=match.unit_id,
        grid=match.grid,
        lon=match.lon,
        lat=match.lat,
        certainty=match.certainty,
        score=match.score / _SCALE,
        source=finder.source,
        dated=finder.dated,
        spans=match.spans,
    )


def _measured(
    finder: AddressFinder, matches: list[AddressMatch], near: tuple[float, float] | None
) -> list[PlaceFound]:
    """Return what the book found, with its distances."""
    places = [_of_book(finder, match) for match in matches]
    if near is None:
        return places
    lon, lat = (np.array([getattr(each, name) for each in places]) for name in ("lon", "lat"))
    per_x, per_y = metres_per_degree(near[1])
    away = np.hypot((lon - near[0]) * float(per_x), (lat - near[1]) * float(per_y)).tolist()
    return [
        replace(place, distance_m=None if math.isnan(metres) else metres)
        for place, metres in zip(places, away, strict=True)
    ]


def _away(place: PlaceFound) -> float:
    return math.inf if place.distance_m is None else place.distance_m


def _together(
    finder: AddressFinder,
    text: str,
    listed: list[PlaceFound],
    searched: list[AddressCandidate],
) -> list[PlaceFound]:
    """Return both lists as one, each place once, the most certain first.

    What begins with the text goes before what is similar once a slip is forgiven.
    """
    places = list(listed)
    shared = ("row", "lon", "lat", "score", "certainty", "reasons", "distance_m")
    for each in searched:
        entry = finder.searched.gazetteer.entries.iloc[each.row]
        values: dict[str, Any] = {name: str(entry[name]) for name in _OF_ENTRY}
        values |= {name: getattr(each, name) for name in shared}
        places.append(_of_entry(finder, values))
    begun = folded_address(text)
    is_begun = any(folded_address(place.label).startswith(begun) for place in listed)

    def rank(place: PlaceFound) -> float:
        if place.certainty == "partial" and place.reasons == ("several",):
            return _RANK["estimated"] - 0.5  # all of it is there, at several places
        is_slip = is_begun and not _SLIPS.isdisjoint(place.reasons)
        return (
            max(_RANK[place.certainty], _RANK["partial"] + 0.5)
            if is_slip
            else _RANK[place.certainty]
        )

    places.sort(key=rank)
    once: dict[tuple[object, ...], PlaceFound] = {}
    for place in places:
        has_id = place.unit_id or place.kind in ("grid", "street")
        where = () if has_id else (place.lon, place.lat)
        once.setdefault((place.kind, place.unit_id or place.label, *where), place)
    return list(once.values())
