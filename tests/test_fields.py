from __future__ import annotations

import pytest

from geogrid.errors import FieldError
from geogrid.fields import (
    CASE_FIELDS,
    GRID_FIELDS,
    POINT_FIELDS,
    POST_FIELDS,
    UNIT_FIELDS,
    field_key,
    recognise_fields,
)

VOCABULARIES = [GRID_FIELDS, POINT_FIELDS, UNIT_FIELDS, POST_FIELDS, CASE_FIELDS]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("网格编码", "网格编码"), (" 网格 编码 ", "网格编码"), ("ＧＲＩＤ＿Code", "gridcode"),
     ("户数(户)", "户数"), ("户数（户）", "户数"), ("Ward Num", "wardnum"), ("“名称”", "名称")],
)  # fmt: skip
def test_width_case_spaces_and_units_do_not_matter(written: str, meant: str) -> None:
    assert field_key(written) == meant


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (["网格编码", "网格名称", "上级编码", "层级", "类型", "户数", "人口数"],
         {"code": "网格编码", "name": "网格名称", "parent": "上级编码", "level": "层级",
          "kind": "类型", "households": "户数", "people": "人口数"}),
        (["社区编码", "社区名称"], {"code": "社区编码", "name": "社区名称"}),
        (["社区编码", "社区名称", "网格编码", "网格名称"],
         {"code": "网格编码", "name": "网格名称", "parent": "社区编码"}),
        (["微网格编码", "网格编码"], {"code": "微网格编码", "parent": "网格编码"}),
        (["编号", "名称", "所属社区"], {"code": "编号", "name": "名称", "parent": "所属社区"}),
        (["Ward Num", "Ward Name", "id"], {"code": "Ward Num", "name": "Ward Name"}),
        (["PRECID", "NOTES"], {}),
        (["网格编", "网格名", "所属社"], {"code": "网格编", "name": "网格名", "parent": "所属社"}),
        (["code", "CODE"], {"code": "code"}),
    ],
)  # fmt: skip
def test_grid_columns_are_recognised(columns: list[str], found: dict[str, str]) -> None:
    assert recognise_fields(columns, GRID_FIELDS) == found


def test_case_columns_are_recognised() -> None:
    columns = ["工单编号", "来电时间", "诉求类型", "诉求地址", "经度", "纬度"]
    assert recognise_fields(columns, POINT_FIELDS) == {
        "lon": "经度", "lat": "纬度", "address": "诉求地址", "case_id": "工单编号",
        "reported_at": "来电时间", "category": "诉求类型",
    }  # fmt: skip


def test_coordinates_in_feet_are_not_taken_for_degrees() -> None:
    columns = ["X Coordinate (State Plane)", "Y Coordinate (State Plane)", "Latitude", "Longitude"]
    found = recognise_fields(columns, POINT_FIELDS)
    assert (found["lon"], found["lat"]) == ("Longitude", "Latitude")


def test_a_choice_overrides_recognition_and_frees_the_column_it_names() -> None:
    found = recognise_fields(["网格编码", "BM"], GRID_FIELDS, chosen={"code": "BM"})
    assert found["code"] == "BM"
    assert found["parent"] == "网格编码"


def test_an_empty_choice_means_no_column() -> None:
    assert recognise_fields(["类型", "编码"], GRID_FIELDS, chosen={"kind": ""}) == {"code": "编码"}


@pytest.mark.parametrize("chosen", [{"code": "nowhere"}, {"colour": "BM"}])
def test_a_choice_of_what_is_not_there_is_refused(chosen: dict[str, str]) -> None:
    with pytest.raises(FieldError, match=r"BM|code, name"):
        recognise_fields(["BM"], GRID_FIELDS, chosen=chosen)


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_every_field_is_known_by_its_own_name(vocabulary: dict[str, tuple[str, ...]]) -> None:
    for field, aliases in vocabulary.items():
        assert field_key(aliases[0]) == field_key(field)
        assert recognise_fields([field], vocabulary) == {field: field}


@pytest.mark.parametrize("name", ["[" * 100_000, "[" * 200, "（" * 100_000 + "网格编码"])
def test_a_name_made_to_take_long_is_compared_at_once(name: str) -> None:
    assert recognise_fields([name, "网格编码"], GRID_FIELDS) == {"code": "网格编码"}
