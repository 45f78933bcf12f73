"""A plan as a GeoPackage: layers and tables that QGIS opens."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from geogrid.exchange.contents import PARTS, Contents, manifest_of
from geogrid.exchange.restoring import ImportedPlan, RawPart, parse_manifest, restored
from geogrid.formats.geopackage import geopackage_layers, read_geopackage, read_geopackage_table
from geogrid.formats.layer import LIMITS
from geogrid.formats.write_database import distinct_names

__all__ = ["read_plan_geopackage", "write_plan_geopackage"]

_TAKEN = ("fid", "geom", "geometry", "ogc_fid", "ogr_fid", "objectid")
_ABOUT = "plan"


def write_plan_geopackage(contents: Contents, path: Path) -> None:
    """Write a layer for each part with shapes, a table for posts and one about the plan."""
    names = {}
    for part, held in contents.parts.items():
        rows, names[part] = held.renamed(lambda given: distinct_names(given, _TAKEN))
        if held.geometry is None:
            pyogrio.write_dataframe(rows, path, driver="GPKG", layer=part)
            continue
        pyogrio.write_dataframe(
            gpd.GeoDataFrame(rows, geometry=held.geometry, crs="EPSG:4326"),
            path,
            driver="GPKG",
            layer=part,
            promote_to_multi=False,
            geometry_type="Point" if part in ("units", "cases") else "Unknown",
        )
    said = {str(key): str(value) for key, value in contents.about.items()}
    said["geogrid"] = manifest_of(contents, names)
    about = pd.DataFrame({"key": list(said), "value": list(said.values())}, dtype="str")
    pyogrio.write_dataframe(about, path, driver="GPKG", layer=_ABOUT)


def read_plan_geopackage(path: Path, name: str) -> ImportedPlan:
    """Read the layers and tables that have the names of parts."""
    raw = {}
    for layer in geopackage_layers(path, name):
        if layer.name in PARTS:
            read = read_geopackage(path, name, layer, LIMITS)
            raw[layer.name] = RawPart(read.attributes, read.geometry, read.crs, read.problems)
    posts = read_geopackage_table(path, name, "posts")
    if posts is not None:
        raw["posts"] = RawPart(posts)
    return restored(raw, parse_manifest(_manifest(path, name), name), name)


def _manifest(path: Path, name: str) -> object:
    about = read_geopackage_table(path, name, _ABOUT)
    if about is None or not {"key", "value"} <= set(about.columns):
        return None
    return dict(zip(about["key"], about["value"], strict=True)).get("geogrid")
