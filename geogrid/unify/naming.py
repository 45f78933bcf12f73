"""The grids of the unified layer: which pieces make one, and what it is called.

A leading grid that no other layer divides keeps its code, all its parts together. Pieces of
a divided one get its code and a number, west to east, then north to south. Pieces outside
the leading layer are named after the layer that has them (``城管:C7``); what only the region
holds is ``gap-1``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.coverage.measure import zoom_points
from geogrid.topology import Integers
from geogrid.unify.joining import Pieces
from geogrid.unify.planar import dissolve
from geogrid.unify.scene import Scene

__all__ = ["Naming", "name_grids"]


@dataclass(frozen=True)
class Naming:
    """Grids made of pieces.

    Attributes
    ----------
    grid
        (f,) the grid of each face, −1 outside.
    label
        (l, g) code of each grid in each layer, −1 for none.
    codes, origin
        (g,) code, and where it comes from: ``"whole"`` leading grid, ``"part"`` of one,
        ``"added"`` from another layer, ``"gap"`` that no layer covers.
    """

    grid: Integers
    label: Integers
    codes: tuple[str, ...]
    origin: tuple[str, ...]


def name_grids(scene: Scene, pieces: Pieces) -> Naming:
    """Make grids of the final pieces and give them codes that are used once."""
    lead = pieces.label[0]
    kinds = np.unique(pieces.label.T, axis=0, return_inverse=True)[1].ravel()
    pairs = np.unique(np.column_stack([lead, kinds]), axis=0)
    is_whole = np.bincount(pairs[pairs[:, 0] >= 0, 0], minlength=int(lead.max(initial=0)) + 1) == 1
    count = len(lead)
    group = np.where((lead >= 0) & is_whole[lead], lead, len(is_whole) + np.arange(count))
    _, first, grid_of = np.unique(group, return_index=True, return_inverse=True)
    order = _west_to_east(scene, pieces, grid_of.ravel(), len(first))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    grid = np.where(pieces.piece >= 0, rank[grid_of.ravel()[pieces.piece]], -1)
    label = pieces.label[:, first[order]]
    names = [_stem(scene, label[:, at], is_whole) for at in range(label.shape[1])]
    taken = set(scene.layers.codes[0])
    return Naming(grid, label, _numbered(names, taken), tuple(origin for _, origin in names))


def _west_to_east(
    scene: Scene, pieces: Pieces, grid_of: Integers, count: int
) -> npt.NDArray[np.int64]:
    """Return grids by leading code, then from west to east and north to south."""
    if not count:
        return np.zeros(0, dtype=np.int64)
    label = np.where(pieces.piece >= 0, grid_of[pieces.piece], -1)
    shapes, _ = dissolve(scene.planar.faces, label)
    place = zoom_points(shapely.envelope(shapes))
    lead = np.full(count, -1, dtype=np.int64)
    lead[grid_of] = pieces.label[0]
    return np.lexsort((-place[:, 1], place[:, 0], lead, lead < 0))


def _stem(
    scene: Scene, label: npt.NDArray[np.int64], is_whole: npt.NDArray[np.bool_]
) -> tuple[str, str]:
    """Return what a grid is called before it is numbered, and where it comes from."""
    layers = scene.layers
    known = np.flatnonzero(label >= 0)
    if not len(known):
        return "gap", "gap"
    layer = int(known[0])
    code = layers.codes[layer][int(label[layer])]
    if layer > 0:
        return f"{layers.names[layer]}:{code}", "added"
    return code, "whole" if is_whole[label[0]] else "part"


def _numbered(names: Sequence[tuple[str, str]], taken: set[str]) -> tuple[str, ...]:
    """Return codes that occur once: pieces of one stem are numbered from 1."""
    times: dict[str, int] = {}
    for stem, _ in names:
        times[stem] = times.get(stem, 0) + 1
    used, number, codes = set(taken), dict.fromkeys(times, 0), []
    for stem, origin in names:
        code = stem
        if origin != "whole" and (origin in ("gap", "part") or times[stem] > 1 or stem in used):
            while code in used or code == stem:
                number[stem] += 1
                code = f"{stem}-{number[stem]}"
        used.add(code)
        codes.append(code)
    return tuple(codes)
