from __future__ import annotations

import pandas as pd
import pytest

from geogrid.reading.map_makers import suspect_datum
from geogrid.reading.plausibility import Bounds

SHENZHEN = Bounds(114.0, 22.5, 114.1, 22.6)


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (["高德导出.geojson"], {}),
        (["grids_gcj02.geojson"], {}),
        (["x.kml", "Baidu"], {}),
        (["x.geojson"], {"amap_id": ["1"]}),
        (["x.geojson"], {"数据来源": ["现场", "高德地图"]}),
        (["x.geojson"], {"remark": ["GCJ-02"]}),
    ],
)
def test_the_makers_of_shifted_maps_are_suspected(
    names: list[str], columns: dict[str, list[str]]
) -> None:
    (finding,) = suspect_datum(names, pd.DataFrame(columns), SHENZHEN)
    assert finding.kind == "gcj02_suspected"
    assert "--datum gcj02" in finding.text()


@pytest.mark.parametrize(
    ("names", "columns", "bounds"),
    [
        (["grids.geojson"], {"name": ["百度大厦网格"]}, SHENZHEN),
        (["高德.geojson"], {}, Bounds(-0.2, 51.4, 0.1, 51.6)),
        (["高德.geojson"], {}, None),
    ],
)
def test_others_are_not_suspected(
    names: list[str], columns: dict[str, list[str]], bounds: Bounds | None
) -> None:
    assert suspect_datum(names, pd.DataFrame(columns), bounds) == []
