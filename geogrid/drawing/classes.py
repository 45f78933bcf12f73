"""Classes of values for a map's colours: ranks, with ties kept together and zero apart."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["SHARES", "ValueClass", "classify"]

SHARES = (0.2, 0.4, 0.6, 0.8, 0.95)
"""Where the classes end among the ranked values; the last one is the highest twentieth."""


class ValueClass(NamedTuple):
    """One colour of the legend: the lowest and highest value in it, and how many have it."""

    low: float
    high: float
    size: int


def classify(
    values: npt.ArrayLike, *, shares: tuple[float, ...] = SHARES
) -> tuple[list[ValueClass], npt.NDArray[np.int64]]:
    """Put values into classes by their rank.

    Zero is a class of its own, because "none" is another message than "few". The values
    above zero are ranked and cut at `shares`; a cut inside a run of equal values moves to
    the nearer end of the run, so equal values have one colour, and classes that become
    empty are left out.

    Parameters
    ----------
    values
        (n,) numbers, none negative; NaN where there is no value.
    shares
        Ascending, between 0 and 1.

    Returns
    -------
    classes
        Ascending; `low` and `high` are values that occur.
    class_of
        (n,) position in `classes`, −1 where there is no value.

    Examples
    --------
    >>> classes, class_of = classify([0, 5, 1, 1, 9, float("nan")], shares=(0.5,))
    >>> classes
    [ValueClass(low=0.0, high=0.0, size=1), ValueClass(low=1.0, high=1.0, size=2), \
ValueClass(low=5.0, high=9.0, size=2)]
    >>> class_of.tolist()
    [0, 2, 1, 1, 2, -1]
    """
    numbers = np.asarray(values, dtype=np.float64)
    known = np.isfinite(numbers)
    ranked = np.sort(numbers[known & (numbers > 0)])
    tops = [ranked[_ends(ranked, shares)], ranked[-1:]]
    zero = np.zeros(int((numbers[known] == 0).any()))
    highs = np.unique(np.concatenate([zero, *tops]))
    class_of = np.where(known, np.searchsorted(highs, np.where(known, numbers, 0.0)), -1)
    classes = [
        ValueClass(float(numbers[class_of == at].min()), float(high), int((class_of == at).sum()))
        for at, high in enumerate(highs)
    ]
    return classes, class_of.astype(np.int64)


def _ends(ranked: npt.NDArray[np.float64], shares: tuple[float, ...]) -> npt.NDArray[np.int64]:
    """Return the position of the last value of each class of `ranked` values."""
    last = np.ceil(np.asarray(shares) * ranked.size - 1e-9).astype(np.int64) - 1
    last = last[(last >= 0) & (last < ranked.size)]
    before = np.searchsorted(ranked, ranked[last], side="left") - 1
    end = np.searchsorted(ranked, ranked[last], side="right") - 1
    moved = np.where(last - before <= end - last, before, end)
    return np.asarray(moved[moved >= 0])
