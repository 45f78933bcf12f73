"""Files read by GDAL, which is shown nothing but what they are.

GDAL looks at a file's first bytes and its name to choose among some sixty drivers, of which
several (VRT, GDALG, WFS …) open other files or addresses a file names. A file gets here only
after :mod:`geogrid.formats.sniff` and the checks of its own reader, and is put into an empty
folder under a fixed name, so that neither its name nor its neighbours say anything. It cannot
be taken for another driver's: text formats such as VRT are looked for in the first bytes up
to the first NUL, and a ``.shp`` begins with one. That the driver is the one expected is asked
all the same.

GeoPackage is not read here: GDAL runs what a view called gpkg_contents says while it opens
one, and reads the text “440304A01” in a column of whole numbers as 440304. Nor is KML: GDAL
reads a coordinate “114.05,x” as 0, and layers apart that are one document.
"""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyogrio

from geogrid.errors import FormatError, UnsafeFileError
from geogrid.i18n import mark as _

__all__ = ["read_with_gdal"]

_DRIVERS = {".shp": "ESRI Shapefile", ".dbf": "ESRI Shapefile"}
"""The drivers that are allowed, by what the file is."""

_DAMAGE = (RuntimeError, ValueError, pa.ArrowException)  # GDAL's own are of the first kind


def read_with_gdal(
    files: Mapping[str, Path | bytes], name: str, **options: str
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.object_], pa.Table]:
    """Read the only layer of a file.

    Parameters
    ----------
    files
        Suffix to file or content, the one to open first.
    name
        What to call it in messages.
    options
        GDAL's open options.

    Returns
    -------
    ids, bodies, attributes
        Of every row its number in the file, its well-known binary (None where there is no
        geometry or GDAL could not read it) and the other columns, whose names may be there
        twice; dates are ISO text.

    Raises
    ------
    FormatError
        Damaged.
    UnsafeFileError
        GDAL takes it for something else.
    """
    suffix = next(iter(files))
    pyogrio.set_gdal_config_options({"OGR_ORGANIZE_POLYGONS": "DEFAULT"})  # by what is in what
    try:
        with TemporaryDirectory(prefix="geogrid-") as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is odd is asked of each row instead
            for ending, source in files.items():
                _put(source, Path(folder, f"layer{ending}"))
            path = Path(folder, f"layer{suffix}")
            driver = pyogrio.read_info(path, **options)["driver"]
            if driver != _DRIVERS[suffix]:
                raise UnsafeFileError(
                    _("{file} is not only what it seems, but also {kind}; it is refused."),
                    file=name,
                    kind=driver,
                )
            _about, table = pyogrio.read_arrow(path, return_fids=True, **options)
    except _DAMAGE as error:
        raise FormatError(_("{file} is damaged or cut off; export it again."), file=name) from error
    return _taken_apart(table)


def _put(source: Path | bytes, target: Path) -> None:
    if isinstance(source, bytes):
        target.write_bytes(source)
        return
    try:
        target.hardlink_to(source)
    except OSError:  # on another disk, or of another user
        shutil.copyfile(source, target)


def _taken_apart(
    table: pa.Table,
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.object_], pa.Table]:
    ids, *columns = table.columns
    is_shape = bool(columns) and pa.types.is_binary(_stored(columns[-1].type))
    bodies = columns.pop().to_pylist() if is_shape else [None] * len(ids)
    plain = [one.cast(pa.string()) if pa.types.is_date(one.type) else one for one in columns]
    shapes = np.array([*bodies, None], dtype=object)[:-1]
    names = table.column_names[1 : len(columns) + 1]
    return ids.to_numpy().astype(np.intp), shapes, pa.Table.from_arrays(plain, names=names)


def _stored(kind: pa.DataType) -> pa.DataType:
    return kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind
