"""The formats in which a plan is exchanged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from geogrid.errors import FormatError
from geogrid.i18n import mark as _

__all__ = ["KINDS", "Kind", "kind_of"]


@dataclass(frozen=True)
class Kind:
    """One format.

    Attributes
    ----------
    label
        Its name, which is the same in every language.
    extension
        Of its files, with the dot.
    media_type
        Of its files, for a download.
    use
        What it is good for, a message key.
    """

    label: str
    extension: str
    media_type: str
    use: str


KINDS: Mapping[str, Kind] = {
    "gpkg": Kind(
        "GeoPackage",
        ".gpkg",
        "application/geopackage+sqlite3",
        _("For QGIS and ArcGIS: all layers and tables in one file."),
    ),
    "xlsx": Kind(
        "Excel",
        ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _("For offices: a sheet each for grids, staff and buildings, with Chinese headers."),
    ),
    "shp": Kind(
        "Shapefile",
        ".shp.zip",
        "application/zip",
        _("For older programs: a zip archive with one Shapefile per layer."),
    ),
    "geojson": Kind(
        "GeoJSON",
        ".geojson",
        "application/geo+json",
        _("For web maps: other programs show the grids and ignore the rest."),
    ),
    "kml": Kind(
        "KML",
        ".kml",
        "application/vnd.google-earth.kml+xml",
        _("For Google Earth and Ovital Map (奥维): a folder for each layer."),
    ),
    "parquet": Kind(
        "GeoParquet",
        ".parquet.zip",
        "application/zip",
        _("For notebooks and clusters: one file per layer in a zip archive or a folder."),
    ),
}
"""Name of a format to what is known of it, the most useful first."""

_ENDINGS = {
    ".gpkg": "gpkg", ".xlsx": "xlsx", ".shp.zip": "shp", ".zip": "shp", ".geojson": "geojson",
    ".json": "geojson", ".kml": "kml", ".parquet.zip": "parquet", ".parquet": "parquet",
}  # fmt: skip


def kind_of(path: Path) -> str:
    """Return the format that the name of a file asks for.

    Raises
    ------
    FormatError
        None of them.

    Examples
    --------
    >>> kind_of(Path("plan.shp.zip")), kind_of(Path("plan.parquet.zip"))
    ('shp', 'parquet')
    """
    name = path.name.casefold()
    found = max((end for end in _ENDINGS if name.endswith(end)), key=len, default="")
    if found:
        return _ENDINGS[found]
    raise FormatError(
        _("A plan is not written as {file}; let its name end in one of: {known}."),
        file=path.name,
        known=" ".join(kind.extension for kind in KINDS.values()),
    )
