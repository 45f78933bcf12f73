"""The files one takes away from a check: defects for a map, a workbook for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import pandas as pd

from geogrid.boundaries import write_boundaries
from geogrid.coverage.report_data import KIND_WORDS, SEVERITY_WORDS
from geogrid.coverage.verdict import area_text, length_text
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.tabular.workbook import Sheet, workbook_bytes

__all__ = ["defect_file", "report_workbook", "result_data"]

_COLUMNS: Mapping[str, tuple[str, int]] = {
    "number": (_("No."), 7),
    "kind": (_("Problem"), 16),
    "severity": (_("Severity"), 12),
    "grids": (_("Grids"), 36),
    "codes": (_("Grid codes"), 36),
    "area_m2": (_("Area (m²)"), 14),
    "width_m": (_("Width (m)"), 12),
    "households": (_("Households"), 12),
    "buildings": (_("Buildings"), 12),
    "lon": (_("Longitude"), 14),
    "lat": (_("Latitude"), 14),
    "detail": (_("Remark"), 60),
}
_PAIR_COLUMNS: Mapping[str, tuple[str, int]] = {
    "label": (_("Between"), 44),
    "kind": (_("Problem"), 16),
    "severity": (_("Severity"), 12),
    "count": (_("Number"), 10),
    "length_m": (_("Length (m)"), 14),
    "area_m2": (_("Area (m²)"), 14),
    "households": (_("Households"), 12),
    "buildings": (_("Buildings"), 12),
}


def result_data(folder: Path, language: str) -> dict[str, Any]:
    """Return what the check found, in words of `language`."""
    name = "en" if language.startswith("en") else "zh_CN"
    data: dict[str, Any] = json.loads((folder / f"data-{name}.json").read_text(encoding="utf-8"))
    return data


def defect_file(folder: Path, extension: str, language: str) -> bytes:
    """Return all defects as a file for a map, in the CRS of the boundaries.

    Parameters
    ----------
    folder
        Result of the check.
    extension
        One that :func:`geogrid.boundaries.write_boundaries` knows.
    language
        Of the remarks.
    """
    defects = _worded(gpd.read_parquet(folder / "defects.parquet"), language)
    with TemporaryDirectory(prefix="geogrid-") as temporary:
        path = Path(temporary) / f"defects{extension}"
        write_boundaries(defects, path, language=language)
        return path.read_bytes()


def report_workbook(folder: Path, title: str, language: str) -> bytes:
    """Return the report as a workbook: the verdict, the defects, the neighbours."""
    data = result_data(folder, language)
    defects = gpd.read_parquet(folder / "defects.parquet")
    grids = gpd.read_parquet(folder / "grids.parquet")
    sheets = [
        Sheet(translate(_("Verdict"), language), _summary(data, title, language), (34, 60)),
        _sheet(_("Problems"), _COLUMNS, _defect_rows(defects, grids, language), language),
        _sheet(_("By neighbours"), _PAIR_COLUMNS, _pair_rows(data, language), language),
    ]
    return workbook_bytes(sheets)


def _sheet(
    title: str, columns: Mapping[str, tuple[str, int]], rows: list[list[Any]], language: str
) -> Sheet:
    header = [translate(word, language) for word, _width in columns.values()]
    widths = tuple(width for _word, width in columns.values())
    return Sheet(translate(title, language), [header, *rows], widths)


def _worded(defects: gpd.GeoDataFrame, language: str) -> gpd.GeoDataFrame:
    """Return the defects with one remark, in `language`."""
    name = "en" if language.startswith("en") else "zh_CN"
    kept = [column for column in defects.columns if not column.startswith("detail_")]
    worded = defects[kept].copy()
    worded.insert(len(kept) - 1, "detail", defects[f"detail_{name}"])
    return worded


def _summary(data: Mapping[str, Any], title: str, language: str) -> list[list[Any]]:
    sums = data["sums"]
    pairs = [
        (_("File"), title),
        (_("Verdict"), data["verdict"]),
        (_("Number of grids"), data["grids"]),
        (_("All grids together"), area_text(sums["grids_m2"], language)),
        (_("The area to fill"), area_text(sums["region_m2"], language)),
        (_("Counted more than once"), area_text(sums["overlap_m2"], language)),
        (_("Beyond the outline"), area_text(sums["spill_m2"], language)),
        (_("Left out"), area_text(sums["gap_m2"], language)),
        (_("Narrower than this is tiny"), length_text(data["tolerance_m"], language)),
    ]
    notes: list[list[Any]] = [["", note] for note in data["notes"]]
    return [[translate(word, language), value] for word, value in pairs] + notes


def _defect_rows(defects: pd.DataFrame, grids: pd.DataFrame, language: str) -> list[list[Any]]:
    names = dict(zip(grids["code"], grids["name"], strict=True))
    detail = "detail_en" if language.startswith("en") else "detail_zh_CN"
    comma = ", " if language.startswith("en") else "、"
    return [
        [
            number,
            translate(KIND_WORDS.get(row["kind"], row["kind"]), language),
            translate(SEVERITY_WORDS.get(row["severity"], row["severity"]), language),
            comma.join(names.get(code) or code for code in row["grids"].split()),
            row["grids"],
            *(row[name] for name in ("area_m2", "width_m", "households", "buildings")),
            *(row[name] for name in ("lon", "lat")),
            row[detail],
        ]
        for number, row in enumerate(defects.to_dict("records"), start=1)
    ]


def _pair_rows(data: Mapping[str, Any], language: str) -> list[list[Any]]:
    return [
        [
            pair["label"],
            translate(KIND_WORDS.get(pair["kind"], pair["kind"]), language),
            translate(SEVERITY_WORDS.get(pair["severity"], pair["severity"]), language),
            *(pair[name] for name in ("count", "length_m", "area_m2", "households", "buildings")),
        ]
        for pair in data["neighbours"]
    ]
