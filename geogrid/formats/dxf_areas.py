"""Areas of a drawing: closed outlines as drawn, or what lines enclose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.findings import Finding
from geogrid.formats.dxf_entities import Stroke
from geogrid.formats.dxf_faces import enclosed_faces, snap_tolerance
from geogrid.formats.layer import Rows
from geogrid.formats.nesting import rings_inside
from geogrid.formats.rings import PolygonRows, Ring
from geogrid.i18n import mark as _

__all__ = ["DrawnAreas", "cut_enclaves", "enclosed_areas", "outlined_areas"]


@dataclass(frozen=True)
class DrawnAreas:
    """Areas of a drawing.

    Attributes
    ----------
    polygons : ndarray of Polygon
    layers
        The CAD layer of each, ``""`` where several lines enclose it.
    left_lines
        How many lines are not part of any area here.
    problems, findings
        As in :class:`~geogrid.formats.layer.RawLayer`.
    """

    polygons: npt.NDArray[np.object_]
    layers: tuple[str, ...]
    left_lines: int = 0
    problems: Rows = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def outlined_areas(strokes: Sequence[Stroke]) -> DrawnAreas:
    """Return the closed strokes as areas; one that ends where it began is closed."""
    tolerance = snap_tolerance([stroke.vertices for stroke in strokes])
    outlines = [stroke for stroke in strokes if _is_outline(stroke, tolerance)]
    rows = PolygonRows()
    for row, stroke in enumerate(outlines):
        rows.add(row, [[_ring(stroke, tolerance)]], multi=False)
    left = len(strokes) - len(outlines)
    findings: tuple[Finding, ...] = ()
    if left:
        findings = (
            Finding(
                "lines_left",
                _("{number} lines that are not closed were left out; the outlines were read."),
                {"number": left},
            ),
        )
    layers = tuple(stroke.layer for stroke in outlines)
    return DrawnAreas(rows.build(len(outlines)), layers, left, rows.problems, findings)


def _is_outline(stroke: Stroke, tolerance: float) -> bool:
    if len(stroke.vertices) < 3:
        return False
    gap = np.abs(stroke.vertices[0] - stroke.vertices[-1]).max()
    return stroke.is_closed or bool(gap <= tolerance)


def _ring(stroke: Stroke, tolerance: float) -> Ring:
    """Return the vertices with the first at the end too, in place of one beside it."""
    ring = stroke.vertices
    if np.abs(ring[0] - ring[-1]).max() <= tolerance:
        ring = ring[:-1]
    return np.vstack([ring, ring[:1]])


def cut_enclaves(areas: DrawnAreas, area_of_label: npt.NDArray[np.intp]) -> DrawnAreas:
    """Take outlines wholly inside a labelled one out of it, and say so.

    An outline that others touch from within is one of a higher level; it stays as drawn.
    """
    kept = np.flatnonzero(~shapely.is_missing(areas.polygons))
    rings = [shapely.get_coordinates(polygon) for polygon in areas.polygons[kept]]
    if not rings:
        return areas
    pairs = kept[rings_inside(rings)].reshape(-1, 2)
    depth = np.bincount(pairs[:, 0], minlength=len(areas.polygons))
    polygons = areas.polygons.copy()
    cut, around = [], []
    for outer in np.unique(pairs[:, 1]).tolist():
        inner = pairs[pairs[:, 1] == outer, 0]
        is_apart = shapely.contains_properly(areas.polygons[outer], areas.polygons[inner]).all()
        if is_apart and outer in area_of_label:
            direct = inner[depth[inner] == depth[outer] + 1]
            holes = [areas.polygons[ring].exterior for ring in direct]
            polygons[outer] = shapely.polygons(areas.polygons[outer].exterior, holes)
            cut.append(outer)
        else:
            around.append(outer)
    return replace(areas, polygons=polygons, findings=(*areas.findings, *_nested(cut, around)))


def _nested(cut: list[int], around: list[int]) -> list[Finding]:
    findings = []
    if cut:
        findings.append(
            Finding(
                "enclave_cut",
                _("Area {rows}: outlines wholly inside it were taken out of it as enclaves."),
                rows=tuple(cut),
                severity="note",
            )
        )
    if around:
        findings.append(
            Finding(
                "outline_around",
                _(
                    "Area {rows}: goes around other outlines, as one of a higher level does; kept"
                    " as drawn. Put levels on layers of their own and read them one by one."
                ),
                rows=tuple(around),
            )
        )
    return findings


def enclosed_areas(strokes: Sequence[Stroke]) -> DrawnAreas:
    """Return what lines and outlines together enclose."""
    tolerance = snap_tolerance([stroke.vertices for stroke in strokes])
    lines = [
        _ring(stroke, tolerance) if _is_outline(stroke, tolerance) else stroke.vertices
        for stroke in strokes
    ]
    faces = enclosed_faces([line for line in lines if np.isfinite(line).all()])
    findings = []
    if faces.joined:
        findings.append(
            Finding(
                "ends_joined",
                _("{number} line ends that just missed another line were moved onto it."),
                {"number": faces.joined},
                severity="note",
            )
        )
    if len(faces.loose):
        x, y = faces.loose[0]
        findings.append(
            Finding(
                "loose_ends",
                _("{number} lines end without meeting another one, such as at {x}, {y}."),
                {"number": len(faces.loose), "x": f"{x:.2f}", "y": f"{y:.2f}"},
            )
        )
    return DrawnAreas(
        np.asarray(faces.polygons, dtype=object),
        ("",) * len(faces.polygons),
        findings=tuple(findings),
    )
