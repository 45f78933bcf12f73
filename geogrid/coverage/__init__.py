"""Check that grids cover a region exactly once, prove it, or say where not."""

from geogrid.coverage.check import CoverageReport, check_coverage
from geogrid.coverage.rechecking import CoverageState, coverage_state, recheck

__all__ = ["CoverageReport", "CoverageState", "check_coverage", "coverage_state", "recheck"]
