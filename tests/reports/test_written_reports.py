"""Reports are complete, hold what a later check needs, and never run a formula."""

from __future__ import annotations

from pathlib import Path

import docx
import openpyxl
import pytest
from hand_drawn import grids, lattice, outline

from geogrid.coverage import check_coverage
from geogrid.errors import FormatError
from geogrid.reports import compare_checks, read_check, write_report

FRAME = grids(lattice(3, 1)[[0, 2]], code=["=1+1", "B"], name=["东\x01网格", "西网格"])
REPORT = check_coverage(FRAME, outline(3, 1))


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("ending", ["docx", "xlsx", "gpkg", "json", "txt"])
def test_all_formats(tmp_path: Path, ending: str, language: str) -> None:
    path = tmp_path / f"report.{ending}"
    write_report(REPORT, FRAME, path, language=language, title="南园", date="2026-11-26")
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    if ending in ("gpkg", "json"):
        compared = compare_checks(read_check(path), REPORT)
        assert compared.counts() == {"fixed": 0, "new": 0, "remaining": 1, "eased": 0}


def test_codes_stay_text(tmp_path: Path) -> None:
    write_report(REPORT, FRAME, tmp_path / "r.xlsx")
    cells = [
        c for sheet in openpyxl.load_workbook(tmp_path / "r.xlsx") for row in sheet for c in row
    ]
    assert not any(cell.data_type == "f" for cell in cells)
    assert any(cell.value == "=1+1;B" for cell in cells)


def test_the_letter_is_a4_with_chinese_fonts(tmp_path: Path) -> None:
    write_report(REPORT, FRAME, tmp_path / "r.docx")
    document = docx.Document(str(tmp_path / "r.docx"))
    assert round(document.sections[0].page_width.cm, 1) == 21.0
    assert "宋体" in document.styles["Normal"].element.xml


def test_other_endings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="docx"):
        write_report(REPORT, FRAME, tmp_path / "r.pdf")


def test_a_moved_defect_remains_and_a_mended_one_is_fixed() -> None:
    moved = grids(lattice(3, 1)[[0, 2]], code=["=1+1", "B"])
    moved.loc[0, "geometry"] = __import__("shapely").box(0, 0, 11, 10)
    after = check_coverage(moved, outline(3, 1))
    assert compare_checks(REPORT, after).counts()["remaining"] == 1
    whole = check_coverage(grids(lattice(3, 1)), outline(3, 1))
    assert compare_checks(REPORT, whole).counts()["fixed"] == 1
    assert compare_checks(whole, REPORT).counts()["new"] == 1
