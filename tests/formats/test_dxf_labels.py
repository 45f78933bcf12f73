from __future__ import annotations

import numpy as np
import pytest
import shapely

from geogrid.formats.dxf_labels import LabelText, label_areas, locate_labels, parse_label
from geogrid.formats.dxf_texts import Label

SQUARES = np.array([shapely.box(x, 0, x + 10, 10) for x in (0, 10, 20)], dtype=object)


def label(text: str, x: float, y: float = 5.0, height: float = 2.0) -> Label:
    return Label("0", text, ((x, y), (x, y)), height)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("440304003001", LabelText(code="440304003001")),
        ("４４０３０４", LabelText(code="440304")),
        ("WG-01", LabelText(code="WG-01")),
        ("7", LabelText(code="7")),
        ("泰然一网格", LabelText(name="泰然一网格")),
        ("第3网格", LabelText(name="第3网格")),
        ("440304003001 泰然一网格", LabelText(code="440304003001", name="泰然一网格")),
        ("泰然一网格 440304003001", LabelText(code="440304003001", name="泰然一网格")),
        ("网格编码：440304003001\n名称: 泰然", LabelText(code="440304003001", name="泰然")),
        ("泰然\n社区", LabelText(name="泰然社区")),
        ("户数：260\n人口 700人", LabelText(households=260, people=700)),
        ("260户", LabelText(households=260)),
        ("12.55", LabelText()),
        ("面积：1234.5㎡", LabelText()),
        ("12.5m", LabelText()),
        ("", LabelText()),
        ("Grid 5", LabelText(name="Grid 5")),
    ],
)
def test_texts_are_told_apart(text: str, said: LabelText) -> None:
    assert parse_label(text) == said


def test_each_area_takes_the_labels_in_it() -> None:
    labels = [label("001", 5, 7), label("甲网格", 5, 3), label("002\n乙网格\n30户", 15)]
    frame, findings = label_areas(SQUARES, labels)
    assert frame.columns.tolist() == ["code", "name", "households"]
    assert frame.code.tolist() == ["001", "002", ""]
    assert frame.name.tolist() == ["甲网格", "乙网格", ""]
    assert [(finding.kind, finding.rows) for finding in findings] == [("unlabelled_area", (2,))]


def test_of_several_names_the_largest_text_wins_and_it_is_said() -> None:
    labels = [label("小字", 5), label("大字", 5, height=9), label("乙", 15), label("丙", 25)]
    frame, findings = label_areas(SQUARES, labels)
    assert frame.name.tolist() == ["大字", "乙", "丙"]
    assert [(finding.kind, finding.rows) for finding in findings] == [("several_labels", (0,))]


def test_without_labels_nothing_is_said() -> None:
    frame, findings = label_areas(SQUARES, [label("far", 99)])
    assert frame.columns.tolist() == []
    assert len(frame) == 3
    assert findings == []


def test_the_middle_of_a_text_counts_before_its_insertion_point() -> None:
    across = Label("0", "001", ((15, 5), (9, 5)), 2.0)
    outside = Label("0", "002", ((99, 5), (5, 5)), 2.0)
    assert locate_labels(SQUARES, [across, outside]).tolist() == [1, 0]


def test_of_areas_over_one_another_the_smallest_has_the_label() -> None:
    areas = np.array([shapely.box(0, 0, 100, 100), shapely.box(40, 40, 60, 60)], dtype=object)
    assert locate_labels(areas, [label("a", 50, 50), label("b", 5, 5)]).tolist() == [1, 0]
    assert locate_labels(areas, []).tolist() == []
