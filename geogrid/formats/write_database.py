"""Boundaries as GeoPackage and Shapefile, through GDAL."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely

from geogrid.findings import Finding
from geogrid.i18n import mark as _

__all__ = [
    "TEXT_BYTES",
    "cut_text",
    "distinct_names",
    "write_geopackage",
    "write_shapefile",
    "write_shapes",
]

_NAME_BYTES = 10
TEXT_BYTES = 254
"""Longest text of a Shapefile."""
_CLASSES = {"": (3, 6), "_lines": (1, 2, 5), "_points": (0, 4)}
"""Ending of a Shapefile's name to the geometry types in it: it holds one class only."""
_COLLECTION = 7


def write_geopackage(grids: gpd.GeoDataFrame, path: Path) -> list[Finding]:
    """Write one layer named like the file."""
    names = [name for name in grids.columns if name != grids.geometry.name]
    renamed = distinct_names(names, taken={"fid", "geom"})
    plain = grids.rename(columns=dict(zip(names, renamed, strict=True)))
    pyogrio.write_dataframe(
        plain, path, driver="GPKG", layer=path.stem, promote_to_multi=False, geometry_type="Unknown"
    )
    return _renamings(names, renamed)


def write_shapefile(grids: gpd.GeoDataFrame, folder: Path, stem: str) -> list[Finding]:
    """Write a Shapefile in UTF-8 into a folder, one per class of geometry.

    Names are cut to 10 bytes and texts to 254, as the format asks.
    """
    names = [name for name in grids.columns if name != grids.geometry.name]
    renamed = distinct_names([cut_text(name, _NAME_BYTES) for name in names])
    plain = grids.rename(columns=dict(zip(names, renamed, strict=True)))
    plain, findings = _shortened(plain)
    types = shapely.get_type_id(plain.geometry.to_numpy())
    for ending, members in _CLASSES.items():
        is_member = np.isin(types, members) | ((types == -1) & (ending == ""))
        if is_member.any() or (ending == "" and not len(plain)):
            _write_class(plain[is_member], folder / f"{stem}{ending}.shp", ending)
    mixed = np.flatnonzero(types == _COLLECTION)
    if mixed.size:
        findings.append(
            Finding(
                "not_written",
                _("Row {rows}: a collection, which a Shapefile cannot hold; left out."),
                rows=tuple(mixed.tolist()),
                severity="error",
            )
        )
    return _renamings(names, renamed) + findings


def _write_class(part: gpd.GeoDataFrame, path: Path, ending: str) -> None:
    kind = {"": "Polygon", "_lines": "MultiLineString", "_points": "MultiPoint"}[ending]
    write_shapes(part, path, kind)


def write_shapes(part: pd.DataFrame, path: Path, kind: str, *, encoding: str = "UTF-8") -> None:
    """Write shapes of one kind, or only the table (``.dbf``) of rows that have none.

    Parameters
    ----------
    part
        Names and texts as short as the format asks.
    path
        Ends in ``.shp``, or ``.dbf`` for a table.
    kind
        ``"Polygon"``, ``"MultiLineString"``, ``"Point"``, ``"MultiPoint"``.
    encoding
        ``"UTF-8"`` or ``"GBK"``; named in a ``.cpg`` file.
    """
    if not isinstance(part, gpd.GeoDataFrame):
        pyogrio.write_dataframe(part, path, driver="ESRI Shapefile", encoding=encoding)
        return
    pyogrio.write_dataframe(
        part,
        path,
        driver="ESRI Shapefile",
        encoding=encoding,
        geometry_type=kind,
        promote_to_multi=kind.startswith("Multi"),
    )
    prj = path.with_suffix(".prj")
    prj.write_text(pyproj.CRS(part.crs).to_wkt("WKT1_ESRI"), encoding="utf-8")


def cut_text(text: str, size: int, encoding: str = "utf-8") -> str:
    """Return the beginning of `text` that fits into `size` bytes of an encoding."""
    return text.encode(encoding, "replace")[:size].decode(encoding, "ignore")


def distinct_names(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Return names that differ by more than case, none of them in `taken`."""
    used = {name.casefold() for name in taken}
    result = []
    for name in names:
        free, number = name, 1
        while free.casefold() in used or not free:
            free = f"{cut_text(name, _NAME_BYTES - 1 - len(str(number)))}_{number}"
            number += 1
        used.add(free.casefold())
        result.append(free)
    return result


def _renamings(names: list[str], renamed: list[str]) -> list[Finding]:
    changed = [f"{old} → {new}" for old, new in zip(names, renamed, strict=True) if old != new]
    if not changed:
        return []
    return [
        Finding(
            "field_renamed",
            _("Columns were renamed as the format asks: {names}."),
            {"names": ", ".join(changed)},
        )
    ]


def _shortened(grids: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    cut_rows: set[int] = set()
    plain = grids.copy()
    for name in plain.columns.drop(plain.geometry.name):
        if pd.api.types.is_string_dtype(plain[name]):
            texts = plain[name].tolist()
            cut = [cut_text(text, TEXT_BYTES) if isinstance(text, str) else text for text in texts]
            long = [row for row, text in enumerate(cut) if text is not None and text != texts[row]]
            cut_rows.update(row for row in long if isinstance(texts[row], str))
            plain[name] = pd.Series(cut, index=plain.index, dtype="str")
    if not cut_rows:
        return plain, []
    rows = tuple(sorted(cut_rows))
    return plain, [Finding("text_cut", _("Row {rows}: a text was too long and is cut."), rows=rows)]
