"""What a repair did, defect by defect and grid by grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import pandas as pd

from geogrid.coverage import check_coverage
from geogrid.coverage.report import CoverageReport, defect_data

__all__ = ["FATES", "FATE_COLUMNS", "RepairReport"]

FATES = ("repaired", "refused", "approved", "left")
"""What became of a defect: *left* was not asked for, or no outline can mend it."""

FATE_COLUMNS = (
    "id",
    "kind",
    "severity",
    "level",
    "grids",
    "area_m2",
    "width_m",
    "lon",
    "lat",
    "fate",
    "action",
    "reason",
    "given_to",
    "geometry",
)
"""Columns of :attr:`RepairReport.fates`."""


@dataclass(frozen=True)
class RepairReport:
    """The second result of :func:`geogrid.repair.repair_coverage`.

    Attributes
    ----------
    fates
        One row per defect of the check before, in its order, columns :data:`FATE_COLUMNS`:
        `fate` is one of :data:`FATES`, `action` a Finding that says what was done, `reason`
        a Finding that says why not (None where it was repaired), `given_to` the codes of
        the grids that received its area.
    changes
        Columns code, gained_m2, lost_m2: every grid whose outline changed, by code. A grid
        with 0 and 0 only got a corner of its neighbour's.
    region
        The region with the corners that its border got, None where none was given.
    before
        The check of the grids as given.
    """

    fates: gpd.GeoDataFrame
    changes: pd.DataFrame
    region: gpd.GeoSeries | None
    before: CoverageReport
    _after: dict[str, Any] = field(repr=False)
    _pieces: Callable[[], gpd.GeoDataFrame] = field(repr=False)

    @cached_property
    def pieces(self) -> gpd.GeoDataFrame:
        """What each grid receives of each defect, in the CRS of the grids.

        Columns id (of the defect), code (of the receiving grid), area_m2, geometry.
        """
        return self._pieces()

    @cached_property
    def after(self) -> CoverageReport:
        """The check of the grids as returned, against :attr:`region`; made when first asked."""
        return check_coverage(**self._after)

    @property
    def is_complete(self) -> bool:
        """Whether nothing that keeps grids from being seamless is left."""
        return bool(self.after.is_seamless)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON, sentences in English."""
        counts = self.fates["fate"].value_counts()
        after = self.after
        return {
            "seamless": after.is_seamless,
            "proven": after.is_proven,
            "fates": {fate: int(counts.get(fate, 0)) for fate in FATES},
            "defects": [
                {
                    **defect_data(row),
                    "fate": row.fate,
                    "action": row.action.text(),
                    "reason": None if row.reason is None else row.reason.text(),
                    "given_to": list(row.given_to),
                }
                for row in self.fates.itertuples()
            ],
            "changes": [
                {
                    "code": row.code,
                    "gained_m2": float(row.gained_m2),
                    "lost_m2": float(row.lost_m2),
                }
                for row in self.changes.itertuples()
            ],
        }
