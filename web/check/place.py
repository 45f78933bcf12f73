"""Where on earth boundaries lie, said so that a wrong coordinate system is noticed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np

from geogrid.crs import geodesic_m, is_in_china
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from web.check.folder import in_languages

__all__ = ["away_m", "say_place"]

_CLOSE_M = 20_000.0


@dataclass(frozen=True)
class _Degrees:
    """A position as people say it, with its hemispheres."""

    lon: float
    lat: float

    def text(self, language: str) -> str:
        lon, lat = f"{abs(self.lon):.2f}°", f"{abs(self.lat):.2f}°"
        if language.startswith("zh"):
            sides = "东" if self.lon >= 0 else "西", "北" if self.lat >= 0 else "南"
            return f"{sides[0]}经{lon}、{sides[1]}纬{lat}"
        return f"{lat} {'N' if self.lat >= 0 else 'S'}, {lon} {'E' if self.lon >= 0 else 'W'}"


def say_place(
    frame: gpd.GeoDataFrame, near: list[float] | None, *, is_chosen: bool
) -> dict[str, Any]:
    """Say where on earth the grids lie, and how far from the office's own.

    Parameters
    ----------
    frame
        The grids, with a CRS.
    near
        West, south, east, north of the office's own plan, None where it has none.
    is_chosen
        Whether a person chose the CRS, so that a place outside China is doubtful.
    """
    west, south, east, north = frame.to_crs("EPSG:4326").total_bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    params: dict[str, object] = {"place": _Degrees(lon, lat)}
    if near is not None:
        away = away_m((west, south, east, north), near)
        params["km"] = f"{away / 1000:,.0f}"
        if away > _CLOSE_M:
            message = _("They lie at {place}, {km} km from the current plan. Is that right?")
        else:
            message = _("They lie at {place}, where the current plan is.")
        return _placed(message, params, is_far=away > _CLOSE_M)
    if is_chosen and not is_in_china(lon, lat).all():
        message = _("They would lie at {place}, which is not in China. Choose again.")
        return _placed(message, params, is_far=True)
    return _placed(_("They lie at {place}."), params, is_far=False)


def _placed(message: str, params: dict[str, object], *, is_far: bool) -> dict[str, Any]:
    return {"far": is_far, "text": in_languages(Finding("place", message, params))}


def away_m(box: Sequence[float], near: Sequence[float]) -> float:
    """Return the metres between two boxes of degrees, 0 where they meet."""
    lon = np.clip((near[0] + near[2]) / 2, box[0], box[2])
    lat = np.clip((near[1] + near[3]) / 2, box[1], box[3])
    other = np.clip(lon, near[0], near[2]), np.clip(lat, near[1], near[3])
    return float(np.ravel(geodesic_m(lon, lat, *other))[0])
