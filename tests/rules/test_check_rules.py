"""Advice: what is said, in which form, in which order."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hand_drawn import grids as drawn
from rules.places import place, posts, squares

from geogrid.coverage import check_coverage
from geogrid.coverage.measure import COLUMNS
from geogrid.errors import CrsError, FieldError, InputError
from geogrid.rules import builtin_profiles, check_rules, code_scheme, parse_profile, with_advice
from geogrid.rules.profile import CodeRules, Profile, Range, ShapeRules, SizeRule, StaffRule

CITY = builtin_profiles()["city"]
BARE = Profile("bare", shape=ShapeRules(one_part=False))


def said(advice: gpd.GeoDataFrame, language: str = "en") -> list[str]:
    return [one.text(language) for one in advice["detail"]]


def test_a_plain_sentence_in_the_form_of_a_defect() -> None:
    grids = place([812, 300, 260], 3)
    grids["name"] = ["1 号网格", "2 号网格", "3 号网格"]
    profile = Profile("own", sizes=(SizeRule(households=Range(300, 500)),))
    advice = check_rules(grids, profile)
    assert list(advice.columns) == list(COLUMNS)
    assert set(advice["kind"]) == {"scale"}
    assert set(advice["severity"]) == {"advice"}
    assert said(advice, "zh_CN") == [
        "1 号网格有 812 户，超过 300–500 户的建议范围",
        "3 号网格有 260 户，低于 300–500 户的建议范围",
    ]
    assert advice["grids"].tolist() == [("11001",), ("11003",)]
    assert advice["households"].tolist() == [812, 260]
    assert advice["area_m2"].gt(4e4).all()
    defects = check_coverage(grids).defects
    assert (advice.dtypes.astype(str) == defects.dtypes.astype(str)).all()
    assert advice.crs == grids.crs


def test_nothing_to_say_has_the_same_columns() -> None:
    advice = check_rules(place([260], 1), CITY)
    assert (len(advice), list(advice.columns)) == (0, list(COLUMNS))
    assert advice.crs == "EPSG:4326"


def test_open_ranges_people_and_areas() -> None:
    grids = place([10], 1).assign(people=[5000])
    rule = SizeRule(households=Range(low=20), people=Range(high=3000), area_km2=Range(0.1, 2.0))
    text = said(check_rules(grids, Profile("own", sizes=(rule,))), "zh_CN")
    assert text == [
        "第 1 网格面积 0.0456 平方公里，低于 0.1–2 平方公里的建议范围",
        "第 1 网格有 10 户，少于建议的 20 户",
        "第 1 网格有 5,000 人，多于建议的 3,000 人",
    ]


def test_the_furthest_off_comes_first_and_ids_are_stable() -> None:
    grids = place([510, 5000, 100, 300], 4)
    advice = check_rules(grids, CITY)
    assert [one[0] for one in advice["grids"]] == ["11002", "11003", "11001"]
    shuffled = check_rules(grids.iloc[[3, 2, 0, 1]].reset_index(drop=True), CITY)
    pd.testing.assert_frame_equal(
        advice.drop(columns=["detail", "geometry"]), shuffled.drop(columns=["detail", "geometry"])
    )
    later = grids.assign(households=[700, 5000, 300, 300])
    later.geometry = later.geometry.translate(1e-4)
    moved = check_rules(later, CITY)
    assert set(moved["id"]) < set(advice["id"])
    assert all(one.startswith("scale-") for one in advice["id"])


def test_the_first_rule_that_fits_counts() -> None:
    profile = parse_profile(
        "[[size]]\nlevels=[4]\nhouseholds={max=50}\n"
        "[[size]]\nkinds=['农村网格']\nhouseholds={max=100}\n"
        "[[size]]\nhouseholds={max=500}\n"
    )
    grids = place([90, 120, 400, 600], 4).assign(
        kind=["village", "village", "community", ""], level=[4, 3, 3, 3]
    )
    assert sorted(one[0] for one in check_rules(grids, profile)["grids"]) == [
        "11001", "11002", "11004",
    ]  # fmt: skip


def test_households_come_from_buildings_where_grids_say_none() -> None:
    grids = place(None, 2).to_crs("EPSG:4547")
    units = pd.DataFrame(
        {"lon": [114.001, 114.001, 114.001, np.nan], "lat": [22.499, 22.499, 22.499, np.nan],
         "households": [400, 300, 700, 210], "grid": ["", "", "11002", "11002"]}
    )  # fmt: skip
    advice = check_rules(grids, CITY, units=units)
    assert advice["households"].tolist() == [910, 700]
    assert check_rules(grids, CITY).empty


def test_pieces_and_compactness() -> None:
    apart = shapely.multipolygons([shapely.box(0, 0, 100, 100), shapely.box(200, 0, 210, 10)])
    shapes = [apart, shapely.box(0, 200, 2000, 210), shapely.box(0, 300, 100, 400)]
    advice = check_rules(drawn(shapes), Profile("own", shape=ShapeRules(compactness=0.1)))
    text = dict(zip(advice["grids"], said(advice), strict=True))
    assert text == {
        ("A",): "A lies in 2 separate pieces; outside the largest are 100 m²",
        ("B",): "B is long or ragged: compactness 0.02, advised 0.10 or more",
    }
    assert check_rules(drawn(shapes), BARE).empty


def test_compactness_is_metric_and_right() -> None:
    circle = shapely.Point(0, 0).buffer(500, quad_segs=256)
    square = shapely.box(0, 600, 500, 1100)
    plane = drawn([circle, square])
    profile = Profile("own", shape=ShapeRules(compactness=1.0))
    for crs in ("EPSG:4326", plane.crs):
        text = sorted(said(check_rules(plane.to_crs(crs), profile)))
        assert "compactness 1.00" in text[0]
        assert "compactness 0.79" in text[1]


def test_every_grid_is_in_exactly_one_community() -> None:
    boxes = squares(6)
    grids = gpd.GeoDataFrame(
        {
            "code": ["1", "11", "12", "111", "112", "1121"],
            "parent": ["", "1", "1", "11、12", "1", "112"],
            "level": [1, 2, 2, 3, 3, 4],
        },
        geometry=boxes,
        crs="EPSG:4326",
    )
    assert sorted(said(check_rules(grids, BARE), "zh_CN")) == [
        "111 同时划给了几个社区：11、12",
        "112 不属于任何社区",
    ]
    twice = place(None, 2).assign(code="11001", parent=["11", "12"])
    assert {one.kind for one in check_rules(twice, BARE)["detail"]} == {
        "several_communities", "duplicate_code",
    }  # fmt: skip
    outside = place(None, 2).assign(parent=["11", ""])
    assert said(check_rules(outside, BARE)) == ["第 2 网格 belongs to no community"]
    assert check_rules(place(None, 2).assign(parent=""), BARE).empty


def test_posts_are_filled_or_deputised() -> None:
    grids = place(None, 3)
    staff = posts(
        ("11001", "full_time", "", "乙"),
        ("11002", "full_time", ""),
        ("11003", "full_time", "丙"),
        ("11003", "micro_leader", ""),
        ("11", "leader", "上级"),
    )
    rule = StaffRule(levels=(3,), posts=("full_time",), at_least=1)
    advice = check_rules(grids, Profile("own", staff=(rule,)), posts=staff)
    assert sorted(said(advice, "zh_CN")) == [
        "第 2 网格没有专职网格员",
        "第 3 网格的微网格长空缺，没有 B 岗，目前由本网格的 丙 代管",
    ]
    assert sorted(said(check_rules(grids, Profile("own"), posts=staff), "zh_CN")) == [
        "第 2 网格的专职网格员空缺，没有 B 岗，上级也无人代管",
        "第 3 网格的微网格长空缺，没有 B 岗，目前由本网格的 丙 代管",
    ]
    above = pd.concat([grids, place(None, 1).assign(code="11", parent="", level=2, name="社区")])
    text = said(check_rules(above, Profile("own"), posts=staff), "zh_CN")
    assert text == [
        "第 2 网格的专职网格员空缺，没有 B 岗，目前由上级人员 上级 代管",
        "第 3 网格的微网格长空缺，没有 B 岗，目前由上级人员 上级 代管",
    ]
    assert check_rules(grids, Profile("own", staff=(rule,))).empty


def test_one_person_for_too_many_grids() -> None:
    grids = place(None, 3)
    staff = posts(*[(code, "leader", "王", "", phone) for code, phone in
                    zip(grids["code"], ["1", "1", "2"], strict=True)])  # fmt: skip
    rule = StaffRule(posts=("leader",), most_grids=1)
    advice = check_rules(grids, Profile("own", staff=(rule,)), posts=staff)
    assert advice["grids"].tolist() == [("11001", "11002")]
    assert said(advice, "zh_CN") == ["王一人担任 2 个网格的网格长，建议最多 1 个"]


def test_codes_are_advised() -> None:
    grids = place(None, 4)
    community = "440304001001"
    grids["code"] = [community + "001", community + "02", "440304001002003", ""]
    grids["parent"] = community
    rules = CodeRules(code_scheme("DB11/T 2157"), retired=frozenset([community + "001"]))
    advice = check_rules(grids, Profile("own", codes=rules))
    assert set(advice["kind"]) == {"code"}
    assert {one.kind for one in advice["detail"]} == {
        "retired_code", "code_length", "code_characters", "missing_code",
    }  # fmt: skip
    text = " ".join(said(advice, "zh_CN"))
    assert "编码 44030400100102 为 14 位，应为 15 位" in text
    assert "第 1–12 位应为上级编码 440304001001" in text
    assert check_rules(grids.assign(code="x"), BARE)["detail"][0].kind == "duplicate_code"


def test_order_is_advised_only() -> None:
    grids = place(None, 4)
    grids["parent"] = "440304001001"
    grids["code"] = [f"440304001001{n:03d}" for n in (1, 3, 2, 9)]
    scheme = code_scheme("DB11/T 2157")
    advice = check_rules(grids, Profile("own", codes=CodeRules(scheme, in_order=True)))
    assert advice["grids"].tolist() == [("440304001001002", "440304001001003")]
    assert check_rules(grids, Profile("own", codes=CodeRules(scheme))).empty


def test_advice_joins_a_report_without_touching_the_verdict() -> None:
    grids = place([812, 300], 2).assign(code="1")
    report = check_coverage(grids)
    advice = check_rules(grids, CITY)
    joined = with_advice(report, advice)
    assert (joined.is_seamless, joined.is_proven) == (report.is_seamless, report.is_proven)
    assert joined.verdict("zh_CN") == report.verdict("zh_CN")
    counts = joined.to_dict()["counts"]
    assert (counts["scale"], counts["code"]) == (1, 1)
    clean = place([812, 300], 2)
    joined = with_advice(check_coverage(clean), check_rules(clean, CITY))
    assert joined.defects["kind"].tolist() == ["scale"]
    assert with_advice(report, advice.iloc[:0]) is report


def test_errors_stay_before_advice() -> None:
    grids = place([812, 300], 2)
    grids.geometry = [grids.geometry[0], grids.geometry[0]]
    joined = with_advice(check_coverage(grids), check_rules(grids, CITY))
    severity = joined.defects["severity"].tolist()
    assert severity == sorted(severity, key=["error", "advice"].index)
    assert set(severity) == {"error", "advice"}


def test_what_cannot_be_worked_with() -> None:
    grids = place([260], 1)
    with pytest.raises(CrsError):
        check_rules(grids.set_crs(None, allow_override=True), CITY)
    with pytest.raises(InputError):
        check_rules(pd.DataFrame({"code": ["1"]}), CITY)
    broken = grids.copy()
    with np.errstate(invalid="ignore"):
        broken.geometry = [shapely.Polygon([(0, 0), (1, np.nan), (1, 1)])]
    with pytest.raises(FieldError):
        check_rules(broken, CITY)


def test_bare_planes_empty_shapes_and_odd_numbers() -> None:
    grids = place([812, 300, 300], 3)
    odd = grids.assign(households=["x", float("inf"), 12.4], level=None)
    odd.geometry = [None, shapely.Polygon(), grids.geometry[2]]
    advice = check_rules(odd, CITY)
    assert advice["households"].tolist() == [12]
    units = pd.DataFrame({"lon": [0.0], "lat": [0.0], "households": [1]})
    plane = grids.set_crs('LOCAL_CS["x",UNIT["metre",1]]', allow_override=True)
    assert len(check_rules(plane, CITY, units=units)) == 1
