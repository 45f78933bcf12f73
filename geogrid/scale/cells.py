"""Squares that edges fall into: equal edges share one, so only shared squares need comparing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geogrid.topology import Floats, Integers

__all__ = ["Cells", "fit_cells"]

_STEPS = 64
_MOST = 2048


@dataclass(frozen=True)
class Cells:
    """A square of squares over the plane; what lies outside counts to the outermost ones.

    Attributes
    ----------
    west, south
        Where it begins, in the units of the data.
    across, up
        Squares per unit.
    side
        Squares in each direction.
    """

    west: float
    south: float
    across: float
    up: float
    side: int

    def of(self, start: Floats, end: Floats) -> Integers:
        """Return the square of each edge, the same in both directions; (n, 2) and (n, 2)."""
        (x, y), (to_x, to_y) = self._placed(start), self._placed(end)
        return self._square(x, y, to_x, to_y)

    def of_steps(self, coordinates: Floats, steps: Integers) -> Integers:
        """Return the square of each step from one of (n, 2) coordinates to the next."""
        x, y = self._placed(coordinates)
        return self._square(x[:-1], y[:-1], x[1:], y[1:])[steps]

    def _placed(self, points: Floats) -> tuple[Floats, Floats]:
        with np.errstate(over="ignore", invalid="ignore"):
            x = (points[:, 0] - self.west) * self.across
            return x, (points[:, 1] - self.south) * self.up

    def _square(self, x: Floats, y: Floats, to_x: Floats, to_y: Floats) -> Integers:
        last = float(self.side - 1)
        with np.errstate(over="ignore", invalid="ignore"):
            column = np.fmin(np.fmax(0.5 * (x + to_x), 0.0), last)  # NaN counts as 0
            row = np.fmin(np.fmax(0.5 * (y + to_y), 0.0), last)
        return row.astype(np.int64) * self.side + column.astype(np.int64)

    def table(self, chosen: Integers) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Return for every square whether it is among the chosen ones."""
        found = np.zeros(self.side * self.side, dtype=bool)
        found[chosen] = True
        return found


def fit_cells(bounds: Floats, steps: int) -> Cells:
    """Return squares with a few dozen edges each.

    Parameters
    ----------
    bounds : (n, 4) west, south, east, north of the partitions; NaN rows are passed over
    steps : number of edges in all of them

    Examples
    --------
    >>> cells = fit_cells(np.array([[0.0, 0.0, 4.0, 4.0]]), 256)
    >>> cells.of(np.array([[3.0, 0.0]]), np.array([[4.0, 1.0]])).tolist()
    [1]
    """
    known = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(known):
        return Cells(0.0, 0.0, 0.0, 0.0, 1)
    low, high = known[:, :2].min(axis=0), known[:, 2:].max(axis=0)
    side = int(np.clip(np.sqrt(steps / _STEPS), 1, _MOST))
    with np.errstate(over="ignore", divide="ignore"):
        scale = side / (high - low)
    across, up = np.where(np.isfinite(scale), scale, 0.0).tolist()
    return Cells(float(low[0]), float(low[1]), across, up, side)
