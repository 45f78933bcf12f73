"""The rows of a repair as a page lists them: each defect, its fate, who receives what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from geogrid.coverage.report_data import grid_label, report_data
from geogrid.findings import Finding
from geogrid.repair import RepairReport

__all__ = ["changes_of", "repair_rows"]


def repair_rows(
    report: RepairReport, grids: pd.DataFrame, language: str, *, only: set[str] | None = None
) -> dict[str, dict[str, Any]]:
    """Return the defects listed by their id, each with what becomes of it.

    Parameters
    ----------
    report
        Of the repair.
    grids
        The grids as given, for their names.
    language
        ``"zh_CN"`` or ``"en"``.
    only
        Ids to return, None for all that a page lists.
    """
    names = _names(grids)
    fates = {str(row.id): row for row in report.fates.itertuples(index=False)}
    received = _received(report, names)
    rows = {}
    for row in report_data(report.before, grids, language)["rows"]:
        name = row["id"]
        if name not in fates or (only is not None and name not in only):
            continue
        fate = fates[name]
        rows[name] = row | {
            "fate": fate.fate,
            "action": _said(fate.action, names, language),
            "reason": _said(fate.reason, names, language),
            "why": "" if fate.reason is None else fate.reason.kind,
            "given": received.get(name, []),
            "receivers": grid_label(fate.given_to, names, language),
            "wide": False,
        }
    return rows


def changes_of(report: RepairReport, grids: pd.DataFrame) -> list[dict[str, Any]]:
    """Return gained and lost m² of every grid that changed, with its name."""
    names = _names(grids)
    return [
        {
            "code": str(row.code),
            "name": names.get(str(row.code)) or str(row.code),
            "gained_m2": float(row.gained_m2),
            "lost_m2": float(row.lost_m2),
        }
        for row in report.changes.itertuples(index=False)
    ]


def _names(grids: pd.DataFrame) -> dict[str, str]:
    return dict(zip(grids["code"].astype("str"), grids["name"].astype("str"), strict=True))


def _received(report: RepairReport, names: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in report.pieces.itertuples(index=False):
        code = str(row.code)
        piece = {"code": code, "name": names.get(code) or code, "area_m2": float(row.area_m2)}
        found.setdefault(str(row.id), []).append(piece)
    return found


def _said(finding: Finding | None, names: Mapping[str, str], language: str) -> str:
    """Return what is said of a defect, grids by their names where a list of codes is given.

    Figures are left alone: the limit of 2 m is not the grid with the code 2.
    """
    if finding is None:
        return ""
    params = {
        key: grid_label(tuple(value), names, language)
        if isinstance(value, (list, tuple))
        else names.get(str(value), value)
        if key == "grid"
        else value
        for key, value in finding.params.items()
    }
    return replace(finding, params=params).text(language)
