"""Who gets each broken face: overlaps by a rule, spill to nobody, gaps to those beside them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely

from geogrid.coverage.arrangement import Geometries, interior_points
from geogrid.coverage.widths import metres_per_unit
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.repair.docket import Docket, codes_of
from geogrid.repair.mosaic import Mosaic
from geogrid.repair.standing import Standing
from geogrid.topology import Floats

__all__ = ["Verdicts", "decide_covered", "defects_of_faces", "wrong_faces"]

_SAME_AREA = 1e-9


@dataclass
class Verdicts:
    """What is to become of the wrong faces of a mosaic.

    Attributes
    ----------
    defects
        Positions in the docket of the defects that each wrong face is part of; a face as
        thin as rounding may be part of none.
    receiver
        The item that each settled face goes to, −1 for nobody. Faces that are refused or
        left are not in it.
    covered
        Grids that lie in others altogether, one or several, and get no place for themselves,
        to the faces they consist of. They neither lose a place inside the region nor get a
        gap: else the next repair would find them otherwise and take what is left.
    riders
        Of faces outside the region: the overlaps that go with the spill.
    """

    defects: dict[int, tuple[int, ...]]
    receiver: dict[int, int]
    covered: dict[int, frozenset[int]]
    riders: dict[int, tuple[int, ...]] = field(default_factory=dict)


def wrong_faces(mosaic: Mosaic, standing: Standing) -> list[int]:
    """Return the faces that are not covered exactly once inside the region, or not 0 outside."""
    region = standing.grids if standing.has_region else -1
    return [
        face
        for face, items in enumerate(mosaic.cover)
        if len(items - {region}) != (1 if not standing.has_region or region in items else 0)
    ]


def defects_of_faces(
    mosaic: Mosaic, wrong: list[int], places: Geometries, at: list[int]
) -> dict[int, tuple[int, ...]]:
    """Return the defects that each wrong face is part of.

    Parameters
    ----------
    mosaic : the faces
    wrong : which are wrong
    places, at : geometry and position in the docket of the defects with an area
    """
    found: dict[int, list[int]] = {face: [] for face in wrong}
    points = interior_points(mosaic.faces[wrong])
    face, place = shapely.STRtree(places).query(points, predicate="within")
    for here, there in sorted(zip(face.tolist(), place.tolist(), strict=True)):
        found[wrong[here]].append(at[there])
    return {face: tuple(sorted(items)) for face, items in found.items()}


def decide_covered(
    mosaic: Mosaic, standing: Standing, docket: Docket, defects: dict[int, tuple[int, ...]]
) -> Verdicts:
    """Settle the faces that grids cover: overlaps and spill.

    Parameters
    ----------
    mosaic, standing : the faces, and what decides between grids
    docket : refusals are written into it
    defects : from :func:`defects_of_faces`
    """
    verdicts = Verdicts(defects, {}, _covered(mosaic, standing, list(defects)))
    groups: dict[tuple[tuple[int, ...], frozenset[int]], list[int]] = {}
    for face, cover in ((face, mosaic.cover[face]) for face in defects):
        if not any(item < standing.grids for item in cover):
            continue
        if _is_outside(cover, standing):
            defects[face], verdicts.riders[face] = _spill_first(docket, defects[face])
        if docket.stand_together(defects[face], verdicts.riders.get(face, ())):
            groups.setdefault((defects[face], cover), []).append(face)
    ordered = sorted(groups.items(), key=lambda one: one[1])
    scales = _scales(mosaic, standing, [faces[0] for _group, faces in ordered])
    for ((at, cover), faces), scale in zip(ordered, scales, strict=True):
        reason = _objection(standing, cover, verdicts.covered)
        if reason is not None:
            for one in (*at, *(rider for face in faces for rider in verdicts.riders.get(face, ()))):
                docket.refuse(one, reason)
            continue
        receiver = _receiver(mosaic, standing, cover, faces, scale)
        verdicts.receiver.update(dict.fromkeys(faces, receiver))
    _spare_covered(mosaic, standing, docket, verdicts)
    return verdicts


def _spare_covered(mosaic: Mosaic, standing: Standing, docket: Docket, verdicts: Verdicts) -> None:
    """Take nothing inside the region from a covered grid that gets no place for itself.

    Locks and priorities decide against it wherever it is, so all that it could keep would be
    scraps of refused defects. A place that is refused here may be all that another covered
    grid would get: they are looked at again until nothing changes.
    """
    robbed: dict[int, frozenset[int]] = {}
    while True:
        verdicts.receiver = {
            face: receiver
            for face, receiver in verdicts.receiver.items()
            if face not in robbed
            and docket.stand_together(verdicts.defects[face], verdicts.riders.get(face, ()))
        }
        bare = _without_place(mosaic, standing, verdicts)
        robbed = {
            face: losers
            for face, receiver in verdicts.receiver.items()
            if receiver >= 0 and (losers := mosaic.cover[face] & bare - {receiver})
        }
        if not robbed:
            break
        for face, grids in robbed.items():
            params = {"grids": codes_of(grids, standing.codes)}
            reason = Finding("emptied", _("{grids} would have nothing left to itself."), params)
            for at in verdicts.defects[face]:
                docket.refuse(at, reason)
    verdicts.covered = {item: verdicts.covered[item] for item in bare}


def _without_place(mosaic: Mosaic, standing: Standing, verdicts: Verdicts) -> frozenset[int]:
    """Return the covered grids that get no place for themselves but such as rounding makes."""
    got = dict.fromkeys(verdicts.covered, 0.0)
    for face, receiver in verdicts.receiver.items() if got else ():
        if receiver in got:
            got[receiver] += float(shapely.area(mosaic.faces[face]))
    size = shapely.area(standing.polygons[list(got)]).tolist()
    return frozenset(
        item for item, whole in zip(got, size, strict=True) if got[item] <= _SAME_AREA * whole
    )


def _spill_first(docket: Docket, at: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the defects of a face outside the region that decide, and the others.

    Spill is cut off whatever becomes of an overlap that reaches there.
    """
    spill = tuple(one for one in at if docket.is_spill(one))
    return (spill, tuple(sorted({*at} - {*spill}))) if spill else (at, ())


def _is_outside(cover: frozenset[int], standing: Standing) -> bool:
    return standing.has_region and standing.grids not in cover


def _covered(mosaic: Mosaic, standing: Standing, wrong: list[int]) -> dict[int, frozenset[int]]:
    """Return the grids of which no part is right, and some part is another's too."""
    faces: dict[int, list[int]] = {}
    shared: set[int] = set()
    for face in wrong:
        grids = [item for item in mosaic.cover[face] if item < standing.grids]
        for item in grids:
            faces.setdefault(item, []).append(face)
        shared.update(grids if len(grids) > 1 else ())
    items = sorted(shared)
    size = shapely.area(mosaic.faces).tolist()
    wrong_area = np.array([sum(size[face] for face in faces[item]) for item in items])
    whole = shapely.area(standing.polygons[items]) <= (1.0 + _SAME_AREA) * wrong_area
    return {
        item: frozenset(faces[item])
        for item, all_ in zip(items, whole.tolist(), strict=True)
        if all_
    }


def _objection(
    standing: Standing, cover: frozenset[int], covered: dict[int, frozenset[int]]
) -> Finding | None:
    """Return why a covered place cannot be given to anybody, None where it can."""
    grids = sorted(item for item in cover if item < standing.grids)
    locked = [item for item in grids if standing.is_locked[item]]
    names = {"grids": codes_of(locked, standing.codes)}
    if _is_outside(cover, standing):
        if locked:
            return Finding("locked", _("{grids} is locked and reaches beyond the region."), names)
        return None
    if len(locked) > 1:
        return Finding("locked", _("{grids} are locked and overlap each other."), names)
    if locked or any(standing.is_ranked(item) for item in grids):
        return None
    whole = {item: covered[item] for item in grids if item in covered}
    return _whole(whole, standing) if whole else None


def _whole(whole: dict[int, frozenset[int]], standing: Standing) -> Finding:
    """Return that grids lie in others altogether."""
    params = {"grids": codes_of(whole, standing.codes)}
    if len(whole) > 1 and len(set(whole.values())) == 1:
        message = _("{grids} have one and the same boundary; say which has priority.")
        return Finding("duplicate", message, params)
    message = _("{grids} would lose all it has or be cut out; say which grid has priority.")
    return Finding("contained", message, params)


def _scales(mosaic: Mosaic, standing: Standing, faces: list[int]) -> Floats:
    """Return the matrices from units to metres at faces."""
    corners = shapely.get_coordinates(shapely.get_point(_shells(mosaic.faces[faces]), 0))
    return metres_per_unit(corners, standing.crs)


def _shells(faces: Geometries) -> Geometries:
    return np.asarray(shapely.get_exterior_ring(faces), dtype=object)


def _receiver(
    mosaic: Mosaic, standing: Standing, cover: frozenset[int], faces: list[int], scale: Floats
) -> int:
    if _is_outside(cover, standing):
        return -1
    grids = sorted(item for item in cover if item < standing.grids)
    return standing.winner(grids, _outer_border_m(mosaic, standing, grids, faces, scale))


def _outer_border_m(
    mosaic: Mosaic, standing: Standing, grids: list[int], faces: list[int], scale: Floats
) -> dict[int, float]:
    """Return how long the border is across which each grid goes on."""
    if standing.rule != "longest_border":
        return {}
    atoms, _turns = mosaic.border(faces)
    start, end = mosaic.vertices[mosaic.low[atoms]], mosaic.vertices[mosaic.high[atoms]]
    length = np.hypot(*(scale @ (end - start).T))
    owners = [{item for item, _turn in mosaic.uses(atom)} for atom in atoms.tolist()]
    border = {}
    for item in grids:
        goes_on = np.array([item not in owner for owner in owners], dtype=bool)
        border[item] = float(length[goes_on].sum())
    return border
