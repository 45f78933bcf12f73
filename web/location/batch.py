"""Put many points into the current plan's grids, column by column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geogrid.crs import to_wgs84
from geogrid.findings import Finding
from geogrid.locate import locate, nearest_boundary
from geogrid.placing import STATUSES
from geogrid.placing.doubts import find_swapped, suspect_other_datum
from geogrid.placing.positions import SWAPPED, Positions
from web.current import CurrentPlan

__all__ = ["Located", "locate_batch"]

_INSIDE, _ON_BOUNDARY, _OUTSIDE, _NO_POSITION, _BAD_POSITION = range(len(STATUSES))
_ON_BOUNDARY_M = 0.01


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
    lon, lat = to_wgs84(written.x, written.y, datum)
    grid = locate(current.index, lon, lat)
    status = np.where(grid >= 0, _INSIDE, _OUTSIDE).astype(np.int8)
    _take_out_swapped(current, written, grid, datum)
    lost = ~written.is_usable
    lon[lost] = lat[lost] = np.nan
    status[lost] = _NO_POSITION
    refused = written.is_refused
    status[refused] = _BAD_POSITION
    distance_m = across = None
    if boundary:
        distance_m, across = nearest_boundary(current.index, lon, lat)
        status[(grid >= 0) & (distance_m <= _ON_BOUNDARY_M)] = _ON_BOUNDARY
    usable, wrong = ~lost, np.flatnonzero(refused)
    doubt = suspect_other_datum(current.index, written.x[usable], written.y[usable], datum)
    findings = (doubt,) if doubt else ()
    reasons = written.reasons[wrong].tolist()
    return Located(lon, lat, grid, status, wrong, reasons, distance_m, across, findings)


def _take_out_swapped(
    current: CurrentPlan, written: Positions, grid: npt.NDArray[np.int32], datum: str
) -> None:
    outside = np.flatnonzero((grid < 0) & written.is_usable)
    x, y = written.x[outside], written.y[outside]
    swapped = find_swapped(current.index, x, y, lambda lon, lat: to_wgs84(lon, lat, datum))
    written.x[outside[swapped]] = written.y[outside[swapped]] = np.nan
    written.reasons[outside[swapped]] = SWAPPED
