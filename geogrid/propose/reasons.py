"""Why a proposal is not as it was asked for: best known, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.propose.graph import UnitGraph

__all__ = ["bridge_findings", "size_findings"]

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def size_findings(
    graph: UnitGraph, labels: Integers, codes: Sequence[str], *, target: float, tolerance: float,
    pinned: Flags,
) -> list[Finding]:  # fmt: skip
    """Say of every grid outside the tolerance why it is; ``params["grid"]`` is its code."""
    weight = np.bincount(labels, graph.weight, len(codes))
    group = graph.components()
    found = []
    for label in np.flatnonzero(np.abs(weight - target) > tolerance * target + 1e-9).tolist():
        rows = np.flatnonzero(labels == label)
        kind, message, more = _reason(graph, labels, rows, group, (target, tolerance), pinned)
        params = {
            "grid": codes[label], "size": round(float(weight[label])),
            "low": round(target * (1 - tolerance)), "high": round(target * (1 + tolerance)), **more,
        }  # fmt: skip
        found.append(Finding(kind, message, params))
    return found


def _reason(
    graph: UnitGraph, labels: Integers, rows: Integers, group: Integers,
    wanted: tuple[float, float], pinned: Flags,
) -> tuple[str, str, dict[str, Any]]:  # fmt: skip
    target, tolerance = wanted
    largest = rows[int(graph.weight[rows].argmax())]
    if graph.weight[largest] > target * (1 + tolerance):
        message = _(
            "Grid {grid}: {size} households; the unit {unit} alone has {alone}, more than the"
            " {high} allowed. Divide the unit, or allow larger grids."
        )
        return "large_unit", message, {
            "unit": graph.names[largest], "alone": round(float(graph.weight[largest])),
        }  # fmt: skip
    if pinned[rows].sum() and graph.weight[rows][pinned[rows]].sum() > target * (1 + tolerance):
        message = _(
            "Grid {grid}: {size} households; the units locked in it have more than the {high}"
            " allowed. Unlock some of them."
        )
        return "locked", message, {}
    part = np.flatnonzero(group == group[rows[0]])
    grids = len(np.unique(labels[part]))
    mean = float(graph.weight[part].sum()) / grids
    if abs(mean - target) > tolerance * target:
        message = _(
            "Grid {grid}: {size} households; what hangs together around it has {total} in all,"
            " {mean} for each of its {grids} grids, and {low} to {high} were wanted."
        )
        return "part", message, {
            "total": round(float(graph.weight[part].sum())), "mean": round(mean), "grids": grids,
        }  # fmt: skip
    message = _(
        "Grid {grid}: {size} households, not between {low} and {high}; no better exchange of"
        " whole units was found. Smaller units or a wider tolerance would help."
    )
    return "not_found", message, {}


def bridge_findings(graph: UnitGraph, bridges: Sequence[tuple[int, int, float]]) -> list[Finding]:
    """Say which units count as neighbours although they share no border."""
    return [
        Finding(
            "bridge",
            _("{unit} has no border with the rest; it counts as a neighbour of {other}, {metres} m"
              " away."),
            {"unit": graph.names[one], "other": graph.names[other], "metres": round(metres)},
            severity="note",
        )
        for one, other, metres in bridges
    ]  # fmt: skip
