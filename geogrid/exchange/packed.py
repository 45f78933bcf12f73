"""A plan as several files in a zip archive or a folder: Shapefiles and GeoParquet."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geogrid.exchange.contents import PARTS, POSITIONED, Contents, manifest_of
from geogrid.exchange.restoring import ImportedPlan, RawPart, parse_manifest, restored
from geogrid.formats.archives import Member, unpack
from geogrid.formats.geoparquet import read_geoparquet, read_parquet_table
from geogrid.formats.layer import LIMITS
from geogrid.formats.shapefile import read_dbf, read_shapefile
from geogrid.formats.text import decode_text
from geogrid.formats.write_database import TEXT_BYTES, cut_text, distinct_names, write_shapes

__all__ = [
    "MANIFEST",
    "pack",
    "read_packed",
    "shape_text",
    "write_parquet_parts",
    "write_shape_parts",
]

MANIFEST = "plan.json"
_RENAMINGS = "fields.csv"
_NAME_BYTES = 10
_WANTED = (".shp", ".dbf", ".cpg", ".prj", ".parquet", ".json")
_NUMBER = "FID"
_SHORT = {
    "handling_level": "hand_level",
    "deputy_phone": "dep_phone",
    "reported_at": "reported",
}
"""Columns of a plan whose names are too long for a Shapefile."""


def shape_text(text: str, encoding: str) -> str:
    """Return what a Shapefile keeps of a text: no outer spaces, 254 bytes of its encoding."""
    held = text.encode(encoding, "replace").decode(encoding)
    return cut_text(held.strip(), TEXT_BYTES, encoding).strip()


def write_shape_parts(contents: Contents, folder: Path, encoding: str) -> None:
    """Write a Shapefile for each part, its renamings and the manifest.

    Parameters
    ----------
    encoding : ``"UTF-8"`` or ``"GBK"``
    """
    names = {}
    for part, held in contents.parts.items():
        rows, names[part] = held.renamed(lambda given: _short_names(given, encoding))
        texts = {name: _shape_column(rows[name], encoding) for name in rows.columns}
        rows = pd.DataFrame(texts, index=rows.index)
        if held.geometry is None:
            if rows.empty:
                rows = rows.astype("str")
            write_shapes(rows, folder / f"{part}.dbf", "", encoding=encoding)
            continue
        frame = gpd.GeoDataFrame(rows, geometry=_drawable(held.geometry, part), crs="EPSG:4326")
        write_shapes(frame, folder / f"{part}.shp", _shape_kind(part), encoding=encoding)
        prj = pyproj.CRS("EPSG:4326").to_wkt("WKT1_ESRI")
        (folder / f"{part}.prj").write_text(prj, encoding="utf-8")
    _write_renamings(contents, names, folder / _RENAMINGS)
    (folder / MANIFEST).write_text(manifest_of(contents, names), encoding="utf-8")


def _shape_kind(part: str) -> str:
    if part in POSITIONED:
        return "Point"
    return "MultiLineString" if part == "streets" else "Polygon"


def _drawable(geometry: np.ndarray, part: str) -> np.ndarray:
    """Return the shapes of the kind that the part's Shapefile holds, None for others."""
    dimension = {"Point": 0, "MultiLineString": 1, "Polygon": 2}[_shape_kind(part)]
    is_held = (shapely.get_dimensions(geometry) == dimension) & ~shapely.is_empty(geometry)
    is_held &= shapely.get_type_id(geometry) != shapely.GeometryType.GEOMETRYCOLLECTION
    held = geometry.copy()
    held[~is_held] = None
    return held


def _short_names(names: Sequence[str], encoding: str) -> list[str]:
    plain = ["_".join(_SHORT.get(name, name).split()) for name in names]
    printable = ["".join(sign for sign in name if sign.isprintable()) for name in plain]
    held = [name.encode(encoding, "replace").decode(encoding) for name in printable]
    return distinct_names([cut_text(name, _NAME_BYTES, encoding) for name in held], ["geometry"])


def _shape_column(values: pd.Series, encoding: str) -> pd.Series:
    """Return a column as the table holds it: decimals are text, its own numbers cut digits."""
    if values.dtype == "Int64":
        return values
    if values.dtype == np.float64:
        return values.map(repr, na_action="ignore").astype("str")
    return values.map(lambda text: shape_text(text, encoding), na_action="ignore").astype("str")


def _write_renamings(contents: Contents, names: Mapping[str, list[str]], path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["layer", "field", "name"])
        for part, given in names.items():
            for called, own in zip(given, contents.parts[part].rows.columns, strict=True):
                if called != own:
                    writer.writerow([part, called, own])


def write_parquet_parts(contents: Contents, folder: Path) -> None:
    """Write a Parquet file for each part, GeoParquet where it has shapes, and the manifest."""
    names = {}
    for part, held in contents.parts.items():
        rows, names[part] = held.renamed(lambda given: distinct_names(given, ["geometry"]))
        path = folder / f"{part}.parquet"
        if held.geometry is None:
            rows.to_parquet(path, index=False)
        else:
            frame = gpd.GeoDataFrame(rows, geometry=held.geometry, crs="EPSG:4326")
            frame.to_parquet(path, index=False)
    (folder / MANIFEST).write_text(manifest_of(contents, names), encoding="utf-8")


def read_packed(path: Path, name: str) -> ImportedPlan:
    """Read the Shapefiles or Parquet files of a plan from a zip archive or a folder."""
    if path.is_dir():
        return _of_members([Member(one.name, one) for one in sorted(path.iterdir())], name)
    with TemporaryDirectory(prefix="geogrid-") as folder:
        members = unpack(path, name, Path(folder), wanted=_WANTED, limits=LIMITS)
        return _of_members(members, name)


def pack(folder: Path, path: Path) -> None:
    """Put the files of a folder into a zip archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)


def _of_members(members: Sequence[Member], name: str) -> ImportedPlan:
    files: dict[str, dict[str, Path]] = {}
    for member in members:
        own = PurePosixPath(member.name)
        files.setdefault(own.stem, {})[own.suffix.casefold()] = member.path
    about = files.get("plan", {}).get(".json")
    said = decode_text(about.read_bytes(), MANIFEST) if about else None
    manifest = parse_manifest(said, name)
    columns = (manifest or {}).get("columns", {})
    raw = {
        part: _raw(files[part], f"{name}/{part}", columns.get(part, {}))
        for part in PARTS
        if part in files
    }
    return restored(raw, manifest, name)


def _raw(files: Mapping[str, Path], name: str, columns: Mapping[str, Any]) -> RawPart:
    if ".parquet" in files:
        return _from_parquet(files[".parquet"], name)
    if ".shp" in files:
        layer = read_shapefile(files, name, LIMITS, keeps_all=True)
        rows = _without_number(layer.attributes, columns)
        return RawPart(rows, layer.geometry, layer.crs, layer.problems, blank_is_missing=True)
    return RawPart(_without_number(read_dbf(files, name), columns), blank_is_missing=True)


def _without_number(rows: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Leave out the column that GDAL writes where a table has none."""
    return rows if _NUMBER in columns else rows.drop(columns=_NUMBER, errors="ignore")


def _from_parquet(path: Path, name: str) -> RawPart:
    if PurePosixPath(name).name == "posts":
        return RawPart(read_parquet_table(path, name, LIMITS))
    layer = read_geoparquet(path, name, LIMITS)
    return RawPart(layer.attributes, layer.geometry, layer.crs, layer.problems)
