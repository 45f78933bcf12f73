"""What a coverage check found: the value that people, pages and programs read."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import pandas as pd

from geogrid.coverage.between import sum_pairs
from geogrid.coverage.defects import KINDS
from geogrid.coverage.leftovers import Leftovers, leftover_frame
from geogrid.coverage.verdict import Verdict, verdict_parts, verdict_text

__all__ = ["CoverageReport", "CoverageSums", "defect_data"]


@dataclass(frozen=True)
class CoverageSums:
    """Areas that reconcile: grids = region + overlap + spill − gap + residual, all in m².

    Attributes
    ----------
    grids_m2
        Sum of the areas of the grids of the finest level.
    region_m2
        Area of the region; of the union with its holes filled where there is no region.
    overlap_m2
        Area covered more than once, counted once less than the grids that cover it.
    spill_m2
        Area outside the region that any grid covers.
    gap_m2
        Area inside the region that no grid covers.
    residual_m2
        What these do not account for: rounding, or a row ``unresolved``.
    """

    grids_m2: float
    region_m2: float
    overlap_m2: float
    spill_m2: float
    gap_m2: float
    residual_m2: float


@dataclass(frozen=True)
class CoverageReport:
    """The result of :func:`geogrid.coverage.check_coverage`.

    Attributes
    ----------
    is_proven
        The chain sum is zero on every edge, against a region that was given, of valid
        polygons: every point of the region lies in exactly one grid of each level.
    is_seamless
        The verdict people read: nothing is left but noise, unmatched corners, advice and
        approved gaps, and every polygon is valid.
    defects
        One row per defect, columns :data:`geogrid.coverage.measure.COLUMNS`, the gravest and most
        lived-in first; in the CRS of the grids, lon and lat in WGS 84 degrees.
    sums
        Areas of the finest level.
    sums_by_level
        The same for every level, coarsest first; ``None`` for a frame without levels.
    grids
        Number of grids given, on all levels.
    finest_grids
        Number of grids that cover the region together on the finest level.
    edges, matched_edges
        Number of different edges of all levels, and of those that sum to zero.
    pieces
        Number of separate places that the grids of the finest level cover.
    tolerance_m
        Defects narrower than this are noise.
    has_region, has_units
        Whether a region and units were given.
    """

    is_proven: bool
    is_seamless: bool
    defects: gpd.GeoDataFrame
    sums: CoverageSums
    sums_by_level: Mapping[int | None, CoverageSums]
    grids: int
    finest_grids: int
    edges: int
    matched_edges: int
    pieces: int
    tolerance_m: float
    has_region: bool
    has_units: bool
    _shares: Callable[[], pd.DataFrame] = field(repr=False)
    _leftovers: tuple[Leftovers, ...] = field(default=(), repr=False)
    _codes: tuple[str, ...] = field(default=(), repr=False)

    @cached_property
    def leftover_edges(self) -> gpd.GeoDataFrame:
        """The edges whose chain sum is not zero, as lines; made when first asked for.

        Columns :data:`geogrid.coverage.leftovers.LEFTOVER_COLUMNS`: the level, how many more
        polygons lie to the left of the line than to its right (the region counts −1), and
        the codes of the grids that draw it. In the CRS of the grids.
        """
        return leftover_frame(self._leftovers, self._codes, self.defects.crs)

    def by_neighbours(self) -> pd.DataFrame:
        """Return the defects by pair of neighbours and kind.

        Returns
        -------
        DataFrame
            Columns :data:`geogrid.coverage.between.BETWEEN_COLUMNS`: codes of the pair (`other` is
            "" for the border of the region), kind, the gravest severity, number of
            defects, length in metres, area in m², households and buildings.
        """
        return sum_pairs(self._shared, has_homes=self.has_units)

    @cached_property
    def _shared(self) -> pd.DataFrame:
        """The shares of neighbours in the defects; made when first asked for."""
        return self._shares()

    def verdict(self, language: str = "en") -> str:
        """Return the verdict in one plain sentence, in ``"zh_CN"`` or ``"en"``."""
        return verdict_text(self, language)

    def verdict_parts(self, language: str = "en") -> Verdict:
        """Return what :meth:`verdict` says as headline, remarks and caveats."""
        return verdict_parts(self, language)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON, keys as in ``geogrid check --json``.

        Areas by kind are the sums of the rows; kinds without rows count 0.
        """
        rows = self.defects
        counts = rows["kind"].value_counts()
        areas = rows.groupby("kind")["area_m2"].agg(math.fsum)
        return {
            "seamless": self.is_seamless,
            "proven": self.is_proven,
            "grids": self.grids,
            "edges": self.edges,
            "matched_edges": self.matched_edges,
            "tolerance_m": self.tolerance_m,
            "counts": {kind: int(counts.get(kind, 0)) for kind in KINDS},
            "areas_m2": {kind: float(areas.get(kind, 0.0)) for kind in KINDS},
            "defects": [defect_data(row) for row in rows.itertuples()],
        }


def defect_data(row: Any) -> dict[str, Any]:
    """Return a row of :attr:`CoverageReport.defects` as plain values for JSON."""
    return {
        "id": row.id,
        "kind": row.kind,
        "severity": row.severity,
        "grids": list(row.grids),
        "area_m2": _number(row.area_m2),
        "width_m": _number(row.width_m),
        "lon": _number(row.lon),
        "lat": _number(row.lat),
    }


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
