"""Compiled: on which side of an edge a point lies, exactly.

A float filter decides nearly always; then come expansions, sums of doubles that are exact
(Shewchuk 1997, *Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric
Predicates*), so that a layer whose points all lie on borders is not slow either.
"""

from __future__ import annotations

from typing import Any

from geogrid._compiled import kernel

__all__ = ["FILTER", "UNDERFLOW", "UNKNOWN", "side"]

UNKNOWN = 2
"""Some coordinate is so small that products of its digits would underflow."""

FILTER = (3.0 + 16.0 * 2.0**-53) * 2.0**-53
UNDERFLOW = 1e-290
_SMALLEST = 1e-120
_SPLITTER = 134217729.0


@kernel
def side(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> int:
    """Return 1 where the point is left of the line from a to b, −1 right of it, 0 on it.

    Coordinates are finite and below 1e140; :data:`UNKNOWN` where some are tiny.
    """
    left, right = (ax - x) * (by - y), (ay - y) * (bx - x)
    value = left - right
    size = abs(left) + abs(right)
    if abs(value) > FILTER * size and size > UNDERFLOW:
        return 1 if value > 0.0 else -1
    return _exact_side(ax, ay, bx, by, x, y)


@kernel
def _is_tiny(value: float) -> bool:
    return value != 0.0 and abs(value) < _SMALLEST


@kernel
def _exact_side(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> int:
    if (x == ax and y == ay) or (x == bx and y == by):
        return 0
    if (x == ax and x == bx) or (y == ay and y == by):
        return 0
    if _is_tiny(ax) or _is_tiny(ay) or _is_tiny(bx) or _is_tiny(by) or _is_tiny(x) or _is_tiny(y):
        return UNKNOWN
    dax, dax_low = _difference(ax, x)
    day, day_low = _difference(ay, y)
    dbx, dbx_low = _difference(bx, x)
    dby, dby_low = _difference(by, y)
    sum0, sum1, sum2, sum3 = _difference_of_products(dax, dby, day, dbx)
    if dax_low == 0.0 and day_low == 0.0 and dbx_low == 0.0 and dby_low == 0.0:
        return _sign(sum3, sum2, sum1, sum0)
    return _full_side(
        (sum0, sum1, sum2, sum3),
        _difference_of_products(dax, dby_low, day, dbx_low),
        _difference_of_products(dax_low, dby, day_low, dbx),
        _difference_of_products(dax_low, dby_low, day_low, dbx_low),
    )


@kernel
def _full_side(one: Any, two: Any, three: Any, four: Any) -> int:
    """Return the sign of the sum of four expansions, grown term by term."""
    total = [0.0] * 17
    size = 0
    for terms in (one, two, three, four):
        for term in terms:
            rest = term
            for at in range(size):
                rest, total[at] = _sum(rest, total[at])
            total[size] = rest
            size += 1
    for at in range(size - 1, -1, -1):
        if total[at] != 0.0:
            return 1 if total[at] > 0.0 else -1
    return 0


@kernel
def _sign(first: float, second: float, third: float, fourth: float) -> int:
    """Return the sign of an expansion, its largest term first."""
    for term in (first, second, third, fourth):
        if term != 0.0:
            return 1 if term > 0.0 else -1
    return 0


@kernel
def _sum(one: float, other: float) -> tuple[float, float]:
    """Return the rounded sum and what rounding took away."""
    total = one + other
    virtual = total - one
    return total, (one - (total - virtual)) + (other - virtual)


@kernel
def _difference(one: float, other: float) -> tuple[float, float]:
    return _sum(one, -other)


@kernel
def _product(one: float, other: float) -> tuple[float, float]:
    """Return the rounded product and what rounding took away (Dekker, Veltkamp)."""
    product = one * other
    big = _SPLITTER * one
    one_high = big - (big - one)
    one_low = one - one_high
    big = _SPLITTER * other
    other_high = big - (big - other)
    other_low = other - other_high
    rest = product - one_high * other_high - one_low * other_high - one_high * other_low
    return product, one_low * other_low - rest


@kernel
def _difference_of_products(
    a: float, b: float, c: float, d: float
) -> tuple[float, float, float, float]:
    """Return a·b − c·d exactly, the smallest term first."""
    high, low = _product(a, b)
    minus_high, minus_low = _product(-c, d)
    carry, first = _sum(low, minus_low)
    upper, middle = _sum(high, carry)
    carry, second = _sum(middle, minus_high)
    fourth, third = _sum(upper, carry)
    return first, second, third, fourth
