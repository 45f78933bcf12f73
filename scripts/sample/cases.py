"""A year of cases with hot spots, daily and weekly rhythm, deadlines and outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import shapely

from sample.case_patterns import (
    CATEGORIES,
    DEADLINE_DAYS,
    DURATION_HOURS,
    REPLY_MINUTES,
    SOURCES,
    Category,
)
from sample.projection import Frame
from sample.addresses import Unit

__all__ = ["CASE_COLUMNS", "CaseArea", "HotSpot", "build_cases"]

CASE_COLUMNS = (
    "case_id", "reported_at", "category", "status", "handling_level", "source", "title",
    "address", "lon", "lat", "replied_at", "deadline", "closed_at", "satisfied",
)  # fmt: skip

_FIRST_DAY = datetime(2025, 11, 20, tzinfo=UTC) - timedelta(hours=8)
_DAYS = 365
_NOW = _DAYS * 86_400
"""The last instant, in seconds after the first day began in Asia/Shanghai."""

_LEVELS = ("grid", "community", "street", "joint")


@dataclass(frozen=True)
class HotSpot:
    """Places (rows of the buildings) where a category piles up, with a number of cases.

    `days` limits it to a half-open range of days after the first.
    """

    category: str
    buildings: tuple[int, ...]
    count: int
    days: tuple[int, int] = (0, _DAYS)


@dataclass(frozen=True)
class CaseArea:
    """Where cases happen: the region and street points in metres, buildings, the frame."""

    frame: Frame
    region: shapely.Geometry
    buildings: Sequence[Unit]
    streets: npt.NDArray[np.float64]
    hot_spots: Sequence[HotSpot]


@dataclass(frozen=True)
class _Drawn:
    """Cases before their outcome: category, building row, position in metres, seconds."""

    category: npt.NDArray[np.int64]
    building: npt.NDArray[np.int64]
    xy: npt.NDArray[np.float64]
    in_street: npt.NDArray[np.bool_]
    seconds: npt.NDArray[np.int64]


def _choose(
    rng: np.random.Generator, weights: npt.NDArray[np.float64], count: int
) -> npt.NDArray[np.int64]:
    """Return `count` positions in proportion to whole or rounded weights."""
    edges = np.cumsum(np.round(np.asarray(weights, dtype=float) * 1000).astype(np.int64))
    return np.searchsorted(edges, rng.integers(0, edges[-1], count), side="right").astype(np.int64)


def _times(
    rng: np.random.Generator, kind: Category, count: int, days: tuple[int, int]
) -> npt.NDArray[np.int64]:
    """Return seconds after the first day began, by month, weekday and hour."""
    calendar = [_FIRST_DAY + timedelta(days=day, hours=8) for day in range(*days)]
    weight = np.array([kind.weekdays[d.weekday()] * kind.months[d.month - 1] for d in calendar])
    day = _choose(rng, weight, count) + days[0]
    hour = _choose(rng, np.array(kind.hours), count)
    return np.asarray(day * 86_400 + hour * 3600 + rng.integers(0, 3600, count))


def _near(
    rng: np.random.Generator, places: npt.NDArray[np.float64], reach_m: int
) -> npt.NDArray[np.float64]:
    """Return places moved by up to `reach_m` metres east and north."""
    return places + rng.integers(-reach_m * 10, reach_m * 10 + 1, places.shape) / 10


def _draw(area: CaseArea, rng: np.random.Generator, count: int) -> _Drawn:
    """Return the cases of hot spots, then those of each category all over the region."""
    homes = np.array([unit.households for unit in area.buildings], dtype=float)
    degrees = np.array([(unit.lon, unit.lat) for unit in area.buildings])
    doors = np.round(area.frame.to_metres(degrees), 2)
    tree = shapely.STRtree(shapely.points(doors))
    beside = tree.query_nearest(shapely.points(area.streets), all_matches=False)[1]
    codes = [kind.code for kind in CATEGORIES]
    found: list[tuple[npt.NDArray[np.int64], ...]] = []
    places: list[npt.NDArray[np.float64]] = []
    for spot in area.hot_spots:
        kind = codes.index(spot.category)
        rows = np.array(spot.buildings)[rng.integers(0, len(spot.buildings), spot.count)]
        when = _times(rng, CATEGORIES[kind], spot.count, spot.days)
        found.append((np.full(spot.count, kind), rows, when, np.zeros(spot.count, np.int64)))
        places.append(_near(rng, doors[rows], 16))
    rest = count - sum(spot.count for spot in area.hot_spots)
    shares = np.array([kind.share for kind in CATEGORIES])
    numbers = np.bincount(_choose(rng, shares, rest), minlength=len(CATEGORIES))
    for k, (kind, number) in enumerate(zip(CATEGORIES, numbers.tolist(), strict=True)):
        factor = np.array([kind.places.get(unit.style, 1.0) for unit in area.buildings])
        rows = _choose(rng, np.round(homes * factor, 3), number)
        outside = rng.integers(0, 100, number) < kind.street
        points = rng.integers(0, len(area.streets), number)
        rows = np.where(outside, beside[points], rows)
        spread = np.where(outside[:, None], area.streets[points], doors[rows])
        found.append((np.full(number, k), rows, _times(rng, kind, number, (0, _DAYS)), outside))
        places.append(_near(rng, spread, 6))
    category, building, seconds, in_street = (
        np.concatenate(part) for part in zip(*found, strict=True)
    )
    xy = np.round(np.vstack(places), 2)
    shapely.prepare(area.region)
    stray = ~shapely.contains_xy(area.region, xy[:, 0], xy[:, 1])
    xy[stray] = doors[building[stray]]
    return _Drawn(category, building, xy, in_street.astype(bool), seconds)


def _deciles(
    rng: np.random.Generator, table: Sequence[float], count: int
) -> npt.NDArray[np.float64]:
    """Return values whose deciles are `table`."""
    at = rng.integers(0, 100_001, count) / 100_000
    return np.asarray(np.interp(at, np.linspace(0, 1, len(table)).round(1), table))


def _stamp(seconds: int) -> str:
    """Return ISO 8601 in UTC."""
    return (_FIRST_DAY + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _status(reported: int, replied: int, closed: int, stuck: bool) -> str:
    """Return how far a case has come at the end of the year."""
    if closed <= _NOW and not stuck:
        return "closed"
    if stuck:
        return "dispatched"
    if replied > _NOW:
        return "reported"
    done = (_NOW - reported) / (closed - reported)
    steps = ("accepted", "dispatched", "handled", "verified")
    return steps[min(int(done * 4), 3)]


def build_cases(
    area: CaseArea, *, count: int, seed: Sequence[int], prefix: str
) -> Iterator[tuple[str, ...]]:
    """Yield the rows of ``cases.csv`` in order of time.

    Parameters
    ----------
    area
        Where they happen.
    count
        Number of cases.
    seed
        Seed of everything left to chance.
    prefix
        First letters of the case ids.
    """
    rng = np.random.Generator(np.random.PCG64(list(seed)))
    drawn = _draw(area, rng, count)
    order = np.lexsort((np.arange(count), drawn.seconds))
    lonlat = np.round(area.frame.to_degrees(drawn.xy), 6)
    source = _choose(rng, np.array([share for _, share in SOURCES]), count)
    level = np.zeros(count, dtype=np.int64)
    hours = np.zeros(count)
    for k, kind in enumerate(CATEGORIES):
        rows = np.flatnonzero(drawn.category == k)
        level[rows] = _choose(rng, np.array(kind.levels), len(rows))
    for k, name in enumerate(_LEVELS):
        rows = np.flatnonzero(level == k)
        hours[rows] = _deciles(rng, DURATION_HOURS[name], len(rows))
    closed = drawn.seconds + np.maximum((hours * 3600).round().astype(np.int64), 120)
    answer = (_deciles(rng, REPLY_MINUTES, count) * 60).round().astype(np.int64)
    replied = np.minimum(drawn.seconds + answer, closed)
    stuck = rng.integers(0, 1000, count) < 6
    mood = rng.integers(0, 100, count)
    title = rng.integers(0, 60, count)
    for number, row in enumerate(order.tolist(), 1):
        kind = CATEGORIES[drawn.category[row]]
        unit = area.buildings[drawn.building[row]]
        start, reply, end = (int(a[row]) for a in (drawn.seconds, replied, closed))
        status = _status(start, reply, end, bool(stuck[row]))
        name = _LEVELS[level[row]]
        late = end - start > DEADLINE_DAYS[name] * 86_400
        rated = status == "closed" and mood[row] < 60
        unhappy = mood[row] < (18 if late else 4)
        yield (
            f"{prefix}{number:06d}", _stamp(start), kind.code, status, name,
            SOURCES[source[row]][0], kind.titles[title[row] % len(kind.titles)],
            unit.address + ("附近" if drawn.in_street[row] else ""),
            f"{lonlat[row, 0]:.6f}", f"{lonlat[row, 1]:.6f}",
            _stamp(reply) if reply <= _NOW else "",
            _stamp(start + DEADLINE_DAYS[name] * 86_400),
            _stamp(end) if status == "closed" else "",
            ("no" if unhappy else "yes") if rated else "",
        )  # fmt: skip
