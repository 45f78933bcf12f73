"""Grids named in a list of buildings: matched, or said."""

from __future__ import annotations

import pandas as pd

from geogrid.offices.unit_grids import match_unit_grids

PLAN = pd.DataFrame(
    {
        "code": ["1", "11", "12", "2", "21"],
        "name": ["东社区", "第一网格", "第二网格", "西社区", "第一网格"],
        "parent": ["", "1", "1", "", "2"],
        "level": [2, 3, 3, 2, 3],
    }
)


def test_codes_and_names_are_matched() -> None:
    units, findings = match_unit_grids(pd.DataFrame({"grid": ["12", "第二网格", ""]}), PLAN)
    assert units["grid"].tolist() == ["12", "12", ""]
    assert findings == []


def test_unknown_and_ambiguous_grids_are_said_with_their_rows() -> None:
    given = pd.DataFrame({"grid": ["第一网格", "12", "第九网格", "第一网格"]})
    units, findings = match_unit_grids(given, PLAN)
    assert units["grid"].tolist() == ["", "12", "", ""]
    assert [(found.kind, found.rows) for found in findings] == [
        ("unknown_grid", (2,)),
        ("ambiguous_grid", (0, 3)),
    ]
    assert "第九网格" in findings[0].text("zh_CN")


def test_the_list_itself_is_left_alone() -> None:
    given = pd.DataFrame({"grid": ["第二网格"], "unit_id": ["U1"]})
    match_unit_grids(given, PLAN)
    assert given["grid"].tolist() == ["第二网格"]
