"""The compiled chain sum: which steps of many rings do not cancel.

Steps are spread over buckets by the small square that their middle lies in, and summed
there by a table over a hash of their two ends: a bucket's table, and the coordinates that it
compares, fit into a processor's cache. Square and hash only say where to look: keys are equal
when all four coordinates (and the group) are, bit by bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from geogrid._compiled import kernel
from geogrid._threads import chunks, in_threads

__all__ = ["uncancelled"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_BUCKET = 16_384
_SQUARE = 128
_ONE = np.uint64(1)
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_MIX = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xC2B2AE3D27D4EB4F),
    np.uint64(0xD6E8FEB86659FD93),
    np.uint64(0xFF51AFD7ED558CCD),
)


def uncancelled(
    coordinates: Floats,
    first: Integers,
    stop: Integers,
    direction: npt.NDArray[np.int8],
    group: Integers,
) -> tuple[Integers, int, int]:
    """Return the steps whose undirected edge does not sum to zero.

    Parameters
    ----------
    coordinates : (n, 2) finite, no −0
    first, stop : (r,) the rings to sum
    direction : (r,) +1 or −1: how the steps of each ring count
    group : (r,) the sum that each ring belongs to

    Returns
    -------
    steps, edges, matched
        Positions where leftover steps begin, ascending; the number of different edges, and
        of those that sum to zero.
    """
    bits = coordinates.view(np.uint64)
    total = int((stop - first).sum())
    power = max(0, int(np.ceil(np.log2(max(total / _BUCKET, 1.0)))))
    squares = _squares(coordinates, first, stop, total)
    runs = chunks(len(first))
    counts = np.zeros((len(runs), (1 << power) + 1), dtype=np.int64)

    def count(begin: int, end: int) -> None:
        at = runs.index((begin, end))
        _count(coordinates, first[begin:end], stop[begin:end], squares, power, counts[at])

    in_threads(count, runs)
    starts = counts[:, :-1].T.ravel().cumsum() - counts[:, :-1].T.ravel()
    place = np.ascontiguousarray(starts.reshape(-1, len(runs)).T)
    begins = np.append(place[0], counts.sum()) if len(runs) else np.zeros(1, dtype=np.int64)
    packed = np.empty(int(counts.sum()), dtype=np.uint64)

    def spread(begin: int, end: int) -> None:
        at, rows = runs.index((begin, end)), slice(begin, end)
        ring = first[rows], stop[rows], direction[rows], group[rows]
        _spread(coordinates, bits, *ring, squares, power, place[at], packed)

    in_threads(spread, runs)
    is_left = np.zeros(len(coordinates), dtype=np.uint8)
    has_groups = bool(len(group)) and bool((group != group[0]).any())

    def add_up(begin: int, end: int) -> tuple[int, int]:
        widest = int(np.diff(begins[begin : end + 1]).max())
        size = 1 << max(4, int(np.ceil(np.log2(2 * widest + 1))))
        return _add_up(
            bits,
            packed,
            begins[begin : end + 1],
            np.empty(size, dtype=np.int32),
            np.empty(widest, dtype=np.uint64),
            np.empty(widest, dtype=np.int32),
            first,
            group,
            has_groups,
            is_left,
        )

    found = in_threads(add_up, chunks(len(begins) - 1))
    edges, matched = (sum(each) for each in zip(*found, strict=True)) if found else (0, 0)
    return np.flatnonzero(is_left), edges, matched


def _squares(coordinates: Floats, first: Integers, stop: Integers, total: int) -> Floats:
    """Return origin x, y and squares per unit x, y, for about `_SQUARE` steps in each."""

    def run(begin: int, end: int) -> Floats:
        return np.array(_extent(coordinates, first[begin:end], stop[begin:end]))

    found = np.array(in_threads(run, chunks(len(first)))).reshape(-1, 4)
    if not len(found):
        return np.zeros(4)
    low, high = found[:, :2].min(axis=0), found[:, 2:].max(axis=0)
    with np.errstate(over="ignore", divide="ignore"):
        scale = np.sqrt(total / _SQUARE) / (high - low)
    usable = np.isfinite(scale) & np.isfinite(high - low)
    return np.concatenate([np.where(usable, low, 0.0), np.where(usable, scale, 0.0)])


@kernel
def _extent(places: Any, first: Any, stop: Any) -> tuple[float, float, float, float]:
    west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
    for ring in range(len(first)):
        for at in range(first[ring], stop[ring]):
            x, y = places[at, 0], places[at, 1]
            west, east = min(west, x), max(east, x)
            south, north = min(south, y), max(north, y)
    return west, south, east, north


@kernel
def _bucket(ax: float, ay: float, bx: float, by: float, squares: Any, power: int) -> Any:
    """Return the bucket of a step; the same in both directions."""
    column = np.int64((ax - squares[0]) * squares[2] + (bx - squares[0]) * squares[2])
    row = np.int64((ay - squares[1]) * squares[3] + (by - squares[1]) * squares[3])
    mixed = np.uint64(column >> 1) * _MIX[0] + np.uint64(row >> 1) * _MIX[1]
    mixed ^= mixed >> np.uint64(32)
    mixed *= _MIX[2]
    return mixed >> np.uint64(64 - power) if power else np.uint64(0)


@kernel
def vertex_hash(x: Any, y: Any) -> Any:
    mixed = x * _MIX[0]
    mixed ^= mixed >> np.uint64(29)
    mixed = (mixed + y) * _MIX[1]
    mixed ^= mixed >> np.uint64(32)
    return mixed * _MIX[2]


@kernel
def _edge_hash(one: Any, other: Any, group: Any) -> Any:
    mixed = one + other + np.uint64(group) * _MIX[0]
    mixed ^= mixed >> np.uint64(33)
    mixed *= _MIX[3]
    return mixed ^ (mixed >> np.uint64(29))


@kernel
def _count(places: Any, first: Any, stop: Any, squares: Any, power: int, counts: Any) -> None:
    for ring in range(len(first)):
        for at in range(first[ring] + 1, stop[ring]):
            ax, ay, bx, by = places[at - 1, 0], places[at - 1, 1], places[at, 0], places[at, 1]
            if ax != bx or ay != by:
                counts[_bucket(ax, ay, bx, by, squares, power)] += 1


@kernel
def _spread(
    places: Any,
    bits: Any,
    first: Any,
    stop: Any,
    direction: Any,
    group: Any,
    squares: Any,
    power: int,
    place: Any,
    packed: Any,
) -> None:
    """Write each step as hash (32 bits), position where it begins (31) and direction (1)."""
    for ring in range(len(first)):
        sign = _ONE if direction[ring] > 0 else np.uint64(0)
        before = vertex_hash(bits[first[ring], 0], bits[first[ring], 1])
        for at in range(first[ring] + 1, stop[ring]):
            here = vertex_hash(bits[at, 0], bits[at, 1])
            ax, ay, bx, by = places[at - 1, 0], places[at - 1, 1], places[at, 0], places[at, 1]
            if ax != bx or ay != by:
                bucket = _bucket(ax, ay, bx, by, squares, power)
                mixed = _edge_hash(before, here, group[ring])
                packed[place[bucket]] = (mixed << _HALF) | (np.uint64(at - 1) << _ONE) | sign
                place[bucket] += 1
            before = here


@kernel
def _add_up(
    bits: Any,
    packed: Any,
    begins: Any,
    table: Any,
    keys: Any,
    weights: Any,
    first: Any,
    group: Any,
    has_groups: bool,
    is_left: Any,
) -> tuple[int, int]:
    """Sum the steps of some buckets; mark those of every edge that is not zero."""
    edges, matched = 0, 0
    for bucket in range(len(begins) - 1):
        begin, stop = begins[bucket], begins[bucket + 1]
        size = 16
        while size < 2 * (stop - begin):
            size *= 2
        table[:size] = -1
        count = 0
        for at in range(begin, stop):
            entry, runs_along = _entry(
                bits, packed[at], table[:size], keys, count, first, group, has_groups
            )
            if entry == count:
                weights[entry] = 0
                count += 1
            weights[entry] += 1 if runs_along == (packed[at] & _ONE == _ONE) else -1
        zeros = 0
        for entry in range(count):
            zeros += weights[entry] == 0
        edges += count
        matched += zeros
        if zeros == count:
            continue
        for at in range(begin, stop):
            entry, _ = _entry(bits, packed[at], table[:size], keys, count, first, group, has_groups)
            if weights[entry] != 0:
                is_left[(packed[at] & _LOW) >> _ONE] = 1
    return edges, matched


@kernel
def _entry(
    bits: Any,
    step: Any,
    table: Any,
    keys: Any,
    count: int,
    first: Any,
    group: Any,
    has_groups: bool,
) -> tuple[int, bool]:
    """Return the entry of a step's edge, a new one where it has none, and the way it runs."""
    mask = len(table) - 1
    slot = np.int64(step >> _HALF) & mask
    here = np.int64((step & _LOW) >> _ONE)
    while table[slot] >= 0:
        other = keys[table[slot]]
        if other >> _HALF == step >> _HALF:
            there = np.int64((other & _LOW) >> _ONE)
            way = _same_edge(bits, here, there)
            if way != 0 and (not has_groups or _is_one_group(first, group, here, there)):
                return table[slot], way > 0
        slot = (slot + 1) & mask
    table[slot] = count
    keys[count] = step
    return count, True


@kernel
def _same_edge(bits: Any, one: Any, other: Any) -> int:
    """Return 1 for the same two ends in the same order, −1 in the other order, 0 for none."""
    if bits[one, 0] == bits[other, 0] and bits[one, 1] == bits[other, 1]:
        same = bits[one + 1, 0] == bits[other + 1, 0] and bits[one + 1, 1] == bits[other + 1, 1]
        return 1 if same else 0
    if bits[one, 0] == bits[other + 1, 0] and bits[one, 1] == bits[other + 1, 1]:
        same = bits[one + 1, 0] == bits[other, 0] and bits[one + 1, 1] == bits[other, 1]
        return -1 if same else 0
    return 0


@kernel
def _is_one_group(first: Any, group: Any, one: Any, other: Any) -> bool:
    ring = np.searchsorted(first, one, side="right") - 1
    return bool(group[ring] == group[np.searchsorted(first, other, side="right") - 1])
