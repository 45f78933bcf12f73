"""The layers of several departments, checked and brought into one reference system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geogrid.coverage import CoverageReport, check_coverage
from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.inputs import read_input
from geogrid.coverage.tiers import tier_rows
from geogrid.errors import CrsError, InputError
from geogrid.i18n import mark as _
from geogrid.topology import Integers

__all__ = ["Layers", "read_layers"]

_FEWEST = 2


@dataclass(frozen=True)
class Layers:
    """The finest grids of every layer, the leading layer first.

    Attributes
    ----------
    names
        (l,) name of each layer.
    codes
        Per layer its codes, sorted.
    titles
        Name of each grid of the leading layer by its code.
    polygons
        (n,) valid polygons of all layers.
    layer, code
        (n,) the layer of each polygon, and the position of its code among the layer's.
    region
        Valid (Multi)Polygon or None.
    crs
        Of all coordinates: that of the leading layer.
    reports
        The check of each layer by itself, by name.
    """

    names: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...]
    titles: Mapping[str, str]
    polygons: Geometries
    layer: Integers
    code: Integers
    region: shapely.Geometry | None
    crs: pyproj.CRS
    reports: Mapping[str, CoverageReport]


def read_layers(layers: Mapping[str, gpd.GeoDataFrame], region: object, lead: str | None) -> Layers:
    """Take apart the arguments of :func:`geogrid.unify.unify_layers`.

    Raises
    ------
    InputError, CrsError, FieldError
        As described there.
    """
    names = _ordered(layers, lead)
    first = layers[names[0]]
    polygons, layer, code, codes = [], [], [], []
    reports, crs, area = {}, None, None
    for at, name in enumerate(names):
        frame = _in_system(layers[name], first, name)
        given = read_input(frame, region if at == 0 else None, None, 0.0)
        if at == 0:
            crs, area = given.crs, given.region
        rows = tier_rows(given.tree, given.tree.levels[-1])
        rows = rows[~shapely.is_missing(given.polygons[rows])]
        own = [given.codes[row] for row in rows.tolist()]
        known, position = np.unique(np.array(own, dtype=object), return_inverse=True)
        polygons.append(given.polygons[rows])
        layer.append(np.full(len(rows), at, dtype=np.int64))
        code.append(position.astype(np.int64))
        codes.append(tuple(str(one) for one in known))
        reports[name] = check_coverage(frame)
    return Layers(
        names=names,
        codes=tuple(codes),
        titles=_titles(first),
        polygons=np.concatenate(polygons),
        layer=np.concatenate(layer),
        code=np.concatenate(code),
        region=area,
        crs=pyproj.CRS.from_user_input(crs),
        reports=reports,
    )


def _ordered(layers: object, lead: str | None) -> tuple[str, ...]:
    """Return the names, the leading layer first."""
    if not isinstance(layers, Mapping) or len(layers) < _FEWEST:
        raise InputError(_("Give at least two layers to unify, each with a name."))
    names = [str(name) for name in layers]
    if lead is not None and lead not in names:
        raise InputError(
            _("There is no layer “{lead}” to lead; the layers are: {layers}."),
            lead=str(lead)[:60],
            layers=", ".join(names)[:200],
        )
    leading = names[0] if lead is None else lead
    return (leading, *(name for name in names if name != leading))


def _in_system(frame: object, first: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """Return a layer in the reference system of the first one, from row 0."""
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        raise InputError(
            _("Layer {layer} must be a GeoDataFrame of polygons, not {kind}."),
            layer=name,
            kind=type(frame).__name__,
        )
    if not len(frame):
        raise InputError(_("Layer {layer} has no grids."), layer=name)
    if frame.crs is None:
        raise CrsError(_("Layer {layer} has no coordinate reference system."), layer=name)
    here = frame if frame.crs == first.crs else frame.to_crs(first.crs)
    return here.reset_index(drop=True)


def _titles(frame: gpd.GeoDataFrame) -> dict[str, str]:
    if "code" not in frame or "name" not in frame:
        return {}
    pairs = zip(frame["code"].astype(str), frame["name"].fillna("").astype(str), strict=True)
    return {code: name for code, name in pairs if name}
