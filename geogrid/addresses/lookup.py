"""Look an address up: compound, building, entrance, street, grid name or code.

The order of certainty is part of every answer, so that nobody takes a similar address for
the one asked: ``exact``, ``building``, ``compound``, ``street``, ``partial``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from geogrid.addresses.book import AddressBook, build_address_book
from geogrid.addresses.query import Found, is_beginning, match_parts, match_similar, match_text
from geogrid.addresses.spelling import canonical_address, normalise_address, split_address
from geogrid.addresses.spoken import written_address

__all__ = [
    "AddressBook",
    "AddressMatch",
    "address_finder",
    "build_address_book",
    "canonical_address",
    "find_address",
    "find_addresses",
    "find_listed",
    "find_unit",
    "listed_of",
    "normalise_address",
    "split_address",
    "units_within",
]

Certainty = Literal["exact", "building", "compound", "street", "partial"]

_SCORES: dict[Certainty, float] = {
    "exact": 100,
    "building": 80,
    "compound": 60,
    "street": 40,
    "partial": 20,
}
_OF_KIND: dict[str, Certainty] = {
    "entrance": "building",
    "building": "building",
    "compound": "compound",
    "street": "street",
}


@dataclass(frozen=True)
class AddressMatch:
    """One place an address may mean.

    Attributes
    ----------
    label
        Address and name as the unit list writes them.
    kind
        ``"entrance"``, ``"building"``, ``"compound"``, ``"street"`` or ``"grid"``.
    unit_id
        Of the unit; ``""`` for a street or a grid.
    grid
        Code the unit list gives, or the grid's own code; ``""`` means ask the polygon.
    lon, lat
        Degrees, WGS 84; NaN when the list has no position.
    certainty
        ``"exact"``: everything in the text was found. ``"building"``, ``"compound"``,
        ``"street"``: so much was found, the rest is not in the list. ``"partial"``: similar,
        several, or the text says something we do not know.
    score
        Orders the answers, higher first.
    spans
        The finest grids that a compound's buildings or a building's entrances belong to, when
        there are several: ask for the building or the entrance.
    """

    label: str
    kind: str
    unit_id: str
    grid: str
    lon: float
    lat: float
    certainty: Certainty
    score: float
    spans: tuple[str, ...] = ()


def find_addresses(book: AddressBook, text: str, *, limit: int = 10) -> list[AddressMatch]:
    """Return what `text` may mean, the most certain first.

    Parameters
    ----------
    book
        From :func:`build_address_book`.
    text
        As people write it; see :func:`geogrid.addresses.spelling.canonical_address` for what does
        not count.
    limit
        At most so many answers.
    """
    found = _found(book, text)
    matches = _matches(book, found) if found else []
    matches = sorted(matches, key=lambda match: -match.score)[:limit]
    is_road_only = bool(found and not found.is_whole and matches and matches[0].kind == "street")
    if len(matches) < limit or is_road_only:
        known = set(found.positions) if found else set()
        similar = [at for at in match_similar(book, text) if at not in known]
        for rank, at in enumerate(similar[:limit]):
            is_better = is_road_only and is_beginning(book, at, text)
            best = _SCORES["street"] + 5 if is_better else 15
            matches.append(_match(book, at, "partial", best - rank / 100))
    return sorted(matches, key=lambda match: -match.score)[:limit]


def find_address(book: AddressBook, text: str) -> AddressMatch | None:
    """Return the one place `text` means, or None when that is not certain.

    A street alone, a compound that spreads over several grids or a text with several
    meanings is not one place.
    """
    match = find_listed(book, text)
    if match is None or match.kind == "street":
        return None
    is_spread = match.kind == "compound" and bool(match.spans)
    return None if is_spread or math.isnan(match.lon) else match


def find_listed(book: AddressBook, text: str) -> AddressMatch | None:
    """Return the one entry `text` means, also a street or a compound in several grids."""
    found = _found(book, text)
    return listed_of(book, found) if found else None


def listed_of(book: AddressBook, found: Found) -> AddressMatch | None:
    """Return the same for what was found in a text already."""
    matches = _matches(book, found)
    return matches[0] if len(matches) == 1 and matches[0].certainty != "partial" else None


def find_unit(book: AddressBook, unit_id: str) -> AddressMatch | None:
    """Return the unit with this id, or None."""
    positions = (at for at, entry in enumerate(book.entries) if entry.unit_id == unit_id)
    at = next(positions, None) if unit_id else None
    return None if at is None else _match(book, at, "exact", _SCORES["exact"])


def units_within(book: AddressBook, unit_id: str) -> list[AddressMatch]:
    """Return the buildings of a compound or the entrances of a building, as listed."""
    return [
        _match(book, at, "exact", _SCORES["exact"])
        for at, entry in enumerate(book.entries)
        if entry.unit_id and entry.parent == unit_id
    ]


def address_finder(
    book: AddressBook,
) -> Callable[[Sequence[str]], list[tuple[float, float, str] | None]]:
    """Return the look-up that :func:`geogrid.placing.locate_rows` takes for address texts.

    Each answer is longitude, latitude and the label of the place, or None when the text does
    not name one place for certain.
    """

    def find(texts: Sequence[str]) -> list[tuple[float, float, str] | None]:
        matches = (find_address(book, text) for text in texts)
        return [None if match is None else (match.lon, match.lat, match.label) for match in matches]

    return find


def _found(book: AddressBook, text: str) -> Found | None:
    """Return the entries that a text means, alone or among other words."""
    found = match_text(book, text) or match_parts(book, text)
    if found is not None and (found.is_whole or (found.is_read and not found.is_doubtful)):
        return found
    written = written_address(text)
    other = (match_text(book, written) or match_parts(book, written)) if written else None
    if other is None or other.is_doubtful or _is_road(book, other):
        return found
    is_better = found is None or found.is_doubtful or _is_road(book, found)
    if is_better or _is_inside(book, other, found):
        return replace(other, is_whole=False)
    return found


def _is_inside(book: AddressBook, inner: Found, outer: Found | None) -> bool:
    """Return whether one thing was found, an entrance of the one building of `outer`."""
    if outer is None or len(inner.positions) != 1 or len(outer.positions) != 1:
        return False
    parent = book.entries[inner.positions[0]].parent
    return bool(parent) and parent == book.entries[outer.positions[0]].unit_id


def _is_road(book: AddressBook, found: Found) -> bool:
    return all(book.entries[at].kind == "street" for at in found.positions)


def _matches(book: AddressBook, found: Found) -> list[AddressMatch]:
    positions = _one_of_a_family(book, found.positions)
    is_partial = found.is_doubtful or len(positions) > 1
    matches = []
    for at in positions:
        kind = book.entries[at].kind
        certainty: Certainty = "exact" if found.is_whole else _OF_KIND.get(kind, "partial")
        certainty = "partial" if is_partial else certainty
        matches.append(_match(book, at, certainty, _SCORES[certainty]))
    return matches


def _one_of_a_family(book: AddressBook, positions: tuple[int, ...]) -> tuple[int, ...]:
    """Drop what is only the inside of another one found under the same address."""
    ids = {book.entries[at].unit_id for at in positions} - {""}
    outer = tuple(at for at in positions if book.entries[at].parent not in ids)
    return outer or positions


def _match(book: AddressBook, at: int, certainty: Certainty, score: float) -> AddressMatch:
    entry = book.entries[at]
    return AddressMatch(
        label=entry.label,
        kind=entry.kind,
        unit_id=entry.unit_id,
        grid=entry.grid,
        lon=entry.lon,
        lat=entry.lat,
        certainty=certainty,
        score=score,
        spans=book.spans.get(at, ()),
    )
