"""The compiled annealing asked for a graph of units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geogrid.propose._facing import add_up
from geogrid.propose.aims import Aim
from geogrid.propose.graph import UnitGraph

__all__ = ["Limits", "improved"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_HEAT = {True: np.array([30.0, 0.003]), False: np.array([1.0, 0.003])}
"""First and last temperature where there are few units, which must pass through states that are far
from balanced, and where there are many, which need not."""

_FEW = 400
_MARGIN = 0.97


@dataclass(frozen=True, eq=False)
class Limits:
    """What every partition of a call must keep to, where that is possible.

    Attributes
    ----------
    target, tolerance
        Weight of a grid, and by which share it may be missed.
    pinned
        (n,) units that stay.
    """

    target: float
    tolerance: float
    pinned: npt.NDArray[np.bool_]


def improved(
    graph: UnitGraph, labels: Integers, codes: Sequence[str], aim: Aim, limits: Limits, *,
    steps: int, seed: int,
) -> Integers:  # fmt: skip
    """Return better labels; see :func:`geogrid.propose.propose`.

    Parameters
    ----------
    graph : the units
    labels : (n,) to begin with, each label in one piece
    codes : of the labels, ``""`` for new ones
    aim, limits : what counts how much, and what is to be kept
    steps, seed : moves tried, and of chance
    """
    from geogrid._propose_kernels import anneal  # noqa: PLC0415 - compiles

    cost = graph.length_m - aim.streets * graph.street_m
    count = len(codes)
    unit_sums = np.column_stack(
        [graph.weight, graph.area_m2, _discounted(graph, aim), graph.households]
    )
    same = labels[graph.one] == labels[graph.other]
    sums = np.column_stack([add_up(labels, unit_sums[:, at], count) for at in range(3)])
    sums[:, 2] -= 2.0 * add_up(labels[graph.one[same]], cost[same], count)
    first, other, cost = _neighbours(graph, cost)
    place = {code: at for at, code in enumerate(codes) if code}
    present = np.array([place.get(code, -1) for code in graph.present], dtype=np.int64)
    found = labels.copy()
    anneal(
        found, present, limits.pinned, unit_sums, sums, first, other, cost, float(limits.target),
        # a little inside, so that the last step of rounding does not lead out
        np.array([limits.tolerance * _MARGIN, aim.even, aim.compact, aim.stay]), steps,
        _HEAT[len(graph.names) <= _FEW], seed,
    )  # fmt: skip
    return found


def _discounted(graph: UnitGraph, aim: Aim) -> Floats:
    """Return the border of each unit with main streets counted shorter."""
    count, less = len(graph.names), aim.streets * graph.street_m
    border = graph.border_m - add_up(graph.one, less, count)
    return np.asarray(border - add_up(graph.other, less, count))


def _neighbours(graph: UnitGraph, cost: Floats) -> tuple[Integers, Integers, Floats]:
    """Return where the neighbours of each unit begin, these, and what their borders cost."""
    open_ = graph.passable
    here = np.concatenate([graph.one[open_], graph.other[open_]])
    there = np.concatenate([graph.other[open_], graph.one[open_]])
    order = np.lexsort((there, here))
    first = np.searchsorted(here[order], np.arange(len(graph.names) + 1))
    return first, there[order], np.tile(cost[open_], 2)[order]
