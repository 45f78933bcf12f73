"""Plan against plan: what became of the grids, and what changes hands with them."""

from geogrid.compare.comparing import PlanComparison, compare_plans

__all__ = ["PlanComparison", "compare_plans"]
