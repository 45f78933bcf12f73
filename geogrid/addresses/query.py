"""Match an address text against the book: by its parts, then by similar spelling."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from geogrid.addresses.book import AddressBook, Key
from geogrid.addresses.spelling import (
    NUMERAL,
    AddressParts,
    canonical_address,
    cut,
    folded_address,
    normalise_address,
    region_end,
)

__all__ = ["Found", "is_beginning", "match_parts", "match_similar", "match_text"]

_SEPARATORS = re.compile(r"[\s,，;；、]+")
_MOST_SIMILAR = 2000


@dataclass(frozen=True, slots=True)
class Found:
    """Positions of entries that may be meant, all of the same standing.

    Attributes
    ----------
    positions
        One when the text is clear.
    is_whole
        Whether every part of the text was found.
    is_doubtful
        Whether the text says something else besides, or contradicts itself.
    is_read
        Whether nothing in the text was left unread but, perhaps, a room.
    """

    positions: tuple[int, ...]
    is_whole: bool
    is_doubtful: bool
    is_read: bool = False


@dataclass(frozen=True, slots=True)
class _Query:
    parts: AddressParts
    has_tail: bool
    is_doubtful: bool


def match_text(book: AddressBook, text: str) -> Found | None:
    """Return the entries that are spelled exactly like `text`, with or without its prefix."""
    for candidate in (canonical_address(text), normalise_address(text)):
        if candidate and candidate in book.by_text:
            return Found(
                tuple(book.by_text[candidate]), is_whole=True, is_doubtful=False, is_read=True
            )
    return None


def match_parts(book: AddressBook, text: str) -> Found | None:
    """Return the entries whose parts the text names; the finest that exist.

    An entrance that is not in the book gives its building, a building its compound or door
    number, a door number its street.
    """
    query = _read(book, canonical_address(text))
    if query is None:
        return None
    whole = query.parts
    door = replace(whole, room="") if whole.room else whole
    for parts in _coarser(door):
        positions, agrees = _look_up(book, parts)
        if positions:
            is_read = parts is door and not query.has_tail
            is_whole = is_read and not whole.room
            return Found(positions, is_whole, query.is_doubtful or not agrees, is_read)
    street = book.by_text.get(whole.street, []) if whole.street else []
    roads = tuple(at for at in street if book.entries[at].kind == "street")
    is_whole = whole == AddressParts(street=whole.street) and not query.has_tail
    return Found(roads, is_whole, query.is_doubtful) if roads else None


def _coarser(door: AddressParts) -> Iterator[AddressParts]:
    """Yield the parts, then without entrance, then without building."""
    yield door
    if door.entrance:
        yield replace(door, entrance="")
    if door.building:
        yield replace(door, building="", entrance="")


def _look_up(book: AddressBook, parts: AddressParts) -> tuple[tuple[int, ...], bool]:
    """Return positions, and whether street, number and compound agree with each other."""
    key: Key = (parts.street, parts.number, parts.compound, parts.building, parts.entrance)
    if positions := book.by_key.get(key):
        return tuple(positions), True
    if parts.compound and parts.number and not parts.building and not parts.street:
        as_building: Key = ("", "", parts.compound, parts.number, parts.entrance)
        return tuple(book.by_key.get(as_building, ())), True
    if parts.compound and (parts.number or parts.street):
        halves = [("", "", parts.compound), (parts.street, parts.number, "")]
        door = (parts.building, parts.entrance)
        either = [at for half in halves for at in book.by_key.get((*half, *door), ())]
        return tuple(dict.fromkeys(either)), False
    return (), True


def _read(book: AddressBook, spelling: str) -> _Query | None:
    """Find known streets and compounds in the text and cut the rest into numbered parts."""
    named: dict[str, str] = {}
    gaps: list[str] = []
    last = 0
    for start, name, kind in _known_names(book, spelling):
        if kind in named:
            continue
        gaps.append(spelling[last:start])
        named[kind] = name
        last = start + len(name)
    if not named:
        return None
    before, *between = gaps
    rest = cut("|".join([*between, spelling[last:]]))
    words = [rest.before, rest.between] if rest.parts != AddressParts() else []
    is_doubtful = not _is_region(book, before) or any(word.strip("|") for word in words)
    tail = rest.after if words else rest.before
    parts = replace(rest.parts, street=named.get("street", ""), compound=named.get("compound", ""))
    return _Query(parts, bool(tail.strip("|")), is_doubtful)


def _known_names(book: AddressBook, spelling: str) -> Iterator[tuple[int, str, str]]:
    """Yield start, name and kind of the longest known names, left to right."""
    at = 0
    while at < len(spelling) - 1:
        for name, kind in book.names.get(spelling[at : at + 2], ()):
            if spelling.startswith(name, at):
                yield at, name, kind
                at += len(name) - 1
                break
        at += 1


def _is_region(book: AddressBook, text: str) -> bool:
    """Say whether `text` is nothing but 省, 市, 区, 街道 and 社区."""
    if not text:
        return True
    rest = text[region_end(text) :]
    for name in book.regions:
        rest = rest.removeprefix(name)
    return not rest


def match_similar(book: AddressBook, text: str) -> list[int]:
    """Return positions of entries whose spelling contains every word of `text`.

    A word that begins with a digit matches whole numbers only, so "12号" is not in "112号".
    A word may also stand in the text as written: "沙嘴第一" is half a name.
    When nothing contains a word, its letters and numbers may lie apart ("泰然3栋").
    """
    spellings = [(_bare(canonical_address(word)), folded_address(word)) for word in _words(text)]
    words = [variants for variants in spellings if variants[0]]
    if not words:
        return []
    found = _containing(book, ["|".join(map(_pattern, set(variants))) for variants in words])
    if not found:
        pieces = [
            piece
            for word, _folded in words
            for piece in re.split(r"(?<![0-9a-z])(?=[0-9a-z])", word)
        ]
        found = _containing(book, [".*?".join(_pattern(piece) for piece in pieces if piece)])
    return sorted(found, key=lambda at: _rank(book, at, words[0]))


def is_beginning(book: AddressBook, at: int, text: str) -> bool:
    """Say whether a spelling of the entry begins with `text`."""
    return _begins(book, at, (normalise_address(text), folded_address(text)))


def _words(text: str) -> list[str]:
    return [word for word in _SEPARATORS.split(text) if word]


def _bare(spelling: str) -> str:
    return spelling[region_end(spelling) :] or spelling


def _pattern(word: str) -> str:
    """Return what finds `word`, but not its number inside a longer one."""
    if re.match("[0-9a-z]", word):
        return r"(?<![0-9a-z])" + re.escape(word)
    if re.match(f"[{NUMERAL}]", word):
        return f"(?<![{NUMERAL}])" + re.escape(word)
    return re.escape(word)


def _containing(book: AddressBook, patterns: list[str]) -> list[int]:
    hits: set[int] | None = None
    for pattern in patterns:
        lines = {
            bisect_right(book.starts, found.start()) - 1
            for found in re.finditer(pattern, book.haystack)
        }
        hits = lines if hits is None else hits & lines
    return sorted(hits or ())[:_MOST_SIMILAR]


_KIND_ORDER = {"compound": 0, "building": 1, "street": 2, "grid": 3, "entrance": 4}


def _rank(book: AddressBook, at: int, variants: tuple[str, ...]) -> tuple[bool, int, int, int]:
    entry = book.entries[at]
    begins = _begins(book, at, variants)
    return not begins, _KIND_ORDER.get(entry.kind, 5), len(entry.label), at


def _begins(book: AddressBook, at: int, variants: tuple[str, ...]) -> bool:
    entry = book.entries[at]
    return any(text.startswith(variants) for text in (*entry.spellings, *entry.written))
