"""What a partition is worth, in figures that can be held side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from geogrid.propose._facing import add_up, connected
from geogrid.propose.graph import UnitGraph

__all__ = ["Scores", "grid_sums", "score"]

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Scores:
    """Figures of one partition.

    Attributes
    ----------
    grids
        How many.
    whole
        How many of them are in one piece, by the length of border that their units share
        (and by bridges, which proposals name).
    target, fewest, most
        Weight of a grid as wanted, of the lightest and of the heaviest.
    worst, spread
        The largest deviation from the target, and the root of the mean square of all, as shares
        of the target.
    outside
        How many grids deviate by more than the tolerance.
    compactness
        Mean of 4π·area / border² (Polsby–Popper, 1 for a circle).
    border_km
        Length of border between grids.
    street_share
        How much of it runs along main streets, 0 to 1.
    moved, moved_share
        Households that have another grid than now, and as a share of all; 0 without a present.
    """

    grids: int
    whole: int
    target: float
    fewest: float
    most: float
    worst: float
    spread: float
    outside: int
    compactness: float
    border_km: float
    street_share: float
    moved: float
    moved_share: float

    def to_dict(self) -> dict[str, Any]:
        """Return the figures by name."""
        return asdict(self)


def grid_sums(graph: UnitGraph, labels: npt.NDArray[np.int64]) -> dict[str, Floats]:
    """Return per label weight, households, area_m2, border_m and pieces."""
    count = int(labels.max()) + 1
    same = labels[graph.one] == labels[graph.other]
    border = add_up(labels, graph.border_m, count)
    border -= 2.0 * add_up(labels[graph.one[same]], graph.length_m[same], count)
    piece = connected(len(labels), graph.one, graph.other, same)
    return {
        "weight": add_up(labels, graph.weight, count),
        "households": add_up(labels, graph.households, count),
        "area_m2": add_up(labels, graph.area_m2, count),
        "border_m": border,
        "pieces": np.bincount(labels[np.unique(piece)], minlength=count).astype(np.float64),
    }


def score(
    graph: UnitGraph, codes: Sequence[str] | Texts, *, target: float, tolerance: float
) -> Scores:
    """Return the figures of a partition, given by the code of each unit's grid.

    Parameters
    ----------
    graph : the units
    codes : (n,) grid of each unit
    target : weight of a grid
    tolerance : as a share of the target
    """
    given = np.asarray(codes, dtype=object)
    _names, labels = np.unique(given.astype(str), return_inverse=True)
    labels = labels.ravel().astype(np.int64)
    sums = grid_sums(graph, labels)
    off = np.abs(sums["weight"] - target) / target
    cut = labels[graph.one] != labels[graph.other]
    inner = float(graph.length_m[cut].sum())
    has_present = graph.present != ""
    moved = float(graph.households[has_present & (graph.present != given)].sum())
    total = float(graph.households.sum())
    shape = 4.0 * np.pi * sums["area_m2"] / np.maximum(sums["border_m"], 1e-9) ** 2
    return Scores(
        grids=len(off),
        whole=int((sums["pieces"] == 1).sum()),
        target=target,
        fewest=float(sums["weight"].min()),
        most=float(sums["weight"].max()),
        worst=float(off.max()),
        spread=float(np.sqrt((off**2).mean())),
        outside=int((off > tolerance + 1e-9).sum()),
        compactness=float(shape.mean()),
        border_km=inner / 1e3,
        street_share=float(graph.street_m[cut].sum()) / inner if inner else 0.0,
        moved=moved,
        moved_share=moved / total if total else 0.0,
    )
