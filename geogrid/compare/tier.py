"""One level of one plan against the same level of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geogrid.areas import straight_area_m2
from geogrid.compare.ground import Ground, ground_moved
from geogrid.compare.kinship import Change, Shares, find_changes
from geogrid.coverage.arrangement import Geometries, is_dust
from geogrid.coverage.measure import zoom_points
from geogrid.coverage.widths import is_narrower, metres_per_unit, to_metres
from geogrid.topology import Floats, Integers

__all__ = ["Tier", "compare_tier"]

_FEW = 0.05


@dataclass(frozen=True)
class Tier:
    """The grids of one level before and after, and what became of them.

    Attributes
    ----------
    level
        The level.
    before, after
        Rows of the two plans, indexed 0, 1, …
    area_before, area_after
        (n,) and (m,) m² on the ellipsoid.
    changes
        Every grid in one of them.
    same
        Row before to the row after that is the same grid, under whatever code.
    ground
        What changes hands; its grids are numbers of codes, see `slot_before`.
    slot_before, slot_after
        (n,) and (m,) the number of each row there.
    """

    level: int
    before: gpd.GeoDataFrame
    after: gpd.GeoDataFrame
    area_before: Floats
    area_after: Floats
    changes: Sequence[Change]
    same: Mapping[int, int]
    ground: Ground
    slot_before: Integers
    slot_after: Integers

    @cached_property
    def same_codes(self) -> dict[str, str]:
        """Code before to the code after that is the same grid."""
        old, new = self.before["code"].tolist(), self.after["code"].tolist()
        return {old[one]: new[other] for one, other in self.same.items()}

    @cached_property
    def heirs(self) -> dict[str, str]:
        """Code of a grid that was merged into another to the code of that one."""
        old, new = self.before["code"].tolist(), self.after["code"].tolist()
        merged = [each for each in self.changes if each.kind == "merged"]
        return {old[row]: new[each.after[0]] for each in merged for row in each.before}

    @cached_property
    def pairs(self) -> tuple[Integers, Integers, Integers]:
        """(face, row before, row after) of all faces, −1 for nobody.

        A face that several grids lose or gain, in a plan with overlaps, is handed from each to
        each in the order of the rows; what is over goes from or to nobody.
        """
        return _paired(self.ground, self.slot_before, self.slot_after)

    @cached_property
    def is_moved(self) -> npt.NDArray[np.bool_]:
        """Which of :attr:`pairs` go from one grid to another, and are not noise."""
        face, before, after = self.pairs
        stays = np.full(len(self.before) + 1, -2, dtype=np.int64)
        stays[list(self.same)] = list(self.same.values())
        return ~self.ground.is_noise[face] & (stays[before] != after)


def compare_tier(
    level: int,
    before: gpd.GeoDataFrame,
    after: gpd.GeoDataFrame,
    polygons: tuple[Geometries, Geometries],
    *,
    tolerance_m: float,
) -> Tier:
    """Compare the grids of one level.

    Parameters
    ----------
    level : the level
    before, after : rows with a column code, no code twice, in one CRS
    polygons : (n,) and (m,) valid stand-ins of their geometries, or None
    tolerance_m : ground narrower than this is noise
    """
    crs = pyproj.CRS.from_user_input(before.crs)
    slots = _slots(before["code"].tolist(), after["code"].tolist(), *polygons)
    count = int(max(slots[0].max(initial=-1), slots[1].max(initial=-1))) + 1
    old, new = np.full((2, count), None, dtype=object)
    old[slots[0]], new[slots[1]] = polygons
    ground = ground_moved(old, new, crs, tolerance_m=tolerance_m)
    areas = straight_area_m2(polygons[0], crs), straight_area_m2(polygons[1], crs)
    lasting = _lasting(ground, slots, areas, polygons, crs, tolerance_m)
    changes = find_changes(_shares(ground, slots, areas[0], lasting), *areas, lasting)
    return Tier(
        level=level,
        before=before.reset_index(drop=True),
        after=after.reset_index(drop=True),
        area_before=areas[0],
        area_after=areas[1],
        changes=changes,
        same=dict(lasting.tolist())
        | {each.before[0]: each.after[0] for each in changes if each.kind == "same"},
        ground=ground,
        slot_before=slots[0],
        slot_after=slots[1],
    )


def _slots(
    old: Sequence[str], new: Sequence[str], shapes: Geometries, others: Geometries
) -> tuple[Integers, Integers]:
    """Return numbers of codes; one that is new has the number of one that is gone of its shape."""
    number, kept = {code: at for at, code in enumerate(old)}, set(new)
    gone = [at for at, code in enumerate(old) if code not in kept]
    come = [at for at, code in enumerate(new) if code not in number]
    known = {key: at for at, key in zip(gone, _keys(shapes[gone]), strict=True) if key}
    slot = np.array([number.get(code, -1) for code in new], dtype=np.int64)
    for at, key in zip(come, _keys(others[come]), strict=True):
        slot[at] = known.pop(key, -1) if key else -1
    fresh = slot < 0
    slot[fresh] = len(old) + np.arange(int(fresh.sum()))
    return np.arange(len(old)), slot


def _keys(shapes: Geometries) -> list[bytes | None]:
    return list(shapely.to_wkb(shapely.normalize(shapes)))


def _lasting(
    ground: Ground,
    slots: tuple[Integers, Integers],
    areas: tuple[Floats, Floats],
    polygons: tuple[Geometries, Geometries],
    crs: pyproj.CRS,
    tolerance_m: float,
) -> Integers:
    """Return (row before, row after) of one number that have a place in common."""
    rows = pd.Index(slots[0]).get_indexer(slots[1])
    both = np.column_stack([rows, np.arange(len(rows))])[rows >= 0]
    kept = areas[0][both[:, 0]] - ground.lost_m2(slots[0][both[:, 0]])
    least = np.minimum(areas[0][both[:, 0]], areas[1][both[:, 1]])
    is_common = (kept > _FEW * least) | (least == 0.0)  # without a polygon the code must do
    for at in np.flatnonzero(~is_common & (least > 0.0)).tolist():
        one, other = both[at]
        common = np.array([shapely.intersection(polygons[0][one], polygons[1][other])])
        point = zoom_points(common)
        metric = to_metres(common, point, metres_per_unit(point, crs))
        is_wide = ~is_dust(common) & ~is_narrower(metric, tolerance_m)
        is_common[at] = common[0].area > 0.0 and is_wide[0]
    return both[is_common]


def _paired(
    ground: Ground, slot_before: Integers, slot_after: Integers
) -> tuple[Integers, Integers, Integers]:
    lost = _ranked(ground.lost_face, _rows(slot_before, ground.lost_grid))
    gained = _ranked(ground.gained_face, _rows(slot_after, ground.gained_grid))
    table = lost.rename(columns={"row": "before"}).merge(
        gained.rename(columns={"row": "after"}), on=["face", "rank"], how="outer"
    )
    table = table.sort_values(["face", "rank"]).fillna(-1).astype(np.int64)
    return table["face"].to_numpy(), table["before"].to_numpy(), table["after"].to_numpy()


def _rows(slot: Integers, grid: Integers) -> Integers:
    return pd.Index(slot).get_indexer(grid).astype(np.int64)


def _ranked(face: Integers, row: Integers) -> pd.DataFrame:
    order = np.lexsort((row, face))
    table = pd.DataFrame({"face": face[order], "row": row[order]})
    return table.assign(rank=table.groupby("face").cumcount())


def _shares(
    ground: Ground,
    slots: tuple[Integers, Integers],
    area_before: Floats,
    lasting: Integers,
) -> Shares:
    """Return what pairs of grids have in common: what moves, and what each grid keeps."""
    face, before, after = _paired(ground, *slots)
    counts = ~ground.is_noise[face]
    face, before, after = face[counts], before[counts], after[counts]
    kept = area_before[lasting[:, 0]] - ground.lost_m2(slots[0][lasting[:, 0]])
    keys, position = np.unique(
        np.column_stack([np.append(before, lasting[:, 0]), np.append(after, lasting[:, 1])]),
        axis=0, return_inverse=True,
    )  # fmt: skip
    area = np.append(ground.area_m2[face], kept)
    total = np.bincount(position.ravel(), area, len(keys)).astype(np.float64)
    return Shares(keys[:, 0], keys[:, 1], total)
