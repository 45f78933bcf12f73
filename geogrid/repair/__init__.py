"""Repair of coverages: the least change that makes them whole, within limits, and reported."""

from geogrid.repair.repairing import repair_coverage
from geogrid.repair.report import RepairReport

__all__ = ["RepairReport", "repair_coverage"]
