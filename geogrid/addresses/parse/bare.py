"""What a number without a noun is, by what stands beside it."""

from __future__ import annotations

import re

from geogrid.addresses.parse.letters import NUMERALS
from geogrid.addresses.parse.sofar import INSIDE, LEAVE, Reading

__all__ = ["bare_part", "named_beside"]

_FORM = re.compile(
    "(?:(?P<building>(?:楼栋|楼幢|栋|幢|楼|座)号?)|(?P<unit>单元号?)|(?P<floor>楼层|层数)"
    "|(?P<room>(?:室|房间?|户)号?)|(?P<door>门牌号?)):$"
)
_HOME = re.compile("(?:家里?|住)[;:]?$")
_OF_HOME = re.compile("的|业主|住户|家")
_TURNED = re.compile(f"[; ]+(?:[0-9]{{1,2}}|[{NUMERALS}]{{1,3}})(?:单元|门|栋|幢|号楼)")


def named_beside(reading: Reading, start: int, end: int) -> tuple[str, float] | None:
    """Return what words beside a number say that it is: 楼栋号:7, 我家1902, 501;2单元;3栋."""
    text = reading.text
    if start == 0:
        return ("room", 0.6) if end > 2 and _TURNED.match(text, end) else None
    if reading.last(start) in INSIDE:
        return None
    is_inside = not reading.named.isdisjoint(("building", "unit"))
    if text[start - 1] == ":":
        form = _FORM.search(text, max(0, start - 6), start)
        part = form.lastgroup if form else ""
        if part == "door":
            part = "room" if is_inside else "number"
        return (part, 0.85) if part else None
    if not is_inside or "room" in reading.named or end - start < 3:
        return None
    is_home = _HOME.search(text, max(0, start - 3), start) or _OF_HOME.match(text, end)
    return ("room", 0.6) if is_home else None


def bare_part(reading: Reading, text: str, last: str) -> tuple[str, float]:
    """Return what a number without a noun is, by what stands before it."""
    digits = sum(letter.isdigit() or letter in NUMERALS for letter in text)
    if last in ("building", "unit", "floor"):
        return _inside(last, text, digits)
    if not digits or text[0] in NUMERALS or (last == "street" and "number" in reading.named):
        return LEAVE, 0.3
    if last == "direction":
        is_inside = digits >= 3 and not reading.named.isdisjoint(("building", "unit"))
        return ("room", 0.6) if is_inside else (LEAVE, 0.3)
    long, short = _BARE_AFTER.get(last, (_NOTHING, _NOTHING))
    if last == "compound" and text[-1].isalpha():
        return "room", 0.6
    return long if digits >= 3 else short


_NOTHING = (LEAVE, 0.3)
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
