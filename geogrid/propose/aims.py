"""What a proposal aims at: how much evenness, shape, streets and staying count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geogrid.i18n import mark as _

__all__ = ["AIMS", "AIM_NAMES", "Aim"]


@dataclass(frozen=True)
class Aim:
    """How much of each is wanted; the tolerance is kept by all where that is possible.

    Attributes
    ----------
    even
        Square of a grid's deviation from the target.
    compact
        Border² / 4π·area of a grid, 1 for a circle.
    streets
        By how much a border along a main street counts as shorter, 0 to 1. As all borders of
        units lie either between grids or within one, this is at the same time what a grid pays
        that lies on both sides of a main street.
    stay
        Homes that get another grid than now, as shares of the target.
    """

    even: float
    compact: float
    streets: float
    stay: float


AIMS: Mapping[str, Aim] = {
    "stay": Aim(even=2.0, compact=0.5, streets=0.3, stay=4.0),
    "compact": Aim(even=2.0, compact=1.0, streets=0.3, stay=0.1),
    "streets": Aim(even=2.0, compact=1.0, streets=0.9, stay=0.1),
    "even": Aim(even=100.0, compact=1.0, streets=0.3, stay=0.1),
}
"""The proposals that are made side by side. Weights are such that a deviation of a tenth in every
grid, a shape a tenth rounder and a tenth of the homes moved are worth the same within a power of
ten; they were tried on the samples (``benchmarks/propose.py``)."""

AIM_NAMES: Mapping[str, str] = {
    "stay": _("Few homes move"),
    "compact": _("Compact"),
    "streets": _("Along main streets"),
    "even": _("Evenly sized"),
}
"""What each is called."""
