"""Advice about grids: one value per sentence, and all of it as a table like that of defects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2s
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geogrid.areas import straight_area_m2
from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.measure import COLUMNS, zoom_points
from geogrid.coverage.widths import lonlat
from geogrid.findings import Finding
from geogrid.topology import Floats, Integers

if TYPE_CHECKING:
    from geogrid.rules.words import Named

__all__ = ["Advice", "Subject", "advice_frame", "measured_areas"]

_OFF_DIGITS = 9


@dataclass(frozen=True)
class Advice:
    """One sentence of advice.

    Attributes
    ----------
    kind
        ``"scale"`` or ``"code"``.
    rows
        Positions of the grids concerned.
    detail
        What is said.
    off
        How far off it is: |ln(value / bound)| for numbers, 1 for what is there or not.
    subject
        Tells apart advice of one kind about the same grids: a post, a person.
    """

    kind: str
    rows: tuple[int, ...]
    detail: Finding
    off: float = 1.0
    subject: str = ""


@dataclass(frozen=True)
class Subject:
    """The grids that rules look at.

    Attributes
    ----------
    rows
        From :func:`geogrid.rules.frames.plain_grids`, levels and kinds filled.
    names
        What to call each.
    polygons
        (n,) valid stand-ins, None for rows without area.
    crs
        Of their coordinates.
    area_m2
        (n,) ellipsoidal; 0 without a polygon.
    """

    rows: pd.DataFrame
    names: Sequence[Named]
    polygons: Geometries
    crs: pyproj.CRS
    area_m2: Floats = field(repr=False)


def advice_frame(advice: Sequence[Advice], subject: Subject) -> gpd.GeoDataFrame:
    """Return advice in the form of the defects of a coverage report, the furthest off first.

    Parameters
    ----------
    advice
        In any order.
    subject
        The grids it is about.

    Returns
    -------
    GeoDataFrame
        Columns :data:`geogrid.coverage.measure.COLUMNS`. Area, households and geometry are
        those of the grids; of several grids the geometry is a point in each. Width is 0. An
        id depends on what is said of which grids, not on numbers, order or boundary.
    """
    codes = subject.rows["code"].to_numpy(dtype=object)
    grids = [tuple(sorted(codes[row] for row in one.rows)) for one in advice]
    shapes = np.array([_shape(one, subject.polygons) for one in advice], dtype=object)
    point = zoom_points(shapes)
    place = np.nan_to_num(point, nan=np.inf).tolist()
    order = sorted(
        range(len(advice)),
        key=lambda at: (
            -round(advice[at].off, _OFF_DIGITS),
            advice[at].kind,
            grids[at],
            advice[at].detail.kind,
            advice[at].subject,
            place[at],
        ),
    )
    taken = np.array(order, dtype=np.int64)
    return _frame([advice[at] for at in order], [grids[at] for at in order], shapes[taken],
                  point[taken], subject)  # fmt: skip


def _frame(
    advice: Sequence[Advice],
    grids: Sequence[tuple[str, ...]],
    shapes: Geometries,
    point: Floats,
    subject: Subject,
) -> gpd.GeoDataFrame:
    level = subject.rows["level"]
    first = [one.rows[0] for one in advice]
    degrees = lonlat(point, subject.crs) if len(point) else np.zeros((0, 2))
    frame = gpd.GeoDataFrame(
        {
            "id": pd.Series(_ids(advice, grids, level), dtype="str"),
            "kind": pd.Series([one.kind for one in advice], dtype="str"),
            "severity": pd.Series(["advice"] * len(advice), dtype="str"),
            "level": pd.Series([level.iloc[row] for row in first], dtype="Int64"),
            "grids": pd.Series(list(grids), dtype=object),
            "area_m2": [float(subject.area_m2[list(one.rows)].sum()) for one in advice],
            "width_m": np.zeros(len(advice)),
            "lon": degrees[:, 0],
            "lat": degrees[:, 1],
            "households": _sums(advice, subject.rows["households"]),
            "buildings": pd.Series([pd.NA] * len(advice), dtype="Int64"),
            "detail": pd.Series([one.detail for one in advice], dtype=object),
        },
        geometry=gpd.array.from_shapely(shapes, crs=subject.crs),
        crs=subject.crs,
    ).astype({"area_m2": "float64"})
    return frame[list(COLUMNS)]


def _sums(advice: Sequence[Advice], counts: pd.Series) -> pd.Series:
    """Return the sum of each row's grids, missing where one of them is."""
    known = counts.to_numpy(dtype="float64", na_value=np.nan)
    sums = [known[list(one.rows)].sum() for one in advice]
    return pd.Series(sums, dtype="float64").astype("Int64")


def _shape(advice: Advice, polygons: Geometries) -> shapely.Geometry:
    found = [polygons[row] for row in advice.rows if polygons[row] is not None]
    if not found:
        return shapely.Point()
    if len(advice.rows) == 1:
        return found[0]
    return shapely.multipoints(shapely.point_on_surface(np.array(found, dtype=object)))


def _ids(advice: Sequence[Advice], grids: Sequence[tuple[str, ...]], level: pd.Series) -> list[str]:
    seen: dict[str, int] = {}
    ids = []
    for one, codes in zip(advice, grids, strict=True):
        text = "|".join(
            [one.kind, str(level.iloc[one.rows[0]]), *codes, one.detail.kind, one.subject]
        )
        name = f"{one.kind}-{blake2s(text.encode(), digest_size=4).hexdigest()}"
        seen[name] = seen.get(name, 0) + 1
        ids.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return ids


def measured_areas(polygons: Geometries, crs: pyproj.CRS) -> Floats:
    """Return (n,) ellipsoidal m², 0 for rows without a polygon."""
    area = np.zeros(len(polygons))
    known: Integers = np.flatnonzero(~shapely.is_missing(polygons))
    area[known] = straight_area_m2(polygons[known], crs)
    return area
