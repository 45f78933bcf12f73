"""From a path to the layers it offers: files, folders and archives alike."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from geogrid.errors import FormatError, LimitError, UnsafeFileError
from geogrid.formats.archives import Member, unpack
from geogrid.formats.geojson import read_geojson
from geogrid.formats.geopackage import geopackage_layers, read_geopackage
from geogrid.formats.geoparquet import read_geoparquet
from geogrid.formats.kml import read_kml
from geogrid.formats.layer import Limits, RawLayer, megabytes
from geogrid.formats.shapefile import SIDECARS, is_polygon_shapefile, read_shapefile
from geogrid.formats.sniff import sniff
from geogrid.formats.wkt_table import read_wkt_csv, read_wkt_sheet
from geogrid.formats.workbook import sheet_names
from geogrid.i18n import mark as _

__all__ = ["Layer", "opened_layers"]

_OUTSIDE = re.compile(r"^(?:[\\/]+vsi|[a-z][a-z0-9+.-]+:[\\/])", re.IGNORECASE)
_PLAIN_FILES = (".geojson", ".json", ".gpkg", ".parquet", ".kml", ".dxf", ".csv", ".txt", ".xlsx")


@dataclass(frozen=True)
class Layer:
    """One layer that can be read.

    Attributes
    ----------
    name
        What `layer=` may be to choose it; ``""`` where a file has just one.
    is_polygonal
        Whether it can hold areas, as far as can be told without reading it.
    read
        Reads it.
    parts
        The CAD layers of a drawing, which is one layer here.
    """

    name: str
    is_polygonal: bool
    read: Callable[[], RawLayer]
    parts: Callable[[], list[str]] = list


@contextmanager
def opened_layers(
    path: str | Path, limits: Limits, *, cad_layers: Sequence[str] = ()
) -> Iterator[list[Layer]]:
    """Offer the layers of a file, a folder with a Shapefile or a zip archive.

    Parameters
    ----------
    path
        Where it is on this machine.
    cad_layers
        Layers to read of a drawing, all of which make one layer here.

    Raises
    ------
    FormatError
        Not there, in no format that is read, or damaged.
    LimitError, UnsafeFileError
        Too large, or reaching outside itself.
    """
    place = _checked(path)
    try:
        with TemporaryDirectory(prefix="geogrid-") as folder:
            yield _layers(place, limits, Path(folder), cad_layers)
    except OSError as error:
        raise FormatError(
            _("{file} cannot be read: {reason}."),
            file=place.name,
            reason=error.strerror or str(error),
        ) from error


def _checked(path: str | Path) -> Path:
    if _OUTSIDE.match(str(path)):
        raise UnsafeFileError(
            _("“{path}” is no file on this machine; addresses and virtual paths are refused."),
            path=str(path)[:80],
        )
    place = Path(path or "\0")  # an empty name is not this folder
    try:
        mode = place.stat().st_mode
    except (OSError, ValueError):
        raise FormatError(_("There is no file {path}."), path=str(path)[:200]) from None
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise UnsafeFileError(_("{path} is neither a file nor a folder."), path=str(path)[:200])
    return place


def _layers(place: Path, limits: Limits, folder: Path, cad_layers: Sequence[str]) -> list[Layer]:
    if place.is_dir():
        return _in_folder(place, limits)
    _check_size([place], place.name, limits)
    kind = sniff(place, place.name)
    if kind in ("shapefile", "dbf"):
        return [_beside(place, kind, limits)]
    if kind == "zip":
        members = unpack(
            place, place.name, folder, wanted=(*SIDECARS, *_PLAIN_FILES), limits=limits
        )
        return _of_members(members, place.name, limits, cad_layers)
    if kind == "kmz":
        members = unpack(place, place.name, folder, wanted=(".kml",), limits=limits)
        return _of_members(members, place.name, limits, cad_layers)
    return _of_file(Member(place.name, place), kind, limits, cad_layers)


def _check_size(files: Sequence[Path], name: str, limits: Limits) -> None:
    size = sum(file.stat().st_size for file in files)
    if size > limits.file_bytes:
        raise LimitError(
            _("{file} has {size}; at most {limit} are read. Split it."),
            file=name,
            size=megabytes(size),
            limit=megabytes(limits.file_bytes),
        )


def _of_file(member: Member, kind: str, limits: Limits, cad_layers: Sequence[str]) -> list[Layer]:
    path, name = member.path, PurePosixPath(member.name).name
    single: dict[str, Callable[[], RawLayer]] = {
        "geojson": partial(read_geojson, path, name, limits),
        "geoparquet": partial(read_geoparquet, path, name, limits),
        "kml": partial(read_kml, path, name, limits),
        "csv": partial(read_wkt_csv, path, name, limits),
    }
    if kind in single:
        return [Layer("", True, single[kind])]
    if kind == "dxf":
        return [_drawing(path, name, limits, cad_layers)]
    if kind == "geopackage":
        return [
            Layer(
                layer.name, layer.is_polygonal, partial(read_geopackage, path, name, layer, limits)
            )
            for layer in geopackage_layers(path, name)
        ]
    if kind == "xlsx":
        return [
            Layer(sheet, True, partial(read_wkt_sheet, path, name, sheet, limits))
            for sheet in sheet_names(path, name, limits)
        ]
    raise FormatError(
        _("{file} is an old Excel file or an archive in an archive; save it as .xlsx or .csv."),
        file=name,
    )


def _drawing(path: Path, name: str, limits: Limits, cad_layers: Sequence[str]) -> Layer:
    from geogrid.formats.dxf import dxf_layers, read_dxf  # noqa: PLC0415 - ezdxf takes long to load

    read = partial(read_dxf, path, name, limits, layers=cad_layers)
    return Layer("", True, read, partial(dxf_layers, path, name))


def _of_members(
    members: list[Member], name: str, limits: Limits, cad_layers: Sequence[str]
) -> list[Layer]:
    layers = _shapefiles(members, limits)
    if layers:
        return layers
    for member in members:
        if PurePosixPath(member.name).suffix.casefold() in _PLAIN_FILES:
            kind = sniff(member.path, member.name)
            found = _of_file(member, kind, limits, cad_layers)
            label = PurePosixPath(member.name).stem
            several = len(found) > 1
            layers += [
                replace(one, name=f"{label}/{one.name}" if several else label) for one in found
            ]
    if not layers:
        raise FormatError(
            _("{file} holds no boundary file (a Shapefile needs at least .shp and .dbf)."),
            file=name,
        )
    return layers


def _shapefiles(members: Sequence[Member], limits: Limits) -> list[Layer]:
    sets: dict[str, dict[str, Path]] = {}
    labels: dict[str, str] = {}
    for member in members:
        path = PurePosixPath(member.name)
        suffix = path.suffix.casefold()
        if suffix in SIDECARS:
            key = str(path.with_suffix("")).casefold()
            sets.setdefault(key, {})[suffix] = member.path
            labels.setdefault(key, path.stem)
    layers = []
    for key, files in sets.items():
        if ".shp" in files:
            name = labels[key]
            _check_size(list(files.values()), name, limits)
            if sniff(files[".shp"], f"{name}.shp") != "shapefile":
                raise FormatError(_("{file} is no Shapefile."), file=f"{name}.shp")
            read = partial(read_shapefile, files, f"{name}.shp", limits)
            layers.append(Layer(name, is_polygon_shapefile(files[".shp"]), read))
    return layers


def _in_folder(folder: Path, limits: Limits) -> list[Layer]:
    if folder.suffix.casefold() == ".gdb":
        raise FormatError(
            _("{file} is an ArcGIS geodatabase; export its layer as GeoPackage or Shapefile."),
            file=folder.name,
        )
    files = [file for file in sorted(folder.iterdir()) if file.is_file()]
    layers = _shapefiles([Member(file.name, file) for file in files], limits)
    if layers:
        return layers
    raise FormatError(
        _("The folder {file} holds no Shapefile; give the boundary file itself."),
        file=folder.name,
    )


def _beside(place: Path, kind: str, limits: Limits) -> Layer:
    """Return the Shapefile a ``.shp`` or ``.dbf`` belongs to, with what lies beside it."""
    stem = place.stem.casefold()
    siblings = [
        Member(file.name, file)
        for file in sorted(place.parent.iterdir())
        if file.stem.casefold() == stem and file.is_file()
    ]
    if kind == "shapefile" and place.suffix.casefold() != ".shp":
        siblings = [Member(place.stem + ".shp", place)]
    found = _shapefiles(siblings, limits)
    if not found:
        raise FormatError(
            _("{file} is the attribute table of a Shapefile; its .shp is not beside it."),
            file=place.name,
        )
    return found[0]
