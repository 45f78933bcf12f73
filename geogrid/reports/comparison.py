"""Two checks of the same boundaries compared: what was fixed, what is new, what remains."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geogrid.coverage.measure import SEVERITIES
from geogrid.coverage.report import CoverageReport, defect_data
from geogrid.coverage.report_data import SEVERITY_WORDS, kind_word
from geogrid.coverage.verdict import area_text
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.reports.matching import match_defects

__all__ = ["CheckComparison", "compare_checks"]

_LISTED = 10
_CODES_SHOWN = 4


@dataclass(frozen=True)
class CheckComparison:
    """What became of the defects of an earlier check.

    Attributes
    ----------
    fixed
        Defects of the check before that are not there any more.
    new
        Defects of the check after that were not there before.
    remaining
        Defects of the check after that were there before, perhaps moved a little, grown or
        shrunk; with columns before (ids), severity_before and area_before_m2.
    """

    fixed: gpd.GeoDataFrame
    new: gpd.GeoDataFrame
    remaining: gpd.GeoDataFrame

    def counts(self, severity: str | None = None) -> dict[str, int]:
        """Return how many are ``fixed``, ``new`` and ``remaining``, of one severity or all.

        Remaining defects count by the severity they have now, and those that were graver
        before as ``eased``: approved in between, or narrower than the tolerance now.
        """
        rank = {name: at for at, name in enumerate(SEVERITIES)}
        now = self.remaining["severity"].map(rank)
        was = self.remaining["severity_before"].map(rank)
        eased = now > was
        if severity is None:
            sizes = (len(self.fixed), len(self.new), len(self.remaining), int(eased.sum()))
        else:
            sizes = (
                int((self.fixed["severity"] == severity).sum()),
                int((self.new["severity"] == severity).sum()),
                int((now == rank[severity]).sum()),
                int((eased & (was == rank[severity])).sum()),
            )
        return dict(zip(("fixed", "new", "remaining", "eased"), sizes, strict=True))

    def headline(self, language: str = "en") -> str:
        """Return one sentence about what must be fixed, in ``"zh_CN"`` or ``"en"``."""
        counts = self.counts("error")
        text = translate(
            _("Since the earlier check: {fixed} fixed, {new} new, {remaining} remaining."),
            language,
            fixed=counts["fixed"],
            new=counts["new"],
            remaining=counts["remaining"],
        )
        if counts["eased"]:
            eased = translate(
                _("{count} more are approved or tiny by now."), language, count=counts["eased"]
            )
            text += eased if language.startswith("zh") else f" {eased}"
        return text

    def text(self, language: str = "en") -> str:
        """Return the comparison in lines, in ``"zh_CN"`` or ``"en"``."""
        return "\n".join(self._lines(language))

    def _lines(self, language: str) -> Iterator[str]:
        yield self.headline(language)
        others = len(self.fixed) + len(self.new) + len(self.remaining)
        others -= sum(self.counts("error").values()) - self.counts("error")["eased"]
        if others:
            message = _("Advice, tiny and approved ones besides: {count}.")
            yield translate(message, language, count=others)
        for rows, message in (
            (self.new, _("New:")),
            (self.remaining, _("Remaining:")),
            (self.fixed, _("Fixed:")),
        ):
            grave = rows[rows["severity"].isin(["error", "advice"])]
            if len(grave):
                yield translate(message, language)
                yield from _listed(grave, language)

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain values for JSON."""
        return {
            "counts": self.counts(),
            "must_be_fixed": self.counts("error"),
            "fixed": _records(self.fixed),
            "new": _records(self.new),
            "remaining": [
                record
                | {
                    "before": list(row.before),
                    "severity_before": row.severity_before,
                    "area_before_m2": _number(row.area_before_m2),
                }
                for record, row in zip(
                    _records(self.remaining), self.remaining.itertuples(), strict=True
                )
            ],
        }


def compare_checks(
    before: CoverageReport | gpd.GeoDataFrame,
    after: CoverageReport | gpd.GeoDataFrame,
    *,
    near_m: float = 1.0,
) -> CheckComparison:
    """Compare two checks of the same boundaries.

    A defect remains when the other check has one with the same id; else one of the same
    kind, level and grids that it overlaps or comes near to; else one of the same kind that
    shares half of its area. One defect may have become two, and two one.

    Parameters
    ----------
    before, after
        Reports, or tables of defects with columns id, kind, severity, level, grids, area_m2
        and geometry, such as :func:`geogrid.reports.read_check` returns. They may be in
        different reference systems.
    near_m
        Metres that a defect may have moved.

    Returns
    -------
    CheckComparison

    Examples
    --------
    >>> from shapely import box
    >>> from geogrid import check_coverage
    >>> squares = list(box([0, 1.1, 2.2], 0, [1, 2.1, 3.2], 1))
    >>> draft = gpd.GeoDataFrame({"code": ["A", "B", "C"]}, geometry=squares, crs="EPSG:4326")
    >>> better = draft.copy()
    >>> better.loc[0, "geometry"] = box(0, 0, 1.1, 1)
    >>> region = box(0, 0, 3.2, 1)
    >>> compare_checks(check_coverage(draft, region), check_coverage(better, region)).headline()
    'Since the earlier check: 1 fixed, 0 new, 1 remaining.'
    """
    was, now = _defects(before), _defects(after)
    old, new = match_defects(was, now, near_m=near_m)
    remains = np.zeros(len(now), dtype=bool)
    remains[new] = True
    is_fixed = np.ones(len(was), dtype=bool)
    is_fixed[old] = False
    return CheckComparison(
        fixed=was[is_fixed].reset_index(drop=True),
        new=now[~remains].reset_index(drop=True),
        remaining=_remaining(was, now[remains].reset_index(drop=True), old, new),
    )


def _defects(of: CoverageReport | gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    frame = of.defects if isinstance(of, CoverageReport) else of
    return frame.reset_index(drop=True)


def _remaining(
    was: gpd.GeoDataFrame, kept: gpd.GeoDataFrame, old: np.ndarray, new: np.ndarray
) -> gpd.GeoDataFrame:
    """Add to the defects that remain what they were before."""
    order = np.lexsort((old, new))
    _rows, first = np.unique(new[order], return_index=True)
    groups = np.split(old[order], first[1:]) if len(order) else []
    ids, severity, area = (was[name].tolist() for name in ("id", "severity", "area_m2"))
    gravest = [min((severity[at] for at in group), key=SEVERITIES.index) for group in groups]
    return kept.assign(
        before=pd.Series([tuple(ids[at] for at in group) for group in groups], dtype=object),
        severity_before=pd.Series(gravest, dtype="str"),
        area_before_m2=pd.Series(
            [math.fsum(area[at] for at in group) for group in groups], dtype="float64"
        ),
    )


def _listed(rows: gpd.GeoDataFrame, language: str) -> Iterator[str]:
    """Yield the gravest of some defects, one a line."""
    comma, colon = ("、", "：") if language.startswith("zh") else (", ", ": ")
    for row in rows.head(_LISTED).itertuples():
        grids = comma.join(row.grids[:_CODES_SHOWN]) + (
            "…" if len(row.grids) > _CODES_SHOWN else ""
        )
        said = [translate(SEVERITY_WORDS[row.severity], language)]
        said += [area_text(row.area_m2, language)] if row.area_m2 > 0.0 else []
        said += [] if math.isnan(row.lon) else [f"{row.lon:.6f}, {row.lat:.6f}"]
        yield f"  {kind_word(row.kind, language)}{colon}{grids or '–'} ({'; '.join(said)})"
    if len(rows) > _LISTED:
        yield "  " + translate(_("… and {count} more"), language, count=len(rows) - _LISTED)


def _records(rows: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    return [defect_data(row) for row in rows.itertuples()]


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
