"""Which level a flat list of boundaries is on, where its names leave no doubt."""

from __future__ import annotations

import geopandas as gpd

__all__ = ["likely_level"]

COMMUNITY = 2
_WORDS = ("社区", "居委会", "村委会", "行政村")


def likely_level(frame: gpd.GeoDataFrame) -> int | None:
    """Return 2 for communities, None where nothing says so.

    Parameters
    ----------
    frame
        From :func:`geogrid.boundaries.read_boundaries`: its columns of codes and names are
        called after communities (社区编码), or every name ends like one (南园社区).
    """
    fields = frame.attrs.get("fields", {})
    columns = [str(fields.get(name, "")) for name in ("code", "name")]
    names = frame["name"].astype("str").str.strip()
    is_named = len(names) > 0 and names.str.endswith(_WORDS).all()
    is_called = any(column.startswith("社区") for column in columns) and not any(
        "网格" in column for column in columns
    )
    return COMMUNITY if is_named or is_called else None
