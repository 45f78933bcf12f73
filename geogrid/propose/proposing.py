"""Proposals: units put together to balanced, compact grids, each in one piece."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count as counting
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid._threads import workers
from geogrid.errors import FieldError, InputError
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.propose.aims import AIMS, Aim
from geogrid.propose.annealing import Limits, improved
from geogrid.propose.graph import UnitGraph, bridged
from geogrid.propose.reasons import bridge_findings, size_findings
from geogrid.propose.scores import Scores, score
from geogrid.propose.starting import fresh_labels, present_labels

__all__ = ["Proposal", "propose"]

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Proposal:
    """One way to put units together.

    Attributes
    ----------
    aim
        A key of :data:`~geogrid.propose.AIMS`.
    grids
        (n,) code of each unit's grid. A new grid is called ``"+1"``, ``"+2"`` …;
        :func:`~geogrid.propose.proposal_frame` gives it a code.
    scores
        Of the grids that were free, locked ones left out.
    findings
        What is not as it was asked for, and why.
    """

    aim: str
    grids: npt.NDArray[np.object_]
    scores: Scores
    findings: Sequence[Finding]


@dataclass(frozen=True, eq=False)
class _Task:
    """What all proposals of one call have in common."""

    graph: UnitGraph
    count: int
    limits: Limits


def propose(
    graph: UnitGraph,
    *,
    count: int | None = None,
    target: float | None = None,
    tolerance: float = 0.1,
    aims: Mapping[str, Aim] | None = None,
    locked: Collection[str] = (),
    pinned: Collection[int] = (),
    seed: int = 0,
) -> list[Proposal]:
    """Return proposals, one for each aim, all with the same number of grids.

    Every grid is in one piece by the length of border that its units share. Simulated annealing
    moves single units and pairs between neighbouring grids and never breaks one (kernel
    :func:`geogrid._propose_kernels.anneal`; the objective is in :class:`Aim`). It begins with the
    grids of today where the units have any, else by joining the lightest neighbours.

    Parameters
    ----------
    graph
        The units.
    count, target
        How many grids, or how much weight (households) each should have; the present number when
        both are left out. With `target` there are as many as come nearest to it. Locked grids
        count neither way.
    tolerance
        By which share of the target a grid may be larger or smaller.
    aims
        :data:`~geogrid.propose.AIMS` when left out; ``stay`` only where there are grids now.
    locked
        Codes of grids of today that stay as they are.
    pinned
        Positions of units that stay in their grid of today.
    seed
        Equal seeds give equal proposals.

    Raises
    ------
    InputError
        There are more grids wanted than units, or fewer than parts that do not hang together, or
        everything is locked.
    FieldError
        Count, target or tolerance make no sense, or a locked grid is not there.
    """
    free = _free_rows(graph, locked)
    task, bridges = _task(graph.take(free), count, target, tolerance, _flags(graph, pinned)[free])
    has_present = bool((task.graph.present != "").any())
    chosen = AIMS if aims is None else aims
    names = [name for name in chosen if has_present or name != "stay" or aims is not None]
    with ThreadPoolExecutor(workers()) as pool:
        answers = list(pool.map(lambda name: _answer(task, chosen[name], seed), names))
    said = bridge_findings(task.graph, bridges)
    return [
        _proposal(graph, task, free, name, answer, said)
        for name, answer in zip(names, answers, strict=True)
    ]


def _proposal(
    graph: UnitGraph, task: _Task, free: Integers, aim: str, answer: tuple[Integers, list[str]],
    said: list[Finding],
) -> Proposal:  # fmt: skip
    labels, codes = answer[0], _named(task, *answer)
    grids = graph.present.copy()
    grids[free] = np.array(codes, dtype=object)[labels]
    wanted = {"target": task.limits.target, "tolerance": task.limits.tolerance}
    scores = score(task.graph, grids[free], **wanted)
    sizes = size_findings(task.graph, labels, codes, pinned=task.limits.pinned, **wanted)
    return Proposal(aim, grids, scores, [*said, *sizes])


def _free_rows(graph: UnitGraph, locked: Collection[str]) -> Integers:
    unknown = sorted(set(locked) - set(graph.present))
    if unknown:
        raise FieldError(
            _("There is no grid {code} among those of today, so it cannot be locked."),
            code=unknown[0],
        )
    free = np.flatnonzero(~np.isin(graph.present.astype(str), [*locked]))
    if not len(free):
        raise InputError(_("All grids are locked; unlock those that may change."))
    return free


def _flags(graph: UnitGraph, pinned: Collection[int]) -> Flags:
    flags = np.zeros(len(graph.names), dtype=np.bool_)
    flags[[*pinned]] = True
    for row in np.flatnonzero(flags & (graph.present == "")).tolist():
        raise FieldError(
            _("The unit {unit} has no grid today in which it could stay."), unit=graph.names[row]
        )
    return flags


def _task(
    graph: UnitGraph, count: int | None, target: float | None, tolerance: float, pinned: Flags
) -> tuple[_Task, list[tuple[int, int, float]]]:
    if not 0.0 < tolerance < 1.0:
        raise FieldError(
            _("The tolerance {value} is not between 0 and 1; write 0.1 for 10 %."), value=tolerance
        )
    if count is not None and target is not None:
        raise FieldError(_("Say how many grids there are to be, or how large, not both."))
    total = float(graph.weight.sum())
    if target is not None:
        if not 0.0 < target < np.inf:
            raise FieldError(_("The size of a grid must be more than 0 households."))
        count = max(1, round(total / target))
    elif count is None:
        count = len(set(graph.present) - {""})
    if count < 1:
        raise FieldError(_("Say how many grids there are to be, or how large: there are none yet."))
    if not total > 0.0:
        raise FieldError(_("No unit has households, so there is nothing to balance."))
    size = total / count if target is None else target
    graph, bridges = bridged(graph, below=0.5 * size)
    if target is not None:  # each part has a grid at least
        count = max(count, len(np.unique(graph.components())))
    return _Task(graph, count, Limits(size, tolerance, pinned)), bridges


def _answer(task: _Task, aim: Aim, seed: int) -> tuple[Integers, list[str]]:
    """Return the best of several beginnings; small tasks have time for more of them."""
    units = len(task.graph.names)
    tries = 2 if units > 400 else 4
    steps = min(30_000_000, max(100_000, 8_000 * units)) // (2 if tries == 2 else 1)
    best: tuple[Any, ...] | None = None
    for number in range(tries):
        labels, codes = _begin(task, seed + number)
        own = 1_000_003 * (seed + 1) + number
        labels = improved(task.graph, labels, codes, aim, task.limits, steps=steps, seed=own)
        rank = (*_rank(task, labels, codes, aim), number)
        if best is None or rank < best[0]:
            best = rank, labels, codes
    assert best is not None
    return best[1], best[2]


def _begin(task: _Task, seed: int) -> tuple[Integers, list[str]]:
    if (task.graph.present != "").any():
        labels, codes = present_labels(task.graph, task.count, seed)
        _require_pins(task, labels, codes)
        return labels, codes
    return fresh_labels(task.graph, task.count, seed), [""] * task.count


def _require_pins(task: _Task, labels: Integers, codes: Sequence[str]) -> None:
    """Units that must stay may be lost to the beginning: parts joined, grids divided or joined."""
    now = np.array(codes, dtype=object)[labels]
    for row in np.flatnonzero(task.limits.pinned & (now != task.graph.present)).tolist():
        raise InputError(
            _("The unit {unit} cannot stay in grid {grid} while there are to be {count} grids, each"
              " in one piece. Unlock it, or ask for another number."),
            unit=task.graph.names[row], grid=task.graph.present[row], count=task.count,
        )  # fmt: skip


def _rank(task: _Task, labels: Integers, codes: Sequence[str], aim: Aim) -> tuple[int, float]:
    grids = np.array([code or f"+{at}" for at, code in enumerate(codes)], dtype=object)[labels]
    now = score(task.graph, grids, target=task.limits.target, tolerance=task.limits.tolerance)
    worth = aim.even * now.spread**2 + aim.compact / max(now.compactness, 1e-9)
    worth += aim.stay * now.moved / task.limits.target / now.grids - aim.streets * now.street_share
    return now.outside, worth


def _named(task: _Task, labels: Integers, codes: Sequence[str]) -> list[str]:
    """Return a code for each label: of the grid of today whose homes it has most of, or a new one.

    The heaviest overlap decides first; with units that must stay, the beginning does.
    """
    given: dict[int, str] = {}
    if task.limits.pinned.any():
        given = {at: code for at, code in enumerate(codes) if code}
    else:
        for label, code in _overlaps(task.graph, labels):
            if label not in given and code not in given.values():
                given[label] = code
        _give_rest(task.graph, labels, len(codes), given)
    number = counting(1)
    return [given.get(at) or f"+{next(number)}" for at in range(len(codes))]


def _give_rest(graph: UnitGraph, labels: Integers, count: int, given: dict[int, str]) -> None:
    """Give grids that have no homes of one today the codes left over in the same part."""
    part = dict(zip(labels.tolist(), graph.components().tolist(), strict=True))
    home = dict(zip(graph.present.tolist(), graph.components().tolist(), strict=True))
    left = [code for code in sorted(home) if code and code not in given.values()]
    for label in (at for at in range(count) if at not in given):
        code = next((code for code in left if home[code] == part[label]), None)
        if code is not None:
            given[label] = code
            left.remove(code)


def _overlaps(graph: UnitGraph, labels: Integers) -> list[tuple[int, str]]:
    """Return pairs of label and grid of today, those with most homes in common first."""
    known = graph.present != ""
    pairs = pd.DataFrame({"label": labels[known], "code": graph.present[known].astype(str)})
    pairs["homes"], pairs["area"] = graph.households[known], graph.area_m2[known]
    sums = pairs.groupby(["label", "code"], as_index=False).sum()
    sums = sums.sort_values(["homes", "area", "code"], ascending=[False, False, True])
    return list(zip(sums["label"].tolist(), sums["code"].tolist(), strict=True))
