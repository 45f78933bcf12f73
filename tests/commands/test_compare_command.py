"""``geogrid compare`` as people and programs call it."""

from __future__ import annotations

import json
from pathlib import Path

import docx
import geopandas as gpd
import pytest
from click.testing import CliRunner, Result
from published import put_in_force
from shapely import box
from small_plan import grids as small_grids
from small_plan import use_small_plan

from geogrid.commands.compare import compare_command
from geogrid.store.samples import sample_folder
from geogrid.store.workspace import Workspace

CRS = "EPSG:4547"
X, Y = 500_000, 2_490_000


def part(west: float, east: float) -> object:
    return box(X + west, Y, X + east, Y + 100)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    old = gpd.GeoDataFrame(
        {"BM": ["A", "B"], "MC": ["一网格", "二网格"]}, geometry=[part(0, 100), part(100, 200)],
        crs=CRS,
    )  # fmt: skip
    new = gpd.GeoDataFrame(
        {"BM": ["A", "B"], "MC": ["一网格", "二网格"]}, geometry=[part(0, 120), part(120, 200)],
        crs=CRS,
    )  # fmt: skip
    old.to_file(tmp_path / "old.gpkg")
    new.to_crs("EPSG:4326").to_file(tmp_path / "new.geojson")
    place = gpd.GeoSeries([part(105, 115).centroid], crs=CRS).to_crs(4326)[0]
    (tmp_path / "units.csv").write_text(
        f"名称,类型,经度,纬度,户数\n一号楼,building,{place.x},{place.y},37\n", encoding="utf-8"
    )
    (tmp_path / "cases.csv").write_text(
        f"事件编号,状态,经度,纬度\nc1,处置中,{place.x},{place.y}\n", encoding="utf-8"
    )
    (tmp_path / "posts.csv").write_text("网格,岗位,姓名\n二网格,网格长,王五\n", encoding="utf-8")
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object, language: str = "en") -> Result:
    monkeypatch.setenv("GEOGRID_LANG", language)
    return CliRunner().invoke(compare_command, [str(one) for one in arguments])


def test_lists_and_files_of_every_kind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = [folder / f"c.{ending}" for ending in ("docx", "xlsx", "json", "html")]
    result = run(
        monkeypatch, folder / "old.gpkg", folder / "new.geojson",
        *(word for path in outputs for word in ("--out", path)),
        "--units", folder / "units.csv", "--cases", folder / "cases.csv",
        "--posts", folder / "posts.csv", "--datum", "wgs84", "--tolerance", "0.05",
        language="zh",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "边界调整 2；未变网格 0 个。" in result.output
    assert "二网格（B） → 一网格（A）" in result.output
    assert "户数 37" in result.output
    assert all(path.stat().st_size > 1000 for path in outputs)
    (move,) = json.loads((folder / "c.json").read_text(encoding="utf-8"))["moves"]
    assert move["area_m2"] == pytest.approx(2000, rel=0.001)
    assert (move["households"], move["open_cases"], move["staff"]) == (37, 1, 0)


def test_one_json_object(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(
        monkeypatch, folder / "old.gpkg", folder / "old.gpkg", "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert data["counts"]["unchanged"] == 2
    assert data["changes"] == data["moves"] == []


def test_folders_bring_their_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace(tmp_path / "ws")
    use_small_plan(workspace)
    result = run(monkeypatch, tmp_path / "ws", sample_folder("rural"), "--json")
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert {"households", "staff"} <= set(data["measures"])


def test_plans_that_are_kept_are_named_by_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace(tmp_path / "ws")
    use_small_plan(workspace)
    put_in_force(workspace)
    workspace.use(name="合并稿", grids=merged())
    out = tmp_path / "c.docx"
    kept = "--workspace", tmp_path / "ws"
    result = run(monkeypatch, 1, 2, *kept, "--json", "--out", out)
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert (data["before"]["name"], data["after"]["name"]) == ("手绘方案", "合并稿")
    assert data["counts"]["merged"] == 1
    assert {"households", "staff"} <= set(data["measures"])
    words = "\n".join(each.text for each in docx.Document(str(out)).paragraphs)
    assert "Plan in force · 手绘方案 → Draft · 合并稿" in words
    same = run(monkeypatch, 1, 2, "--database", f"sqlite:///{tmp_path}/ws/geogrid.sqlite", "--json")
    assert json.loads(same.stdout)["counts"] == data["counts"]
    wrong = run(monkeypatch, 1, 7, *kept)
    assert wrong.exit_code == 2
    assert "There are: 2 (Draft: 合并稿), 1 (Plan in force: 手绘方案)." in wrong.output
    nowhere = run(monkeypatch, 1, 2, "--workspace", tmp_path / "none")
    assert nowhere.exit_code == 2
    assert "--workspace" in nowhere.output
    assert not (tmp_path / "none").exists()


def merged() -> gpd.GeoDataFrame:
    """Give 112 to 111."""
    plan = small_grids().set_index("code", drop=False)
    plan.loc["111", "geometry"] = plan.geometry[["111", "112"]].union_all()
    return plan.drop("112").reset_index(drop=True)


def test_what_cannot_be_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = folder / "old.gpkg"
    result = run(monkeypatch, old, old, "--out", folder / "c.pdf")
    assert result.exit_code == 2
    assert "docx" in result.output
    result = run(monkeypatch, old, folder / "none.gpkg")
    assert result.exit_code == 2
    result = run(monkeypatch, old, folder / "new.geojson", "--out", folder / "new.geojson")
    assert result.exit_code == 2
