from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hand_drawn import grids, lattice, outline
from shapely import Polygon, box

from geogrid.coverage import check_coverage
from geogrid.coverage.text import report_lines
from geogrid.coverage.verdict import area_text, length_text

FAR = pd.DataFrame({"lon": [10.0], "lat": [10.0], "households": [5]})


def test_a_proven_coverage_in_both_languages() -> None:
    report = check_coverage(grids(lattice(3, 2)), outline(3, 2))
    assert report.verdict("en") == (
        "Every home has one grid and only one: 6 grids cover without a seam"
    )
    assert report.verdict("zh_CN") == "每户都有且只有一个网格负责：6 个网格无缝覆盖"


def test_a_verdict_without_a_region_says_so() -> None:
    assert check_coverage(grids(lattice(3, 2))).verdict("zh_CN") == (
        "6 个网格之间没有空白和重叠，外缘没有检查：还缺辖区范围"
    )


def test_problems_are_counted_by_kind() -> None:
    bowtie = Polygon([(20, 0), (30, 10), (30, 0), (20, 10)])
    shapes = [box(0, 0, 11, 10), box(10, 0, 21, 10), bowtie, box(0, 10, 10, 22), box(0, 10, 10, 22)]
    report = check_coverage(grids(shapes), outline(3, 2))
    english = report.verdict("en").split("; ")
    assert english[0].startswith("gaps that nobody answers for: 2 (")
    assert english[1:] == [
        "overlaps: 2", "grids drawn twice: 1", "places beyond the region: 1", "broken outlines: 1",
    ]  # fmt: skip
    chinese = report.verdict("zh_CN").split("，")
    assert chinese[-4:] == ["2 处重叠", "1 处重复", "1 处超出辖区", "1 处图形错误"]


def test_gaps_where_nobody_lives_are_told_apart() -> None:
    frame = grids(np.delete(lattice(3, 3), 4))
    known = check_coverage(frame, outline(3, 3), units=FAR).verdict("en")
    assert known == "gaps where nobody lives: 1 (100 m²)"
    unknown = check_coverage(frame, outline(3, 3)).verdict("en")
    assert unknown == "gaps that nobody answers for: 1 (100 m²)"


def test_noise_and_unmatched_corners_are_remarks() -> None:
    shapes = [box(0, 0, 10, 10), box(10.004, 0, 20, 10)]
    verdict = check_coverage(grids(shapes), box(0, 0, 20, 10)).verdict("en")
    assert verdict == (
        "2 grids cover the region, no gap or overlap to speak of; slivers narrower than 1 cm: 1"
    )


@pytest.mark.parametrize(
    ("area_m2", "said"),
    [(0.4, "不足 1 平方米"), (999.6, "1,000 平方米"), (53_000, "5.3 公顷"), (2e6, "2.00 平方公里")],
)
def test_areas_as_people_say_them(area_m2: float, said: str) -> None:
    assert area_text(area_m2, "zh_CN") == said


@pytest.mark.parametrize(
    ("length_m", "said"),
    [
        (0.0, "less than 1 mm"),
        (0.004, "4 mm"),
        (0.25, "25 cm"),
        (12.34, "12.3 m"),
        (2500, "2.5 km"),
    ],
)
def test_lengths_as_people_say_them(length_m: float, said: str) -> None:
    assert length_text(length_m, "en") == said


def test_lines_of_text_are_cut_and_say_what_to_do() -> None:
    rng = np.random.default_rng(5)
    corners = shapely.get_coordinates(lattice(5, 5)).reshape(-1, 5, 2)[:, :4]
    frame = grids(
        shapely.polygons(corners + rng.normal(scale=0.3, size=corners.shape)),
        code=[str(at) for at in range(25)],
        name="grid",
    )
    report = check_coverage(frame, outline(5, 5))
    lines = list(report_lines(report, frame, "en"))
    assert lines[0] == report.verdict("en")
    assert any(line.startswith("… and ") for line in lines)
    assert "By neighbours:" in lines
    assert lines[-1].startswith("Next: correct")


def test_names_cannot_break_the_lines_or_command_the_terminal() -> None:
    shapes = [shapely.box(0, 0, 101, 100), shapely.box(100, 0, 200, 100)]
    frame = grids(shapes, code=["A", "B"], name=["one\n\x1b[31mtwo\x07", "网格" * 200])
    lines = list(report_lines(check_coverage(frame), frame, "en"))
    assert all(line.isprintable() for line in lines)
    assert any("one  [31mtwo 、" in line or "one  [31mtwo , " in line for line in lines)
    assert max(map(len, lines)) < 150


def test_a_page_may_show_headline_and_caveat_apart() -> None:
    shapes = [box(0, 0, 10, 10), box(10.004, 0, 20, 10)]
    parts = check_coverage(grids(shapes)).verdict_parts("zh_CN")
    assert parts.headline == "2 个网格之间没有空白和重叠"
    assert parts.caveats[0] == "外缘没有检查：还缺辖区范围"
    report = check_coverage(grids(shapes), box(0, 0, 20, 10))
    english = report.verdict_parts("en")
    assert english.remarks == ("slivers narrower than 1 cm: 1",)
    assert english.caveats == ()
    assert report.verdict("en") == f"{english.headline}; {english.remarks[0]}"
