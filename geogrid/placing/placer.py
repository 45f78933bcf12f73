"""Put positions into grids: what :func:`locate_rows` does, for one portion after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyproj

from geogrid.crs import to_wgs84
from geogrid.errors import CrsError
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.locate import count_holders, locate, nearest_boundary
from geogrid.placing.doubts import find_swapped, suspect_other_datum, suspect_other_zone
from geogrid.placing.grid_layer import WGS84, GridLayer
from geogrid.placing.positions import SWAPPED, Positions
from geogrid.reading.gauss_kruger import zone_mistake
from geogrid.reading.reference import CGCS2000, CGCS2000_AS_WGS84, parse_crs

__all__ = [
    "ON_BOUNDARY_M",
    "STATUSES",
    "FindAddress",
    "Placed",
    "Placer",
    "say_shared",
    "say_swapped",
]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Objects = npt.NDArray[np.object_]
FindAddress = Callable[[Sequence[str]], list[tuple[float, float, str] | None]]
"""Longitude, latitude (WGS 84) and label of each address, None where it is not known."""

STATUSES = ("inside", "on_boundary", "outside", "no_position", "bad_position")
"""What the column status says."""

_OFF_MAP = Finding(
    "off_map",
    _("These numbers lie outside the map projection; is it the right one?"),
    severity="error",
)
_INSIDE, _ON_BOUNDARY, _OUTSIDE, _NO_POSITION, _BAD_POSITION = range(len(STATUSES))
ON_BOUNDARY_M = 0.01
"""What is nearer to a border than this, in metres, is on it."""


@dataclass(frozen=True, eq=False)
class Placed:
    """Where n rows are.

    Attributes
    ----------
    grid : (n,) position in the layer, −1 for none
    boundary_m : (n,) metres to the nearest border, rounded to centimetres; NaN without position
    across : (n,) position of the grid across that border, −1 for the outside
    status : (n,) position in :data:`STATUSES`
    reasons : (n,) :class:`Finding` why there is no position, or None
    lon, lat : (n,) degrees in WGS 84, NaN for none
    labels : (n,) the address that was found, ``""`` for none
    usable : (m,) rows with a usable position
    x, y : (m,) those positions as written
    shared : (k,) rows where grids overlap: in several grids, and given to the lowest code
    """

    grid: npt.NDArray[np.int32]
    boundary_m: Floats
    across: npt.NDArray[np.int32]
    status: npt.NDArray[np.int8]
    reasons: Objects
    lon: Floats
    lat: Floats
    labels: Objects
    usable: npt.NDArray[np.intp]
    x: Floats
    y: Floats
    shared: npt.NDArray[np.intp]

    @property
    def swapped(self) -> Integers:
        """Rows whose longitude and latitude change places."""
        rows = np.flatnonzero(self.reasons)
        return np.asarray(rows[[reason is SWAPPED for reason in self.reasons[rows]]], np.int64)


@dataclass(frozen=True, eq=False)
class Placer:
    """Places the rows of one list.

    Attributes
    ----------
    layer : the grids
    datum, crs, find_address : as for :func:`geogrid.placing.locate_rows`
    """

    layer: GridLayer
    datum: str | None = None
    crs: object = None
    find_address: FindAddress | None = None

    @property
    def in_degrees(self) -> bool:
        """Whether positions are longitude and latitude."""
        return self.crs is None or bool(parse_crs(self.crs).is_geographic)

    def place(
        self,
        written: Positions,
        addresses: Sequence[str] | pa.StringArray | None = None,
        *,
        boundary: bool = True,
    ) -> Placed:
        """Return where rows are.

        Parameters
        ----------
        written : what their positions say; is changed
        addresses : (n,) texts to look up where that is nothing
        boundary : whether to measure how far the nearest border is, which takes longer; if
            not, nothing is on one

        Raises
        ------
        CrsError
            There are positions but neither datum nor CRS.
        """
        count = len(written.x)
        lon, lat = np.full(count, np.nan), np.full(count, np.nan)
        grid = np.full(count, -1, np.int32)
        usable = np.flatnonzero(written.is_usable)
        if usable.size:
            lon[usable], lat[usable] = self._convert(written.x[usable], written.y[usable])
            grid[usable] = locate(self.layer.index, lon[usable], lat[usable])
            swapped = self._swapped(written, usable[grid[usable] < 0])
            written.reasons[swapped] = SWAPPED
            written.x[swapped] = written.y[swapped] = lon[swapped] = lat[swapped] = np.nan
            usable = np.flatnonzero(written.is_usable)
            written.reasons[usable[np.isnan(lon[usable])]] = _OFF_MAP
        labels: Objects = np.full(count, "", dtype=object)
        if addresses is not None:
            found = self._look_up(addresses, lon, lat, written.reasons, labels)
            grid[found] = locate(self.layer.index, lon[found], lat[found])
        distance_m, across = np.full(count, np.nan), np.full(count, -1, np.int32)
        if boundary:
            distance_m, across = nearest_boundary(self.layer.index, lon, lat, grid)
        return Placed(
            grid=grid,
            boundary_m=np.round(distance_m, 2),
            across=across,
            status=_statuses(grid, distance_m, lon, written.reasons),
            reasons=written.reasons,
            lon=lon,
            lat=lat,
            labels=labels,
            usable=usable,
            x=written.x[usable],
            y=written.y[usable],
            shared=self._shared(grid, lon, lat),
        )

    def named_grids(self, texts: Sequence[str] | pa.StringArray) -> npt.NDArray[np.int64]:
        """Return the position of the grid that each text names by its code, −1 for none."""
        given = pa.array(texts, pa.string())
        named = pc.if_else(pc.equal(given, ""), None, given)
        found = pc.index_in(named, pa.array(self.layer.codes, pa.string()), skip_nulls=True)
        return np.asarray(pc.fill_null(found, -1), np.int64)

    def findings(self, x: Floats, y: Floats, named: Integers | None = None) -> list[Finding]:
        """Say what is assumed about positions as written, and what speaks against it.

        Parameters
        ----------
        x, y : (n,) usable positions
        named : (n,) position of the grid that each row itself names, −1 where it names none
        """
        if not len(x):
            return []
        if self.crs is not None:
            middle = float(np.median(x)), float(np.median(y))
            crs = parse_crs(self.crs)
            mistake = zone_mistake(*middle, crs, "X, Y")
            noted = [CGCS2000_AS_WGS84] if crs.geodetic_crs == pyproj.CRS(CGCS2000) else []
            if mistake:
                return [*noted, Finding("other_zone", mistake.message, mistake.params)]
            doubt = suspect_other_zone(self.layer.index, x, y, crs)
            return [*noted, doubt] if doubt else noted
        if self.datum is None:
            return []
        doubt = suspect_other_datum(self.layer.index, x, y, self.datum, named)
        noted = [CGCS2000_AS_WGS84] if self.datum == "cgcs2000" else []
        return [*noted, doubt] if doubt else noted

    @cached_property
    def _transformer(self) -> pyproj.Transformer:
        return pyproj.Transformer.from_crs(parse_crs(self.crs), WGS84, always_xy=True)

    def _convert(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        if self.crs is not None:
            return _finite(*self._transformer.transform(x, y))
        if self.datum is None:
            raise CrsError(
                _(
                    "Say which datum the longitudes and latitudes are in: --datum wgs84, cgcs2000,"
                    " gcj02 (AMap, Tencent) or bd09 (Baidu). It is never guessed."
                )
            )
        return to_wgs84(x, y, self.datum)

    def _swapped(self, written: Positions, outside: Integers) -> Integers:
        """Return which rows outside lie in the grids when x and y change places."""
        x, y = written.x[outside], written.y[outside]
        return np.asarray(outside[find_swapped(self.layer.index, x, y, self._convert)])

    def _shared(
        self, grid: npt.NDArray[np.int32], lon: Floats, lat: Floats
    ) -> npt.NDArray[np.intp]:
        """Return which rows lie in several grids."""
        held = np.flatnonzero(grid >= 0)
        return held[count_holders(self.layer.index, lon[held], lat[held]) > 1]

    def _look_up(
        self,
        texts: Sequence[str] | pa.StringArray,
        lon: Floats,
        lat: Floats,
        reasons: Objects,
        labels: Objects,
    ) -> list[int]:
        """Find rows without a usable position by their addresses, in place; return which."""
        lost = np.flatnonzero(np.isnan(lon))
        given = zip(lost.tolist(), pa.array(texts, pa.string()).take(lost).to_pylist(), strict=True)
        asked = {at: text for at, text in given if text and text.strip()}
        if self.find_address is None:
            message = _("No position, only an address; give a list of buildings (--units).")
            bare = Finding("address_only", message)
            for at in asked:
                reasons[at] = reasons[at] or bare
            return []
        different = list(dict.fromkeys(asked.values()))
        found = self.find_address(different) if different else []
        answers = dict(zip(different, found, strict=True))
        for at, text in asked.items():
            answer = answers[text]
            if answer is None:
                reasons[at] = reasons[at] or _unknown(text)
            else:
                lon[at], lat[at], labels[at] = answer
        return [at for at, text in asked.items() if answers[text] is not None]


def _unknown(text: str) -> Finding:
    message = _("The address “{address}” is not known.")
    return Finding("unknown_address", message, {"address": text[:60]})


def _finite(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    is_good = np.isfinite(x) & np.isfinite(y)
    return np.where(is_good, x, np.nan), np.where(is_good, y, np.nan)


def _statuses(
    grid: npt.NDArray[np.int32], distance_m: Floats, lon: Floats, reasons: Objects
) -> npt.NDArray[np.int8]:
    status = np.where(grid >= 0, _INSIDE, _OUTSIDE).astype(np.int8)
    status[(grid >= 0) & (distance_m <= ON_BOUNDARY_M)] = _ON_BOUNDARY
    lost = np.isnan(lon)
    status[lost] = _NO_POSITION
    said = np.flatnonzero(reasons)
    is_bad = [reason.severity == "error" for reason in reasons[said]]
    bad = said[np.asarray(is_bad, np.bool_)]
    status[bad[lost[bad]]] = _BAD_POSITION
    return status


def say_swapped(rows: Sequence[int], count: int) -> list[Finding]:
    """Return what there is to say of rows with swapped axes; `rows` may be the first of many."""
    if not count:
        return []
    message = _("{count} rows have longitude and latitude swapped: row {rows}.")
    return [Finding("swapped_axes", message, {"count": count}, rows=tuple(rows))]


def say_shared(rows: Sequence[int], count: int) -> list[Finding]:
    """Return what there is to say of rows where grids overlap; `rows` may be the first of many."""
    if not count:
        return []
    message = _(
        "{count} rows lie where grids overlap; each was given to the grid with the lowest code:"
        " row {rows}."
    )
    return [Finding("overlapping_grids", message, {"count": count}, rows=tuple(rows))]
