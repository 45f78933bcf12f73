"""The files one takes away from a check: defects for a map."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd

from geogrid.boundaries import write_boundaries

__all__ = ["defect_file", "result_data"]


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


def _worded(defects: gpd.GeoDataFrame, language: str) -> gpd.GeoDataFrame:
    """Return the defects with one remark, in `language`."""
    name = "en" if language.startswith("en") else "zh_CN"
    kept = [column for column in defects.columns if not column.startswith("detail_")]
    worded = defects[kept].copy()
    worded.insert(len(kept) - 1, "detail", defects[f"detail_{name}"])
    return worded
