"""The parts of an address read so far, left to right."""

from __future__ import annotations

import re

from geogrid.addresses.parse.names import Above, Piece
from geogrid.addresses.parse.regions import Regions

__all__ = ["INSIDE", "LEAVE", "SHOP", "Reading"]

INSIDE = frozenset(("building", "unit", "floor", "room"))
SHOP = re.compile("(?:底商|商铺|铺位?|门面房?|摊位?|档口|店铺|门店|车位)$")
LEAVE = "rest"
_SKIPPED = re.compile("[;:,/ 、的之-]*$")


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
