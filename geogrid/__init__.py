"""Grids of grid governance (网格化治理): proven coverage, exact location, offline maps."""

from geogrid.boundaries import read_boundaries, write_boundaries
from geogrid.compare import PlanComparison, compare_plans
from geogrid.coverage import (
    CoverageReport,
    CoverageState,
    check_coverage,
    coverage_state,
    recheck,
)
from geogrid.errors import GeogridError
from geogrid.locate import GridIndex, build_index, locate
from geogrid.relocate import relocate
from geogrid.repair import RepairReport, repair_coverage
from geogrid.unify import UnifiedLayers, unify_layers

__all__ = [
    "CoverageReport",
    "CoverageState",
    "GeogridError",
    "GridIndex",
    "PlanComparison",
    "RepairReport",
    "UnifiedLayers",
    "build_index",
    "check_coverage",
    "compare_plans",
    "coverage_state",
    "locate",
    "read_boundaries",
    "recheck",
    "relocate",
    "repair_coverage",
    "unify_layers",
    "write_boundaries",
]
