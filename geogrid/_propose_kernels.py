"""Compiled annealing of a partition: units move between neighbouring grids, one or two at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from geogrid._compiled import kernel

__all__ = ["anneal"]

_FOUR_PI = 4.0 * np.pi
_FEW = 400
"""Of more units the best state is kept only when it is cold: copies take time."""

_IN_EXCHANGE = 0.3
"""Share of moves that are exchanges."""


@kernel
def _next(state: Any) -> Any:
    """Return the next number in [0, 1) of splitmix64 (Steele, Lea & Flood 2014)."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return (z >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@kernel
def _size_energy(weight: float, target: float, tolerance: float, even: float) -> float:
    """Return how much is wrong with the size of one grid."""
    off = abs(weight - target) / target
    beyond = max(0.0, off - tolerance)
    energy = even * off * off + 400.0 * beyond * beyond + 60.0 * beyond
    return energy + 1.0 if beyond > 0.0 else energy


@kernel
def _shape_energy(border: float, area: float) -> float:
    """Return the isoperimetric ratio, 1 for a circle, with main streets counted shorter."""
    return border * border / (_FOUR_PI * area)


@kernel
def _stays_whole(
    unit: int, label: Any, first: Any, other: Any, stamp: Any, clock: Any, queue: Any
) -> bool:
    """Return whether what remains of a unit's grid hangs together without it, and is not empty."""
    own = label[unit]
    wanted, begin = 0, -1
    clock[0] += 2
    goal, seen = clock[0] - 1, clock[0]
    for at in range(first[unit], first[unit + 1]):
        if label[other[at]] == own and stamp[other[at]] != goal:
            stamp[other[at]] = goal
            wanted += 1
            begin = other[at]
    if wanted == 0:
        return False
    found, head, tail = 1, 0, 1
    queue[0] = begin
    stamp[begin] = seen
    stamp[unit] = seen
    while head < tail and found < wanted:
        here = queue[head]
        head += 1
        for at in range(first[here], first[here + 1]):
            there = other[at]
            if label[there] == own and stamp[there] != seen:
                if stamp[there] == goal:
                    found += 1
                stamp[there] = seen
                queue[tail] = there
                tail += 1
    return found == wanted


@kernel
def _shared(unit: int, own: int, label: Any, first: Any, other: Any, cost: Any) -> float:
    """Return how much border a unit has with a grid."""
    total = 0.0
    for at in range(first[unit], first[unit + 1]):
        if label[other[at]] == own:
            total += cost[at]
    return total


@kernel
def _move(
    unit: int, to: int, label: Any, sums: Any, unit_sums: Any, first: Any, other: Any, cost: Any
) -> None:
    """Move a unit; the sums of grids are weight, area and border."""
    own = label[unit]
    inner = _shared(unit, own, label, first, other, cost)
    outer = _shared(unit, to, label, first, other, cost)
    sums[own, 0] -= unit_sums[unit, 0]
    sums[own, 1] -= unit_sums[unit, 1]
    sums[own, 2] += 2.0 * inner - unit_sums[unit, 2]
    sums[to, 0] += unit_sums[unit, 0]
    sums[to, 1] += unit_sums[unit, 1]
    sums[to, 2] += unit_sums[unit, 2] - 2.0 * outer
    label[unit] = to


@kernel
def _pair_energy(one: int, two: int, sums: Any, target: float, wants: Any) -> float:
    """Return the energy of two grids. `wants`: tolerance, even, compact, stay."""
    size = _size_energy(sums[one, 0], target, wants[0], wants[1])
    size += _size_energy(sums[two, 0], target, wants[0], wants[1])
    shape = _shape_energy(sums[one, 2], sums[one, 1]) + _shape_energy(sums[two, 2], sums[two, 1])
    return size + wants[2] * shape


@kernel
def _stay_energy(unit: int, own: int, present: Any, unit_sums: Any, target: float) -> float:
    return unit_sums[unit, 3] / target if present[unit] >= 0 and present[unit] != own else 0.0


@kernel
def _touches(unit: int, grid: int, label: Any, first: Any, other: Any) -> bool:
    found = False
    for at in range(first[unit], first[unit + 1]):
        found = found or label[other[at]] == grid
    return found


@kernel
def _partner(
    beside: int, to: int, label: Any, pinned: Any, first: Any, other: Any, state: Any
) -> int:
    """Return a unit of the other grid to move in exchange: the one beside, or one beside that."""
    degree = first[beside + 1] - first[beside]
    back = other[first[beside] + int(_next(state) * degree)]
    if label[back] != to or pinned[back]:
        back = beside
    return -1 if pinned[back] else back


@kernel
def anneal(
    label: Any,
    present: Any,
    pinned: Any,
    unit_sums: Any,
    sums: Any,
    first: Any,
    other: Any,
    cost: Any,
    target: float,
    wants: Any,
    steps: int,
    heat: Any,
    seed: int,
) -> None:
    """Improve a partition in place by simulated annealing; every grid stays in one piece.

    Parameters
    ----------
    label : (n,) grid of each unit; every grid hangs together
    present : (n,) grid that its homes have now, −1 for none
    pinned : (n,) bool, units that must stay
    unit_sums : (n, 4) weight, area m², whole border m, and homes of each unit
    sums : (k, 3) weight, area and border of each grid
    first, other, cost : neighbours of unit i are ``other[first[i]:first[i + 1]]``, each with what
        their common border counts, m; symmetric
    target : weight of a grid
    wants : (4,) tolerance as a share, and how much evenness, compactness and staying count
    steps : number of moves tried
    heat : (2,) temperature at the beginning and at the end
    seed : of chance
    """
    count = len(label)
    stamp = np.zeros(count, dtype=np.int64)
    clock = np.zeros(1, dtype=np.int64)
    queue = np.empty(count + 1, dtype=np.int64)
    state = np.empty(1, dtype=np.uint64)
    state[0] = np.uint64(seed)
    best = label.copy()
    energy, lowest = 0.0, 0.0
    cooling = (heat[1] / heat[0]) ** (1.0 / max(steps, 1))
    warm = heat[0]
    for _step in range(steps):
        warm *= cooling
        unit = int(_next(state) * count)
        degree = first[unit + 1] - first[unit]
        if pinned[unit] or degree == 0:
            continue
        beside = other[first[unit] + int(_next(state) * degree)]
        own, to = label[unit], label[beside]
        if own == to or not _stays_whole(unit, label, first, other, stamp, clock, queue):
            continue
        back = -1
        if _next(state) < _IN_EXCHANGE:
            back = _partner(beside, to, label, pinned, first, other, state)
        before = _pair_energy(own, to, sums, target, wants)
        change = wants[3] * (
            _stay_energy(unit, to, present, unit_sums, target)
            - _stay_energy(unit, own, present, unit_sums, target)
        )
        _move(unit, to, label, sums, unit_sums, first, other, cost)
        if back >= 0:
            if _touches(back, own, label, first, other) and _stays_whole(
                back, label, first, other, stamp, clock, queue
            ):
                change += wants[3] * (
                    _stay_energy(back, own, present, unit_sums, target)
                    - _stay_energy(back, to, present, unit_sums, target)
                )
                _move(back, own, label, sums, unit_sums, first, other, cost)
            else:
                back = -1
        change += _pair_energy(own, to, sums, target, wants) - before
        if change <= 0.0 or _next(state) < np.exp(-change / warm):
            energy += change
            if energy < lowest - 1e-9 and (count <= _FEW or warm < 8.0 * heat[1]):
                lowest = energy
                best[:] = label
        else:
            if back >= 0:
                _move(back, to, label, sums, unit_sums, first, other, cost)
            _move(unit, own, label, sums, unit_sums, first, other, cost)
    if lowest < energy:
        label[:] = best
