"""Write the sample: compact, one feature or row per line, the same bytes every time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from sample.coding import Grid

__all__ = [
    "ATTRIBUTION",
    "dump",
    "geometry_json",
    "write_collection",
    "write_csv",
    "write_grids",
    "write_json",
    "write_region",
    "write_streets",
]

ATTRIBUTION = "© OpenStreetMap contributors (ODbL 1.0)"
_TYPES = {3: "Polygon", 6: "MultiPolygon", 1: "LineString"}


def dump(value: object) -> str:
    """Return compact JSON text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def geometry_json(geometry: shapely.Geometry) -> dict[str, Any]:
    """Return the GeoJSON of a geometry with the shortest digits that read back the same."""
    return dict(json.loads(shapely.to_geojson(geometry)))


def _text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def write_collection(
    path: Path, rows: Iterable[tuple[Mapping[str, object], shapely.Geometry]]
) -> None:
    """Write features, one per line."""
    lines = [
        dump({"type": "Feature", "properties": dict(row), "geometry": geometry_json(geometry)})
        for row, geometry in rows
    ]
    _text(path, '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n")


def grid_row(grid: Grid) -> dict[str, object]:
    """Return the published columns of a grid."""
    names = ("code", "name", "parent", "level", "kind", "households", "people")
    return {name: getattr(grid, name) for name in names}


def write_grids(path: Path, grids: Sequence[Grid]) -> None:
    """Write grids of all levels."""
    write_collection(path, ((grid_row(grid), grid.geometry) for grid in grids))


def write_region(path: Path, grids: Sequence[Grid]) -> None:
    """Write the region: the first grid, which is the one of the highest level."""
    write_collection(path, [({"code": grids[0].code, "name": grids[0].name}, grids[0].geometry)])


def write_streets(
    path: Path,
    names: npt.NDArray[np.str_],
    highways: npt.NDArray[np.str_],
    lines: npt.NDArray[np.object_],
) -> None:
    """Write base-map streets with name and highway only."""
    rows = zip(names.tolist(), highways.tolist(), lines, strict=True)
    write_collection(path, (({"name": n, "highway": h}, line) for n, h, line in rows))


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a UTF-8 table with a header row."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    _text(path, buffer.getvalue())


def write_json(path: Path, value: Mapping[str, object]) -> None:
    """Write a small object for people to read (``plan.json``)."""
    _text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")
