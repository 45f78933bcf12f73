"""What each numbered part is in its place: which number is the door, which one the building."""

from __future__ import annotations

import re
from functools import lru_cache

from geogrid.addresses.parse.bare import bare_part, named_beside
from geogrid.addresses.parse.chains import chain_parts, is_run, plain, split_room
from geogrid.addresses.parse.doors import (
    DOOR,
    bare_number,
    chain_values,
    floor_value,
    number_value,
    written_number,
)
from geogrid.addresses.parse.letters import NUMERALS, arabic
from geogrid.addresses.parse.names import Above, Piece, direction_value, read_names
from geogrid.addresses.parse.regions import Regions
from geogrid.addresses.parse.settling import settled
from geogrid.addresses.parse.sofar import INSIDE, LEAVE, SHOP, Reading

__all__ = ["read_pieces"]

_DOORS = frozenset(("number", *INSIDE))
_ONE_STOREY = re.compile("(?:平房|美食[城广场]*|市场)$")
_IS_DOOR = re.compile("$|[0-9A-Z]{1,3}(?:栋|幢|座|号楼)")  # what follows 8# on a street


def read_pieces(text: str, regions: Regions) -> list[Piece]:
    """Return the parts of a compact text, in its order."""
    reading = Reading(text, regions)
    doors = list(DOOR.finditer(text))
    at = 0
    for door in doors:
        kind = door.lastgroup or ""
        _read_gap(reading, at, door.start(), kind if _is_door(kind, door[0]) else "")
        _ADD[kind](reading, door[0], door.start(), door.end())
        at = door.end()
    _read_gap(reading, at, len(text), "")
    return settled(reading)


def _is_door(kind: str, text: str) -> bool:
    return kind in _DOORS or kind == "chain" or (kind == "bare" and len(text) > 2)


def _read_gap(reading: Reading, begin: int, end: int, before_door: str) -> None:
    if begin == end:
        return
    if begin == 0:
        pieces, code, above_end = _first_names(
            reading.text[:end], before_door, reading.above.regions
        )
        reading.pieces.extend(pieces)
        reading.above.code, reading.above.end = code, above_end
        reading.named.update(piece[0] for piece in pieces)
        return
    count = len(reading.pieces)
    read_names(reading.text, begin, end, before_door, reading.above, reading.pieces)
    reading.named.update(piece[0] for piece in reading.pieces[max(0, count - 1) :])


@lru_cache(maxsize=1 << 16)  # most addresses of a list are in few streets
def _first_names(
    text: str, before_door: str, regions: Regions
) -> tuple[tuple[Piece, ...], str, int]:
    """Return the names that a text begins with, and the region named last, see :class:`Above`."""
    above, pieces = Above(regions), list[Piece]()
    read_names(text, 0, len(text), before_door, above, pieces)
    return tuple(pieces), above.code, above.end


def _add_junk(reading: Reading, text: str, start: int, end: int) -> None:
    reading.add(LEAVE, text, start, end, 0.3)


def _add_direction(reading: Reading, text: str, start: int, end: int) -> None:
    reading.add("direction", direction_value(text), start, end, 0.9)


def _add_number(reading: Reading, text: str, start: int, end: int) -> None:
    last = reading.last(start)
    value = number_value(text)
    has_number = "number" in reading.named
    if text.isascii():  # No. 12, 25 Huaihai Road
        reading.add("number", value, start, end, 0.85)
    elif has_number and last not in INSIDE and _is_same_door(reading, value, start):
        reading.add(LEAVE, text, start, end, 0.3)
    elif _is_shop(reading, start) or (last in INSIDE and last != "room"):
        reading.add("room", written_number(text), start, end, 0.85)
    elif has_number and (
        (last == "number" and reading.text.startswith("门面", end))
        or (last == "compound" and (len(value) > 2 or _ONE_STOREY.search(reading.text, 0, start)))
    ):  # 56号锦绣园平房3号
        reading.add("room", written_number(text), start, end, 0.7)
    elif has_number and last in ("number", "compound") and "building" not in reading.named:
        reading.add("building", bare_number(text), start, end, 0.7)
    elif last == "rest":
        reading.add("number", value, start, end, 0.6)
    else:
        reading.add("number", value, start, end, 0.97 if last in ("street", "community") else 0.85)


def _is_same_door(reading: Reading, value: str, start: int) -> bool:
    """Return whether a door says the one before again, or runs on from it: 8号、10号."""
    part, _value, _start, end, _certainty = reading.pieces[-1]
    is_again = (part != "compound" or len(value) > 2) and any(
        piece[:2] == ("number", value) for piece in reading.pieces
    )
    return is_again or (part == "number" and reading.text[end:start] in ("、", "至", "-"))


def _is_shop(reading: Reading, at: int) -> bool:
    """Return whether a word such as 底商 stands before a position; it becomes a place."""
    if not reading.pieces or not reading.last(at):
        return False
    part, _value, start, end, _certainty = reading.pieces[-1]
    shop = SHOP.search(reading.text, start, end)
    if not shop:
        return False
    if part in ("compound", "place", "rest") and shop.start() == start:
        reading.pieces[-1] = ("place", reading.text[start:end], start, end, 0.7)
    return True


def _add_building(reading: Reading, text: str, start: int, end: int) -> None:
    if text[-1] == "#" and len(text) > 3 and reading.last(start) in ("building", "unit", "floor"):
        reading.add("room", text[:-1], start, end, 0.8)
    elif text[-1] == "#" and reading.last(start) == "street" and _IS_DOOR.match(reading.text, end):
        reading.add("number", bare_number(text), start, end, 0.6)
    else:
        reading.add("building", bare_number(text), start, end, 0.97)


def _add_unit(reading: Reading, text: str, start: int, end: int) -> None:
    reading.add("unit", bare_number(text), start, end, 0.97)


def _add_floor(reading: Reading, text: str, start: int, end: int) -> None:
    reading.add("floor", floor_value(text), start, end, 0.95)


def _add_room(reading: Reading, text: str, start: int, end: int) -> None:
    if "-" in text and (chain := split_room(reading, text, start)):
        _add_chain(reading, chain, start, end)
        return
    last = reading.last(start)
    is_door = text[0].isdigit() or (text[0].isascii() and text[-1] == "号")
    if is_door and "号" in text and last == "street" and "number" not in reading.named:  # 66号商铺
        door = start + text.index("号") + 1
        reading.add("number", number_value(reading.text[start:door]), start, door, 0.85)
        if door < end:
            reading.add("place", reading.text[door:end], door, end, 0.7)
    elif not last and text.endswith("号") and reading.named.isdisjoint(_DOORS):
        reading.add(LEAVE, text, start, end, 0.3)
    else:
        reading.add("room", written_number(text), start, end, 0.95)


def _add_chain(reading: Reading, text: str, start: int, end: int) -> None:
    values = chain_values(text)
    if is_run(reading, [value for value, _begin, _end in values], start):
        reading.add("room", "-".join(value for value, _begin, _end in values), start, end, 0.8)
        return
    parts = chain_parts(reading, [value for value, _begin, _end in values], start)
    for at, (part, (value, begin, stop)) in enumerate(zip(parts, values, strict=True)):
        last = end if at == len(values) - 1 else start + stop
        if part == "door":
            reading.add("number", plain(value), start + begin, last, 0.7)
            continue
        if part == "number":
            reading.add(part, text, start, end, 0.7)
            return
        reading.add(part, plain(value) if part != "room" else value, start + begin, last, 0.85)


def _add_bare(reading: Reading, text: str, start: int, end: int) -> None:
    last = reading.last(start)
    if _is_shop(reading, start):
        reading.add("room", written_number(text), start, end, 0.7)
        return
    part, certainty = named_beside(reading, start, end) or bare_part(reading, text, last)
    value = arabic(text) if text[0] in NUMERALS else text
    if part in ("number", "building", "unit"):
        value = plain(value)
    reading.add(part, value, start, end, certainty)


_ADD = {
    "junk": _add_junk,
    "direction": _add_direction,
    "number": _add_number,
    "building": _add_building,
    "unit": _add_unit,
    "floor": _add_floor,
    "room": _add_room,
    "chain": _add_chain,
    "bare": _add_bare,
}
