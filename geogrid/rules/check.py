"""Check grids against a profile: advice in the form of a coverage report's defects."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from geogrid.coverage.measure import SEVERITIES
from geogrid.coverage.report import CoverageReport
from geogrid.coverage.validity import require_finite, stand_ins
from geogrid.errors import CrsError, InputError
from geogrid.hierarchy import fill_levels
from geogrid.i18n import mark as _
from geogrid.rings import are_valid, polygon_rings
from geogrid.rules.advice import Subject, advice_frame, measured_areas
from geogrid.rules.code_advice import code_advice
from geogrid.rules.communities import community_advice
from geogrid.rules.frames import plain_grids
from geogrid.rules.homes import fill_homes
from geogrid.rules.profile import Profile
from geogrid.rules.sizes import shape_advice, size_advice
from geogrid.rules.staffing import staff_advice
from geogrid.rules.words import grid_names

__all__ = ["check_rules", "with_advice"]


def check_rules(
    grids: gpd.GeoDataFrame,
    profile: Profile,
    *,
    units: pd.DataFrame | None = None,
    posts: pd.DataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Say where grids differ from what a place expects of them.

    Parameters
    ----------
    grids
        Polygons with a CRS; columns code, name, parent, level, kind, households and people
        where there are any.
    profile
        From :func:`geogrid.rules.read_profile` or :func:`geogrid.rules.builtin_profiles`.
    units
        Buildings with households; they count for grids that give no number themselves.
    posts
        Who works where, as :func:`geogrid.posts.read_roster` gives it; without it nothing
        is said of staff.

    Returns
    -------
    GeoDataFrame
        Columns :data:`geogrid.coverage.measure.COLUMNS`: kind ``"scale"`` (size, shape,
        staff, community) or ``"code"``, severity ``"advice"``, in ``detail`` a plain
        sentence. The furthest off come first; ids and order do not depend on the order of
        the grids.

    Raises
    ------
    InputError
        `grids` is no GeoDataFrame.
    CrsError
        The grids have no CRS.
    FieldError
        A coordinate is not a number.

    Examples
    --------
    >>> from shapely import box
    >>> from geogrid.rules import builtin_profiles
    >>> grids = gpd.GeoDataFrame(
    ...     {"code": ["01", "02"], "name": ["1 号网格", "2 号网格"], "households": [812, 260]},
    ...     geometry=list(box([0, 0.01], 0, [0.01, 0.02], 0.01)), crs="EPSG:4326")
    >>> check_rules(grids, builtin_profiles()["city"])["detail"][0].text("en")
    '1 号网格 has 812 households, above the advised 200–500 households'
    """
    subject = _subject(grids, profile, units)
    advice = [
        *size_advice(subject, profile),
        *shape_advice(subject, profile),
        *community_advice(subject, profile),
        *staff_advice(subject, profile, posts),
        *code_advice(subject, profile.codes),
    ]
    return advice_frame(advice, subject)


def with_advice(report: CoverageReport, advice: gpd.GeoDataFrame) -> CoverageReport:
    """Return a coverage report with advice among its defects; its verdict stays.

    Codes that the report names already (given to several grids) are not named again.

    Parameters
    ----------
    report
        From :func:`geogrid.coverage.check_coverage`, of the same grids.
    advice
        From :func:`check_rules`.
    """
    kinds = pd.Series([one.kind for one in advice["detail"]], index=advice.index, dtype="str")
    fresh = advice[kinds != "duplicate_code"]
    if not len(fresh):
        return report
    if not len(report.defects):
        return replace(report, defects=fresh.reset_index(drop=True))
    rows = pd.concat([report.defects, fresh], ignore_index=True)
    rank = rows["severity"].map({name: at for at, name in enumerate(SEVERITIES)})
    order = rank.sort_values(kind="stable").index
    defects = gpd.GeoDataFrame(rows.loc[order].reset_index(drop=True), crs=report.defects.crs)
    return replace(report, defects=defects)


def _subject(grids: gpd.GeoDataFrame, profile: Profile, units: pd.DataFrame | None) -> Subject:
    if not isinstance(grids, gpd.GeoDataFrame) or grids.active_geometry_name is None:
        kind = type(grids).__name__
        raise InputError(_("The grids must be a GeoDataFrame of polygons, not {kind}."), kind=kind)
    if grids.crs is None:
        raise CrsError(_("The grids have no coordinate reference system; say which they are in."))
    crs = pyproj.CRS.from_user_input(grids.crs)
    rows = fill_levels(plain_grids(grids))
    given = np.asarray(grids.geometry.array, dtype=object)
    rings = polygon_rings(given)
    require_finite(given, tuple(rows["code"]), rings)
    polygons = stand_ins(given, are_valid(given, rings), rings)
    rows = fill_homes(rows, units, polygons, crs)
    rows["kind"] = rows["kind"].where(rows["kind"] != "", profile.default_kind)
    return Subject(rows, grid_names(rows), polygons, crs, measured_areas(polygons, crs))
