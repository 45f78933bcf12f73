"""The proof and the rules of a plan, as plain values for the page."""

from __future__ import annotations

from typing import Any

import geopandas as gpd

from geogrid.compare.record import ComparisonRecord
from geogrid.coverage import CoverageReport
from geogrid.rules.builtin import profile_label
from geogrid.rules.text import advice_data
from web.changes.reviewed import Reviewed

__all__ = ["proof_data", "rules_data"]

MOST_LISTED = 50


def proof_data(report: CoverageReport, record: ComparisonRecord) -> dict[str, Any]:
    """Return what the certificate says.

    Parameters
    ----------
    report : the proof
    record : in whose words
    """
    parts = report.verdict_parts(record.language)
    return {
        "is_proven": bool(report.is_proven),
        "is_seamless": bool(report.is_seamless),
        "headline": parts.headline,
        "remarks": [*parts.remarks, *parts.caveats],
        "edges": int(report.edges),
        "matched_edges": int(report.matched_edges),
        "grids": int(report.grids),
        "errors": int((report.defects["severity"] == "error").sum()),
    }


def rules_data(found: Reviewed, language: str) -> dict[str, Any]:
    """Return what the rules say of the plan in force and of this one.

    Returns
    -------
    dict
        profile (its label), is_binding, before (None without a plan in force) and after (how
        many findings), new, gone and still (how many, and the first as sentences), broken (rule
        to its first sentences and their number, where publishing asks for reasons).
    """
    before, after = found.review.advice
    was = after.head(0) if before is None else before
    sides = {
        "new": after[~after["id"].isin(was["id"])],
        "gone": was[~was["id"].isin(after["id"])],
        "still": after[after["id"].isin(was["id"])],
    }
    return {
        "profile": profile_label(found.profile, language),
        "is_binding": found.is_binding,
        "before": None if before is None else len(before),
        "after": len(after),
        **{name: [len(rows), _sentences(rows, language)] for name, rows in sides.items()},
        "broken": _broken(after, language) if found.is_binding else [],
    }


def _sentences(rows: gpd.GeoDataFrame, language: str) -> list[str]:
    return [each["text"] for each in advice_data(rows.head(MOST_LISTED), language)]


def _broken(rows: gpd.GeoDataFrame, language: str) -> list[list[Any]]:
    """Return rule, number and first sentences of what needs a reason."""
    kinds: dict[str, list[str]] = {}
    for finding in rows["detail"]:
        kinds.setdefault(finding.kind, []).append(finding.text(language))
    return [[kind, len(said), said[:3]] for kind, said in sorted(kinds.items())]
