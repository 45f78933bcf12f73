"""What the office's own plan adds to a check: who lives there, its region, what maps must say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd

from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.layers.defects_map import MapNotes
from geogrid.store import bundle
from geogrid.store.plan import Plan
from web.config import Settings

__all__ = ["Office", "map_notes", "office_of", "units_near"]


@dataclass(frozen=True)
class Office:
    """What the office's plan adds to a check.

    Attributes
    ----------
    units
        Buildings with their households, to say who lives in a defect.
    region
        Of the plan, or None.
    near
        West, south, east, north of the plan; None for a sample, which is nobody's place.
    attribution, is_sample
        What must be said on a map of its own boundaries.
    marks
        What must be said on every map.
    day
        Today, where the office is.
    """

    units: pd.DataFrame
    region: gpd.GeoDataFrame | None
    near: list[float] | None
    attribution: str
    is_sample: bool
    marks: tuple[str, ...]
    day: str


def office_of(plan: Plan, settings: Settings) -> Office:
    """Return what `plan` and the settings add to a check."""
    near = None if plan.is_sample else [float(edge) for edge in plan.grids.total_bounds]
    return Office(
        units=plan.units,
        region=None if plan.region is None else _as_read(plan.region),
        near=near,
        attribution=plan.attribution,
        is_sample=plan.is_sample,
        marks=(settings.map_note,) if settings.map_note else (),
        day=datetime.now(ZoneInfo(settings.timezone)).date().isoformat(),
    )


def _as_read(region: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a region with the columns of a boundary file, which a level above may need."""
    columns = bundle.complete(pd.DataFrame(region.drop(columns=region.geometry.name)), "grids")
    return gpd.GeoDataFrame(columns, geometry=region.geometry.array, crs=region.crs)


def units_near(units: pd.DataFrame, grids: gpd.GeoDataFrame) -> pd.DataFrame | None:
    """Return the units when any of them lies among the grids: they say who lives there."""
    if not len(units) or grids.crs.geodetic_crs is None:
        return None
    west, south, east, north = grids.to_crs("EPSG:4326").total_bounds
    inside = units["lon"].between(west, east) & units["lat"].between(south, north)
    return units if inside.any() else None


def map_notes(office: Office, language: str, *, title: str, is_ours: bool) -> MapNotes:
    """Return what stands around the map; attribution and 示例数据 only where the data are ours."""
    marks = list(office.marks) or [translate(_("For internal use"), language)]
    if is_ours and office.is_sample:
        marks.insert(0, translate(_("Sample data"), language))
    return MapNotes(
        title=title,
        marks=marks,
        attribution=office.attribution if is_ours else "",
        date=office.day,
    )
