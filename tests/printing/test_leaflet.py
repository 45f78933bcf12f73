"""The leaflet: the grid, its people, its bounds and a code that phones read."""

from __future__ import annotations

from io import BytesIO

import pytest
import segno
from PIL import Image
from printing.conftest import request_of, words_of
from pypdfium2 import PdfDocument

from geogrid.errors import FieldError
from geogrid.hierarchy import build_hierarchy
from geogrid.printing import PAPERS, page_picture, print_leaflet, print_leaflets
from geogrid.printing.bounding import SIDES, bounds_in_words
from geogrid.store import Plan

GRID = "440304090005003"
LINK = "http://10.0.0.5:8000/g/440304090005003"


@pytest.mark.parametrize("paper", ["A4", "A5"])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_it_says_who_answers_where_it_ends_and_how_to_report(
    town: Plan, paper: str, language: str
) -> None:
    request = request_of(town, code=GRID, paper=paper, language=language, link=LINK)
    printed = print_leaflet(request)
    words = words_of(printed.pdf)
    for text in ("泰然第三网格", "专职网格员037号", "网格长031号", "泰然六路", "12345", "110"):
        assert text in words
    assert ("如何反映问题" in words) is (language == "zh_CN")
    assert ("How to report" in words) is (language == "en")
    size = PdfDocument(printed.pdf)[0].get_size()
    assert [side * 25.4 / 72 for side in size] == pytest.approx(
        [PAPERS[paper].width, PAPERS[paper].height], abs=0.01
    )
    for text in printed.texts:
        if text.part not in ("street", "around"):
            assert text.box.west >= 0
            assert text.box.east <= PAPERS[paper].width
            assert text.box.south >= 0


def test_the_code_reads_as_the_link(town: Plan) -> None:
    """The squares of the picture are those of the code, with four of quiet zone around."""
    printed = print_leaflet(request_of(town, code=GRID, paper="A4", link=LINK))
    picture = Image.open(BytesIO(page_picture(printed.pdf, dpi=200))).convert("L")
    matrix = [list(row) for row in segno.make(LINK, error="m", micro=False).matrix]
    side = min(184 * 0.44 * 0.62, 46.0)
    step = side / (len(matrix) + 8)
    x0 = 13 + 184 * 0.56
    mm = 200 / 25.4
    found = None
    for top in range(round(150 * mm), round(230 * mm)):  # where the head above it ends
        rows = [
            [
                int(picture.getpixel((round((x0 + (at + 4.5) * step) * mm),
                                      round(top + (row + 0.5) * step * mm))) < 128)
                for at in range(len(matrix))
            ]
            for row in (0, len(matrix) // 2, len(matrix) - 1)
        ]  # fmt: skip
        if rows == [matrix[0], matrix[len(matrix) // 2], matrix[-1]]:
            found = top
            break
    assert found is not None


def test_without_a_link_there_is_no_code(town: Plan) -> None:
    words = words_of(print_leaflet(request_of(town, code=GRID, paper="A4")).pdf)
    assert "二维码" not in words
    assert "12345" in words


def test_phones_only_when_asked_for_and_nobody_is_said(town: Plan) -> None:
    request = request_of(town, code=GRID, paper="A4")
    assert "0755" not in words_of(print_leaflet(request).pdf)
    request = request_of(town, code=GRID, paper="A4", phones=True)
    assert "0755" in words_of(print_leaflet(request).pdf)
    request = request_of(town, code=GRID, paper="A4", posts=town.posts.iloc[:0])
    assert "暂未公布人员" in words_of(print_leaflet(request).pdf)


def test_too_long_a_link_and_no_grid_are_refused(town: Plan) -> None:
    with pytest.raises(FieldError, match="300 characters"):
        print_leaflet(request_of(town, code=GRID, paper="A4", link="http://a/" + "x" * 400))


def test_bounds_are_streets_else_neighbours(town: Plan) -> None:
    tree = build_hierarchy(town.grids)
    words = bounds_in_words(town.grids, town.streets, tree, GRID)
    assert words["north"] == ["泰然六路"]
    assert "泰然九路" in words["east"]
    without = bounds_in_words(town.grids, town.streets.iloc[:0], tree, GRID)
    assert set(without) == set(SIDES)
    assert any("网格" in name for names in without.values() for name in names)


def test_several_leaflets_are_one_document(town: Plan) -> None:
    links = {code: f"http://10.0.0.5/g/{code}" for code in (GRID, "440304090005001")}
    shares: list[float] = []
    printed = print_leaflets(request_of(town, paper="A5"), links, tell=shares.append)
    assert shares == [0.5, 1.0]
    document = PdfDocument(printed.pdf)
    assert len(document) == printed.pages == 2
    names = [page.get_textpage().get_text_range() for page in document]
    assert "泰然第三网格" in names[0]
    assert "泰然第一网格" in names[1]
    alone = print_leaflet(request_of(town, paper="A5", code=GRID, link=links[GRID]))
    first = [text for text in printed.texts if text.page == 1]
    assert first == list(alone.texts)
    assert page_picture(printed.pdf, dpi=60) == page_picture(alone.pdf, dpi=60)
    for wrong in (
        {},
        {"999": ""},
        {GRID: "x" * 301},
        dict.fromkeys(map(str, range(1001)), ""),
    ):
        with pytest.raises(FieldError):
            print_leaflets(request_of(town), wrong)
