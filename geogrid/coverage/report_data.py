"""What a page or a file shows of a coverage report: words, rows and sums as plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geogrid.coverage.defects import Codes
from geogrid.coverage.report import CoverageReport
from geogrid.drawing.map_shapes import lonlat_bounds, to_lonlat
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.i18n import translate

__all__ = [
    "KIND_WORDS",
    "MOST_ROWS",
    "SEVERITY_WORDS",
    "defect_rows",
    "grid_label",
    "kind_word",
    "remark_text",
    "report_data",
]

MOST_ROWS = 2000
MOST_PAIRS = 1000
_NAMES_SHOWN = 3

KIND_WORDS: Mapping[str, str] = {
    "gap": _("Left out"),
    "overlap": _("Overlap"),
    "duplicate": _("Same grid twice"),
    "spill": _("Beyond the outline"),
    "nesting": _("Levels disagree"),
    "invalid": _("Broken shape"),
    "unresolved": _("Could not be judged"),
    "unmatched": _("Edges not aligned"),
    "code": _("Code"),
    "scale": _("Unusual size"),
}
"""Kind of defect to what people read."""

SEVERITY_WORDS: Mapping[str, str] = {
    "error": _("Must be fixed"),
    "advice": _("Advice"),
    "noise": _("Tiny"),
    "approved": _("Approved"),
}
"""Severity to what people read."""


def kind_word(kind: str, language: str) -> str:
    """Return what a kind of defect is called."""
    return translate(KIND_WORDS.get(kind, kind), language)


def report_data(
    report: CoverageReport, grids: pd.DataFrame, language: str, *, most_rows: int = MOST_ROWS
) -> dict[str, Any]:
    """Return the report in `language`, small enough for a page.

    Parameters
    ----------
    report
        From :func:`geogrid.coverage.check_coverage`.
    grids
        The grids that were checked, for their names.
    language
        ``"zh_CN"`` or ``"en"``.
    most_rows
        Rows that are listed, the gravest first; ``total`` says how many there are.
    """
    names = dict(zip(grids["code"].astype("str"), grids["name"].astype("str"), strict=True))
    listed = report.defects.head(most_rows)
    rows = defect_rows(listed, names, language)
    parts = report.verdict_parts(language)
    return {
        "verdict": report.verdict(language),
        "headline": parts.headline,
        "remarks": list(parts.remarks),
        "caveats": list(parts.caveats),
        "is_seamless": bool(report.is_seamless),
        "is_proven": bool(report.is_proven),
        "notes": _notes(report, language),
        "grids": int(report.grids),
        "edges": int(report.edges),
        "matched_edges": int(report.matched_edges),
        "tolerance_m": float(report.tolerance_m),
        "has_region": bool(report.has_region),
        "sums": {name: _number(value) for name, value in asdict(report.sums).items()},
        "counts": _counts(report.defects),
        "total": len(report.defects),
        "rows": rows,
        "neighbours": _pairs(report.by_neighbours().head(MOST_PAIRS), rows, names, language),
    }


def grid_label(codes: Sequence[str], names: Mapping[str, str], language: str) -> str:
    """Return the names of a few grids as a sentence lists them."""
    shown = [names.get(code) or code for code in codes[:_NAMES_SHOWN]]
    text = ("、" if language.startswith("zh") else ", ").join(shown)
    if len(codes) <= _NAMES_SHOWN:
        return text
    return translate(
        _("{names} and {count} more"), language, names=text, count=len(codes) - len(shown)
    )


def _notes(report: CoverageReport, language: str) -> list[str]:
    proven = _("Proven: every boundary was matched exactly with its neighbour's.")
    return [translate(proven, language)] if report.is_proven else []


def defect_rows(
    defects: gpd.GeoDataFrame, names: Mapping[str, str], language: str
) -> list[dict[str, Any]]:
    """Return defects as a page lists them.

    Parameters
    ----------
    defects
        Rows of :attr:`geogrid.coverage.CoverageReport.defects`; any CRS.
    names
        Code to name of the grids.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    boxes = lonlat_bounds(to_lonlat(defects.geometry.to_numpy(), defects.crs))
    return [
        {
            "id": str(row.id),
            "kind": row.kind,
            "severity": row.severity,
            "codes": list(row.grids),
            "label": grid_label(row.grids, names, language),
            "area_m2": _number(row.area_m2) or 0.0,
            "width_m": _number(row.width_m) or 0.0,
            "lon": _number(row.lon),
            "lat": _number(row.lat),
            "households": _number(row.households),
            "buildings": _number(row.buildings),
            "detail": remark_text(row.detail, names, language),
            "bounds": box,
        }
        for row, box in zip(defects.itertuples(index=False), boxes, strict=True)
    ]


def remark_text(detail: Finding | None, names: Mapping[str, str], language: str) -> str:
    """Return what is said of a defect, grids by their names."""
    if detail is None:
        return ""
    params = {key: _named(value, names) for key, value in detail.params.items()}
    return replace(detail, params=params).text(language)


def _named(value: object, names: Mapping[str, str]) -> object:
    if isinstance(value, Codes):
        return Codes(names.get(code) or code for code in value)
    return names.get(value) or value if isinstance(value, str) else value


def _number(value: Any) -> float | int | None:
    """Return a plain number, None for what is missing or not finite."""
    if value is None or pd.isna(value) or not np.isfinite(value):
        return None
    return int(value) if isinstance(value, int | np.integer) else float(value)


def _counts(defects: pd.DataFrame) -> list[dict[str, Any]]:
    counted = defects.groupby(["kind", "severity"]).size()
    return [
        {"kind": kind, "severity": severity, "count": int(count)}
        for (kind, severity), count in counted.items()
    ]


def _pairs(
    pairs: pd.DataFrame, rows: Sequence[Mapping[str, Any]], names: Mapping[str, str], language: str
) -> list[dict[str, Any]]:
    """Return what lies between each two neighbours, with the ids of the rows concerned."""
    ids: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        for code in row["codes"]:
            ids.setdefault((row["kind"], code), []).append(row["id"])
    found = []
    for pair in pairs.itertuples(index=False):
        of_one = ids.get((pair.kind, pair.one), [])
        of_other = set(ids.get((pair.kind, pair.other), of_one if not pair.other else []))
        other = names.get(pair.other) or pair.other or translate(_("the outer edge"), language)
        found.append(
            {
                "label": translate(
                    _("{one} and {other}"),
                    language,
                    one=names.get(pair.one) or pair.one or translate(_("the outer edge"), language),
                    other=other,
                ),
                "codes": [code for code in (pair.one, pair.other) if code],
                "kind": pair.kind,
                "severity": pair.severity,
                "count": int(pair.defects),
                "length_m": _number(pair.length_m),
                "area_m2": _number(pair.area_m2),
                "households": _number(pair.households),
                "buildings": _number(pair.buildings),
                "ids": [each for each in of_one if each in of_other],
            }
        )
    return found
