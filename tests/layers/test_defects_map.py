"""The map of defects as one file."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geogrid import built
from geogrid.coverage import check_coverage
from geogrid.errors import InputError
from geogrid.layers.defects_map import MapNotes, write_defects_map

NASTY = "</script><img src=x onerror=alert(1)>"
GRIDS = gpd.GeoDataFrame(
    {
        "code": ["A", "B"],
        "name": [NASTY, "西"],
        "kind": "community",
        "level": pd.array([3, 3], dtype="Int64"),
    },
    geometry=[
        shapely.box(114.000, 22.5, 114.0011, 22.501),
        shapely.box(114.001, 22.5, 114.0019, 22.501),
    ],
    crs="EPSG:4326",
)
REGION = gpd.GeoDataFrame(geometry=[shapely.box(114, 22.5, 114.002, 22.501)], crs="EPSG:4326")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("map") / "map.html"
    report = check_coverage(GRIDS, REGION)
    write_defects_map(report, GRIDS, path, "zh_CN", region=REGION, notes=MapNotes(title=NASTY))
    return path.read_text(encoding="utf-8")


def test_it_asks_nobody_for_anything(page: str) -> None:
    markup = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert re.findall(r"""\b(?:src|href|action)=["'](?!#)""", markup) == []
    assert "url(http" not in page
    assert "default-src 'none'" in html.unescape(page)


def test_names_cannot_become_markup(page: str) -> None:
    assert NASTY not in page
    assert "<img" not in page.split("<body", 1)[1].split("<script", 1)[0]


def test_it_carries_the_report(page: str) -> None:
    text = page.split('id="data">', 1)[1].split("</script>", 1)[0]
    data = json.loads(text)
    assert {row["kind"] for row in data["report"]["rows"]} >= {"gap", "overlap"}
    assert data["levels"]["3"]["features"][0]["properties"]["name"] == NASTY
    assert len(data["region"]["features"]) == 1
    assert [row[:3] for row in data["grids"]] == [["A", NASTY, 3], ["B", "西", 3]]


def test_it_is_in_the_language_asked(tmp_path: Path) -> None:
    report = check_coverage(GRIDS)
    write_defects_map(report, GRIDS, tmp_path / "en.html", "en")
    page = (tmp_path / "en.html").read_text(encoding="utf-8")
    assert 'lang="en"' in page
    assert "Check of boundaries" in page


def test_without_a_front_end_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(built, "DIST", tmp_path)
    with pytest.raises(InputError, match=re.escape("scripts/build_assets.py")):
        write_defects_map(check_coverage(GRIDS), GRIDS, tmp_path / "map.html")


def test_a_map_that_cannot_be_placed_leaves_nothing(tmp_path: Path) -> None:
    from geogrid.errors import InputError  # noqa: PLC0415
    from geogrid.tabular.writing import replace_file  # noqa: PLC0415

    old = tmp_path / "map.html"
    old.write_text("old", encoding="utf-8")
    with pytest.raises(InputError), replace_file(old) as file:
        file.write(b"half")
        raise OSError(28, "disk full")
    assert [each.name for each in tmp_path.iterdir()] == ["map.html"]
    assert old.read_text(encoding="utf-8") == "old"
