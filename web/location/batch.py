"""Put many points into the current plan's grids, column by column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geogrid.findings import Finding
from geogrid.placing.placer import Placer, say_shared
from geogrid.placing.positions import Positions
from web.current import CurrentPlan

__all__ = ["Located", "locate_batch"]


@dataclass(frozen=True, eq=False)
class Located:
    """What is known of n points.

    Attributes
    ----------
    lon, lat : (n,) WGS 84 degrees, NaN where there is no position
    grid : (n,) position in the plan's finest grids, −1 outside
    status : (n,) position in :data:`geogrid.placing.STATUSES`
    wrong : (w,) which positions cannot be used
    reasons : (w,) :class:`Finding` why
    boundary_m, across : (n,) metres to the nearest border, and the grid across it, −1 for
        the outside; None when nobody asked
    findings
        What concerns many points.
    """

    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    grid: npt.NDArray[np.int32]
    status: npt.NDArray[np.int8]
    wrong: npt.NDArray[np.intp]
    reasons: list[Finding]
    boundary_m: npt.NDArray[np.float64] | None
    across: npt.NDArray[np.int32] | None
    findings: tuple[Finding, ...]


def locate_batch(
    current: CurrentPlan, written: Positions, datum: str, *, boundary: bool
) -> Located:
    """Locate positions, each on its own: a wrong one loses no other.

    Parameters
    ----------
    written
        As they came; swapped ones are taken out, in place.
    datum
        What they are in.
    boundary
        Whether to measure the distance to the nearest border, which takes longer.
    """
    placer = Placer(current.layer, datum)
    placed = placer.place(written, boundary=boundary)
    wrong = np.flatnonzero(written.is_refused)
    shared = placed.shared.tolist()
    said = [*say_shared(shared, len(shared)), *placer.findings(placed.x, placed.y)]
    return Located(
        *(placed.lon, placed.lat, placed.grid, placed.status),
        wrong=wrong,
        reasons=placed.reasons[wrong].tolist(),
        boundary_m=placed.boundary_m if boundary else None,
        across=placed.across if boundary else None,
        findings=tuple(said),
    )
