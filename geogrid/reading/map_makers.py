"""Whether a file may come from a map maker that shifts its coordinates, by what it mentions."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from geogrid.crs import is_in_china
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.reading.plausibility import Bounds

__all__ = ["suspect_datum"]

_MAP_MAKERS = re.compile(r"gcj-?_?02|bd-?_?09|amap|autonavi|tencent|baidu|高德|腾讯|百度|火星")
_MAP_DATA = re.compile(
    r"gcj-?_?02|bd-?_?09|amap|autonavi|高德|腾讯地图|百度(?:地图|坐标)|火星坐标", re.IGNORECASE
)
_SOURCE_COLUMN = re.compile(r"source|remark|note|datum|crs|来源|备注|说明|坐标系", re.IGNORECASE)
_SAMPLE_ROWS = 2000


def suspect_datum(
    names: Iterable[str], attributes: pd.DataFrame, bounds: Bounds | None
) -> list[Finding]:
    """Say when data called WGS 84 come from a map maker that shifts its coordinates.

    Parameters
    ----------
    names
        Of the file, its layers and titles.
    attributes
        Columns whose names, or whose source and remark texts, may tell.
    bounds
        Of the data in degrees.
    """
    if bounds is None or not is_in_china([bounds.west], [bounds.south])[0]:
        return []
    words = [*names, *(str(column) for column in attributes.columns)]
    found = next((m[0] for word in words if (m := _MAP_MAKERS.search(word.casefold()))), None)
    found = found or _mentioned(attributes)
    if found is None:
        return []
    return [
        Finding(
            "gcj02_suspected",
            _(
                "“{word}” in the file hints at AMap, Tencent or Baidu, whose coordinates are"
                " shifted by some 500 m. If they are, read it with datum='gcj02' or 'bd09'"
                " (--datum gcj02)."
            ),
            {"word": found},
        )
    ]


def _mentioned(attributes: pd.DataFrame) -> str | None:
    for column in attributes.columns:
        if _SOURCE_COLUMN.search(str(column)):
            for value in attributes[column].head(_SAMPLE_ROWS).dropna().unique():
                found = _MAP_DATA.search(str(value))
                if found:
                    return found[0]
    return None
