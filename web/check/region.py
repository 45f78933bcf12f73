"""What the grids must fill: another file, another layer of the same, the plan's own region."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd

from geogrid.boundaries import list_layers, read_boundaries
from geogrid.errors import CrsError, GeogridError
from geogrid.i18n import LANGUAGES, translate
from geogrid.i18n import mark as _
from geogrid.reading.survey_systems import crs_name
from web.check.answers import reading_options
from web.check.folder import CheckFolder, in_languages
from web.check.upload import boundary_path

__all__ = ["look_at_region", "read_region"]


def read_region(
    check: CheckFolder,
    grids: gpd.GeoDataFrame,
    answers: Mapping[str, Any],
    *,
    plan_region: gpd.GeoDataFrame | None,
) -> gpd.GeoDataFrame | None:
    """Read what the grids must fill, as confirmed.

    Parameters
    ----------
    check
        The check.
    grids
        The grids; where the region says no CRS, theirs holds.
    answers
        See :func:`web.check.answers.parse_answers`.
    plan_region
        Of the current plan, if it has one.

    Raises
    ------
    GeogridError
        The file cannot be read.
    """
    chosen, layer = answers.get("region"), answers.get("region_layer") or None
    if chosen == "plan" and plan_region is not None:
        return plan_region
    if chosen == "layer":
        return _placed(boundary_path(check.files), layer, grids, answers)
    if chosen == "file" and check.region.is_dir():
        path = boundary_path(check.region)
        known = layer if layer in list_layers(path) else None
        return _placed(path, known, grids, answers)
    return None


def _placed(
    path: Path, layer: str | None, grids: gpd.GeoDataFrame, answers: Mapping[str, Any]
) -> gpd.GeoDataFrame:
    try:
        return read_boundaries(path, layer=layer)
    except CrsError:
        options = reading_options(answers, x_max=float(grids.total_bounds[2]))
        placed = {name: options[name] for name in ("crs", "datum") if name in options}
        return read_boundaries(path, layer=layer, **(placed or {"crs": grids.crs}))


def look_at_region(
    check: CheckFolder, grids: gpd.GeoDataFrame, answers: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return what is in the file of the region, None where there is none."""
    if not check.region.is_dir():
        return None
    path = boundary_path(check.region)
    seen: dict[str, Any] = {
        "name": path.name,
        "layers": [],
        "areas": 0,
        "problem": None,
        "text": None,
    }
    try:
        seen["layers"] = list_layers(path)
        region = read_region(check, grids, {**answers, "region": "file"}, plan_region=None)
    except GeogridError as error:
        return seen | {"problem": in_languages(error)}
    assert region is not None
    areas = _("{count} areas, read as {crs}")
    return seen | {
        "areas": len(region),
        "text": {
            language: translate(
                areas, language, count=len(region), crs=crs_name(region.crs, language)
            )
            for language in LANGUAGES
        },
    }
