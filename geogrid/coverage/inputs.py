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
    are_valid,
    code_defects,
    invalid_defects,
    region_defects,
    require_finite,
    stand_ins,
    wide_steps,
)
from geogrid.errors import CrsError, FieldError, InputError
from geogrid.hierarchy import fill_levels
from geogrid.i18n import mark as _
from geogrid.rings import Rings, polygon_rings
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
    rings
        Of the polygons, and of the region at position n.
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
    rings: Rings
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
    outlines = np.zeros(0, dtype=object) if region is None else _areas(region, crs, is_region=True)
    area = None if region is None else _united(outlines)
    given = np.asarray(grids.geometry.array, dtype=object)
    both = given if area is None else np.append(given, area)
    rings = polygon_rings(both)
    require_finite(both, codes, rings)
    is_valid = are_valid(both, rings)
    is_bare = ~rings.has(len(both))  # covers nothing, fools nobody
    is_bare[is_bare] = shapely.is_missing(both[is_bare]) | shapely.is_empty(both[is_bare])
    if is_bare[: len(given)].all():
        raise InputError(_("None of the grids has a polygon."))
    is_wide = wide_steps(rings, len(both)) if crs.is_geographic else np.zeros(len(both), dtype=bool)
    polygons = stand_ins(both, is_valid, rings)
    if area is not None and polygons[-1] is None:
        raise InputError(_("The region has no area."))
    changed = np.flatnonzero(~is_valid & ~is_bare)
    parents, level = _texts(grids, "parent"), _levels(grids, codes)
    count = len(given)
    own = slice(0, count)

    def level_of(row: int) -> int | None:
        return None if level is None else int(level[row])

    beyond = [] if area is None else _broken_outlines(outlines, crs)
    broken = [
        *invalid_defects(given, is_valid[own], is_wide[own], codes, level_of),
        *code_defects(polygons, codes),
        *beyond,
    ]
    return CoverageInput(
        crs=crs,
        codes=codes,
        parents=parents,
        polygons=polygons[:count],
        rings=rings.exchanged(changed, polygons[changed]),
        tree=build_tree(codes, parents, level),
        region=None if area is None else polygons[-1],
        approved=None if approved_gaps is None else _approved(approved_gaps, crs),
        broken=tuple(broken),
        is_valid=bool((is_valid | is_bare).all()) and not is_wide.any() and not beyond,
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
    codes = _texts(grids, "code")
    if all(codes):
        return codes
    return tuple(code or f"#{row + 1}" for row, code in enumerate(codes))


def _texts(grids: gpd.GeoDataFrame, column: str) -> tuple[str, ...]:
    if column not in grids:
        return ("",) * len(grids)
    if pd.api.types.infer_dtype(grids[column], skipna=False) == "string":
        return tuple(grids[column].to_numpy(dtype=object))
    return tuple(_text(value) for value in grids[column])


def _text(value: Any) -> str:
    """Return a code as text; a column of numbers with gaps makes codes floats."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None or value is pd.NA or value != value else str(value)  # noqa: PLR0124


def _levels(grids: gpd.GeoDataFrame, codes: tuple[str, ...]) -> Integers | None:
    """Return the level of every row, None where the frame knows no levels."""
    if "level" not in grids and "parent" not in grids:
        return None
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


def _broken_outlines(outlines: Geometries, crs: pyproj.CRS) -> list[Defect]:
    """Return what is wrong with the rows of a region, before they are united."""
    rings = polygon_rings(outlines)
    is_valid = are_valid(outlines, rings)
    count = len(outlines)
    is_wide = wide_steps(rings, count) if crs.is_geographic else np.zeros(count, dtype=bool)
    return region_defects(outlines, is_valid, is_wide)


def _united(outlines: Geometries) -> shapely.Geometry:
    """Return several areas as one geometry; one alone keeps its bits."""
    if len(outlines) == 1:
        return outlines[0]
    rings = polygon_rings(outlines)
    return shapely.union_all(stand_ins(outlines, are_valid(outlines, rings), rings))


def _approved(gaps: object, crs: pyproj.CRS) -> shapely.Geometry:
    """Return approved gaps as one geometry; what is broken approves nothing."""
    outlines = _areas(gaps, crs)
    broken = np.flatnonzero(~shapely.is_valid(outlines))
    if len(broken):
        raise FieldError(
            _("The approved gap number {number} has a broken outline; correct it first."),
            number=int(broken[0]) + 1,
        )
    return _united(outlines)


def _areas(given: object, crs: pyproj.CRS, *, is_region: bool = False) -> Geometries:
    """Return the rows of a region or of approved gaps in `crs`, without empty ones."""
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
    return np.asarray(shapes, dtype=object)
