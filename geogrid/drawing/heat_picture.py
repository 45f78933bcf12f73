"""Where points are dense, as a picture for a report: heat over the outlines of grids."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import numpy.typing as npt
import shapely
from PIL import Image, ImageDraw, ImageFont

from geogrid.built import built_path
from geogrid.drawing.thumbnail import Frame, fit_frame, frame_points

__all__ = ["heat_picture"]

Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]

_FINE = 2
_CELL_PX = 4
_SPREAD = 45
_STREET, _EDGE, _PAPER = (214, 219, 222), (92, 104, 112), (255, 255, 255)
_RAMP = np.array(
    [[255, 237, 160], [254, 178, 76], [240, 98, 40], [189, 0, 38], [102, 0, 31]], np.float64
)
_STRONGEST = 0.82
_BAND_PX, _INK = 52, (38, 46, 51)


def heat_picture(
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    *,
    outlines: Shapes,
    streets: Shapes,
    bounds: npt.ArrayLike,
    largest: tuple[int, int] = (1400, 1000),
    title: str = "",
    note: str = "",
) -> bytes:
    """Return a PNG of the density of points.

    A point is spread over about a fortieth of the picture; the densest place is darkest.

    Parameters
    ----------
    lon, lat
        Degrees, WGS 84; NaN is nowhere.
    outlines
        Polygons of grids, degrees.
    streets
        Lines, degrees.
    bounds
        West, south, east, north of what is shown, degrees.
    largest
        Largest width and height in pixels; the picture takes the shape of what is shown.
    title, note
        Lines above and below it, such as the week and who made the map.

    Raises
    ------
    InputError
        The typeface of the lines has not been built.
    """
    width, height = largest
    frame = fit_frame(bounds, width=width, height=height, is_geographic=True, margin=36.0)
    size = round(frame.width), round(frame.height)
    picture = Image.new("RGB", (size[0] * _FINE, size[1] * _FINE), _PAPER)
    _draw(picture, streets, frame, _STREET, 1)
    points = np.column_stack([np.asarray(lon, np.float64), np.asarray(lat, np.float64)])
    heat = _heat(frame_points(frame, points[np.isfinite(points).all(axis=1)]), size)
    picture.paste(heat.convert("RGB").resize(picture.size), mask=_mask(heat, picture.size))
    _draw(picture, shapely.boundary(outlines), frame, _EDGE, 2)
    file = BytesIO()
    small = picture.resize(size, Image.Resampling.LANCZOS)
    _with_lines(small, title, note).save(file, "PNG", optimize=True)
    return file.getvalue()


def _with_lines(picture: Image.Image, title: str, note: str) -> Image.Image:
    """Return the picture between its lines, which are made smaller where they are too long."""
    above, below = (_BAND_PX if text else 0 for text in (title, note))
    whole = Image.new("RGB", (picture.width, picture.height + above + below), _PAPER)
    whole.paste(picture, (0, above))
    pen = ImageDraw.Draw(whole)
    for text, px, middle in (
        (title, 28, above / 2),
        (note, 18, whole.height - below / 2),
    ):
        if text:
            font = ImageFont.truetype(str(built_path("print-regular.ttf")), px)
            room = (whole.width - 40) / max(font.getlength(text), 1.0)
            font = font if room >= 1 else font.font_variant(size=max(px * room, 8))
            pen.text((20, middle), text, fill=_INK, font=font, anchor="lm")
    return whole


def _draw(
    picture: Image.Image, shapes: Shapes, frame: Frame, colour: tuple[int, int, int], wide: int
) -> None:
    pen = ImageDraw.Draw(picture)
    for line in shapely.get_parts(shapely.get_parts(np.asarray(shapes, dtype=object))):
        pixels = frame_points(frame, shapely.get_coordinates(line)) * _FINE
        if len(pixels) > 1:
            pen.line(pixels.ravel().tolist(), fill=colour, width=wide * _FINE)


def _heat(points: Floats, size: tuple[int, int]) -> Image.Image:
    """Return colours with their strength as alpha, one pixel for some of the picture."""
    wide, high = (max(side // _CELL_PX, 1) for side in size)
    counts, *_edges = np.histogram2d(
        points[:, 1], points[:, 0], bins=(high, wide), range=((0, size[1]), (0, size[0]))
    )
    reach = max(wide / _SPREAD, 1.0)
    steps = np.arange(-int(3 * reach), int(3 * reach) + 1)
    kernel = np.exp(-0.5 * (steps / reach) ** 2)
    for axis in (0, 1):
        counts = np.apply_along_axis(_smooth, axis, counts, kernel)
    share = counts / counts.max() if counts.max() > 0 else counts
    place = np.linspace(0.0, 1.0, len(_RAMP))
    colours = np.stack([np.interp(share, place, _RAMP[:, band]) for band in range(3)], axis=-1)
    alpha = np.clip(share * 6.0, 0.0, 1.0) * _STRONGEST * 255.0
    return Image.fromarray(np.dstack([colours, alpha]).round().astype(np.uint8), "RGBA")


def _smooth(row: Floats, kernel: Floats) -> Floats:
    """Return a row smoothed, as long as it is, whichever is longer."""
    whole = np.convolve(row, kernel)
    begin = len(kernel) // 2
    return whole[begin : begin + len(row)]


def _mask(heat: Image.Image, size: tuple[int, int]) -> Image.Image:
    return heat.getchannel("A").resize(size, Image.Resampling.BICUBIC)
