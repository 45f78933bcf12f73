"""Read the real streets, clean their attributes and keep each street once."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["CLASSES", "Streets", "extract_source", "first_value", "read_streets", "street_class"]

CLASSES = {
    "motorway": 4,
    "trunk": 4,
    "primary": 4,
    "secondary": 3,
    "tertiary": 2,
    "residential": 1,
    "living_street": 1,
    "unclassified": 1,
    "service": 1,
    "pedestrian": 1,
}
"""Highway to rank; what is not listed (footways, paths, steps) has rank 0."""

_LIST = re.compile(r"^\['([^']*)'")


@dataclass(frozen=True)
class Streets:
    """Streets as parallel arrays: name ("" if none), highway and LineStrings in degrees."""

    names: npt.NDArray[np.str_]
    highways: npt.NDArray[np.str_]
    lines: npt.NDArray[np.object_]

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Streets:
        """Return the streets of `rows` (positions or a mask)."""
        return Streets(self.names[rows], self.highways[rows], self.lines[rows])


def first_value(text: str | None) -> str:
    """Return the first of a list written as text (``"['steps', 'footway']"`` → ``steps``)."""
    if not text:
        return ""
    match = _LIST.match(text)
    return (match.group(1) if match else text).strip()


def street_class(highway: str) -> int:
    """Return the rank of a highway value: 4 main road, 3, 2, 1 street, 0 footway."""
    return CLASSES.get(highway.removesuffix("_link"), 0)


def read_streets(path: Path) -> Streets:
    """Read the source streets, one per pair of directions, in a fixed order."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    chosen: dict[tuple[tuple[float, float], ...], tuple[str, str]] = {}
    for feature in features:
        forward = tuple((float(x), float(y)) for x, y in feature["geometry"]["coordinates"])
        properties = feature["properties"]
        value = (first_value(properties["name"]), first_value(properties["highway"]))
        chosen.setdefault(min(forward, forward[::-1]), value)
    keys = sorted(chosen)
    return Streets(
        np.array([chosen[key][0] for key in keys]),
        np.array([chosen[key][1] for key in keys]),
        np.array([shapely.LineString(key) for key in keys], dtype=object),
    )


def extract_source(source: Path, target: Path) -> None:
    """Copy name, highway and geometry of a GeoPackage's ``roads`` layer into GeoJSON.

    Run once, when the source changes; the build itself reads only the GeoJSON.
    """
    import pyogrio  # noqa: PLC0415  only the extraction needs it

    frame = pyogrio.read_dataframe(source, layer="roads", columns=["name", "highway"])
    rows = []
    for name, highway, line in zip(frame["name"], frame["highway"], frame.geometry, strict=True):
        feature = {
            "type": "Feature",
            "properties": {"name": name if isinstance(name, str) else None, "highway": highway},
            "geometry": {"type": "LineString", "coordinates": [list(p) for p in line.coords]},
        }
        rows.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(rows) + "\n]}\n"
    target.write_text(text, encoding="utf-8", newline="\n")
