"""One document to draw on, in millimetres; remembers where every text is.

Everything that is printed goes through :class:`Sheet`, so that PDF and picture are one drawing and
tests can ask of any sheet whether a text leaves the paper or lies on another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from math import cos, radians, sin
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import shapely
from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from geogrid.printing.fonts import ASCENT, DESCENT, Cut, face
from geogrid.printing.paper import POINT_MM, Box

__all__ = ["DrawnText", "Sheet", "text_box"]

Anchor = Literal["start", "middle", "end"]
HALO_EM = 0.2
_STEP_MM = 0.02
_CORNERS = 4


@dataclass(frozen=True)
class DrawnText:
    """A text on a page: what, where, and as part of what."""

    page: int
    part: str
    text: str
    box: Box
    size: float


def text_box(
    x: float, y: float, text: str, size: float, *, cut: Cut = "regular", anchor: Anchor = "middle"
) -> Box:
    """Return the box in mm of a text whose base line begins (or is centred, or ends) at x, y."""
    width = face(cut).width(text, size)
    west = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    em = size * POINT_MM
    return Box(west, y - DESCENT * em, west + width, y + ASCENT * em)


class Sheet:
    """Pages of one size.

    Parameters
    ----------
    width, height
        In mm.
    title, language
        What the document says of itself.
    """

    def __init__(self, width: float, height: float, *, title: str, language: str) -> None:
        self.width, self.height = width, height
        self.texts: list[DrawnText] = []
        self.page = 1
        self._file = BytesIO()
        self._canvas: Any = Canvas(
            self._file,
            pagesize=(width / POINT_MM, height / POINT_MM),
            pageCompression=1,
            invariant=1,
            initialFontName=face("regular").name,
            lang="zh-CN" if language.startswith("zh") else "en",
        )
        self._canvas.setTitle(title)
        self._canvas.setCreator("geogrid")
        self._halos: dict[tuple[Cut, str], str] = {}
        self._begin()

    @property
    def box(self) -> Box:
        """Return the whole page."""
        return Box(0.0, 0.0, self.width, self.height)

    def _begin(self) -> None:
        self._canvas.scale(1 / POINT_MM, 1 / POINT_MM)
        self._canvas.setLineJoin(1)
        self._canvas.setLineCap(1)

    def rename(self, title: str) -> None:
        """Change what the document says of itself."""
        self._canvas.setTitle(title)

    def next_page(self) -> None:
        """Begin another page."""
        self._canvas.showPage()
        self.page += 1
        self._begin()

    def finish(self) -> bytes:
        """Return the document; nothing can be drawn afterwards."""
        self._canvas.showPage()
        self._canvas.save()
        return self._file.getvalue()

    @contextmanager
    def inside(self, box: Box) -> Iterator[None]:
        """Show only what is drawn in a box."""
        self._canvas.saveState()
        path = self._canvas.beginPath()
        path.rect(box.west, box.south, box.width, box.height)
        self._canvas.clipPath(path, stroke=0, fill=0)
        yield
        self._canvas.restoreState()

    def rectangle(
        self, box: Box, *, fill: str = "", line: str = "", width: float = 0.2, round_mm: float = 0.0
    ) -> None:
        """Draw a rectangle."""
        self._style(fill, line, width, ())
        self._canvas.roundRect(
            box.west, box.south, box.width, box.height, round_mm,
            stroke=int(bool(line)), fill=int(bool(fill)),
        )  # fmt: skip

    def circle(
        self, x: float, y: float, radius: float, *, fill: str, line: str, width: float
    ) -> None:
        """Draw a circle."""
        self._style(fill, line, width, ())
        self._canvas.circle(x, y, radius, stroke=int(bool(line)), fill=int(bool(fill)))

    def polygon(self, corners: Sequence[tuple[float, float]], *, fill: str, line: str = "") -> None:
        """Draw a small closed shape."""
        self._style(fill, line, 0.2, ())
        path = self._canvas.beginPath()
        _add_ring(path, np.asarray(corners, dtype=float), is_closed=True)
        self._canvas.drawPath(path, stroke=int(bool(line)), fill=1)

    def line(
        self, points: Sequence[tuple[float, float]], *, line: str, width: float = 0.2,
        dash: Sequence[float] = (),
    ) -> None:  # fmt: skip
        """Draw a line through points."""
        self.lines(shapely.linestrings(np.asarray(points)), line=line, width=width, dash=dash)

    def fills(self, shapes: Any, *, fill: str, opacity: float = 1.0) -> None:
        """Fill polygons (mm); holes stay open."""
        self._canvas.saveState()
        self._style(fill, "", 0.0, ())
        self._canvas.setFillAlpha(opacity)
        path = self._canvas.beginPath()
        for ring in shapely.get_rings(shapely.get_parts(np.atleast_1d(shapes))):
            _add_ring(path, shapely.get_coordinates(ring)[:-1], is_closed=True)
        self._canvas.drawPath(path, stroke=0, fill=1, fillMode=0)
        self._canvas.restoreState()

    def lines(
        self, shapes: Any, *, line: str, width: float, dash: Sequence[float] = (),
        opacity: float = 1.0,
    ) -> None:  # fmt: skip
        """Draw lines, or the outlines of polygons (mm)."""
        self._canvas.saveState()
        self._style("", line, width, dash)
        self._canvas.setStrokeAlpha(opacity)
        path = self._canvas.beginPath()
        for part in shapely.get_parts(np.atleast_1d(shapes)):  # rings are of single polygons
            areal = shapely.get_dimensions(part) == 2
            for each in shapely.get_rings(part) if areal else shapely.get_parts(part):
                _add_ring(path, shapely.get_coordinates(each), is_closed=areal)
        self._canvas.drawPath(path, stroke=1, fill=0)
        self._canvas.restoreState()

    def text(  # noqa: PLR0913 - a text has this many properties
        self, x: float, y: float, text: str, size: float, *, part: str, cut: Cut = "regular",
        colour: str = "#1c1c1c", anchor: Anchor = "start", angle: float = 0.0,
        halo: str = "", opacity: float = 1.0,
    ) -> Box:  # fmt: skip
        """Write a text, its base line at x, y (mm), turned by `angle` degrees; return its box.

        `text` must have gone through :func:`geogrid.printing.words.plain`.
        """
        box = text_box(x, y, text, size, cut=cut, anchor=anchor)
        box = _turned(box, x, y, angle)
        if not text:
            return box
        self.texts.append(DrawnText(self.page, part, text, box, size))
        width = face(cut).width(text, size)
        start = -{"start": 0.0, "middle": width / 2, "end": width}[anchor]
        canvas = self._canvas
        canvas.saveState()
        canvas.translate(x, y)
        if angle:
            canvas.rotate(angle)
        if halo:
            self._draw_halo(text, start, size, cut, halo)
        canvas.setFillColor(_colour(colour, opacity))
        canvas.setFont(face(cut).name, size * POINT_MM)
        canvas.drawString(start, 0, text)
        canvas.restoreState()
        return box

    def _draw_halo(self, text: str, start: float, size: float, cut: Cut, halo: str) -> None:
        """Draw wide outlines below a text: shapes, so that searching finds the text once."""
        canvas, em = self._canvas, size * POINT_MM
        names = [(self._halo_of(sign, cut), sign) for sign in text]
        canvas.setStrokeColor(_colour(halo))
        for name, sign in names:
            if name:
                canvas.saveState()
                canvas.translate(start, 0)
                canvas.scale(em / 1000, em / 1000)
                canvas.doForm(name)
                canvas.restoreState()
            start += face(cut).width(sign, size)

    def _halo_of(self, sign: str, cut: Cut) -> str:
        if sign.isspace():
            return ""
        if (cut, sign) not in self._halos:
            name = f"halo-{cut}-{ord(sign):x}"
            canvas = self._canvas
            canvas.beginForm(name, -400, -500, 1600, 1400)
            canvas.setLineWidth(HALO_EM * 1000)
            canvas.setLineJoin(1)
            path = canvas.beginPath()
            face(cut).draw_outline(sign, path)
            canvas.drawPath(path, stroke=1, fill=0)
            canvas.endForm()
            self._halos[cut, sign] = name
        return self._halos[cut, sign]

    def _style(self, fill: str, line: str, width: float, dash: Sequence[float]) -> None:
        if fill:
            self._canvas.setFillColor(_colour(fill))
        if line:
            self._canvas.setStrokeColor(_colour(line))
            self._canvas.setLineWidth(width)
            self._canvas.setDash(*([list(dash)] if dash else []))


def _colour(text: str, opacity: float = 1.0) -> Color:
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return Color(red, green, blue, opacity)


def _add_ring(path: Any, points: npt.NDArray[np.float64], *, is_closed: bool) -> None:
    """Add points, rounded alike for all shapes, so that neighbours keep their common line."""
    rounded = np.rint(points / _STEP_MM) * _STEP_MM
    moved = np.ones(len(rounded), dtype=bool)
    moved[1:] = (np.diff(rounded, axis=0) != 0).any(axis=1)
    kept = rounded[moved].tolist()
    if len(kept) < 2:
        return
    path.moveTo(*kept[0])
    for x, y in kept[1:]:
        path.lineTo(x, y)
    if is_closed:
        path.close()


def _turned(box: Box, x: float, y: float, angle: float) -> Box:
    if not angle:
        return box
    turn_cos, turn_sin = cos(radians(angle)), sin(radians(angle))
    corners = [
        (
            x + (east - x) * turn_cos - (north - y) * turn_sin,
            y + (east - x) * turn_sin + (north - y) * turn_cos,
        )
        for east in (box.west, box.east)
        for north in (box.south, box.north)
    ]
    xs, ys = zip(*corners, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))
