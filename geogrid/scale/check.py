"""The coverage check over partitions: sum apart, add up by edge, finish in one place.

1. Every worker reads its partition, asks each polygon whether it is sound, and sums its own
   edges.
2. Equal edges fall into the same small square, so that only edges in squares where several
   partitions (or the region) have edges are compared: shared out by a hash of their four
   coordinates, and summed by key in each bucket. All others are settled where they are.
3. The polygons that have edges left over, that lie near them, or are broken themselves come
   to the client, which finishes with the code of :func:`geogrid.check_coverage`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geogrid.coverage.check import check_input
from geogrid.coverage.inputs import check_arguments, frame_tree
from geogrid.coverage.outlines import read_border
from geogrid.coverage.report import CoverageReport
from geogrid.errors import InputError
from geogrid.formats.parquet_parts import (
    parquet_columns,
    parquet_crs,
    parquet_files,
    parquet_parts,
)
from geogrid.i18n import mark as _
from geogrid.scale.executor import executor_of
from geogrid.scale.gathering import gathered_input

__all__ = ["check_coverage_distributed"]

_COLUMNS = ("code", "level", "parent")


def check_coverage_distributed(
    paths: str | Path | Sequence[str | Path],
    region: object = None,
    *,
    client: Any = None,
    tolerance_m: float = 0.01,
    units: pd.DataFrame | None = None,
    approved_gaps: object = None,
) -> CoverageReport:
    """Check grids of one level in GeoParquet files, partition by partition.

    Parameters
    ----------
    paths
        A GeoParquet file, a folder of such files, or several; the row groups are the
        partitions, and the rows count through all files by name. Columns code, level and
        parent are used where there are any.
    region, tolerance_m, units, approved_gaps
        As for :func:`geogrid.check_coverage`.
    client
        A ``distributed.Client`` whose workers see the files under the same paths. None
        takes one partition after the other in this process.

    Returns
    -------
    CoverageReport
        The same as :func:`geogrid.check_coverage` gives for all rows in one frame, to the bit.

    Raises
    ------
    InputError
        The grids have several levels, which are checked in one process only; or as there.
    CrsError, FieldError, FormatError
        As there, and where a file cannot be read.
    """
    run = executor_of(client)
    files = parquet_files(paths)
    frame = _bare_frame(files)
    check_arguments(frame, tolerance_m)
    if len(frame_tree(frame).levels) > 1:
        raise InputError(
            _("Grids of several levels are checked in one process, not on workers: leave them out.")
        )
    border = read_border(region, frame.crs)
    given = gathered_input(run, frame, border, parquet_parts(files), approved_gaps)
    return check_input(given, tolerance_m=tolerance_m, units=units)[0]


def _bare_frame(files: Sequence[Path]) -> gpd.GeoDataFrame:
    """Return the columns of all rows, without their geometry."""
    columns = parquet_columns(files, _COLUMNS)
    none = gpd.array.from_shapely(np.full(len(columns), None, dtype=object))
    return gpd.GeoDataFrame(columns, geometry=none, crs=parquet_crs(files))
