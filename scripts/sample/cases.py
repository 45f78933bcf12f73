"""A year of cases with hot spots, daily and weekly rhythm, deadlines and outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import shapely

from sample.addresses import Unit
from sample.case_patterns import (
    CATEGORIES,
    DEADLINE_DAYS,
    DURATION_HOURS,
    REPLY_MINUTES,
    SOURCES,
    Category,
)
from sample.projection import Frame

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
    """Return places moved by up to `reach_m` metres east and north, mostly by less."""
    steps = rng.integers(-reach_m * 10, reach_m * 10 + 1, (3, *places.shape))
    return np.asarray(places + steps.sum(axis=0) / 30)


@dataclass(frozen=True)
class _Places:
    """Doors of buildings and street points in metres, with the building beside each."""

    homes: npt.NDArray[np.float64]
    doors: npt.NDArray[np.float64]
    streets: npt.NDArray[np.float64]
    beside: npt.NDArray[np.int64]


def _places(area: CaseArea) -> _Places:
    degrees = np.array([(unit.lon, unit.lat) for unit in area.buildings])
    doors = np.round(area.frame.to_metres(degrees), 2)
    tree = shapely.STRtree(shapely.points(doors))
    beside = tree.query_nearest(shapely.points(area.streets), all_matches=False)[1]
    homes = np.array([unit.households for unit in area.buildings], dtype=np.float64)
    return _Places(homes, doors, area.streets, beside.astype(np.int64))


def _draw_hot_spot(places: _Places, spot: HotSpot, rng: np.random.Generator) -> _Drawn:
    """Return the cases of one hot spot, at most 50 m east and north of its buildings."""
    kind = next(k for k, category in enumerate(CATEGORIES) if category.code == spot.category)
    rows = np.array(spot.buildings)[rng.integers(0, len(spot.buildings), spot.count)]
    when = _times(rng, CATEGORIES[kind], spot.count, spot.days)
    nowhere = np.zeros(spot.count, dtype=bool)
    category = np.full(spot.count, kind, dtype=np.int64)
    return _Drawn(category, rows, _near(rng, places.doors[rows], 50), nowhere, when)


def _draw_category(
    area: CaseArea, places: _Places, kind: int, count: int, rng: np.random.Generator
) -> _Drawn:
    """Return cases of one category all over the region, at buildings and in streets."""
    category = CATEGORIES[kind]
    factor = np.array([category.places.get(unit.style, 1.0) for unit in area.buildings])
    rows = _choose(rng, np.round(places.homes * factor, 3), count)
    outside = rng.integers(0, 100, count) < category.street
    points = rng.integers(0, len(places.streets), count)
    rows = np.where(outside, places.beside[points], rows)
    spread = np.where(outside[:, None], places.streets[points], places.doors[rows])
    when = _times(rng, category, count, (0, _DAYS))
    kinds = np.full(count, kind, dtype=np.int64)
    return _Drawn(kinds, rows, _near(rng, spread, 18), outside, when)


def _draw(area: CaseArea, rng: np.random.Generator, count: int) -> _Drawn:
    """Return `count` cases in order of time, all inside the region."""
    places = _places(area)
    drawn = [_draw_hot_spot(places, spot, rng) for spot in area.hot_spots]
    rest = count - sum(spot.count for spot in area.hot_spots)
    shares = np.array([category.share for category in CATEGORIES])
    numbers = np.bincount(_choose(rng, shares, rest), minlength=len(CATEGORIES)).tolist()
    drawn += [_draw_category(area, places, k, n, rng) for k, n in enumerate(numbers)]
    building = np.concatenate([part.building for part in drawn])
    seconds = np.concatenate([part.seconds for part in drawn])
    xy = np.vstack([part.xy for part in drawn]).round(2).astype(np.float64)
    shapely.prepare(area.region)
    stray = ~shapely.contains_xy(area.region, xy[:, 0], xy[:, 1])
    xy[stray] = places.doors[building[stray]]
    order = np.lexsort((np.arange(count), seconds))
    return _Drawn(
        np.concatenate([part.category for part in drawn])[order],
        building[order],
        xy[order],
        np.concatenate([part.in_street for part in drawn])[order],
        seconds[order],
    )


def _deciles(
    rng: np.random.Generator, table: Sequence[float], count: int
) -> npt.NDArray[np.float64]:
    """Return values whose deciles are `table`."""
    at = rng.integers(0, 100_001, count) / 100_000
    return np.asarray(np.interp(at, np.linspace(0, 1, len(table)).round(1), table))


@dataclass(frozen=True)
class _Outcome:
    """What became of the cases: level, seconds of reply and close, never done, rated badly."""

    level: npt.NDArray[np.int64]
    replied: npt.NDArray[np.int64]
    closed: npt.NDArray[np.int64]
    is_stuck: npt.NDArray[np.bool_]
    is_late: npt.NDArray[np.bool_]
    mood: npt.NDArray[np.int64]


def _decide(drawn: _Drawn, rng: np.random.Generator) -> _Outcome:
    """Return how the cases went on."""
    count = len(drawn.seconds)
    level = np.zeros(count, dtype=np.int64)
    hours = np.zeros(count)
    for k, category in enumerate(CATEGORIES):
        rows = np.flatnonzero(drawn.category == k)
        level[rows] = _choose(rng, np.array(category.levels), len(rows))
    for k, name in enumerate(_LEVELS):
        rows = np.flatnonzero(level == k)
        hours[rows] = _deciles(rng, DURATION_HOURS[name], len(rows))
    closed = drawn.seconds + np.maximum((hours * 3600).round().astype(np.int64), 120)
    answer = (_deciles(rng, REPLY_MINUTES, count) * 60).round().astype(np.int64)
    replied = np.minimum(drawn.seconds + answer, closed)
    allowed = np.array([DEADLINE_DAYS[name] for name in _LEVELS])[level] * 86_400
    is_stuck = rng.integers(0, 1000, count) < 6
    mood = rng.integers(0, 100, count)
    return _Outcome(level, replied, closed, is_stuck, closed - drawn.seconds > allowed, mood)


def _stamp(seconds: int) -> str:
    """Return ISO 8601 in UTC."""
    return (_FIRST_DAY + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _status(reported: int, replied: int, closed: int, is_stuck: bool) -> str:
    """Return how far a case has come at the end of the year."""
    if is_stuck:
        return "dispatched"
    if closed <= _NOW:
        return "closed"
    if replied > _NOW:
        return "reported"
    done = (_NOW - reported) / (closed - reported)
    steps = ("accepted", "dispatched", "handled", "verified")
    return steps[min(int(done * 4), 3)]


def _ending(outcome: _Outcome, row: int, start: int) -> tuple[str, str, str, str, str]:
    """Return status, replied_at, deadline, closed_at and satisfied of one case."""
    reply, end = int(outcome.replied[row]), int(outcome.closed[row])
    status = _status(start, reply, end, bool(outcome.is_stuck[row]))
    is_closed = status == "closed"
    mood = int(outcome.mood[row])
    is_unhappy = mood < (18 if outcome.is_late[row] else 4)
    days = DEADLINE_DAYS[_LEVELS[outcome.level[row]]]
    return (
        status,
        _stamp(reply) if reply <= _NOW else "",
        _stamp(start + days * 86_400),
        _stamp(end) if is_closed else "",
        ("no" if is_unhappy else "yes") if is_closed and mood < 60 else "",
    )


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
    outcome = _decide(drawn, rng)
    lonlat = np.round(area.frame.to_degrees(drawn.xy), 6).tolist()
    source = _choose(rng, np.array([share for _, share in SOURCES]), count).tolist()
    title = rng.integers(0, 60, count).tolist()
    for row, start in enumerate(drawn.seconds.tolist()):
        category = CATEGORIES[drawn.category[row]]
        status, replied, deadline, closed, satisfied = _ending(outcome, row, start)
        near = "附近" if drawn.in_street[row] else ""
        yield (
            f"{prefix}{row + 1:06d}", _stamp(start), category.code, status,
            _LEVELS[outcome.level[row]], SOURCES[source[row]][0],
            category.titles[title[row] % len(category.titles)],
            area.buildings[drawn.building[row]].address + near,
            f"{lonlat[row][0]:.6f}", f"{lonlat[row][1]:.6f}",
            replied, deadline, closed, satisfied,
        )  # fmt: skip
