"""Sizes of paper, rectangles on it, and how large letters and lines are on each size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["PAPERS", "Box", "Paper", "table_factor"]

POINT_MM = 25.4 / 72.0


class Box(NamedTuple):
    """A rectangle in millimetres; x to the right, y upward from the lower left corner."""

    west: float
    south: float
    east: float
    north: float

    @property
    def width(self) -> float:
        """Return the width in mm."""
        return self.east - self.west

    @property
    def height(self) -> float:
        """Return the height in mm."""
        return self.north - self.south

    @property
    def middle(self) -> tuple[float, float]:
        """Return the middle."""
        return (self.west + self.east) / 2, (self.south + self.north) / 2

    def inset(self, margin: float) -> Box:
        """Return the box made smaller by `margin` on all sides."""
        return Box(self.west + margin, self.south + margin, self.east - margin, self.north - margin)

    def touches(self, other: Box) -> bool:
        """Return whether the two share some area."""
        return (
            self.west < other.east
            and other.west < self.east
            and self.south < other.north
            and other.south < self.north
        )


@dataclass(frozen=True)
class Paper:
    """One size of paper, upright.

    Attributes
    ----------
    name
        ``"A3"``.
    width, height
        In millimetres, the shorter one first.
    factor
        How large everything is drawn, 1 on A3. It grows more slowly than the paper, so that
        large sheets show more and not only the same larger.
    dpi
        Of a picture of it: as fine as still is a file that one can send.
    """

    name: str
    width: float
    height: float
    factor: float
    dpi: int

    def turned(self, is_landscape: bool) -> tuple[float, float]:
        """Return width and height of the sheet as it lies."""
        return (self.height, self.width) if is_landscape else (self.width, self.height)


PAPERS: Mapping[str, Paper] = {
    paper.name: paper
    for paper in (
        Paper("A0", 841.0, 1189.0, 2.1, 150),
        Paper("A1", 594.0, 841.0, 1.65, 150),
        Paper("A2", 420.0, 594.0, 1.3, 200),
        Paper("A3", 297.0, 420.0, 1.0, 300),
        Paper("A4", 210.0, 297.0, 0.72, 300),
        Paper("A5", 148.0, 210.0, 0.72, 300),
    )
}
"""Name to size (ISO 216); A5 is for leaflets."""


def table_factor(factor: float) -> float:
    """Return how large tables are on paper of a factor: people step up to them, so less so."""
    return float(factor**0.6)
