"""A plan as one GeoJSON file: its features are the grids, a member has everything else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geogrid.errors import FormatError
from geogrid.exchange.contents import PARTS, Contents, Part, manifest_of
from geogrid.exchange.restoring import ImportedPlan, RawPart, parse_manifest, restored
from geogrid.formats.text import decode_text
from geogrid.i18n import mark as _

__all__ = ["is_plan_geojson", "read_plan_geojson", "write_plan_geojson"]

_SHAPES = {"Point", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
_LOOKED_AT = 4096


def write_plan_geojson(contents: Contents, path: Path) -> None:
    """Write the grids as the features of the file, other parts as collections in ``geogrid``.

    Other programs show the grids and ignore the rest.
    """
    names = {part: list(held.rows.columns) for part, held in contents.parts.items()}
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"type":"FeatureCollection","geogrid":{"plan":')
        file.write(manifest_of(contents, names))
        for part, held in contents.parts.items():
            if part != "grids":
                file.write(f',\n"{part}":{{"type":"FeatureCollection","features":[')
                _write_features(file, held)
                file.write("]}")
        file.write('},\n"features":[')
        _write_features(file, contents.parts["grids"])
        file.write("]}\n")


def _write_features(file: Any, held: Part) -> None:
    nothing = np.full(len(held.rows), None, dtype=object)
    shapes = shapely.to_geojson(nothing if held.geometry is None else held.geometry)
    names = [json.dumps(name, ensure_ascii=False) for name in held.rows.columns]
    columns = [[_value(value) for value in held.rows[name].tolist()] for name in held.rows.columns]
    records = zip(*columns, strict=True) if columns else iter([()] * len(held.rows))
    comma = "\n"
    for values, shape in zip(records, shapes, strict=True):
        pairs = ",".join(f"{key}:{value}" for key, value in zip(names, values, strict=True))
        file.write(f'{comma}{{"type":"Feature","properties":{{{pairs}}},"geometry":')
        file.write(f"{shape or 'null'}}}")
        comma = ",\n"


def _value(value: Any) -> str:
    return "null" if pd.isna(value) else json.dumps(value, ensure_ascii=False)


def is_plan_geojson(path: Path) -> bool:
    """Return whether a file begins as geogrid writes it."""
    with path.open("rb") as file:
        head = file.read(_LOOKED_AT)
    return b'"geogrid":{"plan":' in head or b'"geogrid": {"plan":' in head


def read_plan_geojson(path: Path, name: str) -> ImportedPlan:
    """Read what :func:`write_plan_geojson` writes."""
    try:
        document = json.loads(decode_text(path.read_bytes(), name))
        ours = document["geogrid"]
        layers = {part: ours[part]["features"] for part in PARTS if part in ours}
        layers["grids"] = document["features"]
        raw = {part: _raw(features) for part, features in layers.items()}
        manifest = json.dumps(ours.get("plan"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FormatError(
            _("{file} is damaged GeoJSON of a plan ({reason}); export it again."),
            file=name,
            reason=str(error)[:120],
        ) from error
    except shapely.GEOSException as error:
        raise FormatError(
            _("{file} holds geometry that cannot be worked with: {reason}."),
            file=name,
            reason=str(error)[:120],
        ) from error
    return restored(raw, parse_manifest(manifest, name), name)


def _raw(features: list[dict[str, Any]]) -> RawPart:
    rows = pd.DataFrame([feature["properties"] or {} for feature in features], dtype=object)
    shapes = [feature["geometry"] for feature in features]
    if any(shape is not None and shape["type"] not in _SHAPES for shape in shapes):
        raise ValueError(next(shape["type"] for shape in shapes if shape["type"] not in _SHAPES))
    texts = [None if shape is None else json.dumps(shape) for shape in shapes]
    geometry = shapely.from_geojson(np.array([*texts, None], dtype=object))[:-1]
    return RawPart(rows.reindex(range(len(features))), np.asarray(geometry, dtype=object))
