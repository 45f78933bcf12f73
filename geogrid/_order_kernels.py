"""Compiled: points in the order of a raster's rows, so that neighbours are asked in turn.

The index of a country does not fit into the cache, and where people live each point would wait
for memory several times. Dealt into bands of rows first, points of one band find its cells and
leaves there already.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geogrid._compiled import kernel
from geogrid._threads import chunks, in_threads, workers

__all__ = ["Dealt", "deal", "put_back"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_BANDS = 256


class Dealt(NamedTuple):
    """Points in another order.

    Attributes
    ----------
    x, y : (n,) the points
    place : (n,) int32, where each was
    """

    x: Floats
    y: Floats
    place: npt.NDArray[np.int32]


def deal(x: Floats, y: Floats, south: float, north: float) -> Dealt:
    """Return points band by band from south to north, in each band as they came.

    Parameters
    ----------
    x, y : (n,) fewer than 2³¹, any numbers
    south, north : of the bands; points beyond them, and those that are no numbers, are in the
        first
    """
    parts = chunks(len(y), parts=workers())
    first = {begin: at for at, (begin, _stop) in enumerate(parts)}
    bands_per_unit = _BANDS / (north - south)
    bands = np.empty(len(y), np.uint8)
    counts = np.zeros((len(parts), _BANDS), np.int64)

    def count(begin: int, stop: int) -> None:
        _count(y[begin:stop], south, bands_per_unit, bands[begin:stop], counts[first[begin]])

    in_threads(count, parts)
    by_band = counts.T.ravel()
    starts = (np.cumsum(by_band) - by_band).reshape(_BANDS, len(parts)).T.copy()
    dealt = Dealt(np.empty(len(x)), np.empty(len(y)), np.empty(len(y), np.int32))

    def move(begin: int, stop: int) -> None:
        _move(x[begin:stop], y[begin:stop], bands[begin:stop], begin, starts[first[begin]], *dealt)

    in_threads(move, parts)
    return dealt


def put_back(found: npt.NDArray[np.int32], place: npt.NDArray[np.int32], to: Any) -> None:
    """Write what was found for dealt points where they were."""
    in_threads(
        lambda begin, stop: _put(found[begin:stop], place[begin:stop], to), chunks(len(found))
    )


@kernel
def _count(y: Any, south: float, bands_per_unit: float, bands: Any, counts: Any) -> None:
    for at in range(len(y)):
        height = (y[at] - south) * bands_per_unit
        band = np.int64(height) if (height > 0.0) & (height < _BANDS) else 0
        bands[at] = band
        counts[band] += 1


@kernel
def _move(
    x: Any, y: Any, bands: Any, offset: int, starts: Any, to_x: Any, to_y: Any, place: Any
) -> None:
    for at in range(len(y)):
        to = starts[bands[at]]
        starts[bands[at]] = to + 1
        to_x[to], to_y[to] = x[at], y[at]
        place[to] = offset + at


@kernel
def _put(found: Any, place: Any, to: Any) -> None:
    for at in range(len(found)):
        to[place[at]] = found[at]
