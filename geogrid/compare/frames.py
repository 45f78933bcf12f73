"""A comparison of one level as tables: changes, grids, moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid.compare.things import MEASURES, add_up
from geogrid.compare.tier import Tier
from geogrid.coverage.measure import zoom_points
from geogrid.coverage.widths import lonlat
from geogrid.hierarchy import Hierarchy
from geogrid.topology import Integers
from geogrid.unify.planar import dissolve

__all__ = ["CHANGE_COLUMNS", "TOLD", "change_frame", "grid_frame", "move_frame"]

TOLD = ("code", "name", "parent", "kind")
"""What is said of a grid, and compared."""

CHANGE_COLUMNS = (
    "number", "level", "kind", "before", "after", "told", "area_before_m2", "area_after_m2",
    "moved_m2",
)  # fmt: skip
"""Columns of :attr:`PlanComparison.changes`."""

_OWN = ("households", "people")
Trees = tuple[Hierarchy, Hierarchy]


def change_frame(
    tier: Tier, same: Mapping[str, str], *, first: int
) -> tuple[pd.DataFrame, dict[int, tuple[int, str]]]:
    """Return what changed on one level.

    Parameters
    ----------
    tier : the level
    same : code before to code after that is the same grid, of all levels above at least
    first : number of the first change

    Returns
    -------
    changes, of
        Columns :data:`CHANGE_COLUMNS`; and position of a change in ``tier.changes`` to its number
        (0 where nothing changed) and its kind.
    """
    moves = _moves_by_row(tier)
    old, new = (_told(plan) for plan in (tier.before, tier.after))
    rows: list[tuple[Any, ...]] = []
    of: dict[int, tuple[int, str]] = {}
    for at, change in enumerate(tier.changes):
        told: tuple[str, ...] = ()
        if change.kind == "same":
            told = _differs(old[change.before[0]], new[change.after[0]], same)
        moved = sum(moves[0].get(row, 0.0) for row in change.before)
        come = sum(moves[1].get(row, 0.0) for row in change.after)
        kind = change.kind if change.kind != "same" else _kind(told, moved + come > 0.0)
        of[at] = (0, kind)
        if kind != "unchanged":
            of[at] = (first + len(rows), kind)
            codes = (
                tuple(str(side[row][0]) for row in own)
                for side, own in ((old, change.before), (new, change.after))
            )
            area = (
                float(tier.area_before[list(change.before)].sum()),
                float(tier.area_after[list(change.after)].sum()),
            )
            rows.append((of[at][0], tier.level, kind, *codes, told, *area, max(moved, come)))
    return pd.DataFrame(rows, columns=list(CHANGE_COLUMNS)), of


def _moves_by_row(tier: Tier) -> tuple[dict[int, float], dict[int, float]]:
    """Return what each row before hands on and each row after takes over, in m²."""
    face, before, after = (each[tier.is_moved] for each in tier.pairs)
    area = tier.ground.area_m2[face]
    sums = []
    for rows in (before, after):
        total = pd.Series(area).groupby(rows).sum()
        sums.append(dict(zip(total.index.tolist(), total.tolist(), strict=True)))
    return sums[0], sums[1]


def _told(plan: pd.DataFrame) -> list[tuple[str, ...]]:
    return list(zip(*(plan[name].tolist() for name in TOLD), strict=True))


def _differs(one: Sequence[str], other: Sequence[str], same: Mapping[str, str]) -> tuple[str, ...]:
    was = dict(zip(TOLD, one, strict=True))
    was["parent"] = same.get(was["parent"], was["parent"])
    return tuple(name for name, value in zip(TOLD, other, strict=True) if was[name] != value)


def _kind(told: Sequence[str], is_moved: bool) -> str:
    if is_moved:
        return "reshaped"
    if "code" in told or "name" in told:
        return "renamed"
    return "amended" if told else "unchanged"


def grid_frame(
    tier: Tier,
    numbered: Mapping[int, tuple[int, str]],
    things: pd.DataFrame,
    trees: Trees,
    measures: Sequence[str],
) -> pd.DataFrame:
    """Return the grids of one level, a row for each that is or was.

    Parameters
    ----------
    tier : the level
    numbered : from :func:`change_frame`
    things : what stands in the grids
    trees : of the plans
    measures : those that are known

    Returns
    -------
    DataFrame
        As :attr:`PlanComparison.grids`.
    """
    table = _grid_rows(tier, numbered)
    before, after, moved = add_up(things, _codes_at(things, trees, tier.level), tier.same_codes)
    sides = {
        "before": (before, "code_before"),
        "after": (after, "code_after"),
        "out": (moved.groupby(level="from").sum(), "code_before"),
        "in": (moved.groupby(level="to").sum(), "code_after"),
    }
    for name in MEASURES:
        for side, (sums, key) in sides.items():
            values = table[key].map(sums[name]).fillna(0) if len(sums) else 0
            table[f"{name}_{side}"] = pd.array([pd.NA] * len(table), dtype="Int64")
            if name in measures:
                counted = pd.Series(values, index=table.index).astype("Int64")
                table[f"{name}_{side}"] = counted.where(table[key] != "")
            elif name in _OWN and side in ("before", "after"):
                plan = tier.before if side == "before" else tier.after
                own = plan.set_index("code")[name]
                table[f"{name}_{side}"] = own.reindex(table[key]).array
    return table


def _grid_rows(tier: Tier, numbered: Mapping[int, tuple[int, str]]) -> pd.DataFrame:
    rows = []
    for at, change in enumerate(tier.changes):
        kept = {one: tier.same[one] for one in change.before if one in tier.same}
        pairs = [(one, kept.get(one, -1)) for one in change.before]
        pairs += [(-1, other) for other in change.after if other not in kept.values()]
        rows += [(*numbered[at], *pair) for pair in pairs]
    number, kind, one, other = (
        zip(*rows, strict=True) if rows else ((), (), (), ())
    )  # fmt: skip
    was, now = np.array(one, dtype=np.int64), np.array(other, dtype=np.int64)
    table = pd.DataFrame({"change": number, "level": tier.level, "kind": kind})
    for name in ("code", "name"):
        for side, plan, own in (("before", tier.before, was), ("after", tier.after, now)):
            texts = np.append(plan[name].to_numpy(dtype=object), "")
            table[f"{name}_{side}"] = texts[own]
    table["area_before_m2"] = np.append(tier.area_before, np.nan)[was]
    table["area_after_m2"] = np.append(tier.area_after, np.nan)[now]
    return table.assign(**_flows(tier, was, now))


def _flows(tier: Tier, was: Integers, now: Integers) -> dict[str, npt.NDArray[np.float64]]:
    """Return lost_m2, gained_m2 and noise_m2 of rows before and after, −1 for none."""
    face, before, after = tier.pairs
    area, is_noise = tier.ground.area_m2[face], tier.ground.is_noise[face]
    stays = np.full(len(tier.before) + 1, -2, dtype=np.int64)
    stays[list(tier.same)] = list(tier.same.values())
    leaves = stays[before] != after  # not ground that a grid only takes into its new code

    def flow(rows: Integers, chosen: npt.NDArray[np.bool_], count: int) -> Any:
        some = chosen & (rows >= 0)
        return np.append(np.bincount(rows[some], area[some], count), 0.0)

    old, new = len(tier.before), len(tier.after)
    noise = flow(after, leaves & is_noise, new)[now] - flow(before, leaves & is_noise, old)[was]
    return {
        "lost_m2": flow(before, leaves & ~is_noise, old)[was],
        "gained_m2": flow(after, leaves & ~is_noise, new)[now],
        "noise_m2": noise,
    }


def _codes_at(things: pd.DataFrame, trees: Trees, level: int) -> tuple[list[str], list[str]]:
    """Return the grids of a level that things are in, before and after."""
    found = []
    for side, tree in zip(("before", "after"), trees, strict=True):
        codes = things[side].astype("str") if len(things) else pd.Series([], dtype="str")
        known = {
            code: next((step for step in tree.chain(code) if tree.levels[step] == level), "")
            for code in codes.unique()
        }
        found.append([known[code] for code in codes])
    return found[0], found[1]


def move_frame(
    tier: Tier, things: pd.DataFrame, trees: Trees, measures: Sequence[str]
) -> pd.DataFrame:
    """Return who moves on one level: from which grid to which, and how much.

    Parameters and columns are those of :func:`grid_frame` and :attr:`PlanComparison.moves`.
    """
    face, before, after = (each[tier.is_moved] for each in tier.pairs)
    keys, position = np.unique(np.column_stack([before, after]), axis=0, return_inverse=True)
    position = position.ravel().astype(np.int64)
    codes = [
        np.append(plan["code"].to_numpy(dtype=object), "")[rows]
        for plan, rows in ((tier.before, keys[:, 0]), (tier.after, keys[:, 1]))
    ]
    ground = pd.DataFrame({"from": codes[0], "to": codes[1]}, dtype=object)
    ground["area_m2"] = np.bincount(position, tier.ground.area_m2[face], len(keys))
    shapes = np.full(len(keys), None, dtype=object)
    if len(face):
        shapes, _labels = dissolve(tier.ground.face[face], position)
    ground["geometry"] = shapes
    _was, _is, counts = add_up(things, _codes_at(things, trees, tier.level), tier.same_codes)
    table = ground.merge(counts.reset_index(), on=["from", "to"], how="outer")
    table["area_m2"] = table["area_m2"].fillna(0.0).astype("float64")
    for name in MEASURES:
        counted = table[name].fillna(0).astype("Int64")
        table[name] = counted if name in measures else pd.array([pd.NA] * len(table), dtype="Int64")
    return _placed(tier, table)


def _placed(tier: Tier, table: pd.DataFrame) -> pd.DataFrame:
    """Return moves with a place to look at, in their order."""
    shapes = np.array([None, *table["geometry"]], dtype=object)[1:]
    shapes[pd.isna(shapes)] = None
    point = zoom_points(shapes) if len(shapes) else np.zeros((0, 2))
    degrees = lonlat(point, tier.before.crs)
    table = table.assign(level=tier.level, lon=degrees[:, 0], lat=degrees[:, 1])
    table["geometry"] = shapes
    order = np.lexsort((table["to"].astype(str), table["from"].astype(str), -table["area_m2"]))
    names = ["level", "from", "to", "area_m2", *MEASURES, "lon", "lat", "geometry"]
    return table.iloc[order][names].reset_index(drop=True)
