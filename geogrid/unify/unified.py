"""Several departments' grids made into one layer (多格合一), with every change listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geogrid.coverage import CoverageReport, check_coverage
from geogrid.coverage.measure import zoom_points
from geogrid.coverage.widths import is_narrower, metres_per_unit, to_metres
from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.topology import Integers
from geogrid.unify.changes import change_frame, grid_frame, refinement_frame
from geogrid.unify.comparison import agreement_frame, crossing_frame, hole_frame, match_frame
from geogrid.unify.joining import Pieces, join_pieces, pieces_of, whole_leads
from geogrid.unify.layers import read_layers
from geogrid.unify.naming import Naming, name_grids
from geogrid.unify.plain import plain_values
from geogrid.unify.planar import dissolve
from geogrid.unify.scene import Scene, build_scene

__all__ = ["CROSSINGS", "UnifiedLayers", "unify_layers"]

CROSSINGS = ("split", "lead")
"""What becomes of a leading grid that another layer's border cuts: parts, or it stays whole."""


@dataclass(frozen=True)
class UnifiedLayers:
    """The result of :func:`unify_layers`.

    Attributes
    ----------
    names
        The layers, the leading one first.
    agreement
        Borders that two layers have in common; see
        :func:`geogrid.unify.comparison.agreement_frame`.
    matches
        Grids that are the same in two layers: one_layer, one, other_layer, other.
    crossings
        Borders of one layer through grids of another; see
        :func:`geogrid.unify.comparison.crossing_frame`.
    holes
        Places that one layer leaves out; see :func:`geogrid.unify.comparison.hole_frame`.
    refinement
        The layers laid over each other as drawn; see
        :func:`geogrid.unify.changes.refinement_frame`.
    grids
        The unified layer; see :func:`geogrid.unify.changes.grid_frame`.
    changes
        What moves in each layer; see :func:`geogrid.unify.changes.change_frame`.
    report
        The check of `grids` against `region`.
    region
        What `grids` fill: the region, or the union of all layers, with the corners that the
        grids have on it.
    layer_reports
        The check of each layer by itself, by name.
    snap_m, min_area_m2, crossings_rule
        How it was made.
    has_units
        Whether households are known.
    """

    names: tuple[str, ...]
    agreement: gpd.GeoDataFrame
    matches: pd.DataFrame
    crossings: gpd.GeoDataFrame
    holes: gpd.GeoDataFrame
    refinement: gpd.GeoDataFrame
    grids: gpd.GeoDataFrame
    changes: gpd.GeoDataFrame
    report: CoverageReport
    region: gpd.GeoSeries
    layer_reports: Mapping[str, CoverageReport]
    snap_m: float
    min_area_m2: float
    crossings_rule: str
    has_units: bool

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the geometries as plain values for JSON."""
        return plain_values(self)


def unify_layers(
    layers: Mapping[str, gpd.GeoDataFrame],
    region: object = None,
    *,
    lead: str | None = None,
    snap_m: float = 5.0,
    min_area_m2: float = 1000.0,
    crossings: str = "split",
    units: pd.DataFrame | None = None,
) -> UnifiedLayers:
    """Lay the grids of several departments over each other and make one layer of them.

    Parameters
    ----------
    layers
        Name of each layer to its grids: polygons with a CRS and, where there is one, a column
        code. Of several levels the finest counts; rows of a layer with the same code are one
        grid, and :attr:`UnifiedLayers.layer_reports` names them. The order of the layers
        decides after `lead`.
    region
        What the unified grids must fill, as for :func:`geogrid.check_coverage`; what lies
        beyond it is cut off. Without it they fill whatever any layer covers.
    lead
        Name of the layer whose borders win; the first one when left out. Its borders never
        move but where its own grids overlap.
    snap_m
        Borders that run within this many metres of each other become one: the leading
        layer's, then the earlier layer's.
    min_area_m2
        Pieces smaller than this go to a neighbour in the same leading grid; outside the
        leading layer to a leading grid beside them.
    crossings
        ``"split"``: a leading grid that a border of another layer cuts becomes several, so
        that every unified grid lies in one grid of each layer. ``"lead"``: leading grids stay
        whole.
    units
        Buildings with columns lon, lat (WGS 84 degrees), households, and kind.

    Returns
    -------
    UnifiedLayers
        The same whatever the order of the rows.

    Raises
    ------
    InputError
        There are fewer than two layers, one is empty, `lead` names none of them, or a
        distance or area is negative.
    CrsError
        A layer or the region has no CRS.
    FieldError
        A coordinate is not a number, or the units lack a column.

    Examples
    --------
    >>> from shapely import box
    >>> def layer(codes, *shapes):
    ...     return gpd.GeoDataFrame({"code": codes}, geometry=list(shapes), crs="EPSG:4547")
    >>> x, y = 500000, 2490000
    >>> police = layer(["P1"], box(x, y, x + 200, y + 100))
    >>> city = layer(["C1", "C2"], box(x, y, x + 120, y + 100), box(x + 120, y, x + 203, y + 100))
    >>> unified = unify_layers({"police": police, "city": city})
    >>> unified.grids[["code", "police", "city"]].values.tolist()
    [['P1-1', 'P1', 'C1'], ['P1-2', 'P1', 'C2']]
    >>> unified.report.is_proven, unified.crossings[["grid", "by", "one", "other"]].values.tolist()
    (True, [['P1', 'city', 'C2', 'C1']])
    """
    _check_numbers(snap_m=snap_m, min_area_m2=min_area_m2)
    if crossings not in CROSSINGS:
        raise InputError(
            _("Grids that are cut can be treated as {known}, not {given}."),
            known=" / ".join(CROSSINGS),
            given=str(crossings)[:30],
        )
    given = read_layers(layers, region, lead)
    scene = build_scene(given, float(snap_m), units)
    if not scene.is_covered[scene.claims.face].any():
        raise InputError(_("No grid of any layer lies in the region."))
    settled = _settle(scene, float(snap_m), float(min_area_m2), crossings)
    grids = grid_frame(scene, settled.naming)
    outline = scene.outline(grids.geometry.to_numpy(), settled.naming.grid)
    noded = gpd.GeoSeries([outline], crs=scene.crs)
    return UnifiedLayers(
        names=given.names,
        agreement=agreement_frame(scene, settled.snapped),
        matches=match_frame(scene, settled.snapped),
        crossings=crossing_frame(scene, settled.snapped),
        holes=hole_frame(scene),
        refinement=refinement_frame(scene),
        grids=grids,
        changes=change_frame(scene, settled.naming, settled.reason),
        report=check_coverage(grids[["code", "geometry"]], noded, units=units),
        region=noded,
        layer_reports=given.reports,
        snap_m=float(snap_m),
        min_area_m2=float(min_area_m2),
        crossings_rule=crossings,
        has_units=units is not None,
    )


def _check_numbers(**numbers: object) -> None:
    for name, value in numbers.items():
        if not isinstance(value, Real) or not float(value) >= 0.0:
            raise InputError(
                _("{name} must be 0 or more, not {value}."), name=name, value=str(value)[:20]
            )


@dataclass(frozen=True)
class _Settled:
    """Labels after borders became one, the final grids, and why labels changed."""

    snapped: Integers
    naming: Naming
    reason: Integers


def _settle(scene: Scene, snap_m: float, min_area_m2: float, crossings: str) -> _Settled:
    planar, owner = scene.planar, scene.claims.owner
    inside = scene.is_covered.copy()
    pieces = pieces_of(planar, owner, inside, scene.area_m2, barrier=planar.is_cut)
    holes = _small_holes(scene, snap_m, min_area_m2)
    if holes.any():
        inside |= holes
        pieces = pieces_of(planar, owner, inside, scene.area_m2, barrier=planar.is_cut)
    is_thin = _is_thin(scene, pieces, snap_m)
    snapped = join_pieces(planar, owner, pieces, is_thin, scene.length_m)
    merged = pieces_of(planar, snapped, inside, scene.area_m2)
    final = join_pieces(planar, snapped, merged, merged.area_m2 < min_area_m2, scene.length_m)
    steps = [(owner, snapped), (snapped, final)]
    if crossings == "lead":
        whole = whole_leads(final, pieces_of(planar, final, inside, scene.area_m2))
        steps.append((final, whole))
        final = whole
    reason = np.full(owner.shape, -1, dtype=np.int64)
    for at, (before, after) in enumerate(steps):
        reason[before != after] = at
    last = pieces_of(planar, final, inside, scene.area_m2)
    shown = np.where(inside, snapped, -1)
    return _Settled(shown, name_grids(scene, last), reason)


def _small_holes(scene: Scene, snap_m: float, min_area_m2: float) -> np.ndarray[Any, Any]:
    """Return faces that nobody covers, enclosed by grids, too narrow or small to be left open."""
    if scene.layers.region is not None or scene.is_covered.all():
        return np.zeros(len(scene.is_covered), dtype=bool)
    none = np.full((1, len(scene.is_covered)), -1, dtype=np.int64)
    pieces = pieces_of(scene.planar, none, ~scene.is_covered, scene.area_m2)
    is_small = (pieces.area_m2 < min_area_m2) | _is_thin(scene, pieces, snap_m)
    return np.asarray(is_small[pieces.piece] & (pieces.piece >= 0))


def _is_thin(scene: Scene, pieces: Pieces, snap_m: float) -> np.ndarray[Any, Any]:
    shapes, _found = dissolve(scene.planar.faces, pieces.piece)
    point = zoom_points(shapes)
    metric = to_metres(shapes, point, metres_per_unit(point, scene.crs))
    return np.asarray(is_narrower(metric, snap_m))
