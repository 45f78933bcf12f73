"""Compare two plans: what became of their grids, and what changes hands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real

import geopandas as gpd
import pandas as pd
import pyproj

from geogrid.compare.frames import change_frame, grid_frame, move_frame
from geogrid.compare.kinship import KINDS
from geogrid.compare.staff import staff_things
from geogrid.compare.things import MEASURES, moved_things, place_things
from geogrid.compare.tier import Tier, compare_tier
from geogrid.coverage.inputs import code_text, level_numbers, read_input
from geogrid.errors import CrsError, InputError
from geogrid.hierarchy import Hierarchy, build_hierarchy, fill_levels, levels
from geogrid.i18n import mark as _

__all__ = ["PlanComparison", "compare_plans"]

_TEXTS = ("name", "parent", "kind")
_NUMBERS = ("households", "people")
_DEFAULTS = dict.fromkeys(_TEXTS, "") | dict.fromkeys(("level", *_NUMBERS), pd.NA)


@dataclass(frozen=True)
class PlanComparison:
    """What a plan changes of another one.

    Attributes
    ----------
    before, after
        The grids of the two plans, all levels, in one CRS.
    changes
        One row per change: number, level, kind (one of :data:`geogrid.compare.kinship.KINDS`),
        before and after (tuples of codes), told (what of code, name, parent and kind differs),
        area_before_m2, area_after_m2, moved_m2. Unchanged grids are left out.
    grids
        One row per grid and level, unchanged ones too: change (its number, 0 for none), level,
        kind, code_before, code_after, name_before, name_after ("" for none), area_before_m2,
        area_after_m2, lost_m2, gained_m2, noise_m2, and of each measure what it has before and
        after and what goes out and comes in. Always
        ``area_after = area_before − lost + gained + noise``, but for rounding.
    moves
        Who moves: level, from, to (codes, "" for nobody), area_m2, a column per measure, lon,
        lat (degrees), geometry (None where only things move). The largest first.
    things
        What moves, one by one: what, id, label, from, to, and what it counts for. From and to are
        its finest grids, or where those are the same the finest ones above them that are not. A
        post whose grid is gone and has no one heir falls to the grid above: it must decide.
    measures
        Those that are known; the columns of the others are missing values.
    tolerance_m
        Ground narrower than this is noise.
    """

    before: gpd.GeoDataFrame
    after: gpd.GeoDataFrame
    changes: pd.DataFrame
    grids: pd.DataFrame
    moves: gpd.GeoDataFrame
    things: pd.DataFrame
    measures: tuple[str, ...]
    tolerance_m: float
    largest_miss: float = field(default=0.0)

    def counts(self, level: int | None = None) -> dict[str, int]:
        """Return how many changes of each kind there are, on one level or all.

        ``"unchanged"`` counts grids.
        """
        changes, grids = self.changes, self.grids
        if level is not None:
            changes, grids = (each[each["level"] == level] for each in (changes, grids))
        counted = changes["kind"].value_counts()
        counts = {kind: int(counted.get(kind, 0)) for kind in KINDS}
        return counts | {"unchanged": int((grids["kind"] == "unchanged").sum())}

    @property
    def levels(self) -> list[int]:
        """The levels of both plans, the coarsest first."""
        return sorted(set(levels(self.before)) | set(levels(self.after)))

    @property
    def is_same(self) -> bool:
        """Whether nothing was changed."""
        return not len(self.changes)


def compare_plans(
    before: gpd.GeoDataFrame,
    after: gpd.GeoDataFrame,
    *,
    units: pd.DataFrame | None = None,
    addresses: pd.DataFrame | None = None,
    cases: pd.DataFrame | None = None,
    posts: pd.DataFrame | None = None,
    posts_after: pd.DataFrame | None = None,
    tolerance_m: float = 0.01,
) -> PlanComparison:
    """Compare two plans, level by level.

    A grid is the same one while its code has a place in both plans. What becomes of the others
    is told by the ground they share (:mod:`geogrid.compare.kinship`); areas are those on the
    ellipsoid, and all ground of both plans is accounted for. Bit-identical grids cost nothing,
    and corners added on an edge change nothing.

    Parameters
    ----------
    before, after : grids of one or all levels with a column code, and name, parent, level, kind,
        households, people where known; any CRS. The later plan is converted to that of
        the earlier one.
    units, addresses, cases : what stands in the grids, with lon and lat in WGS 84; columns as
        :func:`geogrid.compare.things.place_things`. Without units, the households and people of
        a grid are those that the plans say, and nobody knows how many move.
    posts, posts_after : who holds which post: columns grid, post, holder; under the earlier plan,
        and under the later one where that is settled
    tolerance_m : ground that is nowhere as wide as this is noise: counted, but no change

    Returns
    -------
    PlanComparison

    Raises
    ------
    InputError
        There are no grids, a code is missing or occurs twice, or the tolerance is negative.
    CrsError
        A plan has no CRS, or one of them lies in a bare plane and the other does not.
    FieldError
        A column is missing, or a level is not a whole number.

    Examples
    --------
    >>> from shapely import box
    >>> old = gpd.GeoDataFrame({"code": ["A"]}, geometry=[box(0, 0, 2, 1)], crs="EPSG:4326")
    >>> new = gpd.GeoDataFrame({"code": ["B", "C"]}, crs="EPSG:4326",
    ...                        geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)])
    >>> compare_plans(old, new).changes[["kind", "before", "after"]].values.tolist()
    [['split', ('A',), ('B', 'C')]]
    """
    if not isinstance(tolerance_m, Real) or not float(tolerance_m) >= 0.0:
        raise InputError(_("The tolerance must be 0 or more metres."))
    old = _plan(before)
    new = _plan(_in_system(after, old))
    shapes = [read_input(plan, None, None, tolerance_m).polygons for plan in (old, new)]
    tiers = []
    for level in sorted(set(levels(old)) | set(levels(new))):
        rows = [(plan["level"] == level).to_numpy(dtype=bool) for plan in (old, new)]
        own = shapes[0][rows[0]], shapes[1][rows[1]]
        tier = compare_tier(level, old[rows[0]], new[rows[1]], own, tolerance_m=tolerance_m)
        tiers.append(tier)
    same = _same(tiers, old, new)
    trees = build_hierarchy(old), build_hierarchy(new)
    tables = {"unit": units, "address": addresses, "case": cases}
    things = place_things((old, new), tables, same, trees)
    if posts is not None:
        heirs = {code: other for tier in tiers for code, other in tier.heirs.items()}
        staff = staff_things(posts, posts_after, heirs, same, trees)
        things = pd.concat([things, staff], ignore_index=True) if len(things) else staff
    known = _known(units, addresses, cases, posts)
    return _comparison(tiers, (old, new), things, same, trees, known, tolerance_m)


def _same(tiers: Sequence[Tier], old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> dict[str, str]:
    """Return code before to the code after that is the same grid, on whatever level."""
    level = dict(zip(new["code"], new["level"], strict=True))
    same = {
        code: code
        for code, own in zip(old["code"], old["level"], strict=True)
        if level.get(code, own) != own
    }
    return same | {code: other for tier in tiers for code, other in tier.same_codes.items()}


def _known(units: object, addresses: object, cases: object, posts: object) -> tuple[str, ...]:
    given = dict.fromkeys(("households", "people", "buildings"), units)
    given |= {"addresses": addresses, "open_cases": cases, "staff": posts}
    return tuple(name for name in MEASURES if given[name] is not None)


def _in_system(after: gpd.GeoDataFrame, before: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the later plan in the reference system of the earlier one."""
    if not isinstance(after, gpd.GeoDataFrame) or after.crs is None or after.crs == before.crs:
        return after
    planes = [pyproj.CRS.from_user_input(each.crs).geodetic_crs is None for each in (before, after)]
    if any(planes):
        raise CrsError(_("Both plans must be in the same coordinate reference system."))
    return after.to_crs(before.crs)


def _plan(grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a plan with all columns that are compared, codes checked."""
    if not isinstance(grids, gpd.GeoDataFrame) or grids.active_geometry_name is None:
        raise InputError(
            _("The grids must be a GeoDataFrame of polygons, not {kind}."),
            kind=type(grids).__name__,
        )
    if not len(grids):
        raise InputError(_("There are no grids."))
    if grids.crs is None:
        raise CrsError(_("The grids have no coordinate reference system; say which they are in."))
    missing = {name: value for name, value in _DEFAULTS.items() if name not in grids}
    plan = grids.reset_index(drop=True).assign(**missing)
    if "code" in plan:
        texts = {name: plan[name].map(code_text).str.strip() for name in ("code", *_TEXTS)}
        plan = plan.assign(**texts)
    _check_codes(plan)
    counts = {
        name: pd.to_numeric(plan[name], errors="coerce").round().astype("Int64")
        for name in _NUMBERS
    }
    return fill_levels(plan.assign(level=level_numbers(plan, tuple(plan["code"])), **counts))


def _check_codes(plan: gpd.GeoDataFrame) -> None:
    empty = plan["code"] == "" if "code" in plan else pd.Series([True])
    if empty.any():
        raise InputError(
            _("Row {row} has no grid code. Fill it in or number the grids first."),
            row=int(empty.to_numpy().argmax()) + 1,
        )
    twice = plan["code"].duplicated()
    if twice.any():
        raise InputError(
            _("The grid code {code} occurs twice. Each grid needs its own."),
            code=plan["code"][twice].iloc[0],
        )


def _comparison(
    tiers: Sequence[Tier],
    plans: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame],
    things: pd.DataFrame,
    same: Mapping[str, str],
    trees: tuple[Hierarchy, Hierarchy],
    measures: tuple[str, ...],
    tolerance_m: float,
) -> PlanComparison:
    """Put together what was found on all levels."""
    numbers = 1
    changes, grids, moves = [], [], []
    for tier in tiers:
        listed, numbered = change_frame(tier, same, first=numbers)
        numbers += len(listed)
        changes.append(listed)
        grids.append(grid_frame(tier, numbered, things, trees, measures))
        moves.append(move_frame(tier, things, trees, measures))
    tables = [pd.concat(parts, ignore_index=True) for parts in (changes, grids, moves)]
    rest = tables[1]["area_after_m2"].fillna(0.0) - tables[1]["area_before_m2"].fillna(0.0)
    rest -= tables[1]["gained_m2"] - tables[1]["lost_m2"] + tables[1]["noise_m2"]
    return PlanComparison(
        *plans,
        tables[0],
        tables[1],
        gpd.GeoDataFrame(tables[2], geometry="geometry", crs=plans[0].crs),
        moved_things(things, same, trees),
        measures,
        tolerance_m,
        float(rest.abs().max()) if len(rest) else 0.0,
    )
