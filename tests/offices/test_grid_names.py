"""Grids by what people write for them."""

from __future__ import annotations

import time

import pandas as pd
import pytest

from geogrid.offices.grid_names import build_grid_names, split_grid_list

GRIDS = pd.DataFrame(
    [
        ("440304090", "示例街道", "", 1),
        ("440304090001", "泰安社区", "440304090", 2),
        ("440304090002", "竹林社区", "440304090", 2),
        ("440304090001001", "第一网格", "440304090001", 3),
        ("440304090001002", "第二网格", "440304090001", 3),
        ("440304090002001", "第一网格", "440304090002", 3),
        ("440304090002101", "竹林社区101网格", "440304090002", 3),
        ("44030409000100101", "第一微网格", "440304090001001", 4),
        ("A-1", "市场/专属网格", "440304090001", 3),
    ],
    columns=["code", "name", "parent", "level"],
)
NAMES = build_grid_names(GRIDS)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("440304090001001", ["440304090001001"]),
        ("４４０３０４０９０００１００１", ["440304090001001"]),
        ("泰安社区", ["440304090001"]),
        ("泰安", ["440304090001"]),
        ("泰安社区第一网格", ["440304090001001"]),
        ("泰安社区 一网格", ["440304090001001"]),
        ("泰安社区第1网格", ["440304090001001"]),
        ("第一网格", ["440304090001001", "440304090002001"]),
        ("101", ["440304090002101"]),
        ("101网格", ["440304090002101"]),
        ("第二网格", ["440304090001002"]),
        ("a-1", ["A-1"]),
        ("市场/专属网格", ["A-1"]),
        ("第九网格", []),
        ("", []),
    ],
)
def test_find(text, codes):
    assert NAMES.find(text) == codes


def test_the_community_settles_a_name():
    assert NAMES.find("第一网格", within="竹林社区") == ["440304090002001"]
    assert NAMES.find("1", within="440304090001") == ["440304090001001"]
    assert NAMES.find("第二网格", within="竹林社区") == ["440304090001002"]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("101", ["101"]),
        ("101、102,103", ["101", "102", "103"]),
        ("101-103", ["101", "102", "103"]),
        ("第1至第3网格", ["第1网格", "第2网格", "第3网格"]),
        ("098~101", ["098", "099", "100", "101"]),
        ("第一网格、第二网格", ["第一网格", "第二网格"]),
        ("A-1", ["A-1"]),
        ("市场/专属网格", ["市场/专属网格"]),
        ("1-9999", ["1-9999"]),
        ("5-3", ["5-3"]),
        ("", []),
    ],
)
def test_lists_of_grids(text, items):
    assert split_grid_list(text, NAMES) == items


def test_a_cell_of_digits_only_is_no_range():
    text = "、".join(["9" * 5_000 + "-" + "9" * 5_000, "1" * 2_000])
    begin = time.perf_counter()
    assert split_grid_list(text, NAMES) == text.split("、")
    assert time.perf_counter() - begin < 2
