"""What each numbered part is in its place: which number is the door, which one the building."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

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

__all__ = ["read_pieces"]

_INSIDE = frozenset(("building", "unit", "floor", "room"))
_DOORS = frozenset(("number", *_INSIDE))
_SHOP = re.compile("(?:底商|商铺|铺位?|门面房?|摊位?|档口|店铺|门店|车位)$")
_TOWER = re.compile("(?:大厦|中心|广场|国际|写字楼|商务楼|大楼|时代|SOHO)$")
_SKIPPED = re.compile("[;:,/ 、的之-]*$")
_LEAVE = "rest"


class Reading:
    """The parts read so far, left to right."""

    def __init__(self, text: str, regions: Regions) -> None:
        self.text = text
        self.above = Above(regions)
        self.pieces: list[Piece] = []
        self.named: set[str] = set()

    def last(self, at: int) -> str:
        """Return the part that ends at a position, separators aside, ``""`` for none."""
        if not self.pieces:
            return ""
        part, _value, _start, end, _certainty = self.pieces[-1]
        return part if end == at or _SKIPPED.fullmatch(self.text, end, at) else ""

    def add(self, part: str, value: str, start: int, end: int, certainty: float) -> None:
        """Append a part."""
        self.pieces.append((part, value, start, end, certainty))
        self.named.add(part)


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
    return _settled(reading)


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
    reading.add(_LEAVE, text, start, end, 0.3)


def _add_direction(reading: Reading, text: str, start: int, end: int) -> None:
    reading.add("direction", direction_value(text), start, end, 0.9)


def _add_number(reading: Reading, text: str, start: int, end: int) -> None:
    last = reading.last(start)
    value = number_value(text)
    if _is_shop(reading, start) or (last in _INSIDE and last != "room"):
        reading.add("room", written_number(text), start, end, 0.85)
    elif last == "number" and "building" not in reading.named:
        reading.add("building", bare_number(text), start, end, 0.7)
    elif last == "rest":
        reading.add("number", value, start, end, 0.6)
    else:
        reading.add("number", value, start, end, 0.97 if last in ("street", "community") else 0.85)


def _is_shop(reading: Reading, at: int) -> bool:
    """Return whether a word such as 底商 stands before a position; it becomes a place."""
    if not reading.pieces or not reading.last(at):
        return False
    part, _value, start, end, _certainty = reading.pieces[-1]
    shop = _SHOP.search(reading.text, start, end)
    if not shop:
        return False
    if part in ("compound", "place", "rest") and shop.start() == start:
        reading.pieces[-1] = ("place", reading.text[start:end], start, end, 0.7)
    return True


def _add_building(reading: Reading, text: str, start: int, end: int) -> None:
    reading.add("building", bare_number(text), start, end, 0.97)


def _add_unit(reading: Reading, text: str, start: int, end: int) -> None:
    reading.add("unit", bare_number(text), start, end, 0.97)


def _add_floor(reading: Reading, text: str, start: int, end: int) -> None:
    reading.add("floor", floor_value(text), start, end, 0.95)


def _add_room(reading: Reading, text: str, start: int, end: int) -> None:
    if "-" in text and (chain := _split_room(reading, text, start)):
        _add_chain(reading, chain, start, end)
        return
    last = reading.last(start)
    if (
        text[0].isdigit() and "号" in text and last == "street" and "number" not in reading.named
    ):  # 66号商铺
        door = start + text.index("号") + 1
        reading.add("number", number_value(reading.text[start:door]), start, door, 0.85)
        if door < end:
            reading.add("place", reading.text[door:end], door, end, 0.7)
    elif not last and text.endswith("号") and reading.named.isdisjoint(_DOORS):
        reading.add(_LEAVE, text, start, end, 0.3)
    else:
        reading.add("room", written_number(text), start, end, 0.95)


def _split_room(reading: Reading, text: str, start: int) -> str:
    """Return the chain in 3-501室, ``""`` where it is a run of rooms such as 301-302室."""
    parts = [value for value, _begin, _end in chain_values(text)]
    if len(parts) < 2:
        return ""
    is_run = len(parts) == 2 and len(parts[0]) >= 3 and parts[0].isdecimal()
    return "" if is_run or (reading.last(start) == "unit" and len(parts[0]) > 2) else text


def _add_chain(reading: Reading, text: str, start: int, end: int) -> None:
    values = chain_values(text)
    if _is_run(reading, [value for value, _begin, _end in values], start):
        reading.add("room", "-".join(value for value, _begin, _end in values), start, end, 0.8)
        return
    parts = _chain_parts(reading, [value for value, _begin, _end in values], start)
    for at, (part, (value, begin, stop)) in enumerate(zip(parts, values, strict=True)):
        last = end if at == len(values) - 1 else start + stop
        if part == "number":
            reading.add(part, text, start, end, 0.7)
            return
        reading.add(part, _plain(value) if part != "room" else value, start + begin, last, 0.85)


def _is_run(reading: Reading, values: Sequence[str], start: int) -> bool:
    """Return whether 3101-3105 is a run of rooms; after a street it is one of doors."""
    if len(values) != 2 or not all(value.isdecimal() for value in values):
        return False
    is_door = reading.last(start) == "street" and "number" not in reading.named
    return len(values[0]) == len(values[1]) >= 3 and not is_door


def _plain(value: str) -> str:
    return value.lstrip("0") or value


def _chain_parts(reading: Reading, values: Sequence[str], start: int) -> list[str]:
    """Return what the numbers of 5-2-301 are after what stands before them."""
    last = reading.last(start)
    count = len(values)
    if last == "building":
        return _after_building(values)
    if last in ("unit", "floor"):
        return [_LEAVE] * (count - 2) + ["floor", "room"]
    if count >= 3:
        return _long_chain(values)
    return _short_chain(reading, values[0], values[1], last)


def _short_chain(reading: Reading, first: str, second: str, last: str) -> list[str]:
    """Return what the two numbers of 5-301 are."""
    are_short = len(second) <= 2 and second.isdecimal()
    if last == "street" and "number" not in reading.named:
        if are_short and first.isdecimal():
            return ["number"] * 2
        return ["number" if len(first) > 2 else "building", "room"]
    if are_short and _is_tower(reading) and first.isdecimal():
        return ["floor", "room"]
    return ["building", "unit" if are_short else "room"]


def _after_building(values: Sequence[str]) -> list[str]:
    if len(values) == 2:
        is_floor = len(values[0]) <= 2 and len(values[1]) <= 2 and int_of(values[0]) > 9
        return ["floor", "room"] if is_floor else ["unit", "room"]
    return (
        ["unit", "floor", "room"]
        if len(values) == 3
        else ["unit"] + [_LEAVE] * (len(values) - 2) + ["room"]
    )


def _long_chain(values: Sequence[str]) -> list[str]:
    if len(values) == 3:
        return ["building", "unit", "room"]
    has_floor = values[3].startswith(values[2].lstrip("0")) or len(values[3]) <= 2
    return (
        ["building", "unit", "floor", "room"] if has_floor else [_LEAVE, "building", "unit", "room"]
    )


def int_of(text: str) -> int:
    """Return a number, 0 for letters."""
    return int(text) if text.isdecimal() else 0


def _is_tower(reading: Reading) -> bool:
    _part, _value, start, end, _certainty = (
        reading.pieces[-1] if reading.pieces else ("", "", 0, 0, 0)
    )
    return bool(_TOWER.search(reading.text, start, end))


def _add_bare(reading: Reading, text: str, start: int, end: int) -> None:
    last = reading.last(start)
    if _is_shop(reading, start):
        reading.add("room", written_number(text), start, end, 0.7)
        return
    part, certainty = _bare_part(reading, text, last)
    value = arabic(text) if text[0] in NUMERALS else text
    if part in ("number", "building", "unit"):
        value = _plain(value)
    reading.add(part, value, start, end, certainty)


def _bare_part(reading: Reading, text: str, last: str) -> tuple[str, float]:
    """Return what a number without a noun is, by what stands before it."""
    digits = sum(letter.isdigit() or letter in NUMERALS for letter in text)
    if last in ("building", "unit", "floor"):
        return _inside(last, text, digits)
    if not digits or text[0] in NUMERALS or (last == "street" and "number" in reading.named):
        return _LEAVE, 0.3
    if last == "direction":
        is_inside = digits >= 3 and not reading.named.isdisjoint(("building", "unit"))
        return ("room", 0.6) if is_inside else (_LEAVE, 0.3)
    long, short = _BARE_AFTER.get(last, (_NOTHING, _NOTHING))
    if last == "compound" and text[-1].isalpha():
        return "room", 0.6
    return long if digits >= 3 else short


_NOTHING = (_LEAVE, 0.3)
_BARE_AFTER = {  # what three digits and more are, and fewer
    "street": (("number", 0.6), ("number", 0.6)),
    "number": (("room", 0.8), ("building", 0.5)),
    "compound": (("room", 0.75), ("building", 0.5)),
    "place": (("room", 0.75), _NOTHING),
    "community": (("room", 0.5), _NOTHING),
}


def _inside(last: str, text: str, digits: int) -> tuple[str, float]:
    """Return what a number without a noun is in a building: a room, or the unit in 3栋2."""
    if digits > 5:
        return _NOTHING
    if digits >= 3 or (digits and text[-1].isalpha()):
        return "room", 0.9
    if last == "building":
        return ("unit", 0.5) if digits else _NOTHING
    return "room", 0.6


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


def _settled(reading: Reading) -> list[Piece]:
    """Return the pieces with a place before a door as its compound, and two streets crossing."""
    pieces = reading.pieces
    for at in range(1, len(pieces)):
        is_pair = pieces[at - 1][0] == pieces[at][0] == "street"
        has_door = pieces[at + 1][0] == "number" if at + 1 < len(pieces) else True
        if is_pair and pieces[at - 1][3] == pieces[at][2] and not has_door:
            pieces[at] = ("crossing", *pieces[at][1:4], 0.6)
    for at in range(len(pieces) - 1):
        part, value, start, end, certainty = pieces[at]
        following = pieces[at + 1]
        if (
            part == "place"
            and following[0] in _INSIDE
            and following[2] == end
            and not _SHOP.search(value)
        ):
            pieces[at] = ("compound", value, start, end, min(certainty, 0.7))
    return pieces
