"""What a plan must be before it may be published: proven, and within the rules or excused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd
import shapely

from geogrid.coverage import CoverageReport, check_coverage
from geogrid.errors import GeogridError
from geogrid.findings import Finding
from geogrid.i18n import LANGUAGES
from geogrid.i18n import mark as _
from geogrid.rules import Profile, check_rules

__all__ = ["Terms", "UnfitPlanError", "require_coverage", "require_rules"]


@dataclass(frozen=True)
class Terms:
    """The rules that a plan must keep to.

    Attributes
    ----------
    profile
        What the place expects; None expects nothing.
    reasons
        Rule (the kind of a finding) to why it is set aside.
    units, posts
        Tables that some rules look at.
    """

    profile: Profile | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    units: pd.DataFrame | None = None
    posts: pd.DataFrame | None = None


class UnfitPlanError(GeogridError):
    """A plan may not be published as it is.

    Attributes
    ----------
    report
        Where it has gaps and overlaps, or None.
    rules
        Rule to what it says of the plan, for those that need a reason.
    """

    report: CoverageReport | None = None
    rules: Mapping[str, list[Finding]] = {}


def require_coverage(
    grids: gpd.GeoDataFrame,
    region: shapely.Geometry | None,
    gaps: gpd.GeoDataFrame | None = None,
) -> CoverageReport:
    """Return the certificate of a plan.

    Parameters
    ----------
    grids : of all levels, in EPSG:4326
    region : what they must fill; without one their union stands in, and its holes are gaps
    gaps : approved ones

    Raises
    ------
    UnfitPlanError
        There is a gap that is not approved, an overlap, or another error.
    """
    report = check_coverage(grids, region, approved_gaps=gaps)
    if not report.is_seamless:
        errors = report.defects[report.defects["severity"] == "error"]
        refusal = UnfitPlanError(
            _(
                "The plan cannot be published: {count} gaps, overlaps or other errors, the "
                "first at {grids}. Repair the boundaries, or have a gap approved."
            ),
            count=len(errors),
            grids=", ".join(errors["grids"].iloc[0]),
        )
        refusal.report = report
        raise refusal
    return report


def require_rules(grids: gpd.GeoDataFrame, terms: Terms) -> dict[str, str]:
    """Return the rules that are set aside, each with its reason.

    Parameters
    ----------
    grids : of the plan
    terms : what it must keep to

    Raises
    ------
    UnfitPlanError
        A rule is broken and no reason was written; its ``rules`` have all of them.
    """
    if terms.profile is None:
        return {}
    broken: dict[str, list[Finding]] = {}
    for finding in check_rules(grids, terms.profile, units=terms.units, posts=terms.posts)[
        "detail"
    ]:
        broken.setdefault(finding.kind, []).append(finding)
    unexcused = {rule: found for rule, found in broken.items() if not _reason(terms.reasons, rule)}
    if unexcused:
        refusal = UnfitPlanError(
            _("The plan breaks rules: {rules}. Keep to them, or write down why not."),
            rules=", ".join(sorted(unexcused)),
            broken={
                rule: [{language: each.text(language) for language in LANGUAGES} for each in found]
                for rule, found in unexcused.items()
            },
        )
        refusal.rules = unexcused
        raise refusal
    return {rule: _reason(terms.reasons, rule) for rule in broken}


def _reason(reasons: Mapping[str, str], rule: str) -> str:
    return str(reasons.get(rule, "")).strip()
