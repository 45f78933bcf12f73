"""Read a plan from a file that geogrid, or somebody after it, wrote."""

from __future__ import annotations

from pathlib import Path

from geogrid.errors import FormatError, LimitError
from geogrid.exchange.geojson import is_plan_geojson, read_plan_geojson
from geogrid.exchange.geopackage import read_plan_geopackage
from geogrid.exchange.kml import read_plan_kml
from geogrid.exchange.packed import MANIFEST, read_packed
from geogrid.exchange.restoring import ImportedPlan, NoPlanError
from geogrid.exchange.workbook import read_plan_workbook
from geogrid.formats.layer import LIMITS, megabytes
from geogrid.formats.sniff import sniff
from geogrid.i18n import mark as _

__all__ = ["import_plan"]

_READERS = {
    "geopackage": read_plan_geopackage,
    "kml": read_plan_kml,
    "xlsx": read_plan_workbook,
    "zip": read_packed,
}


def import_plan(path: str | Path, *, filename: str | None = None) -> ImportedPlan:
    """Read a plan in any format that :func:`~geogrid.exchange.export_plan` writes.

    Files that were edited in between are read as they are now. Other programs' files count
    where their layers have the names of ours; other boundary files are for
    :func:`geogrid.read_boundaries`.

    Parameters
    ----------
    path
        A file, or the folder of a GeoParquet export; told apart by its content.
    filename
        What to call it in messages, by default the name of the path.

    Returns
    -------
    ImportedPlan

    Raises
    ------
    FormatError
        It is no plan, or damaged.
    FieldError
        A value is not of the kind that its column holds; the row is named.
    LimitError, UnsafeFileError
        Too large, or reaching for something outside itself.
    """
    place = Path(path)
    name = filename or place.name
    if place.is_dir():
        if not (place / MANIFEST).exists():
            raise NoPlanError(name)
        return read_packed(place, name)
    if not place.is_file():
        raise FormatError(_("There is no file {path}."), path=str(path)[:200])
    if place.stat().st_size > LIMITS.file_bytes:
        raise LimitError(
            _("{file} has {size}; at most {limit} are read. Split it."),
            file=name,
            size=megabytes(place.stat().st_size),
            limit=megabytes(LIMITS.file_bytes),
        )
    kind = sniff(place, name)
    if kind == "geojson" and is_plan_geojson(place):
        return read_plan_geojson(place, name)
    if kind not in _READERS:
        raise NoPlanError(name)
    return _READERS[kind](place, name)
