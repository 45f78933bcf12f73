"""Least squares in the plane: similarity, affine and projective maps as 3 by 3 matrices."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["apply", "fit_affine", "fit_projective", "fit_similarity", "spread", "standardise"]

Floats = npt.NDArray[np.float64]

_STEPS = 30
_DONE = 1e-15


def apply(matrix: Floats, points: Floats) -> Floats:
    """Return `points` (n, 2) mapped; infinite where the map sends them to the horizon."""
    mapped = points @ matrix[:, :2].T + matrix[:, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(mapped[:, :2] / mapped[:, 2:])


def standardise(points: Floats) -> Floats:
    """Return the map that moves the middle of `points` to 0 and their mean distance to 1."""
    middle = points.mean(axis=0)
    scale = 1.0 / np.hypot(*(points - middle).T).mean()
    return np.array([[scale, 0, -scale * middle[0]], [0, scale, -scale * middle[1]], [0, 0, 1.0]])


def spread(points: Floats) -> float:
    """Return how far points are from one line: 0 on it, 1 as wide as long."""
    across = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    return float(across[1] / across[0]) if across[0] > 0 else 0.0


def fit_similarity(source: Floats, target: Floats) -> Floats:
    """Turn, scale and shift without mirroring (Umeyama's problem in complex numbers)."""
    z, w = source @ [1, 1j], target @ [1, 1j]
    z0, w0 = z.mean(), w.mean()
    turn = np.vdot(z - z0, w - w0) / np.vdot(z - z0, z - z0)
    shift = w0 - turn * z0
    a, b = float(turn.real), float(turn.imag)
    return np.array([[a, -b, shift.real], [b, a, shift.imag], [0, 0, 1.0]])


def fit_affine(source: Floats, target: Floats) -> Floats:
    """Fit the six numbers of an affine map."""
    rows = np.column_stack([source, np.ones(len(source))])
    numbers = np.linalg.lstsq(rows, target, rcond=None)[0]
    return np.vstack([numbers.T, [0, 0, 1.0]])


def fit_projective(source: Floats, target: Floats) -> tuple[Floats, float]:
    """Fit a projective map: direct linear transformation, then Gauss-Newton on the distances.

    Returns
    -------
    matrix, certainty
        The second smallest singular value over the largest: near 0 where the points do not
        determine the map (three of four in one line).

    Notes
    -----
    Hartley and Zisserman, Multiple View Geometry, algorithms 4.2 and 4.3 with the errors in
    the target only. Coordinates must be standardised.
    """
    x, y = source.T
    u, v = target.T
    one, zero = np.ones_like(x), np.zeros_like(x)
    rows = np.vstack(
        [
            np.column_stack([x, y, one, zero, zero, zero, -u * x, -u * y, -u]),
            np.column_stack([zero, zero, zero, x, y, one, -v * x, -v * y, -v]),
        ]
    )
    _left, sizes, right = np.linalg.svd(rows)
    matrix = right[-1].reshape(3, 3)
    if abs(matrix[2, 2]) > 1e-9:
        matrix = _refined(matrix / matrix[2, 2], source, target)
    return matrix, float(sizes[7] / sizes[0])


def _refined(matrix: Floats, source: Floats, target: Floats) -> Floats:
    best = matrix
    miss = float(((apply(best, source) - target) ** 2).sum())
    for _step in range(_STEPS):
        mapped = np.column_stack([source, np.ones(len(source))]) @ best.T
        u, v, w = mapped.T
        rows = np.column_stack([source, np.ones(len(source))]) / w[:, None]
        none = np.zeros_like(rows)
        along = np.vstack(
            [
                np.hstack([rows, none, -rows[:, :2] * (u / w)[:, None]]),
                np.hstack([none, rows, -rows[:, :2] * (v / w)[:, None]]),
            ]
        )
        wrong = (target - apply(best, source)).T.ravel()
        step = np.linalg.lstsq(along, wrong, rcond=None)[0]
        tried = best + np.append(step, 0.0).reshape(3, 3)
        now = float(((apply(tried, source) - target) ** 2).sum())
        if not now < miss:
            break
        best, gain, miss = tried, miss - now, now
        if gain <= _DONE * miss:
            break
    return best
