from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.errors import FieldError
from geogrid.fields import GRID_FIELDS
from geogrid.reading.attributes import grid_attributes

CANONICAL = list(GRID_FIELDS)


def objects(*values: object) -> pd.Series:
    return pd.Series(values, dtype=object)


def test_every_column_is_there_whatever_the_file_has() -> None:
    frame, findings, fields = grid_attributes(pd.DataFrame(index=range(2)))
    assert frame.columns.tolist() == CANONICAL
    assert frame.code.tolist() == ["1", "2"]
    assert [finding.kind for finding in findings] == ["made_codes"]
    assert fields == {}
    assert [str(dtype) for dtype in frame.dtypes] == [
        "str", "str", "str", "Int64", "str", "Int64", "Int64"
    ]  # fmt: skip


def test_columns_are_recognised_and_the_rest_is_kept_behind() -> None:
    rows = pd.DataFrame({"备注": ["x"], "网格编码": [440304003001], "层级": ["网格"]})
    frame, findings, fields = grid_attributes(rows)
    assert frame.columns.tolist() == [*CANONICAL, "备注"]
    assert frame.loc[0, ["code", "level", "备注"]].tolist() == ["440304003001", 3, "x"]
    assert fields == {"code": "网格编码", "level": "层级"}
    assert findings == []


def test_a_column_in_the_way_is_renamed_not_lost() -> None:
    rows = pd.DataFrame({"code": ["old"], "BM": ["new"], "geometry": ["text"]})
    frame, _, _ = grid_attributes(rows, {"code": "BM"})
    assert frame.loc[0, ["code", "code_original", "geometry_original"]].tolist() == [
        "new", "old", "text"
    ]  # fmt: skip


def test_two_columns_of_one_name_are_both_kept() -> None:
    rows = pd.DataFrame([["1", "a", "b"]], columns=["code", "x", "x"])
    frame, _, _ = grid_attributes(rows)
    assert frame.loc[0, ["x", "x_original"]].tolist() == ["a", "b"]


@pytest.mark.parametrize(
    ("written", "level"),
    [("街道", 1), ("社区", 2), ("村", 2), ("网格", 3), ("微网格", 4), ("三级网格", 3), ("3", 3),
     ("3级", 3), ("２", 2), (4.0, 4), ("Grid", 3), ("区县级", 0)],
)  # fmt: skip
def test_levels_are_known_by_their_names(written: object, level: int) -> None:
    frame, findings, _ = grid_attributes(pd.DataFrame({"code": ["a"], "level": [written]}))
    assert frame.level.tolist() == [level]
    assert findings == []


def test_an_unknown_level_is_empty_and_said() -> None:
    frame, findings, _ = grid_attributes(pd.DataFrame({"code": list("ab"), "层级": ["片", "3"]}))
    assert frame.level.tolist() == [pd.NA, 3]
    assert [(finding.kind, finding.rows) for finding in findings] == [("unreadable_value", (0,))]


def test_kinds_are_known_by_their_names_and_others_kept_as_written() -> None:
    rows = pd.DataFrame(
        {"code": list("abcde"), "类型": ["社区网格", "农村网格", "专属网格", "其他", ""]}
    )
    frame, findings, _ = grid_attributes(rows)
    assert frame.kind.tolist() == ["community", "village", "dedicated", "其他", ""]
    assert [finding.kind for finding in findings] == ["unknown_kind"]


def test_double_and_missing_codes_are_said_with_their_rows() -> None:
    _, findings, _ = grid_attributes(pd.DataFrame({"code": ["1", "2", "1", ""]}))
    assert [(finding.kind, finding.rows) for finding in findings] == [
        ("missing_code", (3,)), ("duplicate_code", (0, 2))
    ]  # fmt: skip
    assert "1, 3" in findings[1].text()


@pytest.mark.parametrize("code", ["4.40304E+11", 44030400300100120001.0])
def test_codes_that_lost_digits_are_said(code: object) -> None:
    _, findings, _ = grid_attributes(pd.DataFrame({"code": objects(code)}))
    assert [finding.kind for finding in findings] == ["lost_digits"]


def test_parents_given_by_name_become_codes_where_one_grid_has_the_name() -> None:
    rows = pd.DataFrame(
        {
            "编码": ["s", "c1", "g1", "g2", "g3", "g4"],
            "名称": ["街道甲", "社区乙", "社区丙", "双", "双", "未知"],
            "上级": ["", "街道甲", "社区乙", "社区丙", "双", "外面"],
        }
    )
    frame, _, _ = grid_attributes(rows)
    assert frame.parent.tolist() == ["", "s", "c1", "g1", "双", "外面"]


def test_a_grid_named_like_its_parent_is_not_its_own_parent() -> None:
    rows = pd.DataFrame({"编码": ["g1"], "名称": ["泰然"], "所属社区": ["泰然"]})
    assert grid_attributes(rows)[0].parent.tolist() == ["泰然"]


def test_choosing_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(FieldError, match="BM"):
        grid_attributes(pd.DataFrame({"a": [1]}), {"code": "BM"})


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.one_of(st.none(), st.text(max_size=8), st.integers(), st.floats(), st.booleans()),
        max_size=6,
    )
)
def test_any_values_make_a_frame_of_the_same_length(values: list[object]) -> None:
    rows = pd.DataFrame({field: pd.Series(values, dtype=object) for field in GRID_FIELDS})
    frame, _, _ = grid_attributes(rows)
    assert len(frame) == len(values)
    assert frame.columns.tolist() == CANONICAL
