"""``geogrid print`` as people call it."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner, Result
from PIL import Image
from small_plan import use_small_plan

from geogrid.cli import main
from geogrid.store import Workspace, load_plan, sample_folder

SAMPLE = sample_folder("futian")


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object, language: str = "en") -> Result:
    monkeypatch.setenv("GEOGRID_LANG", language)
    return CliRunner().invoke(main, ["print", *(str(one) for one in arguments)])


def words_of(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    found = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return found


def test_a_map_of_a_sample_as_pdf_and_png(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = tmp_path / "map.pdf"
    result = run(monkeypatch, SAMPLE, pdf, "--grid", "440304090001", "--paper", "a4")
    assert result.exit_code == 0, result.output
    assert "A4, 1:" in result.output
    words = words_of(pdf)
    assert "Grid map of 红树林社区" in words
    assert "0755" not in words
    assert "For internal use" in words
    png = tmp_path / "map.png"
    result = run(monkeypatch, SAMPLE, png, "--dpi", "40", language="zh")
    assert result.exit_code == 0, result.output
    assert "放不下名称" in result.output
    pages = sorted(tmp_path.glob("map*.png"))
    assert [path.name for path in pages] == ["map-2.png", "map.png"]
    with Image.open(png) as picture:
        assert picture.info["dpi"] == pytest.approx((40, 40), abs=0.1)


def test_options_reach_the_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "leaflet.pdf"
    code = "440304090001001"
    more = ["--leaflet", "--grid", code, "--paper", "A5", "--phones", "--link", "https://a.example"]
    result = run(monkeypatch, SAMPLE, out, *more, "--mark", "审图号 1", "--status", "draft")
    assert result.exit_code == 0, result.output
    words = words_of(out)
    for text in ("0755", "审图号 1", "Draft", "Scan the code"):
        assert text in words


def test_all_leaflets_are_one_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "leaflets.pdf"
    more = ["--leaflets", "--grid", "440304090001", "--paper", "A5"]
    link = "https://a.example/g/{code}"
    result = run(monkeypatch, SAMPLE, out, *more, "--link", link)
    assert result.exit_code == 0, result.output
    assert "A5" in result.output
    grids = load_plan(SAMPLE).grids
    names = grids["name"][grids["parent"] == "440304090001"].tolist()
    document = pypdfium2.PdfDocument(out)
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    assert len(pages) == len(names) > 1
    for name, page in zip(names, pages, strict=True):
        assert name in page


def test_a_draft_in_a_workspace_is_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace(tmp_path / "workspace")
    use_small_plan(workspace)
    out = tmp_path / "map.pdf"
    assert run(monkeypatch, workspace.folder, out, language="zh").exit_code == 0
    assert "草案" in words_of(out)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["map.svg"], "must end in .pdf or .png"),
        (["map.pdf", "--grid", "9"], "no grid 9"),
        (["map.pdf", "--leaflet", "--grid", "9"], "no grid 9"),
        (["map.pdf", "--leaflets", "--grid", "9"], "no grid 9"),
        (["map.pdf", "--paper", "B5"], "B5"),
    ],
)
def test_what_cannot_be_printed_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    result = run(monkeypatch, SAMPLE, tmp_path / arguments[0], *arguments[1:])
    assert result.exit_code == 2
    assert said in result.output
    assert list(tmp_path.iterdir()) == []
