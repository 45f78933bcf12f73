"""New codes for grids that have none: in order, and never one that was used before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from geogrid.coverage.validity import stand_ins
from geogrid.errors import CrsError, FieldError, InputError, LimitError
from geogrid.hierarchy import fill_levels
from geogrid.i18n import mark as _
from geogrid.rings import are_valid, polygon_rings
from geogrid.rules.codes import CodeScheme
from geogrid.rules.frames import plain_grids
from geogrid.rules.order import reading_order
from geogrid.rules.patterns import CodePattern

__all__ = ["free_numbers", "number_grids"]


def number_grids(
    grids: gpd.GeoDataFrame,
    scheme: CodeScheme,
    *,
    retired: Iterable[str] = (),
    parent: str = "",
    renumber: bool = False,
) -> gpd.GeoDataFrame:
    """Give codes to the grids that have none, from west to east, then from north to south.

    Under each parent the grids without a code are put in the order of
    :func:`geogrid.rules.order.reading_order` and get the next numbers after the highest one
    ever used there, given or retired; when these run out, the lowest that were never used.
    Grids with a code keep it: order is kept at creation and only advised later.

    Parameters
    ----------
    grids
        Polygons with a CRS; columns code, name, parent, level where there are any. Grids
        without levels are at level 3 (:func:`geogrid.hierarchy.fill_levels`).
    scheme
        From :func:`geogrid.rules.code_scheme`.
    retired
        Codes that were used once.
    parent
        Code of the grid above for rows that name none.
    renumber
        Give new codes to all grids of the levels that the scheme numbers. Their old codes
        count as used; children follow their parents.

    Returns
    -------
    GeoDataFrame
        A copy with column code filled (and parent, where `parent` or a new code came in);
        rows, order and index as given. The codes of rows do not depend on the order of rows.

    Raises
    ------
    FieldError
        A row without code has no parent though its code begins with one, has a parent that
        does not fit, or is of a level the scheme does not number.
    LimitError
        There are more grids under one parent than numbers.
    InputError, CrsError
        The grids are no GeoDataFrame, or have no CRS.

    Examples
    --------
    >>> from shapely import box
    >>> from geogrid.rules import code_scheme
    >>> squares = gpd.GeoDataFrame(
    ...     {"code": "", "parent": "440304001001"},
    ...     index=[0, 1], geometry=list(box([1, 0], 0, [2, 1], 1)), crs="EPSG:4326")
    >>> number_grids(squares, code_scheme("DB11/T 2157"))["code"].tolist()
    ['440304001001002', '440304001001001']
    """
    if not isinstance(grids, gpd.GeoDataFrame) or grids.active_geometry_name is None:
        kind = type(grids).__name__
        raise InputError(_("The grids must be a GeoDataFrame of polygons, not {kind}."), kind=kind)
    if grids.crs is None:
        raise CrsError(_("The grids have no coordinate reference system; say which they are in."))
    rows = plain_grids(grids)
    rows["code"] = rows["code"].where(~rows["is_made"], "")
    if parent:
        rows["parent"] = rows["parent"].where(
            (rows["parent"] != "") | (rows["code"] == parent), parent
        )
    rows = fill_levels(rows)
    given = np.asarray(grids.geometry.array, dtype=object)
    rings = polygon_rings(given)
    polygons = stand_ins(given, are_valid(given, rings), rings)
    work = _Numbering(rows, scheme, polygons, pyproj.CRS.from_user_input(grids.crs), set(retired))
    work.run(renumber=renumber)
    numbered = grids.copy()
    numbered["code"] = pd.array(work.codes, dtype="str")
    if "parent" in grids or any(work.parents):
        numbered["parent"] = pd.array(work.parents, dtype="str")
    return numbered


@dataclass
class _Numbering:
    """The codes of a frame while they are being given, the coarsest level first."""

    rows: pd.DataFrame
    scheme: CodeScheme
    polygons: np.typing.NDArray[np.object_]
    crs: pyproj.CRS
    used: set[str]
    codes: list[str] = field(init=False)
    parents: list[str] = field(init=False)

    def run(self, *, renumber: bool) -> None:
        self.codes = [str(code) for code in self.rows["code"]]
        self.parents = [str(code) for code in self.rows["parent"]]
        self.used |= set(self.codes) - {""}
        level = self.rows["level"].to_numpy(dtype=np.int64)
        for each in sorted(set(level.tolist())):
            pattern = self.scheme.patterns.get(each)
            here = np.flatnonzero(level == each).tolist()
            can_number = pattern is not None and bool(pattern.digits)
            wanted = [row for row in here if not self.codes[row] or (renumber and can_number)]
            if not wanted:
                continue
            if pattern is None or not can_number:
                raise _no_numbers(wanted[0], each, self.scheme)
            self._level(wanted, pattern)

    def _level(self, wanted: Sequence[int], pattern: CodePattern) -> None:
        groups: dict[str, list[int]] = {}
        for row in wanted:
            above = self.parents[row] if pattern.has_parent else ""
            _check_parent(row, above, pattern)
            groups.setdefault(above, []).append(row)
        given: dict[str, str] = {}
        taken = _taken_numbers(self.used, pattern)
        for above in sorted(groups):
            for row, code in self._group(groups[above], above, pattern, taken.get(above, set())):
                if self.codes[row]:
                    given.setdefault(self.codes[row], code)
                self.codes[row] = code
                self.used.add(code)
        self.parents = [given.get(code, code) for code in self.parents]

    def _group(
        self, wanted: Sequence[int], above: str, pattern: CodePattern, taken: set[int]
    ) -> list[tuple[int, str]]:
        """Return the row and new code of grids under one parent."""
        names = self.rows["name"].to_numpy(dtype=object)[list(wanted)]
        order = reading_order(self.polygons[list(wanted)], self.crs, names)
        numbers = free_numbers(taken, len(wanted), pattern.digits)
        if len(numbers) < len(wanted):
            message = _(
                "Under {parent} there are {count} grids to number, and only {free} numbers left of"
                " {digits} digits; use a pattern with more digits."
            )
            raise LimitError(
                message,
                parent=above or "–",
                count=len(wanted),
                free=len(numbers),
                digits=pattern.digits,
            )
        return [
            (wanted[at], pattern.code(number, above))
            for at, number in zip(order.tolist(), numbers, strict=True)
        ]


def _taken_numbers(used: Iterable[str], pattern: CodePattern) -> dict[str, set[int]]:
    """Return the numbers in codes that fit the pattern, by the parent they begin with."""
    taken: dict[str, set[int]] = {}
    for code in used:
        above = pattern.parent(code)
        number = pattern.number(code, above)
        if number is not None:
            taken.setdefault(above, set()).add(number)
    return taken


def free_numbers(taken: set[int], count: int, digits: int) -> list[int]:
    """Return the next numbers after the highest taken, then the lowest free; ascending.

    Parameters
    ----------
    taken : numbers given once
    count : how many are wanted; fewer come back where there are no more
    digits : of the largest number
    """
    last = 10**digits - 1
    highest = max(taken, default=0)
    after = list(range(highest + 1, min(highest + count, last) + 1))
    missing = count - len(after)
    if missing:
        free = (number for number in range(1, highest) if number not in taken)
        after += [number for number, _at in zip(free, range(missing), strict=False)]
    return sorted(after)


def _check_parent(row: int, parent: str, pattern: CodePattern) -> None:
    if not pattern.has_parent:
        return
    if not parent:
        message = _(
            "Row {row} has no code and no parent to begin one with; name the parent"
            " (--parent CODE where all grids have the same)."
        )
        raise FieldError(message, row=row + 1)
    fault = pattern.fault(pattern.code(1, parent), parent)
    if fault is not None:
        message = _(
            "Row {row}: the parent {parent} does not fit codes like {pattern}; correct the parent."
        )
        raise FieldError(message, row=row + 1, parent=parent, pattern=pattern.text)


def _no_numbers(row: int, level: int, scheme: CodeScheme) -> FieldError:
    return FieldError(
        _(
            "Row {row} is at level {level} and has no code; {scheme} does not number that level."
            " Give the code, or a pattern for the level."
        ),
        row=row + 1,
        level=level,
        scheme=scheme.name,
    )
