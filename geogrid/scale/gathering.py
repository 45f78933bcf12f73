"""From partitions to what a check finishes on: the sum of edges, the polygons near trouble."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.coverage.inputs import CoverageInput, complete_input, frame_codes
from geogrid.coverage.outlines import Border
from geogrid.coverage.soundness import Soundness
from geogrid.coverage.unmatched import ROUNDING_ULP, ulp
from geogrid.coverage.validity import refuse_beyond_poles, refuse_not_finite
from geogrid.formats.parquet_parts import ParquetPart
from geogrid.rings import polygon_rings
from geogrid.scale.cells import Cells, fit_cells
from geogrid.scale.executor import Executor
from geogrid.scale.part import (
    Part,
    Summary,
    Wanted,
    are_among,
    bucket_of,
    inner_of,
    load_part,
    occupied,
    prepare,
    sum_part,
    summarise,
    wanted,
)
from geogrid.scale.sums import Counted, EdgeSums, add_up
from geogrid.topology import (
    Floats,
    Integers,
    Leftovers,
    chain_sum,
    connected_components,
    ring_edges,
    ring_steps,
)

__all__ = ["gathered_input"]

_MOST_BUCKETS = 16


@dataclass(frozen=True)
class _Parts:
    """Partitions where they are held, and the region, which is held here."""

    run: Executor
    held: list[Any]
    region: Part | None

    def each(self, function: Callable[..., Any], *args: Any) -> list[Any]:
        """Call a function with every partition, the region last, and gather the results."""
        found = self.run.gather([self.run.submit(function, part, *args) for part in self.held])
        return found if self.region is None else [*found, function(self.region, *args)]


def gathered_input(
    run: Executor,
    frame: gpd.GeoDataFrame,
    border: Border,
    sources: Sequence[ParquetPart],
    approved_gaps: object,
) -> CoverageInput:
    """Return the input of a check whose sum is made, with the polygons that matter.

    Parameters
    ----------
    run : where partitions are read and summed
    frame : the columns of all rows; its geometry is not looked at
    border : from :func:`geogrid.coverage.outlines.read_border`
    sources : the partitions, in the order of the rows
    approved_gaps : as for :func:`geogrid.check_coverage`

    Raises
    ------
    InputError, CrsError, FieldError, FormatError
        As :func:`geogrid.scale.check_coverage_distributed`.
    """
    count, is_geographic = len(frame), bool(frame.crs.is_geographic)
    held = [run.submit(load_part, source, is_geographic) for source in sources]
    region = None
    if len(border.area):
        region = prepare(border.area, count, is_geographic=is_geographic, sign=-1)
    parts = _Parts(run, held, region)
    summaries = parts.each(summarise)
    codes = frame_codes(frame)
    refuse_not_finite([row for one in summaries for row in one.not_finite], codes)
    refuse_beyond_poles([row for one in summaries for row in one.beyond_poles], codes)
    sound = _all_sound(summaries)
    steps = sum(one.steps for one in summaries)
    cells = fit_cells(np.array([one.bounds for one in summaries]), steps)
    total = _summed(parts, cells)
    found = _wanted(parts, cells, total.left.ends, _named(codes, sound))
    given = np.full(count + len(border.area), None, dtype=object)
    for one in found:
        given[one.rows] = shapely.from_wkb(one.wkb, on_invalid="ignore")
    given[count:] = border.area
    whole = frame.set_geometry(gpd.array.from_shapely(given[:count], crs=frame.crs))
    ready = complete_input(whole, border, approved_gaps, polygon_rings(given), sound)
    return replace(ready, left=_leftovers(ready, total))


def _all_sound(summaries: Sequence[Summary]) -> Soundness:
    return Soundness(
        np.concatenate([one.sound.is_valid for one in summaries]),
        np.concatenate([one.sound.is_bare for one in summaries]),
        np.concatenate([one.sound.is_wide for one in summaries]),
    )


def _named(codes: Sequence[str], sound: Soundness) -> Integers:
    """Return the positions of grids that are broken or whose code others have as well."""
    chosen = pd.Series(codes).duplicated(keep=False).to_numpy()
    count = len(chosen)
    chosen = chosen | (~sound.is_valid[:count] & ~sound.is_bare[:count]) | sound.is_wide[:count]
    return np.flatnonzero(chosen)


def _summed(parts: _Parts, cells: Cells) -> Counted:
    """Return what the sum over all partitions leaves over, and the number of edges."""
    run, buckets = parts.run, max(1, min(len(parts.held), _MOST_BUCKETS))
    used, times = np.unique(np.concatenate(parts.each(occupied, cells)), return_counts=True)
    shared = run.share(used[times > 1])
    sums = [run.submit(sum_part, part, cells, shared, buckets) for part in parts.held]
    inner = [run.submit(inner_of, one) for one in sums]
    outer = [[run.submit(bucket_of, one, at) for one in sums] for at in range(buckets)]
    own = []
    if parts.region is not None:
        border = sum_part(parts.region, cells, used[times > 1], buckets)
        own = [border.inner]
        for at, bucket in enumerate(outer):
            bucket.append(border.shared[at])
    counted = [*own, *run.gather([*inner, *(run.submit(add_up, bucket) for bucket in outer)])]
    return Counted(
        EdgeSums(
            np.concatenate([one.left.ends for one in counted]),
            np.concatenate([one.left.weight for one in counted]),
        ),
        sum(one.different for one in counted),
        sum(one.matched for one in counted),
    )


def _wanted(parts: _Parts, cells: Cells, left: Floats, named: Integers) -> list[Wanted]:
    run = parts.run
    shared = [run.share(one) for one in (left, _places(left), named)]
    return run.gather([run.submit(wanted, part, cells, *shared) for part in parts.held])


def _places(ends: Floats) -> Floats:
    """Return (p, 4) the bounds of edges that touch or nearly do, directly or through others."""
    if not len(ends):
        return np.zeros((0, 4))
    low, high = np.minimum(ends[:, :2], ends[:, 2:]), np.maximum(ends[:, :2], ends[:, 2:])
    margin = ROUNDING_ULP * np.maximum(ulp(low), ulp(high))[:, None]
    low, high = low - margin, high + margin
    boxes = shapely.box(*low.T, *high.T)
    label = connected_components(len(ends), *shapely.STRtree(boxes).query(boxes))
    order = np.argsort(label, kind="stable")
    first = np.unique(label[order], return_index=True)[1]
    return np.hstack(
        [np.minimum.reduceat(low[order], first), np.maximum.reduceat(high[order], first)]
    )


def _leftovers(given: CoverageInput, total: Counted) -> Leftovers:
    """Return the directed edges behind a sum, in the order of the polygons."""
    sign = np.ones(len(given.polygons) + (given.region is not None), dtype=np.int8)
    sign[len(given.polygons) :] = -1
    steps = ring_steps(given.rings)
    edges = ring_edges(given.rings, steps[are_among(given.rings, steps, total.left.ends)])
    group = np.zeros(len(sign), dtype=np.int64)
    return Leftovers(edges, chain_sum(edges, sign, group), total.different, total.matched)
