"""``geogrid gazetteer`` as people call it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from small_plan import use_small_plan

from geogrid.cli import main
from geogrid.store import Workspace

LIST = (
    "地址,名称,经度,纬度\n西街2号,,114.005,22.535\n西街2号,,114.005,22.535\n"
    "西街2号,,114.015,22.535\n东街9号,,,\n"
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    found = Workspace(tmp_path / "workspace")
    use_small_plan(found)
    (tmp_path / "门牌.csv").write_text(LIST, encoding="utf-8")
    return found


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> Result:
    monkeypatch.setenv("GEOGRID_LANG", "en")
    return CliRunner().invoke(main, ["gazetteer", *(str(one) for one in arguments)])


def test_a_list_is_taken_with_its_source_and_date(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "门牌.csv", "--workspace", workspace.folder, "--datum", "wgs84"
    looked = run(monkeypatch, *asked, "--dry-run")
    assert looked.exit_code == 0, looked.output
    assert "门牌.csv: 2 addresses, 1 rows merged into others, 1 left out." in looked.output
    assert "Rows 3 and 4 say “西街2号”, 1029 m apart; both are kept." in looked.output
    assert workspace.current().addresses is None
    fates = tmp_path / "fates.csv"
    run(monkeypatch, *asked, "--source", "公安", "--date", "2026-02-03", "--fates", fates)
    found = workspace.current().addresses
    assert found is not None
    assert set(found["source"] + found["dated"]) == {"公安2026-02-03"}
    written = pd.read_csv(fates)
    assert written["Row"].tolist() == [1, 2, 3, 4, 5]
    assert written["Why"].tolist()[-1] == "Rows 5: no position; left out of the gazetteer."


def test_a_slip_in_a_folder_makes_no_workspace(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "门牌.csv"
    result = run(monkeypatch, file, "--workspace", tmp_path / "slip", "--datum", "wgs84")
    assert (result.exit_code, "no workspace" in result.output) == (2, True)
    assert not (tmp_path / "slip").exists()
    asked = (file, "--workspace", workspace.folder, "--datum", "wgs84", "--fates", file)
    assert run(monkeypatch, *asked).exit_code == 2
    assert file.read_text(encoding="utf-8") == LIST
    assert workspace.current().addresses is None


def test_what_cannot_be_taken_is_said(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("地址,经度,纬度\n西街2号,,\n", encoding="utf-8")
    for name, said in (
        ("a.csv", "No column holds"),
        ("b.csv", "Nothing in b.csv"),
        ("门牌.csv", "datum"),
    ):
        result = run(monkeypatch, tmp_path / name, "--workspace", workspace.folder)
        assert result.exit_code == 2
        assert said in result.output
    assert workspace.current().addresses is None
