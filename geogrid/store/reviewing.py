"""What is looked at before a plan is published: what changes, the proof, the rules."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Connection, select

from geogrid.compare import PlanComparison, compare_plans
from geogrid.coverage import CoverageReport, check_coverage
from geogrid.rules import Profile, check_rules
from geogrid.store.comparing import compare_folders, placed_rows
from geogrid.store.database.tables import addresses
from geogrid.store.plan import Plan

__all__ = ["Review", "read_addresses", "review_plan", "what_came"]


@dataclass(frozen=True)
class Review:
    """A plan that may be published, beside the one in force.

    Attributes
    ----------
    comparison
        Of the plan in force with this one; of this one with itself where it is the first.
    is_first
        Whether no plan is in force that it follows.
    report
        The proof of its coverage, or where it fails.
    advice
        What the profile says of the plan in force (None where there is none) and of this one.
    """

    comparison: PlanComparison
    is_first: bool
    report: CoverageReport
    advice: tuple[gpd.GeoDataFrame | None, gpd.GeoDataFrame]


def review_plan(
    before: Plan | None,
    after: Plan,
    profile: Profile,
    *,
    region: shapely.Geometry | None = None,
    gaps: gpd.GeoDataFrame | None = None,
    placed: pd.DataFrame | None = None,
) -> Review:
    """Compare a plan with the one in force, prove its coverage, and ask the rules.

    Parameters
    ----------
    before : the plan in force, or None
    after : the draft, or the plan in review
    profile : what the place expects of its grids
    region : what the plan must fill
    gaps : approved gaps of the plan
    placed : addresses with lon and lat
    """
    if before is None:
        comparison = compare_plans(after.grids, after.grids, units=_known(after.units))
    else:
        comparison = compare_folders(before, after, addresses=placed)
    report = check_coverage(after.grids, region, approved_gaps=gaps)
    advice = None if before is None else _advice(before, profile, None)
    return Review(comparison, before is None, report, (advice, _advice(after, profile, before)))


def what_came(before: Plan, after: Plan) -> PlanComparison:
    """Compare two plans that were published one after the other, with the data of today.

    Parameters
    ----------
    before, after : the plans
    """
    units, cases = _known(after.units), _known(after.cases)
    return compare_plans(before.grids, after.grids, units=units, cases=cases)


def read_addresses(connection: Connection) -> pd.DataFrame | None:
    """Return the addresses with their points, None without any."""
    return _known(placed_rows(connection, select(addresses.c.address), addresses))


def _known(table: pd.DataFrame) -> pd.DataFrame | None:
    return table if len(table) else None


def _advice(plan: Plan, profile: Profile, office: Plan | None) -> gpd.GeoDataFrame:
    """Ask the rules of a plan with its own lists, else with those of the office."""
    lists = {
        part: next(
            (
                table
                for table in (getattr(each, part) for each in (plan, office) if each is not None)
                if len(table)
            ),
            None,
        )
        for part in ("units", "posts")
    }
    return check_rules(plan.grids, profile, **lists)
