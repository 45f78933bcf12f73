"""Write a whole plan to one file, complete or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd

from geogrid.errors import FormatError
from geogrid.exchange.contents import Contents, contents_of, without_personal
from geogrid.exchange.geojson import write_plan_geojson
from geogrid.exchange.geopackage import write_plan_geopackage
from geogrid.exchange.kinds import KINDS, kind_of
from geogrid.exchange.kml import write_plan_kml
from geogrid.exchange.losses import losses
from geogrid.exchange.packed import pack, write_parquet_parts, write_shape_parts
from geogrid.exchange.workbook import write_plan_workbook
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.store.plan import Plan

__all__ = ["ENCODINGS", "export_plan", "what_is_lost"]

ENCODINGS = ("UTF-8", "GBK")
"""Encodings of the texts in a Shapefile."""


def export_plan(
    plan: Plan,
    path: str | Path,
    *,
    kind: str | None = None,
    encoding: str = "UTF-8",
    gaps: gpd.GeoDataFrame | None = None,
    is_whole: bool = True,
) -> list[Finding]:
    """Write a plan with its staff, buildings, cases and streets.

    Coordinates read back to the same bits, whatever the format; an existing file is replaced
    only once the new one is complete.

    Parameters
    ----------
    plan
        What to write.
    path
        Of the file. A path that ends in ``.parquet`` becomes a folder of Parquet files.
    kind
        One of :data:`KINDS`; by default what the path ends in.
    encoding
        One of :data:`ENCODINGS`, for a Shapefile.
    gaps
        Approved gaps in EPSG:4326, with a column ``reason``; by default those of the plan.
    is_whole
        Whether phone numbers and cases go along.

    Returns
    -------
    list of Finding
        What :func:`what_is_lost` says of the plan.

    Raises
    ------
    FormatError
        Another format or encoding, or the place cannot be written to.
    """
    place = Path(path)
    contents = _contents(plan, gaps, is_whole=is_whole)
    chosen = _checked(kind or kind_of(place), encoding)
    try:
        with TemporaryDirectory(prefix=".geogrid-", dir=place.parent) as folder:
            written = _write(contents, Path(folder), chosen, encoding, place)
            if place.is_dir() and chosen == "parquet":
                shutil.rmtree(place)
            os.replace(written, place)
    except OSError as error:
        raise FormatError(
            _("{file} cannot be written: {reason}."),
            file=place.name,
            reason=error.strerror or error,
        ) from error
    return losses(contents, chosen, encoding)


def what_is_lost(
    kind: str,
    plan: Plan,
    *,
    encoding: str = "UTF-8",
    gaps: gpd.GeoDataFrame | None = None,
    is_whole: bool = True,
) -> list[Finding]:
    """Return what of a plan does not come back from a file of a format, before it is written.

    Parameters
    ----------
    kind, plan, encoding, gaps, is_whole
        As for :func:`export_plan`.

    Returns
    -------
    list of Finding
        One per kind of loss, with how many values it is about; empty when all comes back.
    """
    contents = _contents(plan, gaps, is_whole=is_whole)
    own = losses(contents, _checked(kind, encoding), encoding)
    return own if is_whole else [_LEFT_OUT, *own]


_LEFT_OUT = Finding(
    "personal_left_out",
    _("Phone numbers and cases are left out; planners may export them."),
    severity="note",
)


def _contents(plan: Plan, gaps: gpd.GeoDataFrame | None, *, is_whole: bool) -> Contents:
    contents = contents_of(plan, gaps)
    return contents if is_whole else without_personal(contents)


def _checked(kind: str, encoding: str) -> str:
    if kind not in KINDS:
        raise FormatError(
            _("There is no format {kind}; use one of: {known}."), kind=kind, known=", ".join(KINDS)
        )
    if encoding not in ENCODINGS:
        raise FormatError(
            _("There is no encoding {encoding} here; use one of: {known}."),
            encoding=encoding,
            known=", ".join(ENCODINGS),
        )
    return kind


def _write(contents: Contents, folder: Path, kind: str, encoding: str, place: Path) -> Path:
    """Write into `folder` and return what is to take its place."""
    target = folder / "plan"
    single = {
        "gpkg": write_plan_geopackage,
        "geojson": write_plan_geojson,
        "kml": write_plan_kml,
        "xlsx": write_plan_workbook,
    }
    if kind in single:
        target = target.with_suffix(f".{kind}")
        single[kind](contents, target)
        return target
    parts = folder / "parts"
    parts.mkdir(mode=0o755)
    if kind == "shp":
        write_shape_parts(contents, parts, encoding)
    else:
        write_parquet_parts(contents, parts)
    if kind == "parquet" and place.suffix.casefold() == ".parquet":
        return parts
    pack(parts, target)
    return target
