"""What parts turn out to be once those after them are known."""

from __future__ import annotations

import re

from geogrid.addresses.parse.names import Piece
from geogrid.addresses.parse.sofar import INSIDE, SHOP, Reading

__all__ = ["settled"]

_LANES = ("里", "坊", "弄", "村", "组")


def _is_in_compound(reading: Reading, at: int) -> bool:
    """Return whether 3号 in 康居苑3号2单元 is a building: right after a compound, no street."""
    if at == 0 or not reading.named.isdisjoint(("street", "building")):
        return False
    part, value, _start, end, _certainty = reading.pieces[at - 1]
    return part == "compound" and end == reading.pieces[at][2] and not value.endswith(_LANES)


_HOUSES = re.compile("(?:宿舍|家属[院区]|小区|生活区|大院|新村)$")


def _is_house(reading: Reading, at: int, floor: str, room: str) -> bool:
    """Return whether 7楼 in 小区7楼203 is a house: room 203 is not on that floor."""
    if at == 0 or "building" in reading.named or "unit" in reading.named or len(room) not in (3, 4):
        return False
    _part, _value, start, end, _certainty = reading.pieces[at - 1]
    is_elsewhere = room.isdecimal() and floor.isdecimal() and room[:-2].lstrip("0") != floor
    is_beside = end == reading.pieces[at][2]
    return is_elsewhere and is_beside and bool(_HOUSES.search(reading.text, start, end))


def settled(reading: Reading) -> list[Piece]:
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
        if (part == "floor" and _is_house(reading, at, value, following[1])) or (
            part == "number" and following[0] == "unit" and _is_in_compound(reading, at)
        ):
            pieces[at] = ("building", value, start, end, 0.6)
        if (
            part == "place"
            and following[0] in INSIDE
            and following[2] == end
            and not SHOP.search(value)
        ):
            pieces[at] = ("compound", value, start, end, min(certainty, 0.7))
    return pieces
