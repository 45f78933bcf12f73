"""House numbers along the real streets, and names for compounds."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from sample.streets import Streets, street_class

__all__ = ["Numbered", "compound_name", "number_houses", "stem"]

_NOT_A_STREET = re.compile(r"(天桥|立交|立交桥|通道|栈道|步道|桥|坊)$|^\W")
_SUFFIX = re.compile(
    r"[一二三四五六七八九十东西南北中]*(大道|路|街|道|巷)([一二三四五六七八九十]巷)?$"
)
_ESTATES = (
    "花园", "苑", "雅居", "名苑", "家园", "新村", "公寓", "华庭", "豪庭",
    "居", "轩", "小区", "名庭", "翠苑", "佳园", "御景", "阁", "嘉园",
)  # fmt: skip
_TOWERS = (
    "大厦", "中心", "国际", "公馆", "广场", "府", "名邸", "时代", "华府", "都会", "尚居", "领峰",
)  # fmt: skip


@dataclass(frozen=True)
class Numbered:
    """Street name and house number per place."""

    street: list[str]
    number: list[int]


def _named(streets: Streets) -> Streets:
    """Return streets that houses are numbered on; side roads bear the main road's name."""
    names = np.array([re.sub("辅路$", "", str(name)) for name in streets.names])
    usable = np.array(
        [
            bool(name) and street_class(str(highway)) > 0 and not _NOT_A_STREET.search(name)
            for name, highway in zip(names.tolist(), streets.highways, strict=True)
        ]
    )
    return Streets(names, streets.highways, streets.lines).take(usable)


def number_houses(
    places: npt.NDArray[np.float64], streets: Streets, rng: np.random.Generator
) -> Numbered:
    """Give every place a number on its nearest named street.

    Numbers rise from west to east, or north to south on streets that run that way; odd on
    the north or east side, even on the other.

    Parameters
    ----------
    places
        Metres, shape (n, 2).
    streets
        Streets in metres.
    rng
        Leaves a number out here and there.
    """
    named = _named(streets)
    tree = shapely.STRtree(named.lines)
    nearest = tree.query_nearest(shapely.points(places), all_matches=False)[1]
    on = shapely.get_coordinates(
        shapely.line_interpolate_point(
            named.lines[nearest],
            shapely.line_locate_point(named.lines[nearest], shapely.points(places)),
        )
    )
    street = named.names[nearest]
    number = np.zeros(len(places), dtype=np.int64)
    for name in np.unique(street):
        spread = np.ptp(shapely.get_coordinates(named.lines[named.names == name]), axis=0)
        axis = int(spread[1] > spread[0])
        rows = np.flatnonzero(street == name)
        along = np.round(places[rows, axis] * (-1 if axis else 1), 1)
        odd = np.round(places[rows, 1 - axis] - on[rows, 1 - axis], 2) > 0
        for side in (True, False):
            mine = rows[odd == side]
            order = mine[np.lexsort((mine, along[odd == side]))]
            skips = np.cumsum(rng.random(len(order)) < 0.12)
            number[order] = 2 * (np.arange(len(order)) + skips) + (1 if side else 2)
    return Numbered([str(name) for name in street], [int(value) for value in number])


def stem(street: str) -> str:
    """Return a street name without its kind and number (建业二街 → 建业)."""
    short = _SUFFIX.sub("", street)
    return short if len(short) > 1 else street[:2]


def compound_name(street: str, style: str, used: set[str], rng: np.random.Generator) -> str:
    """Return a new name for a compound on `street` and remember it in `used`."""
    endings = _TOWERS if style == "tower" else _ESTATES
    start = int(rng.integers(0, len(endings)))
    for phase in ("", "二期", "三期", "四期", "五期", "六期"):
        for step in range(len(endings)):
            name = stem(street) + endings[(start + step) % len(endings)] + phase
            if name not in used:
                used.add(name)
                return name
    raise ValueError(f"no name left on {street}")
