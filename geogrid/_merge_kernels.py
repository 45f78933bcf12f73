"""Compiled: the different edges of a layer, each once, with what crossing it changes."""

from __future__ import annotations

from typing import Any

import numpy as np

from geogrid._chain_kernels import vertex_hash
from geogrid._compiled import kernel

__all__ = ["ends_of", "merge_edges", "sum_steps"]


@kernel
def ends_of(places: Any, edges: Any, edge: int) -> tuple[float, float, float, float]:
    """Return the ends of an edge, x and y of the lower one first."""
    low = edges[edge]
    high = low + 1
    if low < 0:
        low, high = -low, -low - 1
    return places[low, 0], places[low, 1], places[high, 0], places[high, 1]


@kernel
def sum_steps(places: Any, first: Any, stop: Any) -> tuple[float, float]:
    """Return how far all rings go along x and along y."""
    wide, high = 0.0, 0.0
    for ring in range(len(first)):
        for at in range(first[ring], stop[ring] - 1):
            wide += abs(places[at + 1, 0] - places[at, 0])
            high += abs(places[at + 1, 1] - places[at, 1])
    return wide, high


@kernel
def merge_edges(
    places: Any,
    bits: Any,
    first: Any,
    stop: Any,
    direction: Any,
    worth: Any,
    table: Any,
    edges: Any,
    total: Any,
) -> int:
    """Add up the worth of equal edges; return how many different ones there are that matter.

    Each goes from its lower end to its higher one (from west to east where it is horizontal),
    and is written as the place of the lower one, negative where the higher one is before that;
    `total` is what crossing it eastward (southward where it is horizontal) changes.
    """
    mask = len(table) - 1
    count = 0
    for ring in range(len(first)):
        for at in range(first[ring], stop[ring] - 1):
            ax, ay, bx, by = places[at, 0], places[at, 1], places[at + 1, 0], places[at + 1, 1]
            if ax == bx and ay == by:
                continue
            goes_up = by > ay or (by == ay and bx > ax)
            one, other = (at, at + 1) if goes_up else (at + 1, at)
            hashed = vertex_hash(bits[at, 0], bits[at, 1]) + vertex_hash(
                bits[at + 1, 0], bits[at + 1, 1]
            )
            slot = np.int64((hashed ^ (hashed >> np.uint64(31))) & np.uint64(mask))
            while table[slot] >= 0:
                edge = table[slot]
                low = edges[edge]
                high = low + 1
                if low < 0:
                    low, high = -low, -low - 1
                if (
                    bits[low, 0] == bits[one, 0]
                    and bits[low, 1] == bits[one, 1]
                    and bits[high, 0] == bits[other, 0]
                    and bits[high, 1] == bits[other, 1]
                ):
                    break
                slot = (slot + 1) & mask
            if table[slot] < 0:
                table[slot] = count
                edges[count], total[count] = (one if goes_up else -one), 0
                count += 1
            leftward = goes_up == (direction[ring] > 0)
            total[table[slot]] += -worth[ring] if leftward else worth[ring]
    kept = 0
    for edge in range(count):
        edges[kept], total[kept] = edges[edge], total[edge]
        kept += total[edge] != 0
    return kept
