"""Location for users of ``dask.dataframe`` and ``dask-geopandas``."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from geogrid.placing.grid_layer import build_layer
from geogrid.placing.placer import Placer
from geogrid.placing.rows import locate_frame

__all__ = ["locate_partitions"]


def locate_partitions(
    frame: Any,
    grids: gpd.GeoDataFrame,
    *,
    datum: str | None = None,
    crs: object = None,
    lon: str | None = None,
    lat: str | None = None,
    language: str = "en",
) -> Any:
    """Add to every row of a Dask frame the grid it is in, partition by partition.

    Parameters
    ----------
    frame
        A ``dask.dataframe.DataFrame``, also of GeoDataFrames with points (as
        ``dask_geopandas`` makes them), which know their system themselves.
    grids, datum, crs, lon, lat
        As for :func:`geogrid.placing.locate_rows`.
    language
        Of the column ``reason``.

    Returns
    -------
    A frame of the same kind, index, order and partitions, with the columns that
    :func:`geogrid.placing.locate_rows` adds. Nothing is computed yet. With a
    ``distributed.Client`` the index is sent to every worker once, now.

    Raises
    ------
    CrsError
        The grids have no CRS; or, when it is computed, neither datum nor CRS is said.

    Notes
    -----
    Doubts about the whole list, such as another datum, need all rows and are not raised here;
    ``geogrid locate --workers`` has them.
    """
    if isinstance(frame._meta, gpd.GeoDataFrame) and lon is None and datum is None and crs is None:
        crs = frame._meta.crs
    placer = Placer(build_layer(grids), datum, crs)
    given = {"lon": lon, "lat": lat, "address": ""}
    meta = _located(frame._meta, placer, given, language)
    return frame.map_partitions(_located, _shared(placer), given, language, meta=meta)


def _located(
    rows: pd.DataFrame, placer: Placer, given: dict[str, str | None], language: str
) -> pd.DataFrame:
    return locate_frame(rows, placer, given, language)


def _shared(placer: Placer) -> Any:
    """Return a stand-in for what all partitions need: sent once, not with every task."""
    import dask  # noqa: PLC0415 - an extra
    from distributed import default_client  # noqa: PLC0415

    try:
        client = default_client()
    except ValueError:  # no client: Dask computes in this process
        return dask.delayed(placer, pure=False)
    return client.scatter(placer, broadcast=True, hash=False)
