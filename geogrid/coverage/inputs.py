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
from geogrid.coverage.outlines import Border, approved_area, broken_outlines, read_border
from geogrid.coverage.soundness import Soundness, soundness
from geogrid.coverage.tiers import Tree, build_tree
from geogrid.coverage.validity import (
    code_defects,
    invalid_defects,
    refuse_beyond_poles,
    refuse_not_finite,
    rows_beyond_poles,
    rows_not_finite,
    stand_ins,
)
from geogrid.errors import CrsError, FieldError, InputError
from geogrid.hierarchy import fill_levels
from geogrid.i18n import mark as _
from geogrid.rings import Rings, polygon_rings
from geogrid.topology import Integers, Leftovers

__all__ = [
    "CoverageInput",
    "check_arguments",
    "code_text",
    "complete_input",
    "frame_codes",
    "frame_tree",
    "level_numbers",
    "read_input",
]


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
    left
        What the sum over all grids leaves over, where it is known already: then polygons
        that no defect is near may be missing here, with their rings.
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
    left: Leftovers | None = None

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
    check_arguments(grids, tolerance_m)
    crs = pyproj.CRS.from_user_input(grids.crs)
    border = read_border(region, crs)
    both = np.append(np.asarray(grids.geometry.array, dtype=object), border.area)
    rings = polygon_rings(both)
    bad = rows_not_finite(both, rings)
    if any(row < len(grids) for row in bad):
        refuse_not_finite(bad, frame_codes(grids))
    if crs.is_geographic and (bad := rows_beyond_poles(rings)):
        refuse_beyond_poles(bad, frame_codes(grids))
    sound = soundness(both, rings, is_geographic=crs.is_geographic)
    return complete_input(grids, border, approved_gaps, rings, sound)


def complete_input(
    grids: gpd.GeoDataFrame,
    border: Border,
    approved_gaps: object,
    rings: Rings,
    sound: Soundness,
) -> CoverageInput:
    """Put together what a check needs, once polygons are known to be sound or not.

    Parameters
    ----------
    grids : the frame; of polygons that are sound and near no defect the geometry may be None
    border : from :func:`read_border`
    approved_gaps : as for :func:`geogrid.coverage.check_coverage`
    rings : of the grids and the region's area at position n
    sound : of the same (n or n + 1) polygons, also of those that are None here

    Raises
    ------
    InputError, CrsError, FieldError
        As :func:`read_input`, but for coordinates that are not finite or no degrees.
    """
    count, has_region = len(grids), len(border.area) > 0
    if sound.is_bare[:count].all():
        raise InputError(_("None of the grids has a polygon."))
    given = np.asarray(grids.geometry.array, dtype=object)
    both = np.append(given, border.area)
    polygons = stand_ins(both, sound.is_valid, rings)
    if has_region and polygons[-1] is None:
        raise InputError(_("The region has no area."))
    crs = pyproj.CRS.from_user_input(grids.crs)
    changed = np.flatnonzero(~sound.is_valid & ~sound.is_bare)
    codes, parents = frame_codes(grids), _texts(grids, "parent")
    level = _levels(grids, codes)
    beyond = broken_outlines(border.outlines, crs) if has_region else []
    broken = [
        *invalid_defects(
            given,
            sound.is_valid[:count],
            sound.is_wide[:count],
            codes,
            lambda row: None if level is None else int(level[row]),
        ),
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
        region=polygons[-1] if has_region else None,
        approved=None if approved_gaps is None else approved_area(approved_gaps, crs),
        broken=tuple(broken),
        is_valid=sound.is_whole and not beyond,
    )


def frame_tree(grids: pd.DataFrame) -> Tree:
    """Return the levels and parents of a frame, of which no geometry is needed."""
    codes = frame_codes(grids)
    return build_tree(codes, _texts(grids, "parent"), _levels(grids, codes))


def check_arguments(grids: object, tolerance_m: object) -> None:
    """Raise an InputError or CrsError where grids or tolerance cannot be worked with."""
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


def frame_codes(grids: pd.DataFrame) -> tuple[str, ...]:
    """Return the code of every row, its number (``"#3"``) where there is none."""
    codes = _texts(grids, "code")
    if all(codes):
        return codes
    return tuple(code or f"#{row + 1}" for row, code in enumerate(codes))


def _texts(grids: pd.DataFrame, column: str) -> tuple[str, ...]:
    if column not in grids:
        return ("",) * len(grids)
    values = grids[column].to_numpy(dtype=object)
    # A column of dtype str is "string" to pandas whatever is missing in it.
    if pd.api.types.infer_dtype(values, skipna=False) == "string":
        return tuple(values)
    return tuple(code_text(value) for value in values)


def code_text(value: Any) -> str:
    """Return a code as text; a column of numbers with gaps makes codes floats."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None or value is pd.NA or value != value else str(value)  # noqa: PLR0124


def _levels(grids: pd.DataFrame, codes: tuple[str, ...]) -> Integers | None:
    """Return the level of every row, None where the frame knows no levels."""
    if "level" not in grids and "parent" not in grids:
        return None
    columns = {"code": codes, "parent": _texts(grids, "parent"), "name": ""}
    table = pd.DataFrame(columns, index=range(len(grids)))
    table["level"] = level_numbers(grids, codes) if "level" in grids else pd.NA
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


def level_numbers(grids: pd.DataFrame, codes: tuple[str, ...]) -> pd.Series:
    """Return the column of levels as whole numbers with gaps, from row 0.

    Raises
    ------
    FieldError
        A level is not a whole number.
    """
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
