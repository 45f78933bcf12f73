"""Write the report of a check, the format by the file's extension."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import geopandas as gpd

from geogrid.coverage.report import CoverageReport
from geogrid.coverage.text import report_lines
from geogrid.drawing.map_shapes import to_lonlat
from geogrid.errors import FormatError
from geogrid.i18n import mark as _
from geogrid.reports.comparison import CheckComparison
from geogrid.reports.geopackage import report_geopackage
from geogrid.reports.record import CheckRecord
from geogrid.reports.spreadsheet import report_workbook
from geogrid.reports.steps import next_steps
from geogrid.reports.word import report_document
from geogrid.tabular.writing import replace_file

__all__ = ["REPORT_FORMATS", "require_report_format", "write_record", "write_report"]


def _json(record: CheckRecord) -> bytes:
    data = record.report.to_dict()
    rows = record.report.defects
    shapes = to_lonlat(rows.geometry.to_numpy(), rows.crs)
    has_datum = rows.crs.geodetic_crs is not None
    data["crs"] = "EPSG:4326" if has_datum else rows.crs.to_wkt()
    data |= {"title": record.title, "date": record.date, "marks": list(record.marks)}
    for each, shape, level in zip(data["defects"], shapes, rows["level"].tolist(), strict=True):
        each["level"] = int(level) if isinstance(level, int) else None
        each["geometry"] = None if shape is None or shape.is_empty else shape.__geo_interface__
    if record.comparison is not None:
        data["comparison"] = record.comparison.to_dict()
    return json.dumps(data, ensure_ascii=False, allow_nan=False).encode()


def _text(record: CheckRecord) -> bytes:
    lines = [
        *(" · ".join(record.marks), record.title, record.date),
        *report_lines(record.report, record.grids, record.language, hints=False),
    ]
    if record.comparison is not None:
        lines += ["", record.comparison.text(record.language)]
    lines += ["", record.say(_("What to do next"))]
    lines += [f"{number}. {step}" for number, step in enumerate(next_steps(record), start=1)]
    return ("\n".join(lines).strip() + "\n").encode()


_WRITERS: Mapping[str, Callable[[CheckRecord], bytes]] = {
    ".docx": report_document,
    ".xlsx": report_workbook,
    ".gpkg": report_geopackage,
    ".json": _json,
    ".txt": _text,
}
REPORT_FORMATS = tuple(_WRITERS)
"""Extensions :func:`write_report` knows."""


def require_report_format(path: Path) -> str:
    """Return the extension of `path`, or raise :class:`FormatError` where it is unknown."""
    extension = path.suffix.casefold()
    if extension not in _WRITERS:
        raise FormatError(
            _("Reports are not written as {extension}; use {known}."),
            extension=path.suffix or path.name,
            known=" ".join(REPORT_FORMATS),
        )
    return extension


def write_report(
    report: CoverageReport,
    grids: gpd.GeoDataFrame,
    path: str | Path,
    *,
    language: str = "zh_CN",
    title: str = "",
    region: gpd.GeoDataFrame | None = None,
    date: str = "",
    comparison: CheckComparison | None = None,
) -> None:
    """Write the report of a check.

    Parameters
    ----------
    report, grids
        What was found, and the grids that were checked.
    path
        ``.docx``, ``.xlsx``, ``.gpkg``, ``.json`` or ``.txt``; replaced only once complete.
    language
        ``"zh_CN"`` or ``"en"``.
    title, date
        What was checked, and when, as people write it.
    region
        What the grids must fill.
    comparison
        With an earlier check.

    Raises
    ------
    FormatError
        Another extension.
    InputError
        The place cannot be written to.
    """
    record = CheckRecord(
        report, grids, region, title=title, date=date, language=language, comparison=comparison
    )
    write_record(record, path)


def write_record(record: CheckRecord, path: str | Path) -> None:
    """Write the report of a check with all that is to be said of it.

    Parameters
    ----------
    record
        What was checked and found, with the notes that must be seen.
    path
        As of :func:`write_report`.

    Raises
    ------
    FormatError, InputError
        As of :func:`write_report`.
    """
    place = Path(path)
    content = _WRITERS[require_report_format(place)](record)
    with replace_file(place) as file:
        file.write(content)
