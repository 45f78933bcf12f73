"""Repair grids so that they cover their region exactly once, changing as little as possible.

The check finds the defects. The edges at the broken places are noded once for all their
owners (``locality``, ``noding``, ``mosaic``); every wrong face is given to one grid or to
nobody (``decisions``, ``gaps``); outlines are old edges plus faces gained minus faces lost
(``outlines``), so that whatever is not broken keeps its bits.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from numbers import Real

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geogrid._collection import without_collecting
from geogrid.areas import straight_area_m2
from geogrid.coverage.check import check_input
from geogrid.coverage.inputs import CoverageInput, code_text, read_input
from geogrid.coverage.signed import SignedSum, signed_sum
from geogrid.coverage.tiers import Tier, tier_rows
from geogrid.errors import CrsError, InputError
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.repair.docket import Docket, Limits, open_docket
from geogrid.repair.level import LevelRepair, describe, repair_level
from geogrid.repair.parents import redraw_parents
from geogrid.repair.report import RepairReport
from geogrid.repair.standing import RULES, UNRANKED, Standing, rank_grids
from geogrid.repair.transfers import Transfer
from geogrid.topology import Integers

__all__ = ["repair_coverage"]


@dataclass
class _Work:
    """The polygons of a frame while they are repaired, and what changed hands."""

    given: CoverageInput
    rule: str
    priority: Sequence[str]
    is_locked: npt.NDArray[np.bool_]
    polygons: npt.NDArray[np.object_]
    region: shapely.Geometry | None
    tolerance_m: float
    streets: npt.NDArray[np.object_] | None = None
    changed: set[int] = field(default_factory=set)
    moves: list[tuple[Transfer, tuple[str, ...]]] = field(default_factory=list)
    gained: dict[str, float] = field(default_factory=dict)
    lost: dict[str, float] = field(default_factory=dict)


@without_collecting
def repair_coverage(  # noqa: PLR0913 - the options of one act, each with its own meaning
    grids: gpd.GeoDataFrame,
    region: object = None,
    *,
    tolerance_m: float = 0.01,
    overlaps: str = "longest_border",
    priority: Sequence[str] | None = None,
    locked: Collection[str] = (),
    approved_gaps: object = None,
    max_width_m: float | None = 2.0,
    max_area_m2: float | None = None,
    centre_lines: Collection[str] | bool | None = None,
    streets: gpd.GeoDataFrame | None = None,
    only: Collection[str] | None = None,
    units: pd.DataFrame | None = None,
) -> tuple[gpd.GeoDataFrame, RepairReport]:
    """Repair grids so that they cover their region exactly once.

    Parameters
    ----------
    grids, region, tolerance_m, units, approved_gaps
        As for :func:`geogrid.check_coverage`. An approved gap is never filled.
    overlaps
        Who keeps what several grids cover: ``"longest_border"`` (the one that borders it
        longest), ``"largest"``, ``"smallest"`` or ``"given_order"`` (the first row).
    priority
        Codes, highest first: they keep overlaps whatever the rule says. Needed where one
        grid lies in another altogether: until it wins a place for itself nothing inside the
        region is taken from it and it gets no gap. A grid is never emptied.
    locked
        Codes of grids whose vertices must not move; a neighbour's corner may still be put
        into their borders.
    max_width_m, max_area_m2
        Defects wider or larger than this are refused; None for no limit.
    centre_lines
        Ids of gaps to fill to their middle however wide they are; True for all gaps.
    streets
        Street lines with a CRS: where they run through such a gap, they are its middle.
    only
        Ids of the defects to repair; None for all.

    Returns
    -------
    grids, report
        The same rows, columns and index, only the geometry changed; and what was done.

    Raises
    ------
    InputError, CrsError, FieldError
        As :func:`geogrid.check_coverage`; or a rule, a limit, a code or an id is unknown.

    Examples
    --------
    >>> from shapely import box
    >>> apart = gpd.GeoDataFrame(
    ...     {"code": ["A", "B"]}, geometry=list(box([0, 101], 0, [100, 200], 100)), crs="EPSG:4547"
    ... )
    >>> whole, report = repair_coverage(apart, box(0, 0, 200, 100))
    >>> report.fates[["kind", "fate"]].values.tolist(), report.after.is_proven
    ([['gap', 'repaired']], True)
    """
    given = read_input(grids, region, approved_gaps, tolerance_m)
    first, kept = _codes(priority or ()), _codes(locked)
    _check_options(given, overlaps, (max_width_m, max_area_m2), [*first, *kept])
    options = {"tolerance_m": tolerance_m, "units": units, "approved_gaps": approved_gaps}
    before, tiers = check_input(given, tolerance_m=tolerance_m, units=units)
    limits = Limits(max_width_m, max_area_m2, centre_lines or (), _ids(only))
    named = [] if isinstance(centre_lines, bool) else list(centre_lines or ())
    _check_ids([*named, *(only or ())], before.defects["id"])
    docket = open_docket(before.defects, limits)
    work = _Work(
        given,
        overlaps,
        first,
        np.isin(np.array(given.codes, dtype=object), kept),
        given.polygons.copy(),
        given.region,
        float(tolerance_m),
        _street_lines(streets, given),
    )
    _settle_invalid(work, docket, grids)
    for level in _levels(given):
        _repair_one(work, docket, level, tiers)
    if given.has_tree:
        _redraw_parents(work, docket)
    repaired = _with_geometry(grids, work)
    border = None if work.region is None else gpd.GeoSeries([work.region], crs=given.crs)
    report = RepairReport(
        fates=docket.frame(),
        changes=_changes(work),
        region=border,
        before=before,
        _after={"grids": repaired, "region": border, **options},
        _pieces=partial(_pieces, work.moves, before.defects["id"].tolist(), given.crs),
    )
    return repaired, report


def _street_lines(
    streets: gpd.GeoDataFrame | None, given: CoverageInput
) -> npt.NDArray[np.object_] | None:
    if streets is None:
        return None
    if streets.crs is None:
        raise CrsError(_("The streets have no coordinate reference system."))
    here = np.asarray(streets.to_crs(given.crs).geometry.array, dtype=object)
    parts = shapely.get_parts(shapely.force_2d(here))
    return np.asarray(parts[shapely.get_dimensions(parts) == 1], dtype=object)


def _codes(given: Collection[object]) -> list[str]:
    """Return codes as the grids have them: a column of numbers is read as text too."""
    return [code_text(code) for code in ([given] if isinstance(given, str) else given)]


def _ids(only: Collection[str] | None) -> frozenset[str] | None:
    return None if only is None else frozenset(only)


def _check_options(
    given: CoverageInput, rule: str, limits: tuple[float | None, ...], codes: Sequence[str]
) -> None:
    if rule not in RULES:
        raise InputError(
            _("Unknown rule for overlaps: {rule}. Use one of {rules}."),
            rule=str(rule)[:40],
            rules=", ".join(RULES),
        )
    for limit in limits:
        if limit is not None and not (isinstance(limit, Real) and float(limit) >= 0.0):
            raise InputError(_("A limit must be 0 or more, or left out."))
    unknown = sorted({str(code) for code in codes} - set(given.codes)) if codes else []
    if unknown:
        raise InputError(_("There is no grid with the code {codes}."), codes=", ".join(unknown[:5]))


def _check_ids(names: Sequence[str], known: pd.Series) -> None:
    unknown = sorted({str(name) for name in names} - set(known))
    if unknown:
        raise InputError(
            _("The check finds no defect {ids}; check again and choose from its list."),
            ids=", ".join(unknown[:5]),
        )


def _levels(given: CoverageInput) -> list[int | None]:
    """Return the levels to repair: the finest where parents are known, else each."""
    levels = list(given.tree.levels)
    return levels[-1:] if given.has_tree else levels


def _settle_invalid(work: _Work, docket: Docket, grids: gpd.GeoDataFrame) -> None:
    """Take the sound form of broken grids, or lock them as they are."""
    broken = np.flatnonzero(docket.defects["kind"].to_numpy() == "invalid").tolist()
    if not broken:
        return
    row_of = {code: row for row, code in reversed(list(enumerate(work.given.codes)))}
    original = np.asarray(grids.geometry.array, dtype=object)
    for at in broken:
        codes = docket.defects["grids"].iloc[at]
        if not codes:
            docket.refuse(at, Finding("region", _("The region itself is broken; mend it first.")))
            continue
        row = row_of[codes[0]]
        sound = work.polygons[row]
        if sound is None:
            message = _("It has no area to make an outline of.")
            docket.refuse(at, Finding("no_area", message))
        elif work.is_locked[row]:
            docket.refuse(at, Finding("locked", _("{grids} is locked."), {"grids": codes[0]}))
        elif docket.defects["detail"].iloc[at].params.get("reason") is None:
            continue
        if docket.is_open(at):
            work.changed.add(row)
            change = straight_area_m2(np.array([sound, original[row]]), work.given.crs)
            params = {"area": f"{change[0] - change[1]:+.2f}"}
            message = _("Drew its outline anew without crossings; area changes by {area} m².")
            docket.action[at] = Finding("redrawn", message, params, severity="note")
            docket.given_to[at].add(codes[0])
        else:
            work.is_locked[row] = True


def _sum_of(work: _Work, level: int | None, tiers: Sequence[Tier]) -> SignedSum:
    """Return the sum of a level: that of the check, if nothing has changed since."""
    if work.region is work.given.region:
        return next(tier.signed for tier in tiers if tier.level == level)
    rows = tier_rows(work.given.tree, level)
    polygons = np.array([*work.polygons[rows], work.region], dtype=object)
    sign = np.ones(len(polygons), dtype=np.int8)
    sign[len(rows) :] = -1
    return signed_sum(polygons, sign)


def _repair_one(work: _Work, docket: Docket, level: int | None, tiers: Sequence[Tier]) -> None:
    given, rows = work.given, tier_rows(work.given.tree, level)
    signed = _sum_of(work, level, tiers)
    polygons = signed.polygons
    codes = given.codes
    if len(rows) < len(codes):
        codes = tuple(codes[row] for row in rows.tolist())
    priority = np.full(len(rows), UNRANKED, dtype=np.int64)
    if work.priority:
        place = {code: at for at, code in reversed(list(enumerate(work.priority)))}
        priority[:] = [place.get(code, UNRANKED) for code in codes]
    standing = Standing(
        grids=len(rows),
        has_region=work.region is not None,
        rule=work.rule,
        priority=priority,
        rank=rank_grids(polygons[: len(rows)], codes),
        is_locked=work.is_locked[rows],
        codes=codes,
        polygons=polygons,
        crs=given.crs,
    )
    done = repair_level(
        signed, standing, docket, level, tolerance_m=work.tolerance_m, streets=work.streets
    )
    describe(docket, done.transfers, standing, level)
    _take_over(work, rows, codes, done)


def _redraw_parents(work: _Work, docket: Docket) -> None:
    given = work.given
    redrawn = redraw_parents(work.polygons, given.tree, given.codes, work.is_locked, docket)
    for row, shape in sorted(redrawn.items()):
        old, code = work.polygons[row], given.codes[row]
        pair = np.array([shapely.difference(shape, old), shapely.difference(old, shape)])
        gained, lost = straight_area_m2(pair, given.crs)
        work.gained[code] = work.gained.get(code, 0.0) + float(gained)
        work.lost[code] = work.lost.get(code, 0.0) + float(lost)
        work.polygons[row] = shape
        work.changed.add(row)


def _take_over(work: _Work, rows: Integers, codes: Sequence[str], done: LevelRepair) -> None:
    for item, polygon in done.redrawn.items():
        if item >= len(rows):
            work.region = polygon
            continue
        work.polygons[rows[item]] = polygon
        work.changed.add(int(rows[item]))
    places = np.array([one.place for one in done.transfers], dtype=object)
    for one, area in zip(done.transfers, straight_area_m2(places, work.given.crs), strict=True):
        for item in one.losers:
            work.lost[codes[item]] = work.lost.get(codes[item], 0.0) + float(area)
        if one.receiver >= 0:
            code = codes[one.receiver]
            work.gained[code] = work.gained.get(code, 0.0) + float(area)
        receivers = {*one.keepers, one.receiver} - {-1}
        work.moves.append((one, tuple(codes[item] for item in sorted(receivers))))


def _with_geometry(grids: gpd.GeoDataFrame, work: _Work) -> gpd.GeoDataFrame:
    """Return the frame with the changed geometries; the others are the same objects."""
    shapes = np.asarray(grids.geometry.array, dtype=object).copy()
    rows = sorted(work.changed)
    shapes[rows] = work.polygons[rows]
    return grids.set_geometry(gpd.array.from_shapely(shapes, crs=grids.crs))


def _changes(work: _Work) -> pd.DataFrame:
    codes = sorted({work.given.codes[row] for row in work.changed})
    return pd.DataFrame(
        {
            "code": pd.Series(codes, dtype="str"),
            "gained_m2": pd.Series([work.gained.get(code, 0.0) for code in codes], dtype=float),
            "lost_m2": pd.Series([work.lost.get(code, 0.0) for code in codes], dtype=float),
        }
    )


def _pieces(
    moves: Sequence[tuple[Transfer, tuple[str, ...]]], names: Sequence[str], crs: pyproj.CRS
) -> gpd.GeoDataFrame:
    """Return what each grid receives of each defect."""
    parts: dict[tuple[str, str], list[shapely.Geometry]] = {}
    for one, codes in moves:
        for at in one.defects:
            for code in codes:
                parts.setdefault((names[at], code), []).append(one.place)
    keys = sorted(parts)
    shapes = np.array(
        [parts[key][0] if len(parts[key]) == 1 else shapely.union_all(parts[key]) for key in keys],
        dtype=object,
    )
    return gpd.GeoDataFrame(
        {
            "id": pd.Series([key[0] for key in keys], dtype="str"),
            "code": pd.Series([key[1] for key in keys], dtype="str"),
            "area_m2": straight_area_m2(shapes, crs),
        },
        geometry=gpd.array.from_shapely(shapes, crs=crs),
        crs=crs,
    )
