"""The two cuts of the typeface that maps are set in, embedded as far as they are used.

Noto Sans SC (SIL Open Font License 1.1), from npm when the assets are built, so that a server
needs neither a network nor fonts of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont as Outlines
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from geogrid.built import built_path
from geogrid.printing.paper import POINT_MM

__all__ = ["ASCENT", "DESCENT", "Cut", "Face", "face"]

Cut = Literal["regular", "bold"]
ASCENT, DESCENT = 0.86, 0.14
"""How far signs reach above and below the base line, in ems; Chinese signs fill this."""


@dataclass(frozen=True)
class Face:
    """One cut."""

    name: str
    path: Path
    embedded: TTFont

    def has(self, sign: str) -> bool:
        """Return whether there is a glyph for a sign."""
        return ord(sign) in self.embedded.face.charToGlyph

    def width(self, text: str, size: float) -> float:
        """Return the width in mm of a text of `size` points."""
        return float(self.embedded.stringWidth(text, size)) * POINT_MM

    @cached_property
    def _outlines(self) -> Outlines:
        return Outlines(self.path, lazy=True)

    def draw_outline(self, sign: str, path: Any) -> None:
        """Add the outline of a sign to a path of reportlab, one em being 1,000 units."""
        glyphs = self._outlines.getGlyphSet()
        name = self._outlines.getBestCmap()[ord(sign)]
        glyphs[name].draw(_PathPen(glyphs, path))


class _PathPen(BasePen):
    """Writes an outline as a path of reportlab."""

    def __init__(self, glyphs: Any, path: Any) -> None:
        super().__init__(glyphs)
        self.path = path

    def _moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - fontTools' names
        self.path.moveTo(*point)

    def _lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self.path.lineTo(*point)

    def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self.path.curveTo(*(value for point in points for value in point))

    def _closePath(self) -> None:  # noqa: N802
        self.path.close()


@cache
def face(cut: Cut) -> Face:
    """Return a cut, read once per process.

    Raises
    ------
    InputError
        The assets have not been built, so that there is no font.
    """
    path = built_path(f"print-{cut}.ttf")
    name = f"geogrid-{cut}"
    embedded = TTFont(name, str(path))
    pdfmetrics.registerFont(embedded)
    return Face(name, path, embedded)
