"""Texts of a drawing: what they say and where their middle is."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from math import cos, radians, sin
from typing import Any

__all__ = ["TEXTS", "Label", "make_label", "text_of"]

TEXTS = ("TEXT", "MTEXT", "ATTRIB")
"""Types of entity that are texts."""


@dataclass(frozen=True)
class Label:
    """A text: its CAD layer, its middle and insertion point, its height."""

    layer: str
    text: str
    places: tuple[tuple[float, float], ...]
    height: float


def text_of(entity: Any) -> str:
    """Return the plain text of an entity, several lines of an MTEXT too."""
    return str(entity.plain_text()) if entity.dxftype() != "ATTRIB" else str(entity.dxf.text)


def make_label(entity: Any, layer: str, text: str) -> Label | None:
    """Return the label `text` where `entity` is placed, None when it says nothing."""
    if not text.strip():
        return None
    is_mtext = entity.dxftype() == "MTEXT"
    height = float(entity.dxf.get("char_height" if is_mtext else "height", 1.0))
    insert = entity.dxf.insert
    right, up, turn = (
        _mtext_shift(entity, text, height) if is_mtext else _text_shift(entity, text, height)
    )
    if not is_mtext:
        uses_align = entity.dxf.get("halign", 0) or entity.dxf.get("valign", 0)
        insert = entity.dxf.get("align_point", insert) if uses_align else insert
        insert = entity.ocs().to_wcs(insert)
    middle = (
        insert.x + right * cos(turn) - up * sin(turn),
        insert.y + right * sin(turn) + up * cos(turn),
    )
    return Label(layer, text.strip(), (middle, (insert.x, insert.y)), height)


def _width(text: str, height: float) -> float:
    wide = sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.6 for c in text)
    return wide * height


def _text_shift(entity: Any, text: str, height: float) -> tuple[float, float, float]:
    """Return from the insertion point to the middle, along and across, and the rotation."""
    width = _width(text, height) * float(entity.dxf.get("width", 1.0))
    right = {0: 0.5, 2: -0.5}.get(entity.dxf.get("halign", 0), 0.0) * width
    up = {0: 0.5, 1: 0.5, 3: -0.5}.get(entity.dxf.get("valign", 0), 0.0) * height
    if entity.dxf.get("halign", 0) == 4:
        up = 0.0
    return right, up, radians(entity.dxf.get("rotation", 0.0))


def _mtext_shift(entity: Any, text: str, height: float) -> tuple[float, float, float]:
    lines = text.split("\n")
    width = max(_width(line, height) for line in lines)
    attachment = int(entity.dxf.get("attachment_point", 1)) - 1
    column, row = attachment % 3, attachment // 3
    tall = height * (1 + 1.67 * (len(lines) - 1))
    return (
        (0.5, 0.0, -0.5)[column] * width,
        (-0.5, 0.0, 0.5)[row % 3] * tall,
        radians(entity.get_rotation()),
    )
