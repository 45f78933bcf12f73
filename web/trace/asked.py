"""What the page of tracing sends: control points, lines and texts drawn by hand, choices."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from geogrid.errors import FieldError
from geogrid.formats.dxf_texts import Label
from geogrid.i18n import mark as _
from geogrid.tracing import KINDS

__all__ = [
    "Hand",
    "Points",
    "kept_points",
    "parse_hand",
    "parse_least_area",
    "parse_points",
    "parse_tolerance",
]

Floats = npt.NDArray[np.float64]

_MOST_POINTS = 60
_MOST_LINES = 3000
_MOST_CORNERS = 20_000
_MOST_TEXTS = 3000
_LONGEST_TEXT = 120
_WIDEST_GAP_M = 50.0
_LARGEST_SMALL_M2 = 1_000_000.0


@dataclass(frozen=True, eq=False)
class Points:
    """Control points: the kind of placement, rows of x, y, longitude, latitude."""

    kind: str
    rows: Floats

    def plain(self) -> dict[str, Any]:
        """Return them as they are kept."""
        return {"kind": self.kind, "points": self.rows.tolist()}


@dataclass(frozen=True, eq=False)
class Hand:
    """What was drawn by hand, in longitude and latitude."""

    lines: list[list[list[float]]]
    texts: list[list[Any]]

    def labels(self) -> list[Label]:
        """Return the texts as labels, larger than any of a drawing."""
        return [
            Label("", text, ((lon, lat), (lon, lat)), math.inf) for lon, lat, text in self.texts
        ]


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise _unreadable() from None


def _unreadable() -> FieldError:
    return FieldError(_("The page sent something that cannot be read. Reload it and try again."))


def _numbers(values: Any, width: int, most: int) -> Floats:
    """Return rows of finite numbers."""
    if not isinstance(values, list) or len(values) > most:
        raise _unreadable()
    for row in values:
        if not isinstance(row, list) or len(row) != width:
            raise _unreadable()
        if not all(type(each) in (int, float) and math.isfinite(each) for each in row):
            raise _unreadable()
    return np.array(values, np.float64).reshape(-1, width)


def parse_points(form: Mapping[str, str]) -> Points:
    """Return the control points in a form.

    Raises
    ------
    FieldError
        They cannot be read, or there are more than 60.
    """
    kind = form.get("kind") or "affine"
    if kind not in KINDS:
        raise FieldError(_("“{value}” is not one of the choices."), value=kind[:40])
    return Points(kind, _numbers(_loaded(form.get("points") or "[]"), 4, _MOST_POINTS))


def kept_points(kept: Mapping[str, Any]) -> Points:
    """Return control points that :meth:`Points.plain` wrote."""
    return Points(kept["kind"], np.array(kept["points"], np.float64).reshape(-1, 4))


def parse_hand(form: Mapping[str, str]) -> Hand:
    """Return lines and texts drawn by hand.

    Raises
    ------
    FieldError
        They cannot be read, or there are too many.
    """
    lines = _loaded(form.get("lines") or "[]")
    texts = _loaded(form.get("texts") or "[]")
    if not isinstance(lines, list) or len(lines) > _MOST_LINES:
        raise _unreadable()
    if not isinstance(texts, list) or len(texts) > _MOST_TEXTS:
        raise _unreadable()
    drawn = [_on_earth(_numbers(line, 2, _MOST_CORNERS)) for line in lines]
    said = []
    for row in texts:
        if not isinstance(row, list) or len(row) != 3 or not isinstance(row[2], str):
            raise _unreadable()
        ((lon, lat),) = _on_earth(_numbers([row[:2]], 2, 1))
        said.append([lon, lat, " ".join(row[2].split())[:_LONGEST_TEXT]])
    return Hand(drawn, said)


def _on_earth(rows: Floats) -> list[list[float]]:
    if (np.abs(rows) > [180.0, 89.0]).any():
        raise _unreadable()
    found: list[list[float]] = rows.tolist()
    return found


def parse_tolerance(form: Mapping[str, str]) -> float:
    """Return the widest gap to close, metres.

    Raises
    ------
    FieldError
        It is no number from 0 to 50.
    """
    metres = _number(form.get("tolerance") or "0.5")
    if not 0 <= metres <= _WIDEST_GAP_M:
        raise FieldError(
            _("The widest gap must be a number of metres from 0 to {most}."),
            most=f"{_WIDEST_GAP_M:.0f}",
        )
    return metres


def parse_least_area(form: Mapping[str, str]) -> float:
    """Return below which size areas without a name join a neighbour, square metres; 0 for none.

    Raises
    ------
    FieldError
        It is no number from 0 to a million.
    """
    area = _number(form.get("least") or "0")
    if not 0 <= area <= _LARGEST_SMALL_M2:
        raise FieldError(
            _("The size of areas to join must be a number of square metres from 0 to {most}."),
            most=f"{_LARGEST_SMALL_M2:,.0f}",
        )
    return area


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
