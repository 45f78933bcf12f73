"""Plant defects along the borders of grids, one to a grid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import shapely

from sample.projection import FUTIAN
from sample.tampering import Boundaries, Edge, Point, between, metric, width_m

__all__ = ["Plant", "plant_area", "plant_at", "plant_boundaries"]


@dataclass(frozen=True)
class Plant:
    """One row of ``planted.json``."""

    id: str
    kind: str
    severity: str
    grids: tuple[str, ...]
    area_m2: float
    width_m: float
    lon: float
    lat: float
    note: str


def plant_area(
    name: str,
    kind: str,
    grids: Sequence[str],
    ring: list[Point],
    note: str,
    severity: str = "error",
) -> Plant:
    """Return the row of a planted area."""
    shape = metric(ring)
    inside = shapely.maximum_inscribed_circle(shape, tolerance=max(shape.area**0.5 / 1000, 1e-6))
    lon, lat = FUTIAN.to_degrees(shapely.get_coordinates(inside)[:1])[0]
    area, width = shape.area, width_m(shape)
    return Plant(
        name, kind, severity, tuple(sorted(grids)), round(area, 3), round(width, 4),
        float(lon), float(lat), note,
    )  # fmt: skip


def plant_at(
    name: str,
    kind: str,
    grids: Sequence[str],
    place: Point,
    note: str,
    severity: str = "error",
) -> Plant:
    """Return the row of a defect without area."""
    return Plant(name, kind, severity, tuple(sorted(grids)), 0.0, 0.0, *place, note)


def _pick(
    boundaries: Boundaries, wanted: Callable[[Edge], bool], depth_m: float, inset: float = 0.25
) -> Edge:
    """Return the first edge as wanted beside which a dent of this depth touches nobody else."""
    for edge in boundaries.edges():
        if not wanted(edge):
            continue
        host = edge.code if depth_m > 0 else edge.across
        via = [between(edge.start, edge.end, share, depth_m * 1.5) for share in (inset, 1 - inset)]
        patch = metric([edge.start, *via, edge.end, edge.start])
        if not host or shapely.covers(metric(boundaries.rings[host]), patch):
            boundaries.use(edge.code, *([edge.across] if edge.across else []))
            return edge
    raise ValueError("no such edge is left")


def _inner(low: float, high: float) -> Callable[[Edge], bool]:
    return lambda edge: bool(edge.across) and low < edge.length_m < high


def _outer(low: float, high: float) -> Callable[[Edge], bool]:
    return lambda edge: not edge.across and low < edge.length_m < high


def _halved(wanted: Callable[[Edge], bool]) -> Callable[[Edge], bool]:
    return lambda edge: wanted(edge) and edge.is_halved_exactly


def _plant_areas(b: Boundaries) -> list[Plant]:
    """Plant overlap, gaps and spill of one or two grids."""
    edge = _pick(b, _inner(90, 200), -22)
    overlap = b.dent(edge, -22)
    rows = [plant_area("overlap", "overlap", [edge.code, edge.across], overlap, "两个网格重叠")]
    edge = _pick(b, _inner(90, 200), 18)
    rows.append(
        plant_area("gap", "gap", [edge.code, edge.across], b.dent(edge, 18), "两个网格之间漏划")
    )
    edge = _pick(b, _inner(200, 600), 2, 0.01)
    ring = b.dent(edge, 2, 0.01)
    rows.append(plant_area("road_gap", "gap", [edge.code, edge.across], ring, "两米宽的道路未划入"))
    edge = _pick(b, _inner(100, 300), 0.006, 0.01)
    ring = b.dent(edge, 0.006, 0.01)
    rows.append(
        plant_area("noise_gap", "gap", [edge.code, edge.across], ring, "不足一厘米的缝隙", "noise")
    )
    edge = _pick(b, _outer(90, 400), 15)
    rows.append(plant_area("border_gap", "gap", [edge.code], b.dent(edge, 15), "辖区边缘漏划"))
    edge = _pick(b, _outer(90, 400), -12)
    rows.append(plant_area("spill", "spill", [edge.code], b.dent(edge, -12), "超出辖区范围"))
    return rows


def _corner(b: Boundaries) -> Plant:
    """Let three grids that meet in a point all claim the same triangle."""
    for edge in b.edges():
        ring = b.rings[edge.code]
        k = edge.position
        before = ring[k - 1] if k else ring[-2]
        left, right = b.left_of(edge.start, before), edge.across
        three = {edge.code, left, right}
        triangle = [before, edge.start, edge.end, before]
        if "" in three or len(three) < 3 or not b.used.isdisjoint(three):
            continue
        shape = metric(triangle)
        others = b.touching({edge.start}) - three
        if others or shape.area < 900 or not metric(ring).covers(shape) or width_m(shape) < 12:
            continue
        b.use(*three)
        b.lead(left, edge.start, before, [edge.end])
        b.lead(right, edge.end, edge.start, [before])
        return plant_area("overlap_three", "overlap", sorted(three), triangle, "三个网格重叠")
    raise ValueError("no three grids meet as wanted")


def _plant_vertices(b: Boundaries) -> list[Plant]:
    """Plant corners that only one side has, between grids and at the region's border."""
    rows = []
    for name, wanted, note in (
        ("unmatched", _inner(60, 400), "一侧多一个顶点"),
        ("unmatched_border", _outer(60, 400), "辖区边界上多一个顶点"),
    ):
        edge = _pick(b, _halved(wanted), 5)
        b.lead(edge.code, edge.start, edge.end, [edge.middle])
        grids = [code for code in (edge.code, edge.across) if code]
        rows.append(plant_at(name, "unmatched", grids, edge.middle, note, "advice"))
    return rows


def _plant_rings(b: Boundaries) -> list[Plant]:
    """Plant a spike without area and a bowtie, which leaves a gap as well."""
    edge = _pick(b, _inner(60, 200), 25)
    tip = between(edge.start, edge.end, 0.5, 25)
    b.lead(edge.code, edge.start, edge.end, [tip, edge.start])
    rows = [plant_at("spike", "invalid", [edge.code], edge.start, "折返的尖刺")]
    edge = _pick(b, _inner(80, 200), 30)
    crossed = [between(edge.start, edge.end, share, 30) for share in (0.75, 0.25)]
    b.lead(edge.code, edge.start, edge.end, crossed)
    middle = between(edge.start, edge.end, 0.5, 20)
    rows.append(plant_at("bowtie", "invalid", [edge.code], middle, "边界自相交"))
    ring = [edge.start, middle, edge.end, edge.start]
    grids = [edge.code, edge.across]
    rows.append(plant_area("bowtie_gap", "gap", grids, ring, "自相交造成的漏划"))
    return rows


def plant_boundaries(b: Boundaries) -> list[Plant]:
    """Plant overlap, gaps, spill, unmatched vertices and broken rings."""
    return [*_plant_areas(b), _corner(b), *_plant_vertices(b), *_plant_rings(b)]
