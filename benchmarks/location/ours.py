"""geogrid's own side, and the limit that memory sets."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

import geogrid
from benchmarks.location.contestant import Contestant, Pairs, threads
from benchmarks.location.inputs import Layer


def locate() -> Contestant:
    """One owner for each point; the index is there."""
    return Contestant(_locate, _pairs)


def build() -> Contestant:
    """The index, from the frame."""
    return Contestant(
        lambda layer: lambda: _built(layer),
        held=lambda index: len(pickle.dumps(index, protocol=5)),
    )


def copy() -> Contestant:
    """The coordinates of the points, copied to memory that is there: nothing can be faster."""
    return Contestant(_copy)


def _locate(layer: Layer) -> Callable[[], Any]:
    index = _built(layer)
    return lambda: geogrid.locate(index, layer.x, layer.y)


def _built(layer: Layer) -> geogrid.GridIndex:
    """Return an index with its raster, which a small layer gets with its first many points."""
    index = geogrid.build_index(layer.grids)
    index.raster  # noqa: B018 - built when it is asked for
    return index


def _pairs(owner: Any) -> Pairs:
    point = np.flatnonzero(owner >= 0)
    return Pairs(point, owner[point].astype(np.int64))


def _copy(layer: Layer) -> Callable[[], Any]:
    parts = np.array_split(np.arange(len(layer.x)), threads())
    slices = [slice(int(part[0]), int(part[-1]) + 1) for part in parts if len(part)]
    targets = [np.zeros_like(layer.x), np.zeros_like(layer.y)]
    pool = ThreadPoolExecutor(threads())

    def copied(part: slice) -> None:
        for target, source in zip(targets, (layer.x, layer.y), strict=True):
            target[part] = source[part]

    return lambda: list(pool.map(copied, slices))
