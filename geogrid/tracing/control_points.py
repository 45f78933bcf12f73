"""Control points (对点配准): from places in a picture or drawing to places on the ground.

Ground points are longitude and latitude on WGS 84. They are fitted in a local metric plane
around their middle, so that what is missed is metres.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyproj

from geogrid.crs import local_crs
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.tracing._fitting import (
    apply,
    fit_affine,
    fit_projective,
    fit_similarity,
    spread,
    standardise,
)
from geogrid.tracing.errors import ControlPointError

__all__ = ["KINDS", "Placement", "fit_control_points"]

Floats = npt.NDArray[np.float64]

KINDS = {"similarity": 2, "affine": 3, "projective": 4}
"""Kind of map to the fewest points it needs."""

_THIN = 0.02
_UNSURE = 1e-4
_SAME = 1e-9
_FAR_M = 100_000.0
_NOTABLE_M = 1.0


@dataclass(frozen=True, eq=False)
class Placement:
    """Where a picture or a drawing lies.

    Attributes
    ----------
    kind
        One of :data:`KINDS`.
    matrix : float64[3, 3]
        From picture coordinates to metres east and north of `centre`.
    centre
        Longitude and latitude, degrees on WGS 84.
    residuals_m : float64[n, 2]
        Where each point comes out less where it was said to be, metres east and north.
    worst
        Position of the point that fits worst: without it the others fit best; with too few
        points to tell, the one that is missed most.
    findings
        What to be careful about.
    """

    kind: str
    matrix: Floats
    centre: tuple[float, float]
    residuals_m: Floats
    worst: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def misses_m(self) -> Floats:
        """Distance by which each point is missed, metres."""
        return np.asarray(np.hypot(*self.residuals_m.T))

    @property
    def rms_m(self) -> float:
        """Root mean square of the misses, metres."""
        return float(np.sqrt((self.residuals_m**2).sum(axis=1).mean()))

    @property
    def plane(self) -> pyproj.CRS:
        """The local plane in metres."""
        return local_crs(*self.centre)

    @cached_property
    def _back(self) -> pyproj.Transformer:
        return pyproj.Transformer.from_crs(self.plane, "EPSG:4326", always_xy=True)

    def to_plane(self, points: npt.ArrayLike) -> Floats:
        """Return picture coordinates (n, 2) as metres in :attr:`plane`.

        Raises
        ------
        ControlPointError
            A point lies on or beyond the horizon of a projective map.
        """
        asked = np.asarray(points, np.float64).reshape(-1, 2)
        depth = asked @ self.matrix[2, :2] + self.matrix[2, 2]
        mapped = apply(self.matrix, asked)
        if len(asked) and ((depth <= 0).any() or not (np.abs(mapped) < _FAR_M).all()):
            raise ControlPointError(
                _(
                    "With these points a part of it comes to lie infinitely far away. Take points"
                    " nearer to its corners, or a simpler kind of placement."
                )
            )
        return mapped

    def to_ground(self, points: npt.ArrayLike) -> Floats:
        """Return picture coordinates (n, 2) as longitude and latitude on WGS 84.

        Raises
        ------
        ControlPointError
            As :meth:`to_plane`.
        """
        east, north = self.to_plane(points).T
        return np.column_stack(self._back.transform(east, north))


def fit_control_points(
    picture: npt.ArrayLike, ground: npt.ArrayLike, kind: str = "affine"
) -> Placement:
    """Fit the map from a picture to the ground by least squares.

    Parameters
    ----------
    picture : (n, 2)
        x to the right and y up, in whatever unit (pixels from the lower left corner,
        drawing units).
    ground : (n, 2)
        Longitude and latitude of the same places, degrees on WGS 84.
    kind
        ``"similarity"`` (turned, scaled, shifted: a plan that is true to scale),
        ``"affine"`` (also stretched and skewed: a scan, a print) or ``"projective"`` (also
        seen from an angle: a photograph of a map).

    Returns
    -------
    Placement

    Raises
    ------
    ControlPointError
        Too few points for `kind`; two in one place; all (of a projective map: too many) in
        one line; or the picture would have to be mirrored, because points are confused.

    Examples
    --------
    >>> picture = [[0, 0], [100, 0], [0, 100]]
    >>> ground = [[114.0, 22.5], [114.001, 22.5], [114.0, 22.501]]
    >>> placed = fit_control_points(picture, ground)
    >>> placed.to_ground([[50, 50]]).round(6).tolist()
    [[114.0005, 22.5005]]
    """
    source, wanted = _pairs(picture, ground, kind)
    lon, lat = (float(value) for value in wanted.mean(axis=0))
    there = pyproj.Transformer.from_crs("EPSG:4326", local_crs(lon, lat), always_xy=True)
    target = np.column_stack(there.transform(*wanted.T))
    if not (np.abs(target) < _FAR_M).all():
        raise ControlPointError(_("The points on the map are more than 100 km apart."))
    _require_spread(source, target, kind)
    matrix = _fitted(source, target, kind)
    placed = Placement(kind, matrix, (lon, lat), apply(matrix, source) - target)
    worst, without_m = _worst(source, target, placed)
    return replace(placed, worst=worst, findings=_cautions(placed, worst, without_m))


def _pairs(picture: npt.ArrayLike, ground: npt.ArrayLike, kind: str) -> tuple[Floats, Floats]:
    if kind not in KINDS:
        raise ControlPointError(
            _("Unknown kind of placement {kind}; use one of {known}."),
            kind=kind[:30],
            known=", ".join(KINDS),
        )
    source = np.asarray(picture, np.float64).reshape(-1, 2)
    wanted = np.asarray(ground, np.float64).reshape(-1, 2)
    if len(source) != len(wanted):
        raise ControlPointError(
            _("Every control point needs a place in the picture and one on the map.")
        )
    if len(source) < KINDS[kind]:
        raise ControlPointError(
            _("{number} control points are too few; this kind of placement needs {least}."),
            number=len(source),
            least=KINDS[kind],
        )
    on_earth = (np.abs(wanted) <= [180.0, 89.0]).all()
    if not (np.isfinite(source).all() and on_earth):
        raise ControlPointError(_("A control point has no position that exists."))
    return source, wanted


def _require_spread(source: Floats, target: Floats, kind: str) -> None:
    for points in (source, target):
        apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
        np.fill_diagonal(apart, np.inf)
        reach = np.hypot(*np.ptp(points, axis=0))
        if apart.min() <= _SAME * max(reach, 1e-300):
            one, two = sorted(np.unravel_index(int(apart.argmin()), apart.shape))
            raise ControlPointError(
                _("Points {one} and {two} are in the same place; move one or remove it."),
                one=int(one) + 1,
                two=int(two) + 1,
            )
        if kind != "similarity" and spread(points) < _THIN:
            raise _in_line()
    if len(source) > 2 and min(spread(source), spread(target)) >= _THIN:
        first = fit_affine(*_standard(source, target))
        if np.linalg.det(first[:2, :2]) < 0:
            raise ControlPointError(
                _(
                    "The picture would have to be mirrored: points are probably confused. Compare"
                    " the numbers in the picture with those on the map."
                )
            )


def _in_line() -> ControlPointError:
    return ControlPointError(
        _(
            "The control points lie (nearly) in one line, so they do not say how wide it is. Add a"
            " point beside the line."
        )
    )


def _standard(source: Floats, target: Floats) -> tuple[Floats, Floats]:
    return apply(standardise(source), source), apply(standardise(target), target)


def _fitted(source: Floats, target: Floats, kind: str) -> Floats:
    before, after = standardise(source), np.linalg.inv(standardise(target))
    mine, theirs = _standard(source, target)
    if kind == "projective":
        middle, certainty = fit_projective(mine, theirs)
        if certainty < _UNSURE or not np.isfinite(middle).all():
            raise _in_line()
    else:
        fits: dict[str, Callable[[Floats, Floats], Floats]] = {
            "similarity": fit_similarity,
            "affine": fit_affine,
        }
        middle = fits[kind](mine, theirs)
    matrix = after @ middle @ before
    depth = source @ matrix[2, :2] + matrix[2, 2]
    if depth.mean() < 0:
        matrix, depth = -matrix, -depth
    if (depth <= 0).any():
        raise ControlPointError(
            _("No view of the map looks like this; points are probably confused.")
        )
    return np.asarray(matrix / depth.mean())


def _worst(source: Floats, target: Floats, placed: Placement) -> tuple[int, float]:
    """Return the point that fits worst, and the RMS of the others without it."""
    number, most = len(source), int(np.argmax(placed.misses_m))
    if number < KINDS[placed.kind] + 2 or placed.rms_m == 0:
        return most, placed.rms_m
    left = np.full(number, np.inf)
    for out in range(number):
        kept = np.arange(number) != out
        try:
            _require_spread(source[kept], target[kept], placed.kind)
            matrix = _fitted(source[kept], target[kept], placed.kind)
        except ControlPointError:
            continue
        miss = apply(matrix, source[kept]) - target[kept]
        left[out] = np.sqrt((miss**2).sum(axis=1).mean())
    worst = int(np.argmin(left))
    return (worst, float(left[worst])) if np.isfinite(left[worst]) else (most, placed.rms_m)


def _cautions(placed: Placement, worst: int, without_m: float) -> tuple[Finding, ...]:
    number = len(placed.residuals_m)
    if number == KINDS[placed.kind]:
        return (
            Finding(
                "unchecked_points",
                _(
                    "With {number} points nothing shows whether they are right: each is met"
                    " exactly, whatever was clicked. Add one more."
                ),
                {"number": number},
            ),
        )
    if placed.rms_m > _NOTABLE_M and without_m < placed.rms_m / 2:
        return (
            Finding(
                "worst_point",
                _(
                    "Without point {rows} the others fit to {without} m instead of {rms} m: look"
                    " at it."
                ),
                {"without": f"{without_m:.1f}", "rms": f"{placed.rms_m:.1f}"},
                rows=(worst,),
            ),
        )
    return ()
