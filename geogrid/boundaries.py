"""Read boundary files of offices as they come: what is odd is said, nothing is dropped.

A path goes to the layers it offers (:mod:`geogrid.formats`), a layer to polygons, its
attributes to the columns every grid has, what is said about its coordinates to a reference
system, and all that was noticed on the way to findings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
import shapely.errors

from geogrid.crs import convert_geometry
from geogrid.errors import FormatError
from geogrid.findings import Finding
from geogrid.formats.layer import LIMITS, Limits, RawLayer, check_vertices
from geogrid.formats.source import Layer, opened_layers
from geogrid.formats.write import write_boundaries
from geogrid.i18n import mark as _
from geogrid.reading.attributes import grid_attributes
from geogrid.reading.gauss_kruger import describe_numbers
from geogrid.reading.map_makers import suspect_datum
from geogrid.reading.plausibility import check_positions, total_bounds
from geogrid.reading.polygons import geometry_findings, keep_polygons
from geogrid.reading.reference import Reference, settle_reference
from geogrid.reading.wrong_units import Stated

__all__ = ["list_layers", "read_boundaries", "read_lines", "write_boundaries"]


def list_layers(path: str | Path, *, limits: Limits = LIMITS) -> list[str]:
    """Return the names :func:`read_boundaries` takes as `layer`, those of areas first.

    Sheets of a workbook, CAD layers of a drawing (the fullest first), layers of a database,
    files of an archive; empty for a file that has just one.

    Raises
    ------
    GeogridError
        As :func:`read_boundaries`.
    """
    with opened_layers(path, limits) as layers:
        ordered = sorted(layers, key=lambda layer: not layer.is_polygonal)
        return [name for layer in ordered for name in [layer.name, *layer.parts()] if name]


def read_boundaries(
    path: str | Path,
    *,
    datum: str | None = None,
    crs: object = None,
    fields: Mapping[str, str] | None = None,
    layer: str | Sequence[str] | None = None,
    limits: Limits = LIMITS,
) -> gpd.GeoDataFrame:
    """Read a file of grid boundaries.

    GeoJSON, GeoPackage, Shapefile (``.shp``, folder or zip), GeoParquet, KML and KMZ, DXF,
    CSV and XLSX with a column of WKT, told apart by their content.

    Parameters
    ----------
    path
        A file or folder on this machine.
    datum
        ``"wgs84"``, ``"cgcs2000"``, ``"gcj02"`` or ``"bd09"``: what longitudes and
        latitudes are in, where the file does not say or says wrong.
    crs
        Such as ``"EPSG:4547"``: the same for other systems. Never guessed.
    fields
        Canonical field (code, name, parent, level, kind, households, people) to column,
        where names are not recognised; ``""`` for no column.
    layer
        Which layer, sheet or Shapefile, where there are several; of a drawing one or more
        CAD layers (``"*"``: all).
    limits
        How large the file may be.

    Returns
    -------
    GeoDataFrame
        Columns code, name, parent (str), level (Int64), kind (str), households, people
        (Int64), geometry, then the file's other columns. Polygons and multipolygons only,
        as drawn. In the file's CRS, but EPSG:4326 for gcj02 and bd09, which are converted.
        ``attrs["findings"]`` is a list of :class:`~geogrid.findings.Finding` whose rows
        count the rows of the file; ``attrs["fields"]`` says which column became which,
        ``attrs["states_crs"]`` whether the file itself names its reference system.

    Raises
    ------
    CrsError
        The reference system is missing, unknown or impossible for the coordinates.
    FieldError
        `fields` names what is not there.
    FormatError
        No readable file, no areas in it, or a layer must be chosen.
    LimitError, UnsafeFileError
        Too large, or reaching for something outside itself.
    """
    chosen, name = _names(layer), Path(path).name
    try:
        with np.errstate(all="ignore"), opened_layers(path, limits, cad_layers=chosen) as layers:
            picked, notes = _pick(layers, chosen, name)
            raw = picked.read()
            check_vertices(raw.geometry, limits)
            frame = _frame(raw, name, datum=datum, crs=crs, fields=fields)
    except shapely.errors.ShapelyError as error:
        raise _unworkable(error, name) from error
    frame.attrs["findings"] = [*notes, *frame.attrs["findings"]]
    return frame


def read_lines(
    path: str | Path,
    *,
    datum: str | None = None,
    crs: object = None,
    layer: str | None = None,
    limits: Limits = LIMITS,
) -> gpd.GeoDataFrame:
    """Read the lines of a file, such as streets; formats and safety as for boundaries.

    Parameters
    ----------
    path, datum, crs, layer, limits
        As for :func:`read_boundaries`.

    Returns
    -------
    GeoDataFrame
        (Multi)LineStrings only; in the file's CRS, but EPSG:4326 for gcj02 and bd09.

    Raises
    ------
    CrsError, FormatError, LimitError, UnsafeFileError
        As :func:`read_boundaries`; and where there are no lines in the file.
    """
    chosen, name = _names(layer), Path(path).name
    try:
        with np.errstate(all="ignore"), opened_layers(path, limits) as layers:
            raw = _pick(layers, chosen, name)[0].read()
            shapes = np.array([*raw.geometry, *raw.lines], dtype=object)
            check_vertices(shapes, limits)
    except shapely.errors.ShapelyError as error:
        raise _unworkable(error, name) from error
    lines = shapes[shapely.get_dimensions(shapes) == 1]
    bounds = total_bounds(lines)
    if bounds is None:
        raise FormatError(_("{file} holds no lines that can be read."), file=name)
    hint = describe_numbers(bounds.west, bounds.south)
    reference = settle_reference(raw.crs, crs=crs, datum=datum, name=name, hint=hint)
    lines = shapely.force_2d(lines)
    return gpd.GeoDataFrame(geometry=_converted(lines, reference), crs=reference.crs)


def _unworkable(error: Exception, name: str) -> FormatError:
    return FormatError(
        _("{file} holds geometry that cannot be worked with: {reason}."),
        file=name,
        reason=str(error)[:120],
    )


def _names(layer: str | Sequence[str] | None) -> list[str]:
    if layer is None:
        return []
    return [layer] if isinstance(layer, str) else list(layer)


def _pick(layers: list[Layer], chosen: Sequence[str], name: str) -> tuple[Layer, list[Finding]]:
    """Choose a layer: the one asked for, else the only one that can hold areas."""
    if len(layers) == 1 and not layers[0].name:
        return layers[0], []
    if chosen:
        wanted = [one for one in layers if one.name == chosen[0]]
        if wanted and len(chosen) == 1:
            return wanted[0], []
        raise _choose(
            _("{file} has no layer “{layer}”; its layers are: {layers}."), layers, name, chosen[0]
        )
    areal = [one for one in layers if one.is_polygonal]
    if len(areal) == 1 or len(layers) == 1:
        picked = areal[0] if areal else layers[0]
        return picked, [_read_one_of(picked, layers)] if len(layers) > 1 else []
    raise _choose(
        _("{file} has several layers; choose one with layer='…' (--layer): {layers}."), layers, name
    )


def _choose(message: str, layers: list[Layer], name: str, asked: str = "") -> FormatError:
    listed = ", ".join(one.name for one in layers)
    return FormatError(message, file=name, layer=asked[:60], layers=listed[:400] or "–")


def _read_one_of(picked: Layer, layers: list[Layer]) -> Finding:
    return Finding(
        "layer_chosen",
        _("Of {number} layers “{layer}” was read, the only one that holds areas."),
        {"number": len(layers), "layer": picked.name},
        severity="note",
    )


def _frame(
    raw: RawLayer,
    name: str,
    *,
    datum: str | None,
    crs: object,
    fields: Mapping[str, str] | None,
) -> gpd.GeoDataFrame:
    geometry, problems = keep_polygons(raw.geometry, raw.problems)
    attributes, findings, recognised = grid_attributes(raw.attributes, fields)
    bounds = total_bounds(geometry)
    if bounds is None:
        raise _nothing(name, geometry_findings(problems))
    hint = describe_numbers(bounds.west, bounds.south)
    reference = settle_reference(raw.crs, crs=crs, datum=datum, name=name, hint=hint)
    stated = Stated(datum=datum, by_user=datum is not None or crs is not None)
    placed, unusable = check_positions(geometry, reference.crs, stated=stated, name=name)
    geometry[unusable] = None
    if datum is None and reference.crs.is_geographic:
        placed += suspect_datum([name, raw.hints], raw.attributes, bounds)
    rows = np.flatnonzero(~shapely.is_missing(geometry))
    frame = _assembled(attributes.iloc[rows], _converted(geometry[rows], reference), reference)
    frame.attrs["findings"] = [
        *reference.findings,
        *raw.findings,
        *geometry_findings(problems),
        *placed,
        *findings,
    ]
    frame.attrs["fields"] = recognised
    frame.attrs["states_crs"] = reference.own is not None
    return frame


def _nothing(name: str, findings: Sequence[Finding]) -> FormatError:
    if not findings:
        return FormatError(_("{file} holds no boundaries."), file=name)
    return FormatError(
        _("{file} holds no areas that can be read. {reason}"), file=name, reason=findings[0]
    )


def _converted(geometry: npt.NDArray[np.object_], reference: Reference) -> npt.NDArray[np.object_]:
    if reference.datum is None:
        return geometry
    return convert_geometry(geometry, reference.datum, "wgs84")


def _assembled(
    attributes: pd.DataFrame, geometry: npt.NDArray[np.object_], reference: Reference
) -> gpd.GeoDataFrame:
    columns = attributes.reset_index(drop=True)
    columns.insert(7, "geometry", geometry)
    return gpd.GeoDataFrame(columns, geometry="geometry", crs=reference.crs)
