"""Which polygons are sound by themselves: asked of each alone, wherever it is held."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.validity import wide_steps
from geogrid.rings import Rings, are_valid

__all__ = ["Soundness", "soundness"]

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Soundness:
    """What is known of each polygon by itself.

    Attributes
    ----------
    is_valid
        (n,) a valid (Multi)Polygon that is not empty.
    is_bare
        (n,) no geometry, or an empty one: it covers nothing and fools nobody.
    is_wide
        (n,) an edge spans more than 180° of longitude.
    """

    is_valid: Flags
    is_bare: Flags
    is_wide: Flags

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong but that some are bare."""
        return bool((self.is_valid | self.is_bare).all()) and not bool(self.is_wide.any())


def soundness(polygons: Geometries, rings: Rings, *, is_geographic: bool) -> Soundness:
    """Ask every polygon whether it is sound.

    Parameters
    ----------
    polygons : (n,) geometries or None, with finite coordinates
    rings : of those that are polygons
    is_geographic : whether the coordinates are degrees
    """
    count = len(polygons)
    is_bare = ~rings.has(count)
    is_bare[is_bare] = shapely.is_missing(polygons[is_bare]) | shapely.is_empty(polygons[is_bare])
    return Soundness(
        is_valid=are_valid(polygons, rings),
        is_bare=is_bare,
        is_wide=wide_steps(rings, count) if is_geographic else np.zeros(count, dtype=bool),
    )
