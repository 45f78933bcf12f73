"""What the numbers of 5-2-301 are, after what stands before them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from geogrid.addresses.parse.doors import chain_values
from geogrid.addresses.parse.sofar import LEAVE, Reading

__all__ = ["chain_parts", "is_run", "plain", "split_room"]

_SHOP_ROOM = re.compile("[A-Z].*[铺摊档店柜]")  # B1-15号商铺
_TOWER = re.compile("(?:大厦|中心|广场|国际|写字楼|商务楼|大楼|时代|SOHO)$")


def split_room(reading: Reading, text: str, start: int) -> str:
    """Return the chain in 3-501室, ``""`` where it is a run of rooms such as 301-302室."""
    parts = [value for value, _begin, _end in chain_values(text)]
    if len(parts) < 2 or _SHOP_ROOM.match(text):
        return ""
    is_run = (
        len(parts) == 2
        and parts[0].isdecimal()
        and (len(parts[0]) >= 3 or (len(parts[1]) < 3 and text[-1] in "铺摊档位口"))
    )
    return "" if is_run or (reading.last(start) == "unit" and len(parts[0]) > 2) else text


def is_run(reading: Reading, values: Sequence[str], start: int) -> bool:
    """Return whether 3101-3105 is a run of rooms, or 101-1 a part of one; not of doors."""
    if len(values) != 2 or not all(value.isdecimal() for value in values):
        return False
    if len(values[0]) >= 3 > len(values[1]):
        return reading.last(start) in ("number", "building", "unit", "floor")
    is_door = reading.last(start) == "street" and "number" not in reading.named
    return len(values[0]) == len(values[1]) >= 3 and not is_door


def plain(value: str) -> str:
    """Return a number without the zeros before it."""
    return value.lstrip("0") or value


def chain_parts(reading: Reading, values: Sequence[str], start: int) -> list[str]:
    """Return what the numbers of 5-2-301 are after what stands before them."""
    last = reading.last(start)
    count = len(values)
    if last == "building":
        return _after_building(values)
    if last in ("unit", "floor"):
        return [LEAVE] * (count - 2) + ["floor", "room"]
    if count >= 3:
        parts = _long_chain(values)
        is_door = last == "street" and "number" not in reading.named and parts[0] == LEAVE
        return ["door", *parts[1:]] if is_door else parts
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
        else ["unit"] + [LEAVE] * (len(values) - 2) + ["room"]
    )


def _long_chain(values: Sequence[str]) -> list[str]:
    if len(values) == 3:
        return ["building", "unit", "room"]
    has_floor = values[3].startswith(values[2].lstrip("0")) or len(values[3]) <= 2
    return (
        ["building", "unit", "floor", "room"] if has_floor else [LEAVE, "building", "unit", "room"]
    )


def int_of(text: str) -> int:
    """Return a number, 0 for letters."""
    return int(text) if text.isdecimal() else 0


def _is_tower(reading: Reading) -> bool:
    _part, _value, start, end, _certainty = (
        reading.pieces[-1] if reading.pieces else ("", "", 0, 0, 0)
    )
    return bool(_TOWER.search(reading.text, start, end))
