"""Write boundaries: the format by the file's extension, coordinates to the last bit."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import pandas as pd

from geogrid.errors import CrsError, FormatError
from geogrid.findings import Finding
from geogrid.formats.write_database import write_geopackage, write_shapefile
from geogrid.formats.write_text import write_csv, write_geojson, write_xlsx
from geogrid.i18n import mark as _

__all__ = ["WRITABLE", "write_boundaries"]

Writer = Callable[[gpd.GeoDataFrame, Path], list[Finding]]

WRITABLE = (".geojson", ".json", ".gpkg", ".parquet", ".shp.zip", ".zip", ".shp", ".csv", ".xlsx")
"""Extensions :func:`write_boundaries` knows."""


def _write_parquet(grids: gpd.GeoDataFrame, path: Path) -> list[Finding]:
    grids.to_parquet(path, index=False)
    return []


_WRITERS: Mapping[str, Writer] = {
    ".geojson": write_geojson,
    ".json": write_geojson,
    ".gpkg": write_geopackage,
    ".parquet": _write_parquet,
    ".csv": write_csv,
    ".xlsx": write_xlsx,
}


def write_boundaries(
    grids: gpd.GeoDataFrame, path: str | Path, *, language: str = "en"
) -> list[Finding]:
    """Write grids, defects or anything with geometry to a file.

    Parameters
    ----------
    grids
        With a CRS. Any columns: lists become text, findings their sentence.
    path
        ``.geojson`` (one feature per line), ``.gpkg``, ``.parquet``, ``.shp.zip`` or
        ``.zip`` (Shapefile in UTF-8), ``.shp``, ``.csv`` or ``.xlsx`` (WKT and a column
        crs). An existing file is replaced, only once the new one is complete.
    language
        Of the sentences of findings in columns.

    Returns
    -------
    list of Finding
        What the format could not hold: names cut, texts shortened, rows of other types.

    Raises
    ------
    FormatError
        Another extension, or the place cannot be written to.
    CrsError
        `grids` has no CRS.
    """
    place = Path(path)
    extension = _extension(place)
    if grids.crs is None:
        raise CrsError(_("The grids to write have no coordinate reference system."))
    plain = _plain(grids, language)
    try:
        with TemporaryDirectory(prefix=".geogrid-", dir=place.parent) as folder:
            stem = place.name[: len(place.name) - len(extension)] or "grids"
            return _write(plain, place, extension, Path(folder), stem)
    except OSError as error:
        raise FormatError(
            _("{file} cannot be written: {reason}."),
            file=place.name,
            reason=error.strerror or error,
        ) from error


def _extension(place: Path) -> str:
    name = place.name.casefold()
    found = max((end for end in WRITABLE if name.endswith(end)), key=len, default="")
    if found:
        return found
    raise FormatError(
        _("Boundaries are not written as {extension}; use {known}."),
        extension=place.suffix or place.name,
        known=" ".join(WRITABLE),
    )


def _write(
    plain: gpd.GeoDataFrame, place: Path, extension: str, folder: Path, stem: str
) -> list[Finding]:
    if extension in _WRITERS:
        target = folder / f"{stem}{extension}"
        findings = _WRITERS[extension](plain, target)
        os.replace(target, place)
        return findings
    findings = write_shapefile(plain, folder, stem)
    files = sorted(folder.iterdir())
    if extension == ".shp":
        for file in files:
            os.replace(file, place.with_name(file.name))
        return findings
    packed = folder / "packed"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
    os.replace(packed, place)
    return findings


def _plain(grids: gpd.GeoDataFrame, language: str) -> gpd.GeoDataFrame:
    """Return the frame with values any format can hold, the geometry column last."""
    columns: dict[str, pd.Series] = {}
    for position, name in enumerate(grids.columns):
        if name != grids.geometry.name:
            label = str(name)
            while label in columns or label == "geometry":
                label += "_"
            columns[label] = _plain_column(grids.iloc[:, position], language)
    frame = pd.DataFrame(columns, index=grids.index).reset_index(drop=True)
    return gpd.GeoDataFrame(frame, geometry=grids.geometry.to_numpy(), crs=grids.crs)


def _plain_column(values: pd.Series, language: str) -> pd.Series:
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        return values
    if values.dtype == object and _all_numbers(values):
        return values.astype("Float64" if values.map(_is_float).any() else "Int64")
    return pd.Series([_plain_text(value, language) for value in values], index=values.index).astype(
        "str"
    )


def _is_float(value: object) -> bool:
    return isinstance(value, float) and not pd.isna(value)


def _all_numbers(values: pd.Series) -> bool:
    known = values.dropna()
    return len(known) > 0 and all(
        isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**53
        for value in known
    )


def _plain_text(value: object, language: str) -> object:
    if isinstance(value, tuple | list | set | frozenset):
        return ";".join(str(_plain_text(one, language)) for one in value)
    if hasattr(value, "text"):
        return value.text(language)
    if hasattr(value, "isoformat"):
        return None if pd.isna(value) else value.isoformat()
    return None if pd.isna(value) else str(value)
