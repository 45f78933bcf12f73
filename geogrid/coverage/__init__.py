"""Check that grids cover a region exactly once, prove it, or say where not."""

from geogrid.coverage.check import CoverageReport, check_coverage

__all__ = ["CoverageReport", "check_coverage"]
