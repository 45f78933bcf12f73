"""``geogrid export`` and ``geogrid import`` as people call them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from published import put_in_force
from small_plan import grids, posts, use_small_plan

from geogrid.cli import main
from geogrid.exchange import KINDS
from geogrid.store import Workspace, load_plan, sample_folder

ROSTER = "网格,岗位,姓名,电话\n甲一网格,网格长,新人,１３８００１３８０００\n合计,,1,\n注：略,,,\n"
BUILDINGS = "小区,楼栋,户数,经度,纬度\n新苑,1,12,114.005,22.535\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    found = Workspace(tmp_path / "workspace")
    use_small_plan(found)
    return found


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object, language: str = "en") -> Result:
    monkeypatch.setenv("GEOGRID_LANG", language)
    return CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.mark.parametrize("kind", KINDS)
def test_a_workspace_goes_out_and_into_another(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    out = tmp_path / f"plan{KINDS[kind].extension}"
    result = run(monkeypatch, "export", workspace.folder, out)
    assert result.exit_code == 0, result.output
    assert "手绘方案: 6 grids, 4 posts, 11 buildings written to" in result.output
    other = tmp_path / "other"
    result = run(monkeypatch, "import", out, "--workspace", other)
    assert result.exit_code == 0, result.output
    before, after = workspace.current(), Workspace(other).current()
    assert after.name == "手绘方案"
    pd.testing.assert_frame_equal(after.posts, before.posts)
    pd.testing.assert_frame_equal(after.units, before.units)
    assert after.grids.geometry.geom_equals(before.grids.geometry).all()


def test_the_folder_of_a_plan_goes_out_without_phones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(monkeypatch, "export", sample_folder("rural"), tmp_path / "a.gpkg", "--public")
    assert result.exit_code == 0, result.output
    result = run(monkeypatch, "import", tmp_path / "a.gpkg", "-o", tmp_path / "back")
    assert result.exit_code == 0, result.output
    assert set(load_plan(tmp_path / "back").posts["phone"]) == {""}


def test_what_a_shapefile_in_gbk_loses_is_said(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.use(name="表情😀", grids=grids().assign(name="😀"), posts=posts())
    result = run(
        monkeypatch, "export", workspace.folder, tmp_path / "a.shp.zip", "--encoding", "gbk",
        language="zh",
    )  # fmt: skip
    assert "6 个文本含有该格式或编码不支持的字符" in result.output


def test_lists_replace_those_of_the_plan_and_every_row_has_a_fate(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "花名册.csv").write_text(ROSTER, encoding="gb18030")
    (tmp_path / "楼栋.csv").write_text(BUILDINGS, encoding="utf-8")
    files = [tmp_path / "花名册.csv", tmp_path / "楼栋.csv"]
    fates = tmp_path / "fates.csv"
    looked = run(
        monkeypatch, "import", *files, "--workspace", workspace.folder, "--datum", "wgs84",
        "--fates", fates,
    )  # fmt: skip
    assert looked.exit_code == 0, looked.output
    assert "花名册.csv: 1 posts; rows taken 0, changed 1, left out 3." in looked.output
    assert "楼栋.csv: 1 buildings; rows taken 1, changed 0, left out 1." in looked.output
    now = workspace.current()
    assert now.posts[["grid", "holder", "phone"]].to_numpy().tolist() == [
        ["111", "新人", "13800138000"]
    ]
    assert now.units["compound"].tolist() == ["新苑"]
    assert now.name == "手绘方案"
    written = pd.read_csv(fates)
    assert written["Row"].tolist() == [1, 2, 3, 4, 1, 2]
    assert "is 13800138000 now" in written["Why"][1]


def test_lists_beside_a_plan_in_force_count_at_once(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_force(workspace)
    (tmp_path / "花名册.csv").write_text(ROSTER, encoding="gb18030")
    result = run(monkeypatch, "import", tmp_path / "花名册.csv", "--workspace", workspace.folder)
    assert result.exit_code == 0, result.output
    plan = workspace.current()
    assert (plan.posts["holder"].tolist(), len(plan.units)) == (["新人"], 11)
    assert workspace.former() == []


def test_without_a_target_nothing_is_written(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch, "export", workspace.folder, tmp_path / "a.xlsx")
    result = run(monkeypatch, "import", tmp_path / "a.xlsx")
    assert result.exit_code == 0, result.output
    assert "Nothing is written" in result.output


def test_boundaries_of_others_make_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grids().to_file(tmp_path / "边界.geojson")
    result = run(monkeypatch, "import", tmp_path / "边界.geojson", "-o", tmp_path / "new")
    assert result.exit_code == 0, result.output
    assert load_plan(tmp_path / "new").grids["code"].tolist() == grids()["code"].tolist()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (["花名册.csv"], "None of the files has grids"),
        (["没有.gpkg"], "There is no file"),
        (["a.gpkg", "b.gpkg"], "Give one file with a plan"),
    ],
)
def test_what_cannot_be_imported_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: list[str], said: str
) -> None:
    (tmp_path / "花名册.csv").write_text(ROSTER, encoding="utf-8")
    result = run(monkeypatch, "import", *[tmp_path / name for name in files])
    assert result.exit_code == 2
    assert said in result.output


def test_what_is_no_plan_is_not_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, "export", tmp_path, tmp_path / "a.gpkg")
    assert result.exit_code == 2
    assert "neither the folder of a plan" in result.output
