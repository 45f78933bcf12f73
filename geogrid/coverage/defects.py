"""What a face that is not covered exactly once is called, and what is said about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.borders import border_shares, ring_owners
from geogrid.coverage.faces import Faces
from geogrid.coverage.signed import SignedSum
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.topology import Floats, Integers

__all__ = ["KINDS", "Codes", "Defect", "area_defects", "covering_sets", "unresolved_defects"]

KINDS = (
    "gap",
    "overlap",
    "duplicate",
    "spill",
    "nesting",
    "invalid",
    "unresolved",
    "unmatched",
    "code",
    "scale",
)
"""The kinds of defects, the gravest first; ``scale`` comes from :mod:`geogrid.rules` only."""

_OPEN_SHARE = 0.25
_SAME_AREA = 1e-9
_CODES_SHOWN = 4


class Codes(tuple[str, ...]):
    """Codes of grids as a sentence lists them: the first few of many."""

    __slots__ = ()

    def text(self, language: str = "en") -> str:
        """Return ``"A、B"`` or ``"A, B"``."""
        is_chinese = language.startswith("zh")
        shown = ("、" if is_chinese else ", ").join(self[:_CODES_SHOWN])
        if len(self) <= _CODES_SHOWN:
            return shown
        return f"{shown} 等 {len(self)} 个" if is_chinese else f"{shown} … ({len(self)})"


@dataclass(frozen=True)
class Defect:
    """One defect before it is measured.

    Attributes
    ----------
    kind
        One of :data:`KINDS`.
    rows
        Positions of the grids involved, ascending.
    geometry
        Where: a Polygon, or points for what has no area; in the CRS of the grids.
    detail
        What is said about it.
    level
        Level of the grids, None where the file has no levels.
    line
        (k, 2, 2) the ends of the edges of the border concerned, where that is not the outline
        of `geometry`. (An array, because a line object each takes ten times the memory.)
    """

    kind: str
    rows: tuple[int, ...]
    geometry: shapely.Geometry
    detail: Finding
    level: int | None = None
    line: Floats | None = None


def covering_sets(faces: Faces) -> list[list[int]]:
    """Return the items over each face, ascending."""
    bounds = np.searchsorted(faces.face, np.arange(1, len(faces.polygon)))
    return [items.tolist() for items in np.split(faces.item, bounds)][: len(faces.polygon)]


def area_defects(
    signed: SignedSum,
    faces: Faces,
    rows: Integers,
    codes: Sequence[str],
    *,
    duplicates: frozenset[tuple[int, ...]] = frozenset(),
    level: int | None = None,
) -> list[Defect]:
    """Return gaps, overlaps, duplicates and spill, one for each face but as said below.

    Parameters
    ----------
    signed : grids (+1) followed by at most one region (−1)
    faces : their wrong faces
    rows : (n,) position in the frame of each grid of the sum
    codes : code of every position in the frame
    duplicates : sets of positions whose grids have the same boundary
    level : level of the grids

    Returns
    -------
    list of Defect
        A face outside the region under several grids is both spill and overlap; duplicates
        are one row however many faces they have.
    """
    count = len(rows)
    sets = covering_sets(faces)
    has_region = len(signed.polygons) > count
    found: list[Defect] = []
    doubled: dict[tuple[int, ...], list[shapely.Geometry]] = {}
    for face, items in enumerate(sets):
        grids = tuple(sorted(int(rows[item]) for item in items if item < count))
        place = faces.polygon[face]
        if grids and has_region and count not in items:
            found.append(Defect("spill", grids, place, _spill(grids, codes), level))
        if grids in duplicates:
            doubled.setdefault(grids, []).append(place)
        elif len(grids) > 1:
            detail = _overlap(signed.polygons[[i for i in items if i < count]], place, grids, codes)
            found.append(Defect("overlap", grids, place, detail, level))
    for grids, places in doubled.items():
        whole = places[0] if len(places) == 1 else shapely.union_all(places)
        found.append(Defect("duplicate", grids, whole, _same(grids, codes), level))
    is_gap = np.array([not any(item < count for item in items) for items in sets], dtype=bool)
    return found + _gaps(signed, faces.polygon[is_gap], rows, codes, level)


def _gaps(
    signed: SignedSum,
    places: Geometries,
    rows: Integers,
    codes: Sequence[str],
    level: int | None,
) -> list[Defect]:
    count, total = len(rows), len(places)
    rings = ring_owners(places, signed)
    gap, item, share = border_shares(rings, total)
    at_border = np.bincount(gap[item >= count], share[item >= count], total)
    gap, item = gap[item < count], item[item < count]
    found = []
    sides = np.split(rows[item], np.searchsorted(gap, np.arange(1, total)))
    for position, place in enumerate(places):
        beside = tuple(sorted(sides[position].tolist()))
        detail = _gap(tuple(codes[row] for row in beside), float(at_border[position]))
        found.append(Defect("gap", beside, place, detail, level))
    return found


def _gap(beside: tuple[str, ...], border_share: float) -> Finding:
    params = {"grids": Codes(sorted(beside))}
    if not beside:
        return Finding("gap_alone", _("No grid covers this part of the region."))
    if border_share > _OPEN_SHARE:
        message = _("No grid covers this strip between {grids} and the border of the region.")
        return Finding("gap_border", message, params)
    if border_share > 0.0:
        message = _("No grid covers this place between {grids}, open to the region's border.")
        return Finding("gap_open", message, params)
    if len(beside) == 1:
        return Finding("gap_interior", _("No grid covers this hole in {grids}."), params)
    return Finding("gap_interior", _("No grid covers this place between {grids}."), params)


def _spill(grids: tuple[int, ...], codes: Sequence[str]) -> Finding:
    names = Codes(sorted(codes[row] for row in grids))
    return Finding("spill", _("{grids} reaches beyond the region."), {"grids": names})


def _same(grids: tuple[int, ...], codes: Sequence[str]) -> Finding:
    names = Codes(sorted(codes[row] for row in grids))
    return Finding("duplicate", _("{grids} have one and the same boundary."), {"grids": names})


def _overlap(
    polygons: Geometries, place: shapely.Geometry, grids: tuple[int, ...], codes: Sequence[str]
) -> Finding:
    """Say that the grids overlap, or that one of two lies in the other altogether."""
    names = [codes[row] for row in grids]
    area = shapely.area(place)
    is_inner = np.abs(shapely.area(polygons) - area) <= _SAME_AREA * area
    if len(grids) == 2 and is_inner.sum() == 1:
        inner = int(np.argmax(is_inner))
        params = {"inner": names[inner], "outer": names[1 - inner]}
        return Finding("overlap_contained", _("{inner} lies inside {outer} altogether."), params)
    return Finding(
        "overlap", _("{grids} cover this place at once."), {"grids": Codes(sorted(names))}
    )


def unresolved_defects(
    faces: Faces, polygons: Geometries, rows: Integers, level: int | None
) -> list[Defect]:
    """Return what could not be accounted for, with the grids around.

    Parameters
    ----------
    faces : Faces
    polygons : (n,) grids first
    rows : (m,) position in the frame of each grid
    level : level of the grids
    """
    if not len(faces.unresolved):
        return []
    message = _("The edges here could not be accounted for; look at this place by eye.")
    place, near = shapely.STRtree(polygons[: len(rows)]).query(
        faces.unresolved, predicate="intersects"
    )
    return [
        Defect(
            "unresolved",
            tuple(sorted(rows[near[place == position]].tolist())),
            shape,
            Finding("unresolved", message),
            level,
        )
        for position, shape in enumerate(faces.unresolved)
    ]
