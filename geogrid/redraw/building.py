"""A draft from a proven plan, and back: frames whose shared borders are bit-identical."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geogrid.arcs import build_arcs
from geogrid.coverage import check_coverage
from geogrid.errors import CrsError, FieldError
from geogrid.hierarchy import leaves
from geogrid.i18n import mark as _
from geogrid.redraw._gaps import areas, described_gaps, gap_polygons, read_approved, rounded
from geogrid.redraw._walking import face_parts
from geogrid.redraw.arc import OUTSIDE, UNITS, Arc, Integers, to_degrees, to_units
from geogrid.redraw.errors import RedrawError
from geogrid.redraw.graph import ArcGraph, Row

__all__ = ["build_graph", "graph_frame", "graph_gaps", "graph_region", "grid_polygon"]

Geometries = npt.NDArray[np.object_]
_COLUMNS = ("code", "name", "parent", "level", "kind")


def build_graph(
    grids: gpd.GeoDataFrame,
    region: object = None,
    *,
    approved_gaps: object = None,
    used: Iterable[str] = (),
) -> ArcGraph:
    """Return the draft of a plan that is proven seamless.

    Parameters
    ----------
    grids
        Every level, EPSG:4326, columns code, name, parent, level and any others. Coordinates
        are rounded to 1e-9°; those of plans are there already.
    region
        What the finest grids fill, as for :func:`geogrid.check_coverage`; what they fill
        together, and approved gaps, when left out. Places in it that no grid covers are gaps of
        the draft.
    approved_gaps
        Polygons, or a GeoDataFrame of them with a column ``reason``; gaps within them count as
        approved and get the reason as their note. Neighbours stay gaps of their own. Without a
        region those are left out that have other corners than the grids beside them.
    used
        Codes that were used once and that no new grid may have.

    Raises
    ------
    RedrawError
        The grids do not fill the region exactly once, at every level; repair them first.
    FieldError, CrsError, InputError
        There are no codes, a code comes twice, or the grids are not in EPSG:4326.
    """
    rows = _rows(grids)
    sheet = grids.set_geometry(rounded(np.asarray(grids.geometry.array, dtype=object)))
    finest = leaves(sheet) if "parent" in grids else sheet
    shapes = np.asarray(finest.geometry.array, dtype=object)
    whole = rounded(areas(region)) if region is not None else None
    filled = _united(shapes)
    _require_proof(sheet, filled)
    approved = read_approved(approved_gaps)
    gaps = gap_polygons(whole, filled, approved)
    if whole is not None:
        _require_proof(_with_gaps(finest, gaps), shapely.union_all(whole))
    names = [f"gap:{number + 1}" for number in range(len(gaps))]
    arcs = _arcs([*finest["code"], *names], np.concatenate([shapes, gaps]))
    described = dict(zip(names, described_gaps(gaps, approved), strict=True))
    return ArcGraph(arcs, rows, described, used=used)


def _rows(grids: gpd.GeoDataFrame) -> dict[str, Row]:
    if grids.crs is None or not pyproj.CRS.from_user_input(grids.crs).equals(
        "EPSG:4326", ignore_axis_order=True
    ):
        raise CrsError(
            _("A draft is drawn in longitude and latitude (EPSG:4326); convert the grids first.")
        )
    if "code" not in grids or grids["code"].isna().any() or (grids["code"] == "").any():
        raise FieldError(_("Every grid of a draft needs a code."))
    double = grids["code"][grids["code"].duplicated()]
    if len(double):
        raise FieldError(_("The code {code} comes twice."), code=double.iloc[0])
    plain = pd.DataFrame(grids.drop(columns=grids.geometry.name))
    for name in _COLUMNS:
        if name not in plain:
            plain[name] = "" if name != "level" else None
    columns = {name: [_value(value) for value in plain[name].tolist()] for name in plain}
    for name in ("name", "parent", "kind"):
        columns[name] = ["" if value is None else str(value) for value in columns[name]]
    columns["code"] = [str(code) for code in columns["code"]]
    values = zip(*columns.values(), strict=True)
    return {
        row[list(columns).index("code")]: dict(zip(columns, row, strict=True)) for row in values
    }


def _value(value: Any) -> Any:
    """Return a value as JSON holds it."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124 - NaN
        return None
    return value if isinstance(value, (str, bool, int, float)) else str(value)


def _united(shapes: Geometries) -> shapely.Geometry:
    try:
        return shapely.coverage_union_all(shapes)
    except shapely.GEOSException:  # they overlap, and will not be proven
        return shapely.union_all(shapes)


def _with_gaps(finest: gpd.GeoDataFrame, gaps: Geometries) -> gpd.GeoDataFrame:
    shapes = np.concatenate([np.asarray(finest.geometry.array, dtype=object), gaps])
    return gpd.GeoDataFrame({"code": range(len(shapes))}, geometry=shapes, crs=finest.crs)


def _require_proof(grids: gpd.GeoDataFrame, region: shapely.Geometry) -> None:
    report = check_coverage(grids, region)
    if not report.is_proven:
        first = report.defects.iloc[0] if len(report.defects) else None
        at = None if first is None else (round(first["lon"] * UNITS), round(first["lat"] * UNITS))
        raise RedrawError(
            _(
                "The plan is not proven seamless ({count} places), so it cannot be redrawn. Check "
                "and repair it first, which gives gaps to the grids beside them. Where a place is "
                "to belong to no grid, as a lake, draw it then with “Gap” and say why."
            ),
            at=at, count=len(report.defects),
        )  # fmt: skip


def _arcs(codes: list[str], shapes: Geometries) -> list[Arc]:
    """Return the arcs of shapes whose vertices are on the grid of 1e-9°."""
    built = build_arcs(shapes, codes=codes)
    points = to_units(built.vertices)[built.path]
    points.flags.writeable = False
    names = [*codes, OUTSIDE]
    return [
        Arc(points[first:stop], names[left], names[right])
        for first, stop, left, right in zip(
            built.first[:-1].tolist(), built.first[1:].tolist(),
            built.left.tolist(), built.right.tolist(), strict=True,
        )
    ]  # fmt: skip


def grid_polygon(graph: ArcGraph, code: str) -> shapely.Geometry:
    """Return the polygon of one grid of any level, in degrees.

    Raises
    ------
    FieldError
        There is no such grid.
    """
    label = graph.label(code)
    return _polygons(graph, dict.fromkeys(graph.leaves(label), label))[label]


def graph_frame(graph: ArcGraph) -> gpd.GeoDataFrame:
    """Return the grids of all levels, EPSG:4326, in the order of the plan; new ones at the end.

    Shells run counter-clockwise from their lowest vertex. Neighbours, parents and children have
    the same bits on a shared border.
    """
    labels = sorted(graph.rows, key=lambda each: (graph.order.get(each, len(graph.order)), each))
    shapes: dict[str, shapely.Geometry] = {}
    lines = {label: [label, *graph.above(label)] for label in labels if graph.is_leaf(label)}
    for height in range(max(map(len, lines.values()), default=0)):
        # counted from the top, where all lines meet
        groups = {leaf: line[-1 - height] for leaf, line in lines.items() if height < len(line)}
        shapes |= _polygons(graph, groups)
    columns = list(next(iter(graph.rows.values()), {}))
    frame = pd.DataFrame([graph.rows[label] for label in labels], columns=columns)
    for name in ("level", "households", "people"):
        if name in frame:
            frame[name] = frame[name].astype("Int64")
    geometry = [shapes[label] for label in labels]
    return gpd.GeoDataFrame(frame, geometry=geometry, crs="EPSG:4326")


def graph_region(graph: ArcGraph, *, has_gaps: bool = True) -> shapely.Geometry:
    """Return what the draft covers, in degrees, with its gaps or without."""
    labels = [*(label for label in graph.rows if graph.is_leaf(label))]
    labels += graph.gaps if has_gaps else []
    return _polygons(graph, dict.fromkeys(labels, "all"))["all"]


def graph_gaps(graph: ArcGraph) -> gpd.GeoDataFrame:
    """Return the places that belong to no grid: label, is_approved, note and polygon."""
    shapes = _polygons(graph, {label: label for label in graph.gaps})
    rows = [{"label": label, **gap} for label, gap in graph.gaps.items()]
    frame = pd.DataFrame(rows, columns=["label", "is_approved", "note"])
    geometry = [shapes[label] for label in graph.gaps]
    return gpd.GeoDataFrame(frame, geometry=geometry, crs="EPSG:4326")


def _polygons(graph: ArcGraph, groups: Mapping[str, str]) -> dict[str, shapely.Geometry]:
    """Return the polygon of each group of finest grids."""
    paths: dict[str, list[Integers]] = {group: [] for group in groups.values()}
    for label, group in groups.items():
        for arc in graph.beside(label):
            if groups.get(arc.left) != groups.get(arc.right):
                forward = arc.left == label
                paths[group].append(arc.points if forward else arc.points[::-1])
    return dict(zip(paths, _rebuilt([face_parts(found) for found in paths.values()]), strict=True))


def _rebuilt(faces: list[list[list[Integers]]]) -> Geometries:
    """Return the polygons of faces: parts of rings, the shell of each first."""
    if not faces:
        return np.zeros(0, dtype=object)
    rings = [ring for parts in faces for part in parts for ring in part]
    ring_part = np.repeat(
        np.arange(sum(map(len, faces))), [len(part) for parts in faces for part in parts]
    )
    points = to_degrees(np.concatenate(rings))
    lines = shapely.linearrings(
        points, indices=np.repeat(np.arange(len(rings)), [*map(len, rings)])
    )
    polygons = shapely.polygons(lines, indices=ring_part)
    count = np.array([*map(len, faces)])
    first = np.cumsum(count) - count
    found = polygons[first]
    for several in np.flatnonzero(count > 1).tolist():
        parts = polygons[first[several] : first[several] + count[several]]
        found[several] = shapely.MultiPolygon(parts.tolist())
    return np.asarray(found, dtype=object)
