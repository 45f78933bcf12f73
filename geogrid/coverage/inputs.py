"""What a coverage check needs from a frame, checked: nothing is guessed, bad rows are named."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.defects import Defect
from geogrid.coverage.tiers import Tree, build_tree
from geogrid.coverage.validity import (
    code_defects,
    invalid_defects,
    require_finite,
    stand_ins,
    wide_steps,
)
from geogrid.errors import CrsError, FieldError, InputError
from geogrid.hierarchy import fill_levels
from geogrid.i18n import mark as _
from geogrid.topology import Integers

__all__ = ["CoverageInput", "read_input"]


@dataclass(frozen=True)
class CoverageInput:
    """Grids and region, ready to be summed.

    Attributes
    ----------
    crs
        Of the grids and of everything else here.
    codes, parents
        Of each row; the position (``"#3"``) where there is no code, "" for no parent.
    polygons
        (n,) valid stand-ins, None for rows without area.
    tree
        Levels and parents.
    region, approved
        Valid (Multi)Polygons or None.
    broken
        Defects of rows and region by themselves: invalid ones and repeated codes.
    is_valid
        Whether every grid and the region is valid as given.
    """

    crs: pyproj.CRS
    codes: tuple[str, ...]
    parents: tuple[str, ...]
    polygons: Geometries
    tree: Tree
    region: shapely.Geometry | None
    approved: shapely.Geometry | None
    broken: tuple[Defect, ...]
    is_valid: bool

    @property
    def has_tree(self) -> bool:
        """Whether any row has its parent in the frame."""
        return bool((self.tree.parent >= 0).any())


def read_input(
    grids: gpd.GeoDataFrame, region: object, approved_gaps: object, tolerance_m: float
) -> CoverageInput:
    """Take apart the arguments of :func:`geogrid.coverage.check_coverage`.

    Raises
    ------
    InputError, CrsError, FieldError
        As described there.
    """
    _check_arguments(grids, tolerance_m)
    crs = pyproj.CRS.from_user_input(grids.crs)
    codes = _codes(grids)
    given = np.asarray(grids.geometry.array, dtype=object)
    require_finite(given, codes)
    polygons, is_valid = stand_ins(given)
    is_bare = shapely.is_missing(given) | shapely.is_empty(given)  # covers nothing, fools nobody
    if is_bare.all():
        raise InputError(_("None of the grids has a polygon."))
    is_wide = wide_steps(given) if crs.is_geographic else np.zeros(len(given), dtype=bool)
    parents, level = _texts(grids, "parent"), _levels(grids, codes)
    tree = build_tree(codes, parents, level)
    levels = [None if level is None else int(level[row]) for row in range(len(codes))]
    broken = invalid_defects(given, is_wide, codes, levels) + code_defects(polygons, codes)
    area, region_defects = _region(region, crs)
    return CoverageInput(
        crs=crs,
        codes=codes,
        parents=parents,
        polygons=polygons,
        tree=tree,
        region=area,
        approved=None if approved_gaps is None else _as_area(approved_gaps, crs),
        broken=(*broken, *region_defects),
        is_valid=bool((is_valid | is_bare).all()) and not is_wide.any() and not region_defects,
    )


def _check_arguments(grids: object, tolerance_m: object) -> None:
    """Raise where grids or tolerance are nothing that can be worked with."""
    if not isinstance(grids, gpd.GeoDataFrame) or grids.active_geometry_name is None:
        raise InputError(
            _("The grids must be a GeoDataFrame of polygons, not {kind}."),
            kind=type(grids).__name__,
        )
    if not len(grids):
        raise InputError(_("There are no grids to check."))
    if grids.crs is None:
        raise CrsError(_("The grids have no coordinate reference system; say which they are in."))
    if not isinstance(tolerance_m, Real) or not float(tolerance_m) >= 0.0:
        raise InputError(_("The tolerance must be 0 or more metres."))


def _codes(grids: gpd.GeoDataFrame) -> tuple[str, ...]:
    return tuple(code or f"#{row + 1}" for row, code in enumerate(_texts(grids, "code")))


def _texts(grids: gpd.GeoDataFrame, column: str) -> tuple[str, ...]:
    if column not in grids:
        return ("",) * len(grids)
    return tuple(_text(value) for value in grids[column])


def _text(value: Any) -> str:
    """Return a code as text; a column of numbers with gaps makes codes floats."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None or value is pd.NA or value != value else str(value)  # noqa: PLR0124


def _levels(grids: gpd.GeoDataFrame, codes: tuple[str, ...]) -> Integers | None:
    """Return the level of every row, None where the frame knows no levels."""
    columns = {"code": codes, "parent": _texts(grids, "parent"), "name": ""}
    table = pd.DataFrame(columns, index=range(len(grids)))
    table["level"] = _level_numbers(grids, codes) if "level" in grids else pd.NA
    table["level"] = table["level"].astype("Int64")
    has_parents = table["parent"].isin(set(codes)).any()
    if table["level"].isna().all() and not has_parents:
        return None
    unknown = table["level"].isna()
    if unknown.any() and not has_parents:
        row = int(np.argmax(unknown.to_numpy()))
        raise FieldError(
            _("Row {row} ({code}) has no level, while others have one."),
            row=row + 1,
            code=codes[row],
        )
    return np.asarray(fill_levels(table)["level"].to_numpy(dtype=np.int64))


def _level_numbers(grids: gpd.GeoDataFrame, codes: tuple[str, ...]) -> pd.Series:
    """Return the column of levels as whole numbers with gaps, from row 0."""
    given = grids["level"].reset_index(drop=True)
    numbers = pd.to_numeric(given, errors="coerce")
    is_bad = (numbers.isna() & given.notna()) | (numbers.notna() & (numbers % 1 != 0))
    if is_bad.any():
        row = int(np.argmax(is_bad.to_numpy(dtype=bool)))
        raise FieldError(
            _("Row {row} ({code}): the level “{value}” is not a whole number."),
            row=row + 1,
            code=codes[row],
            value=str(given[row])[:20],
        )
    return numbers.astype("Int64")


def _region(region: object, crs: pyproj.CRS) -> tuple[shapely.Geometry | None, list[Defect]]:
    """Return the valid region, and what is wrong with the one given."""
    if region is None:
        return None, []
    area = _as_area(region, crs, is_region=True)
    shapes = np.array([area], dtype=object)
    polygons, _valid = stand_ins(shapes)
    if polygons[0] is None:
        raise InputError(_("The region has no area."))
    is_wide = wide_steps(shapes) if crs.is_geographic else np.zeros(1, dtype=bool)
    return polygons[0], invalid_defects(shapes, is_wide, ("",), (None,), is_region=True)


def _as_area(given: object, crs: pyproj.CRS, *, is_region: bool = False) -> shapely.Geometry:
    """Return one geometry in `crs`; several rows are united, one keeps its bits."""
    if isinstance(given, gpd.GeoDataFrame | gpd.GeoSeries):
        if given.crs is None:
            raise CrsError(_("The region or approved gaps have no coordinate reference system."))
        here = given if given.crs == crs else given.to_crs(crs)
        shapes = np.asarray(here.geometry.array, dtype=object)
    else:
        shapes = np.atleast_1d(np.asarray(given, dtype=object))
    if shapes.ndim != 1 or not (shapely.is_geometry(shapes) | (shapes == None)).all():  # noqa: E711
        raise InputError(
            _(
                "The region or approved gaps must be a polygon, or a GeoDataFrame or GeoSeries"
                " with a reference system, not {kind}."
            ),
            kind=type(given).__name__,
        )
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if not np.isfinite(shapely.get_coordinates(shapes)).all():
        raise FieldError(
            _("The region has a coordinate that is not a number.")
            if is_region
            else _("The approved gaps have a coordinate that is not a number.")
        )
    if len(shapes) == 1:
        return shapes[0]
    return shapely.union_all(stand_ins(shapes)[0])
