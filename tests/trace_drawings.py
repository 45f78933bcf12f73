"""Small drawings and pictures of the sample's ground, with what they show known."""

from __future__ import annotations

from io import BytesIO, StringIO
from pathlib import Path

import ezdxf
import numpy as np
from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

CORNERS = np.array([[114.030, 22.535], [114.034, 22.535], [114.034, 22.538], [114.030, 22.538]])
"""Where the drawing of :func:`drawing` lies: lower left, then anticlockwise."""
WIDE, HIGH = 400.0, 300.0


def points(width: float = WIDE, height: float = HIGH) -> list[list[float]]:
    """Control points of its four corners: x, y, longitude, latitude."""
    corners = [[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]]
    return [[*xy, *lonlat] for xy, lonlat in zip(corners, CORNERS.tolist(), strict=True)]


def drawing(*, gap: float = 0.6) -> bytes:
    """Four cells in units of about a metre; an inner line stops `gap` short."""
    document = ezdxf.new("R2010")
    space = document.modelspace()
    for name in ("网格线", "注记", "道路"):
        document.layers.add(name)
    lines = {"layer": "网格线"}
    for start, end in (
        ((0, 0), (400, 0)), ((400, 0), (400, 300)), ((400, 300), (0, 300)), ((0, 300), (0, 0)),
        ((200, 0), (200, 300 - gap)), ((0, 150), (400, 150)),
    ):  # fmt: skip
        space.add_line(start, end, dxfattribs=lines)
    space.add_line((50, 200), (90, 240), dxfattribs=lines)  # meets nothing
    for at, text in (((100, 75), "A1"), ((300, 75), "A2"), ((100, 225), "西北网格")):
        placed = space.add_text(text, height=8, dxfattribs={"layer": "注记"})
        placed.set_placement(at)
    space.add_line((0, 40), (400, 60), dxfattribs={"layer": "道路"})
    out = StringIO()
    document.write(out)
    return out.getvalue().encode("utf-8")


def picture(width: int = 800, height: int = 600) -> Image.Image:
    """A map of the same cells as a scan."""
    image = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((1, 1, width - 2, height - 2), outline="black", width=3)
    pen.line((width // 2, 0, width // 2, height), fill="black", width=3)
    pen.line((0, height // 2, width, height // 2), fill="black", width=3)
    return image


def written(image: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    """Return a picture as a file."""
    out = BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def pdf(*texts: str, size: tuple[float, float] = (595, 842), password: str = "") -> bytes:
    """Return a PDF with a page for each text: the cells with the text in the middle."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=size, encrypt=password or None, invariant=1)
    for text in texts:
        canvas.setLineWidth(3)
        canvas.rect(40, 40, size[0] - 80, size[1] - 80)
        canvas.line(size[0] / 2, 40, size[0] / 2, size[1] - 40)
        canvas.drawString(size[0] / 2, size[1] / 2, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def keep(folder: Path) -> tuple[Path, Path]:
    """Write the drawing and the picture as files."""
    files = folder / "图纸.dxf", folder / "扫描.png"
    files[0].write_bytes(drawing())
    files[1].write_bytes(written(picture()))
    return files
