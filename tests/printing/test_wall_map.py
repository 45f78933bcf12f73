"""The wall map: exact paper, true scale, names in their places, and what is said of the rest."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from PIL import Image
from printing.conftest import request_of, words_of
from pypdfium2 import PdfDocument
from shapely.geometry import box

from geogrid.crs import geodesic_m
from geogrid.errors import FieldError
from geogrid.printing import PAPERS, Printed, Request, page_picture, print_map
from geogrid.printing.ground import lay_out
from geogrid.printing.layout import MAP_MARGIN
from geogrid.printing.paper import Box
from geogrid.printing.subject import colours_of, find_subject
from geogrid.store import Plan

COMMUNITY, GRID = "440304090001", "440304090001001"
NAMES = ("grid", "group", "number", "fine", "around")


def check_layout(printed: Printed) -> None:
    """Fail if a text leaves the paper, or a name on the map lies on another."""
    paper = PAPERS[printed.paper]
    width, height = paper.turned(printed.is_landscape)
    for text in printed.texts:
        if text.part == "watermark":
            continue  # cut off by the frame of the map
        west, south, east, north = text.box
        assert west >= -0.01, text
        assert south >= -0.01, text
        assert east <= width + 0.01, text
        assert north <= height + 0.01, text
    names = [text for text in printed.texts if text.part in NAMES]
    tree = shapely.STRtree([box(*text.box) for text in names])
    left, right = tree.query(tree.geometries, predicate="intersects")
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        if one < other:
            shared = box(*names[one].box).intersection(box(*names[other].box)).area
            own_lines = abs(other - one) == 1 and names[one].part == names[other].part
            assert own_lines or shared < 0.01, (names[one], names[other])


@pytest.fixture(scope="module")
def whole(town: Plan) -> Printed:
    return print_map(request_of(town))


def test_the_paper_is_exact_and_every_size_works(town: Plan) -> None:
    for name, paper in PAPERS.items():
        printed = print_map(request_of(town, code=COMMUNITY, paper=name))
        page = PdfDocument(printed.pdf)[0]
        sides = [points * 25.4 / 72 for points in page.get_size()]
        assert sorted(sides) == pytest.approx([paper.width, paper.height], abs=0.01)
        check_layout(printed)


def test_names_are_found_in_the_file_and_its_fonts_are_inside(whole: Printed, town: Plan) -> None:
    words = words_of(whole.pdf)
    for name in ("福田示例街道网格图", "红树林社区", "高尔夫球场专属网格", "现行"):
        assert name in words
    assert "© OpenStreetMap contributors" in words
    assert "2026-11-27" in words
    for name in town.grids["name"][town.grids["level"] == 3]:
        assert name in words  # on the map or in the list that follows
    fonts = set(re.findall(rb"/BaseFont /([\w+-]+)", whole.pdf))
    assert fonts
    assert all(re.match(rb"[A-Z]{6}\+NotoSansSC", font) for font in fonts)  # subsets
    embedded = len(re.findall(rb"/FontFile2 ", whole.pdf))
    assert embedded == len(re.findall(rb"/FontDescriptor ", whole.pdf)) > 0
    assert len(whole.pdf) < 1_000_000


def test_a_name_is_written_once_though_it_has_a_halo(whole: Printed) -> None:
    first = PdfDocument(whole.pdf)[0].get_textpage().get_text_range()
    assert first.count("高尔夫球场专属网格") == 1


def test_the_main_grids_are_readable_at_arms_length(whole: Printed) -> None:
    sizes = [text.size for text in whole.texts if text.part == "grid"]
    assert min(sizes) >= 12
    assert np.median(sizes) >= 14


def test_labels_lie_on_no_other_and_inside_the_paper(whole: Printed, town: Plan) -> None:
    check_layout(whole)
    check_layout(print_map(request_of(town, paper="A4")))
    check_layout(print_map(request_of(town, code=GRID, paper="A3", language="en")))


def test_every_grid_is_named_numbered_or_said_to_be_missing(whole: Printed, town: Plan) -> None:
    grids = int((town.grids["level"] == 3).sum())
    numbers = [text.text for text in whole.texts if text.part == "number"]
    said = {found.kind: found.params["n"] for found in whole.findings}
    assert said["numbered"] == len(numbers) == len(set(numbers))
    named = {text.box.middle for text in whole.texts if text.part == "grid"}
    assert len(named) >= grids - len(numbers) - said.get("unlabelled", 0)
    table = [text.text for text in whole.texts if text.part == "table"]
    assert set(numbers) <= set(table)


def test_a_known_distance_measures_right_on_paper(town: Plan) -> None:
    subject = find_subject(town.grids)
    ground = lay_out(subject.outline, Box(10, 40, 287, 380), MAP_MARGIN)
    west, south, east, north = subject.outline.bounds
    pairs = [((west, south), (east, north)), ((west, north), (east, south))]
    for start, end in pairs:
        (x0, y0), (x1, y1) = shapely.get_coordinates(ground.to_paper(shapely.points([start, end])))
        metres = float(geodesic_m(*start, *end))
        assert np.hypot(x1 - x0, y1 - y0) * ground.scale / 1000 == pytest.approx(metres, rel=1e-4)


def test_the_scale_bar_is_as_long_as_it_says(whole: Printed) -> None:
    bar = [text for text in whole.texts if text.part == "scale"]
    assert f"1 : {whole.scale:,}" in [text.text for text in bar]
    marks = {text.text: sum(text.box[::2]) / 2 for text in bar if not text.text.startswith("1 :")}
    far = next(text for text in marks if text.endswith("米"))
    metres = float(far.split()[0])
    long = marks[far] - marks["0"]
    assert long * whole.scale / 1000 == pytest.approx(metres, rel=0.005)


def test_a_picture_has_the_pixels_and_dpi_of_its_paper(whole: Printed) -> None:
    picture = Image.open(BytesIO(page_picture(whole.pdf, dpi=100)))
    paper = PAPERS["A3"].turned(whole.is_landscape)
    assert picture.size == tuple(round(side / 25.4 * 100) for side in paper)
    assert picture.info["dpi"] == pytest.approx((100, 100), abs=0.1)
    colours = len(picture.resize((150, 150)).getcolors(150 * 150))
    assert colours > 50  # something is drawn
    with pytest.raises(FieldError, match="no page 9"):
        page_picture(whole.pdf, dpi=20, page=9)
    with pytest.raises(FieldError, match="million pixels"):
        page_picture(whole.pdf, dpi=2_000)


def test_the_sheet_lies_as_the_ground_does() -> None:
    wide, high = stripes(5, width=0.05), stripes(5, width=0.05, is_upright=True)
    assert print_map(bare(wide)).is_landscape
    assert not print_map(bare(high)).is_landscape
    assert not print_map(bare(wide, turn="portrait")).is_landscape


def test_drafts_say_so_across_the_map_and_others_do_not(town: Plan) -> None:
    for status, is_marked in (("draft", True), ("review", True), ("published", False)):
        for language, word in (("zh_CN", "草案"), ("en", "Draft")):
            request = request_of(town, code=GRID, status=status, language=language, paper="A4")
            printed = print_map(request)
            marks = [text.text for text in printed.texts if text.part == "watermark"]
            assert bool(marks) is is_marked
            assert (word in words_of(printed.pdf)) is is_marked


def test_phones_are_printed_only_when_asked_for(town: Plan) -> None:
    without = words_of(print_map(request_of(town, code=COMMUNITY)).pdf)
    assert "0755" not in without
    assert "0755" in words_of(print_map(request_of(town, code=COMMUNITY, phones=True)).pdf)


def test_both_languages(town: Plan) -> None:
    words = words_of(print_map(request_of(town, code=COMMUNITY, language="en")).pdf)
    assert "Grid map of 红树林社区" in words
    assert "Legend" in words
    chinese = words_of(print_map(request_of(town, code=COMMUNITY)).pdf)
    assert "红树林社区网格图" in chinese
    assert not re.search(r"\b(Legend|Grid|Border|Staff)\b", chinese)


def stripes(count: int, *, width: float = 0.01, is_upright: bool = False) -> gpd.GeoDataFrame:
    """Return grids side by side, `width` degrees wide and 0.01 high together."""
    step = width / count
    shapes = [
        box(0, at * step, 0.01, (at + 1) * step) if is_upright
        else box(at * step, 0, (at + 1) * step, 0.01)
        for at in range(count)
    ]  # fmt: skip
    return gpd.GeoDataFrame(
        {
            "code": [f"{at:04}" for at in range(count)],
            "name": [f"第{at}网格" for at in range(count)],
            "parent": "", "level": 3, "kind": "community", "households": 10, "people": 20,
        },
        geometry=shapes, crs=4326,
    )  # fmt: skip


def bare(grids: gpd.GeoDataFrame, **more: Any) -> Request:
    tables = Plan.empty_tables()
    plan = {"grids": grids, "streets": tables["streets"], "posts": tables["posts"]}
    return Request(**plan, plan_name="方案", today=date(2026, 11, 27), **more)


def test_no_staff_no_streets_and_one_grid() -> None:
    printed = print_map(bare(stripes(1)))
    check_layout(printed)
    assert printed.pages == 1
    assert "第0网格" in words_of(printed.pdf)


def test_posts_that_nobody_has_and_levels_that_are_not_there_are_left_out(town: Plan) -> None:
    words = words_of(print_map(bare(stripes(3))).pdf)
    assert "外边界" in words
    for absent in ("社区边界", "网格长", "专职", "兼职"):
        assert absent not in words
    led = town.posts[town.posts["post"] == "leader"]
    words = words_of(print_map(replace(request_of(town), posts=led)).pdf)
    assert "网格长" in words
    assert "专职" not in words


def test_nothing_to_print_is_said() -> None:
    with pytest.raises(FieldError, match="no grids"):
        print_map(bare(stripes(1).iloc[:0]))
    with pytest.raises(FieldError, match="no grid 99"):
        print_map(bare(stripes(1), code="99"))


def test_very_long_ground_several_parts_and_enclaves() -> None:
    long = stripes(3, width=0.6)
    check_layout(print_map(bare(long)))
    parts = stripes(2)
    inner = box(0.001, 0.004, 0.003, 0.006)
    left = shapely.union_all([box(0, 0, 0.005, 0.01).difference(inner), box(0.02, 0, 0.021, 0.001)])
    parts = parts.set_geometry([left, shapely.union_all([parts.geometry[1], inner])], crs=4326)
    printed = print_map(bare(parts))
    check_layout(printed)
    assert {"第0网格", "第1网格"} <= {text.text for text in printed.texts if text.part == "grid"}


def test_enclaves_are_filled(town: Plan) -> None:
    inner = box(0.004, 0.004, 0.006, 0.006)
    outer = box(0, 0, 0.01, 0.01).difference(inner)
    grids = stripes(2).set_geometry([outer, shapely.MultiPolygon([inner])], crs=4326)
    printed = print_map(bare(grids.assign(name=["", ""], code=["a", "b"])))
    picture = Image.open(BytesIO(page_picture(printed.pdf, dpi=72))).convert("RGB")
    pale = {(0xF4, 0xF2, 0xEE), (255, 255, 255)}
    counts = {colour: count for count, colour in picture.getcolors(picture.width * picture.height)}
    fills = [colour for colour in counts if counts[colour] > 1_500 and colour not in pale]
    assert len(fills) >= 2


def test_hostile_names_are_shown_plainly_and_reported() -> None:
    names = [
        "<b>粗</b> &amp; \\n", "很" * 500, "反\u202e转\x07网格", "笑😀脸", "שלום", "", "a\nb\tc",
    ]  # fmt: skip
    grids = stripes(len(names), width=0.03).assign(name=names)
    posts = pd.DataFrame(
        [["P1", "0000", "leader", "张\u202e三😀" + "长" * 300, "", "1", "1"]],
        columns=["post_id", "grid", "post", "holder", "deputy", "phone", "deputy_phone"],
    )
    request = bare(grids)
    printed = print_map(replace(request, posts=posts, plan_name="方案\x00\u202e<script>"))
    check_layout(printed)
    words = words_of(printed.pdf)
    assert "<b>粗</b> &amp;" in words.replace("\r\n", "")
    assert "笑□脸" in words
    assert "反转网格" in words
    assert "\u202e" not in words
    assert "0005" in words  # no name: the code
    said = next(found for found in printed.findings if found.kind == "unprintable")
    assert "笑□脸" in said.text("zh_CN")


@pytest.mark.slow
def test_ten_thousand_grids_come_out_with_a_warning() -> None:
    step = 0.001
    shapes = [
        box(x * step, y * step, (x + 1) * step, (y + 1) * step)
        for x in range(100) for y in range(100)
    ]  # fmt: skip
    grids = stripes(1).iloc[np.zeros(10_000, dtype=int)].reset_index(drop=True)
    grids = grids.assign(code=[f"{at:05}" for at in range(10_000)]).set_geometry(shapes, crs=4326)
    printed = print_map(bare(grids, paper="A3"))
    assert {found.kind for found in printed.findings} & {"unlabelled"}
    assert printed.pages > 10
    last = PdfDocument(printed.pdf)[printed.pages - 1].get_textpage().get_text_range()
    assert "10000" in last
    with pytest.raises(FieldError, match="too many"):
        print_map(bare(pd.concat([grids, grids.assign(code=grids["code"] + "b"),
                                  grids.assign(code=grids["code"] + "c")])))  # fmt: skip


def test_a_long_title_is_set_smaller_before_it_is_cut(town: Plan) -> None:
    name = "某某经济技术开发区管理委员会某某某街道办事处辖区社区网格划分"
    is_top = town.grids["level"] == 1
    grids = town.grids.assign(name=town.grids["name"].mask(is_top, name))
    printed = print_map(request_of(town, grids=grids, paper="A4"))
    check_layout(printed)
    assert any(name in text.text for text in printed.texts if text.part == "title")


def test_one_grid_is_spoken_of_as_one() -> None:
    narrow = [box(0, 0, 0.1, 0.1), box(0.1, 0, 0.1005, 0.1)]
    grids = stripes(2).set_geometry(narrow, crs=4326)
    said = [found.text() for found in print_map(bare(grids, paper="A5")).findings]
    assert any(text.startswith("One grid is too small") for text in said), said


def test_neighbours_have_different_colours(town: Plan) -> None:
    communities = town.grids[town.grids["level"] == 2]
    shapes = communities.geometry.to_numpy()
    colours = colours_of(shapes, 4)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        assert one == other or colours[one] != colours[other]
    assert max(colours) <= 4


def test_a_sheet_comes_out_the_same_each_time(town: Plan) -> None:
    request = request_of(town, code=COMMUNITY)
    assert print_map(request).pdf == print_map(request).pdf
