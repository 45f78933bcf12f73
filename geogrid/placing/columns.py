"""Which columns of a list say where its rows are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from geogrid.fields import POINT_FIELDS, UNIT_FIELDS, field_key, recognise_fields

__all__ = ["PointColumns", "find_columns", "find_grid_column"]

_PAIR_COLUMNS = frozenset((
    "坐标", "经纬度", "经纬度坐标", "位置坐标", "坐标点", "坐标位置", "地理坐标", "点坐标", "定位",
    "定位坐标", "gps", "gps坐标", "coordinates", "coordinate", "lonlat", "lnglat", "latlng",
    "latlon", "geopoint", "wkt",
))  # fmt: skip
"""Keys of columns that hold both numbers."""


@dataclass(frozen=True)
class PointColumns:
    """Names of columns, ``""`` where there is none; `lon` alone may hold both numbers."""

    lon: str = ""
    lat: str = ""
    address: str = ""


def find_columns(names: Iterable[str], given: Mapping[str, str | None]) -> PointColumns:
    """Recognise the columns of a list.

    Parameters
    ----------
    names : of all columns, in order
    given : ``lon``, ``lat`` and ``address`` where they are chosen, ``""`` for none, else None

    Raises
    ------
    FieldError
        A chosen column does not exist.
    """
    known = list(names)
    chosen = {name: column for name, column in given.items() if column is not None}
    if chosen.get("lon") and "lat" not in chosen:
        chosen["lat"] = ""  # both numbers are in one column
    found = recognise_fields(known, POINT_FIELDS, chosen=chosen)
    if "lon" not in chosen and not (found.get("lon") and found.get("lat")):
        pair = next((str(name) for name in known if field_key(name) in _PAIR_COLUMNS), "")
        found["lon"] = found.get("lon") or pair or found.get("lat", "")
        found["lat"] = ""
    return PointColumns(found.get("lon", ""), found.get("lat", ""), found.get("address", ""))


def find_grid_column(names: Iterable[str]) -> str:
    """Return the column in which each row of a list names its grid, ``""`` for none."""
    return recognise_fields(list(names), {"grid": UNIT_FIELDS["grid"]}).get("grid", "")
