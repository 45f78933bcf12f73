"""The reports of a check to take away, written once into the folder of its result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import geopandas as gpd

from geogrid.coverage.report import CoverageReport
from geogrid.i18n import LANGUAGES
from geogrid.reports import CheckComparison, CheckRecord, write_record

__all__ = ["REPORTS", "write_reports"]

REPORTS = (".docx", ".xlsx", ".gpkg", ".json")
"""Extensions of the reports."""


def write_reports(
    folder: Path,
    report: CoverageReport,
    grids: gpd.GeoDataFrame,
    region: gpd.GeoDataFrame | None,
    *,
    title: str,
    date: str,
    comparison: CheckComparison | None,
    marks: Callable[[str], Sequence[str]],
) -> None:
    """Write ``report-<language>.<extension>`` for all languages and :data:`REPORTS`."""
    for language in LANGUAGES:
        record = CheckRecord(
            *(report, grids, region),
            title=title,
            date=date,
            language=language,
            comparison=comparison,
            marks=marks(language),
        )
        for extension in REPORTS:
            write_record(record, folder / f"report-{language}{extension}")
