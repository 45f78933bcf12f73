"""Place what was uploaded and make areas of it, with the streets and the region of the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geogrid.errors import FieldError
from geogrid.findings import Finding
from geogrid.formats.dxf_texts import Label
from geogrid.i18n import mark as _
from geogrid.store import bundle
from geogrid.store.plan import Plan
from geogrid.tracing import Placement, close_lines, fit_control_points
from geogrid.tracing.composing import LineWork, TracedGrids, trace_grids
from web.state import read_json
from web.trace.asked import Hand, Points
from web.trace.folder import TraceFolder

__all__ = ["keep_made", "kept_about", "made_data", "make_areas", "place", "placed_data"]

Floats = npt.NDArray[np.float64]
_LISTED = 200
_ROUNDING = 1e-7


def place(points: Points) -> Placement:
    """Fit control points.

    Raises
    ------
    ControlPointError
        They do not say where the picture lies.
    """
    return fit_control_points(points.rows[:, :2], points.rows[:, 2:], points.kind)


def corners_of(placed: Placement, bounds: Sequence[float]) -> list[list[float]]:
    """Return the corners of a picture on the ground: upper left, then clockwise."""
    west, south, east, north = bounds
    corners: list[list[float]] = placed.to_ground(
        [[west, north], [east, north], [east, south], [west, south]]
    ).tolist()
    return corners


def kept_about(points: Points, state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of a placed picture beside its pixels.

    Raises
    ------
    ControlPointError
        The points do not say where it lies.
    """
    placed = place(points)
    return {
        "name": state["name"],
        "media_type": state["media_type"],
        "kind": points.kind,
        "width": state["width"],
        "height": state["height"],
        "corners": corners_of(placed, state["bounds"]),
        "rms_m": placed.rms_m,
        "points": points.rows.tolist(),
    }


def placed_data(placed: Placement, bounds: Sequence[float], language: str) -> dict[str, Any]:
    """Return what the page shows of a placement."""
    findings: tuple[Finding, ...] = placed.findings
    return {
        "corners": corners_of(placed, bounds),
        "misses_m": [round(float(miss), 3) for miss in placed.misses_m],
        "rms_m": round(placed.rms_m, 3),
        "worst": placed.worst,
        "notes": [each.text(language) for each in findings],
    }


def _drawn(
    trace: TraceFolder, placed: Placement, layers: set[int]
) -> tuple[list[Floats], list[Label]]:
    """Return lines and texts of the layers chosen, on the ground."""
    data = read_json(trace.drawing)
    names = [row["name"] for row in trace.read()["layers"]]
    flat = [np.array(row[1:]).reshape(-1, 2) for row in data["lines"] if row[0] in layers]
    lines = _placed_lines(flat, placed) if flat else []
    labels = []
    for layer, text, x0, y0, x1, y1, height in data["texts"]:
        if layer in layers:
            places = placed.to_ground([[x0, y0], [x1, y1]]).tolist()
            labels.append(Label(names[layer], text, tuple(map(tuple, places)), height))
    return lines, labels


def _placed_lines(flat: list[Floats], placed: Placement) -> list[Floats]:
    """Return lines on the ground, noded before: there a straight line is not quite straight."""
    reach = float(np.ptp(np.vstack(flat), axis=0).max())
    noded = [
        shapely.get_coordinates(line)
        for line in close_lines(flat, tolerance_m=_ROUNDING * reach).lines
    ]
    if not noded:
        return []
    stops = np.cumsum([len(line) for line in noded])[:-1]
    return np.split(placed.to_ground(np.vstack(noded)), stops)


def make_areas(
    trace: TraceFolder, points: Points, hand: Hand, choices: Mapping[str, Any], plan: Plan
) -> TracedGrids:
    """Make areas of everything that was chosen.

    Parameters
    ----------
    trace
        Of a picture, a drawing, or nothing.
    points
        Control points; needed for a drawing.
    hand
        Drawn by hand.
    choices
        ``tolerance_m``, ``least_m2``, ``layers`` (numbers), ``streets``, ``region`` and
        ``unlabelled``.
    plan
        Whose streets and region may be used.

    Raises
    ------
    InputError
        Nothing comes of it; the message says why.
    """
    lines, labels = [np.array(line) for line in hand.lines], hand.labels()
    if trace.read()["kind"] == "drawing" and choices["layers"]:
        more, texts = _drawn(trace, place(points), choices["layers"])
        lines, labels = lines + more, labels + texts
    region = None
    if choices["region"]:
        region = _region_of(plan)
        if region is None:
            raise FieldError(_("The plan has no region. Draw the outline, or leave it out."))
    streets = _street_lines(plan) if choices["streets"] else []
    work = LineWork(lines, labels, streets, region)
    return trace_grids(
        work,
        tolerance_m=choices["tolerance_m"],
        keep_unlabelled=choices["unlabelled"] == "number",
        least_m2=choices["least_m2"],
    )


def _region_of(plan: Plan) -> shapely.Geometry | None:
    if plan.region is None or not len(plan.region):
        return None
    return shapely.union_all(plan.region.to_crs("EPSG:4326").geometry.to_numpy())


def _street_lines(plan: Plan) -> list[Floats]:
    if not len(plan.streets):
        raise FieldError(_("The plan has no streets."))
    shapes = plan.streets.to_crs("EPSG:4326").geometry.to_numpy()
    return [shapely.get_coordinates(line) for line in shapely.get_parts(shapes)]


def keep_made(
    trace: TraceFolder, grids: gpd.GeoDataFrame, outline: shapely.Geometry | None
) -> None:
    """Keep areas as files, until they go to the check."""
    bundle.write_layer(grids, trace.grids, "grids")
    trace.region.unlink(missing_ok=True)
    if outline is not None:
        region = gpd.GeoDataFrame(geometry=[outline], crs="EPSG:4326")
        bundle.write_layer(region, trace.region, "region")


def made_data(made: TracedGrids) -> dict[str, Any]:
    """Return what the page shows of the areas."""
    grids = made.grids
    middle = shapely.get_coordinates(shapely.point_on_surface(grids.geometry.to_numpy()))
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name, "at": [round(x, 7), round(y, 7)]},
            "geometry": shapely.geometry.mapping(
                shapely.set_precision(shape, 1e-7, mode="pointwise")
            ),
        }
        for code, name, shape, (x, y) in zip(
            grids["code"], grids["name"], grids.geometry, middle.tolist(), strict=True
        )
    ]
    lists = {name: {"count": len(rows), "rows": _rows(rows)} for name, rows in _lists(made).items()}
    return {
        "areas": {"type": "FeatureCollection", "features": features},
        "count": len(grids),
        "numbered": made.numbered,
        "left_out": made.left_out,
        "joined": made.joined,
        "trimmed": made.trimmed,
        "lists": lists,
    }


def _lists(made: TracedGrids) -> dict[str, Any]:
    names = ("gaps", "dangling", "short", "unlabelled", "several", "outside")
    return {name: getattr(made, name) for name in names}


def _rows(rows: Sequence[tuple[float, float, Any]]) -> list[list[Any]]:
    return [[round(x, 7), round(y, 7), what] for x, y, what in rows[:_LISTED]]
