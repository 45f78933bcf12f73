"""Repair of coverages: as little as possible, stated, limited, reversible in the reader's mind."""

from geogrid.repair.repairing import repair_coverage
from geogrid.repair.report import RepairReport

__all__ = ["RepairReport", "repair_coverage"]
