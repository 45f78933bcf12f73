"""Check that grids cover a region exactly once, prove it, or say where not.

The chain sum (:mod:`geogrid.topology`) proves a seamless coverage without geometry. What it
leaves over is split at unmatched corners (``unmatched``), made into faces with a constant set
of grids (``faces``), named (``defects``), compared between levels (``nesting``) and measured
(``measure``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd

from geogrid._collection import without_collecting
from geogrid.coverage.between import between_neighbours
from geogrid.coverage.corners import hairline_defects, unmatched_defects
from geogrid.coverage.defects import Defect, area_defects, covering_sets, unresolved_defects
from geogrid.coverage.homes import read_homes
from geogrid.coverage.inputs import CoverageInput, read_input
from geogrid.coverage.leftovers import leftovers_of
from geogrid.coverage.measure import defect_frame, measure
from geogrid.coverage.nesting import (
    is_nested,
    name_unfilled,
    nesting_defects,
    nesting_sum,
    orphan_defects,
)
from geogrid.coverage.report import CoverageReport
from geogrid.coverage.sums import is_repeated, tier_sums
from geogrid.coverage.tiers import Tier, check_tier, tier_rows
from geogrid.coverage.validity import duplicate_sets

__all__ = ["CoverageReport", "check_coverage", "check_input"]


@dataclass(frozen=True)
class _Found:
    """The tiers of a frame, what is wrong with them, and whether nothing is."""

    tiers: list[Tier]
    defects: list[Defect]
    is_proven: bool


@without_collecting
def check_coverage(
    grids: gpd.GeoDataFrame,
    region: object = None,
    *,
    tolerance_m: float = 0.01,
    units: pd.DataFrame | None = None,
    approved_gaps: object = None,
) -> CoverageReport:
    """Check that grids cover a region exactly once, on every level.

    Parameters
    ----------
    grids
        Polygons with a CRS; columns code, level and parent are used where there are any.
        Grids of several levels are checked level by level and against their parents.
    region
        What the grids must fill: a polygon in the CRS of the grids, or a GeoDataFrame or
        GeoSeries with a CRS. Without it the union stands in, its holes are gaps, and
        nothing is proven.
    tolerance_m
        Defects narrower than this, in metres, are ``noise``: listed, but not held against
        the grids. It never hides a wider one.
    units
        Buildings with columns lon, lat (WGS 84 degrees), households, and kind.
    approved_gaps
        Where gaps are approved (a lake, a barracks), given like `region`. They stay in
        the report with severity ``approved``.

    Returns
    -------
    CoverageReport

    Raises
    ------
    InputError
        There are no grids, the region is empty, or the tolerance is negative.
    CrsError
        The grids, or another frame, have no CRS.
    FieldError
        A coordinate is not a number, a latitude is beyond 90°, a level is missing, or the
        units lack a column.

    Examples
    --------
    >>> from shapely import box
    >>> squares = gpd.GeoDataFrame(
    ...     {"code": ["A", "B"]}, geometry=list(box([0, 1], 0, [1, 2], 1)), crs="EPSG:4326"
    ... )
    >>> check_coverage(squares).is_seamless
    True
    >>> report = check_coverage(squares, box(0, 0, 3, 1))
    >>> report.is_seamless, report.defects["kind"][0], report.defects["grids"][0]
    (False, 'gap', ('B',))
    """
    given = read_input(grids, region, approved_gaps, tolerance_m)
    return check_input(given, tolerance_m=tolerance_m, units=units)[0]


def check_input(
    given: CoverageInput, *, tolerance_m: float, units: pd.DataFrame | None = None
) -> tuple[CoverageReport, tuple[Tier, ...]]:
    """Check grids that are read already; return the tiers too, for whoever goes on with them.

    Parameters
    ----------
    given : from :func:`geogrid.coverage.inputs.read_input`
    tolerance_m, units : as for :func:`check_coverage`
    """
    homes = None if units is None else read_homes(units, given.crs)
    found = _find(given)
    measures = measure(
        found.defects, given.crs, tolerance_m=tolerance_m, homes=homes, approved=given.approved
    )
    fresh = np.flatnonzero(~is_repeated(found.defects, measures.severity, given.tree))
    defects, measures = [found.defects[at] for at in fresh], measures.take(fresh)
    frame = defect_frame(defects, measures, given.codes, given.crs)
    sums = {tier.level: tier_sums(tier, given.crs) for tier in found.tiers}
    finest = found.tiers[-1]
    report = CoverageReport(
        is_proven=found.is_proven,
        is_seamless=not bool((frame["severity"] == "error").any()),
        defects=frame,
        sums=sums[finest.level],
        sums_by_level=sums,
        grids=len(given.codes),
        finest_grids=len(finest.rows),
        edges=sum(tier.signed.different for tier in found.tiers),
        matched_edges=sum(tier.signed.matched for tier in found.tiers),
        pieces=finest.faces.pieces,
        tolerance_m=tolerance_m,
        has_region=given.region is not None,
        has_units=homes is not None,
        _shares=partial(
            between_neighbours, defects, measures, found.tiers, given.codes, given.crs, homes
        ),
        _leftovers=tuple(leftovers_of(tier) for tier in found.tiers),
        _codes=given.codes,
    )
    return report, tuple(found.tiers)


def _find(given: CoverageInput) -> _Found:
    """Return everything that is wrong, before it is measured."""
    tree, codes = given.tree, given.codes
    rows = [tier_rows(tree, level) for level in tree.levels]
    tiers = [
        check_tier(level, those, given.polygons, given.region, given.rings, given.left)
        for level, those in zip(tree.levels, rows, strict=True)
    ]
    by_tier = [_tier_defects(given, tier) for tier in tiers]
    for at, (upper, _lower) in enumerate(pairwise(tiers) if given.has_tree else (), start=1):
        by_tier[at] = name_unfilled(by_tier[at], tree, upper, codes)
    defects = [*given.broken, *orphan_defects(tree, given.polygons, codes, given.parents)]
    defects += [defect for tier_defects in by_tier for defect in tier_defects]
    is_proven = given.is_valid and given.region is not None
    is_proven &= all(tier.signed.is_zero for tier in tiers)
    if given.has_tree:
        for at, (upper, lower) in enumerate(pairwise(tiers)):
            signed = nesting_sum(tree, given.polygons, upper, lower)
            is_proven &= is_nested(tree, signed, lower)
            said = by_tier[at] + by_tier[at + 1]
            defects += nesting_defects(tree, signed, upper, lower, codes, said=said)
    return _Found(tiers, defects, is_proven)


def _tier_defects(given: CoverageInput, tier: Tier) -> list[Defect]:
    signed, faces, rows, level, codes = tier.signed, tier.faces, tier.rows, tier.level, given.codes
    crowded = {item for items in covering_sets(faces) if len(items) > 1 for item in items}
    several = np.array(sorted(item for item in crowded if item < len(rows)), dtype=np.int64)
    same = duplicate_sets(signed.polygons[several], rows[several])
    areas = area_defects(signed, faces, rows, codes, duplicates=same, level=level)
    explained = np.concatenate([faces.polygon, faces.unresolved])
    return [
        *areas,
        *unresolved_defects(faces, signed.polygons, rows, level),
        *unmatched_defects(signed, rows, codes, explained=explained, level=level),
        *hairline_defects(signed, faces, rows, codes, level),
    ]
