"""Repair the grids of one sum: find the places, decide, redraw, look again, refuse what fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.signed import SignedSum
from geogrid.coverage.unmatched import ulp
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.repair.decisions import decide_covered, defects_of_faces, wrong_faces
from geogrid.repair.division import Drawing, divide_gaps
from geogrid.repair.docket import AREAL, Docket, codes_of
from geogrid.repair.gaps import decide_gaps, longest_beside
from geogrid.repair.locality import find_locality, positions
from geogrid.repair.mosaic import build_mosaic
from geogrid.repair.outlines import Ground, redraw_outlines
from geogrid.repair.standing import Standing
from geogrid.repair.transfers import Transfer, whole_transfers
from geogrid.repair.verification import stray_edges

__all__ = ["LevelRepair", "repair_level"]

_MOST_ROUNDS = 20


@dataclass(frozen=True)
class LevelRepair:
    """What was done on one level.

    Attributes
    ----------
    redrawn
        New polygon of each item of the sum that changed, the region among them.
    transfers
        The faces that changed hands.
    """

    redrawn: dict[int, shapely.Geometry] = field(default_factory=dict)
    transfers: Sequence[Transfer] = ()


def repair_level(
    signed: SignedSum,
    standing: Standing,
    docket: Docket,
    level: int | None,
    *,
    tolerance_m: float,
    streets: Geometries | None = None,
) -> LevelRepair:
    """Repair what the docket asks for on one level.

    Parameters
    ----------
    signed : sum of the valid grids, or None, then of the region where there is one
    standing : what decides between them
    docket : what is asked for; refusals and actions are written into it
    level : whose defects are meant
    tolerance_m : narrower gaps go to one neighbour as a whole
    streets : lines that gaps filled to their centre line are divided along
    """
    if signed.is_zero:
        return LevelRepair()
    at, polygons = docket.on_level(level, AREAL), signed.polygons
    places = docket.places[at]
    is_fixed = np.append(standing.is_locked, np.ones(len(polygons) - standing.grids, dtype=bool))
    locality = find_locality(signed, places, is_fixed)
    mosaic = build_mosaic(locality, signed, places)
    defects = defects_of_faces(mosaic, wrong_faces(mosaic, standing), places, at)
    verdicts = decide_covered(mosaic, standing, docket, defects)
    open_gaps = decide_gaps(mosaic, standing, docket, verdicts)
    drawing = Drawing([mosaic.vertices])
    width = docket.defects["width_m"].to_numpy(dtype=np.float64)
    wide = {
        face: border
        for face, border in open_gaps.items()
        if max((width[one] for one in defects[face]), default=0.0) > tolerance_m
    }
    by_streets = frozenset(face for face in wide if docket.is_centre_line(defects[face]))
    parts = divide_gaps(
        mosaic, standing, drawing, wide, defects, streets=streets, by_streets=by_streets
    )
    for face in sorted(set(open_gaps) - set(parts)):
        verdicts.receiver[face] = longest_beside(mosaic, standing, open_gaps[face])
    divided = [one for face in sorted(parts) for one in parts[face]]
    transfers = [*whole_transfers(mosaic, standing, verdicts), *divided]
    filled = {one.face for one in transfers}
    ground = Ground(polygons, locality, mosaic, np.concatenate(drawing.vertices), drawing.cuts)
    corners = _wanted_corners(ground, signed, docket, level, set(defects) - filled)
    return _settled(ground, transfers, corners, standing, docket, (signed, level))


def _wanted_corners(
    ground: Ground, signed: SignedSum, docket: Docket, level: int | None, unfilled: set[int]
) -> npt.NDArray[np.bool_]:
    """Return the vertices that unmatched borders lack and that were asked for."""
    vertices = ground.mosaic.vertices
    is_wanted = np.zeros(len(ground.vertices), dtype=bool)
    known = ground.locality.vertices
    at = docket.on_level(level, {"unmatched"})
    chosen = [one for one in at if docket.is_open(one)]
    points = shapely.get_coordinates(docket.places[chosen])
    if docket.limits.only is None:
        lacking = signed.edges.vertices[signed.split.vertex]
        corners = shapely.get_coordinates(ground.mosaic.faces[sorted(unfilled)])
        held = positions(known, corners)
        lacking_at = positions(known, lacking)
        points = np.concatenate([points, lacking[~np.isin(lacking_at, held)]])
    here = positions(known, points)
    is_wanted[ground.locality.corner[here[here >= 0]]] = True
    is_wanted[len(vertices) :] = False
    return is_wanted


def _settled(
    ground: Ground,
    transfers: Sequence[Transfer],
    corners: npt.NDArray[np.bool_],
    standing: Standing,
    docket: Docket,
    checked: tuple[SignedSum, int | None],
) -> LevelRepair:
    """Redraw, and take back what would break or empty a grid, until all that is left is sound."""
    kept = list(transfers)
    for _round in range(_MOST_ROUNDS):
        kept = _standing(kept, docket)
        is_active = corners.copy()
        for one in kept:
            is_active[one.start] = True
        redrawn = redraw_outlines(ground, kept, is_active)
        shapes = np.array(list(redrawn.values()), dtype=object)
        is_sound = shapely.is_valid(shapes) & ~shapely.is_empty(shapes)
        broken = [item for item, sound in zip(redrawn, is_sound.tolist(), strict=True) if not sound]
        if not broken:
            sound = {item: one for item, one in redrawn.items() if one is not None}
            if not standing.has_region or _is_accounted(checked, sound, docket):
                return LevelRepair(sound, kept)
            continue
        for item in broken:
            _take_back(kept, item, _why(item, redrawn[item], standing), docket)
            _leave_out(ground, corners, item, standing, docket)
        kept = [one for one in kept if one.defects or not set(broken) & set(one.items)]
    for at in range(len(docket.fate)):
        docket.refuse(at, Finding("unsettled", _("No sound outlines were found here.")))
    return LevelRepair()


def _standing(transfers: Sequence[Transfer], docket: Docket) -> list[Transfer]:
    """Return the transfers whose defects are all open; no defect is repaired by half."""
    kept = list(transfers)
    while True:
        still = [one for one in kept if docket.stand_together(one.defects, one.riders)]
        if len(still) == len(kept):
            return still
        kept = still


def _is_accounted(
    checked: tuple[SignedSum, int | None], redrawn: dict[int, shapely.Geometry], docket: Docket
) -> bool:
    """Return whether all edges cancel but at what remains; refuse the defects where not."""
    signed, level = checked
    at = docket.on_level(level, AREAL | {"unmatched", "unresolved"})
    places = docket.places
    is_open = [docket.is_open(one) for one in at]
    remaining = [one for one, open_ in zip(at, is_open, strict=True) if not open_]
    stray = stray_edges(signed, redrawn, places[remaining])
    if not len(stray):
        return True
    mending = [one for one, open_ in zip(at, is_open, strict=True) if open_]
    lines = shapely.linestrings(stray)
    margin = 16.0 * ulp(stray[:, 0])
    near = shapely.STRtree(places[mending]).query(lines, predicate="dwithin", distance=margin)[1]
    reason = Finding("not_closed", _("The borders here would not match exactly afterwards."))
    refused = [docket.refuse(mending[one], reason) for one in np.unique(near).tolist()]
    return not any(refused)  # nothing left to take back: the check afterwards says what is left


def _why(item: int, redrawn: shapely.Geometry | None, standing: Standing) -> Finding:
    params = {"grid": standing.codes[item] if item < standing.grids else ""}
    if item >= standing.grids:
        return Finding("broken_region", _("The border of the region would be broken."))
    if redrawn is None:
        return Finding("emptied", _("{grid} would have nothing left."), params)
    return Finding("broken", _("The outline of {grid} would be broken."), params)


def _take_back(transfers: Sequence[Transfer], item: int, reason: Finding, docket: Docket) -> None:
    """Refuse the defects of the transfers that change an item."""
    for one in transfers:
        if item in one.items:
            for at in one.defects:
                docket.refuse(at, reason)


def _leave_out(
    ground: Ground,
    corners: npt.NDArray[np.bool_],
    item: int,
    standing: Standing,
    docket: Docket,
) -> None:
    """Leave corners out of an item's edges, and refuse the unmatched borders they are on."""
    locality, mosaic = ground.locality, ground.mosaic
    pieces = np.isin(mosaic.piece_edge, locality.edge[locality.item == item])
    atoms = mosaic.piece_atom[pieces]
    corners[mosaic.low[atoms]] = corners[mosaic.high[atoms]] = False
    name = standing.codes[item] if item < standing.grids else None
    reason = _why(item, shapely.Point(), standing)
    kinds, grids = docket.defects["kind"].tolist(), docket.defects["grids"].tolist()
    for at, kind in enumerate(kinds):
        if kind == "unmatched" and (name is None or name in grids[at]):
            docket.refuse(at, reason)


def describe(
    docket: Docket, transfers: Sequence[Transfer], standing: Standing, level: int | None
) -> None:
    """Write into the docket what was done with each defect of a level."""
    gets: dict[int, set[int]] = {}
    loses: dict[int, set[int]] = {}
    keeps: dict[int, set[int]] = {}
    for one in transfers:
        for at in (*one.defects, *one.riders):
            gets.setdefault(at, set()).update({one.receiver} - {-1})
            loses.setdefault(at, set()).update(one.losers)
            keeps.setdefault(at, set()).update(one.keepers)
    for at in docket.on_level(level, AREAL):
        if docket.is_open(at):
            _describe_face(
                docket,
                at,
                standing,
                gets.get(at, set()),
                loses.get(at, set()),
                keeps.get(at, set()),
            )
    for at in docket.on_level(level, {"unmatched"}):
        if docket.is_open(at):
            message = _("Put the missing corners into the borders.")
            docket.action[at] = Finding("corners", message, severity="note")


def _describe_face(
    docket: Docket, at: int, standing: Standing, gets: set[int], loses: set[int], keeps: set[int]
) -> None:
    holders = codes_of(gets | keeps, standing.codes)
    docket.given_to[at] |= set(holders)
    params = {"grids": holders, "losers": codes_of(loses, standing.codes)}
    if not gets and not keeps:
        finding = Finding("taken", _("Taken away from {losers}."), params, severity="note")
    elif not loses:
        message = _("Shared out among {grids}, each the part nearest to it.")
        if len(holders) == 1:
            message = _("Given to {grids}.")
        elif docket.is_centre_line([at]):
            message = _(
                "Filled to the centre line between {grids}: the street's, or the gap's own."
            )
        finding = Finding("given", message, params, severity="note")
    else:
        message = _("Left to {grids}; taken away from {losers}.")
        finding = Finding("decided", message, params, severity="note")
    docket.action[at] = finding
