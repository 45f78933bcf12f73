"""Shapefile and GeoPackage through GDAL, which is shown nothing but what they are.

GDAL looks at a file's first bytes and its name to choose among some sixty drivers, of which
several (VRT, GDALG, WFS …) open other files or addresses a file names. A file gets here only
after :mod:`geogrid.formats.sniff` and the checks of its own reader. It is put into an empty
folder under a fixed name, so that neither its name nor its neighbours say anything. What is
inside cannot be taken for another driver's: text formats such as VRT are recognised in the
first bytes up to the first NUL, of which a ``.shp`` has one at the start and a GeoPackage
one after “SQLite format 3”. That the driver is the one expected is asked all the same.
"""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyogrio

from geogrid.errors import FormatError, UnsafeFileError
from geogrid.i18n import mark as _

__all__ = ["GdalRows", "read_with_gdal"]

_DRIVERS = {".shp": "ESRI Shapefile", ".gpkg": "GPKG"}
_DAMAGE = (RuntimeError, ValueError, pa.ArrowException)  # GDAL's own are of the first kind


@dataclass(frozen=True)
class GdalRows:
    """The rows of a layer as GDAL gives them.

    Attributes
    ----------
    bodies
        Well-known binary, None where there is no geometry or GDAL could not read it.
    attributes
        The other columns, whose names may be there twice; dates are ISO text.
    ids
        What the format numbers the rows by.
    """

    bodies: list[bytes | None]
    attributes: pa.Table
    ids: list[int]


def read_with_gdal(
    files: Mapping[str, Path | bytes],
    name: str,
    *,
    layer: str | None = None,
    columns: Sequence[str] | None = None,
    **options: str,
) -> GdalRows:
    """Read one layer.

    Parameters
    ----------
    files
        Suffix to file or content, of which the first is the one to open: ``.shp`` or
        ``.gpkg``, sniffed and checked.
    name
        What to call it in messages.
    layer, columns
        Which layer, and which of its columns; all unless given.
    options
        GDAL's open options.

    Raises
    ------
    FormatError
        Damaged.
    UnsafeFileError
        GDAL takes it for something else.
    """
    suffix = next(iter(files))
    pyogrio.set_gdal_config_options({"OGR_ORGANIZE_POLYGONS": "DEFAULT"})
    try:
        with TemporaryDirectory(prefix="geogrid-") as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is odd is asked of each row instead
            for ending, source in files.items():
                _put(source, Path(folder, f"layer{ending}"))
            path = Path(folder, f"layer{suffix}")
            driver = pyogrio.read_info(path, layer=layer, **options)["driver"]
            if driver != _DRIVERS[suffix]:
                raise UnsafeFileError(
                    _("{file} is not only what it seems, but also {kind}; it is refused."),
                    file=name,
                    kind=driver,
                )
            about, table = pyogrio.read_arrow(
                path, layer=layer, columns=columns, return_fids=True, datetime_as_string=True,
                **options,
            )  # fmt: skip
    except _DAMAGE as error:
        raise FormatError(_("{file} is damaged or cut off; export it again."), file=name) from error
    return _rows(table, about)


def _put(source: Path | bytes, target: Path) -> None:
    if isinstance(source, bytes):
        target.write_bytes(source)
        return
    try:
        target.hardlink_to(source)
    except OSError:  # on another disk, or of another user
        shutil.copyfile(source, target)


def _rows(table: pa.Table, about: Mapping[str, str]) -> GdalRows:
    names = table.column_names
    where = {
        "ids": names.index(about["fid_column"] or "OGC_FID"),
        "bodies": names.index(about["geometry_name"] or "wkb_geometry"),
    }
    others = [at for at in range(len(names)) if at not in where.values()]
    columns = [table.column(at) for at in others]
    plain = [one.cast(pa.string()) if pa.types.is_date(one.type) else one for one in columns]
    return GdalRows(
        table.column(where["bodies"]).to_pylist(),
        pa.Table.from_arrays(plain, names=[names[at] for at in others]),
        table.column(where["ids"]).to_pylist(),
    )
