"""``/lookup``: texts with slips, links from maps, vague positions, the past."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskClient
from published import put_in_force
from small_plan import grids, use_small_plan

from geogrid.crs import from_wgs84
from geogrid.store.plans import submit_draft
from geogrid.store.publish import publish_plan
from geogrid.store.workspace import Workspace

HOME = (114.008, 22.535)
"""In grid 111 of the hand-drawn plan."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    from web import create_app  # noqa: PLC0415
    from web.config import Settings  # noqa: PLC0415

    app = create_app(Settings(workspace=tmp_path_factory.mktemp("small")))
    use_small_plan(app.config["WORKSPACE"])
    return app.test_client()


def ask(client: FlaskClient, **query: Any) -> dict[str, Any]:
    answer = client.get("/api/v1/lookup", query_string=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def codes(answer: dict[str, Any]) -> list[str]:
    return [step["code"] for step in answer["chain"]]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("上沙健文路43号", "有同音字"),
        ("ssjwl43", "按拼音首字母"),
        ("shangshajianwenlu43", "按拼音"),
    ],
)
def test_slips_and_pinyin_are_found_and_said(client: FlaskClient, text: str, reason: str) -> None:
    answer = ask(client, q=text)
    assert (answer["kind"], answer["title"]) == ("place", "上沙建文路43号")
    assert answer["certainty"] == "similar"
    assert answer["reasons"] == [reason]
    assert answer["source"]
    assert answer["dated"] == "2026-11-20"
    again = ask(client, q="上沙建文路43号")
    assert (again["certainty"], codes(again)) == ("exact", codes(answer))
    assert "others" not in again


def test_a_number_between_known_ones_is_said_to_be_estimated(client: FlaskClient) -> None:
    answer = ask(client, q="东村三路6号")
    assert (answer["kind"], answer["title"], answer["certainty"]) == (
        "place",
        "东村三路6号",
        "estimated",
    )
    assert answer["detail"] == ""  # it is no road
    assert answer["chain"]
    assert all("东村三路" in each["label"] for each in answer["others"])


def link(app: str) -> str:
    datum = {"baidu": "bd09", "osm": "wgs84"}.get(app, "gcj02")
    lon, lat = (round(value, 7) for value in from_wgs84(*HOME, datum))
    return {
        "amap": f"我在这里 https://uri.amap.com/marker?position={lon},{lat}&name=x",
        "baidu": f"http://api.map.baidu.com/marker?location={lat},{lon}&title=x",
        "tencent": f"https://apis.map.qq.com/uri/v1/marker?marker=coord:{lat},{lon};title:x",
        "osm": f"https://www.openstreetmap.org/#map=17/{lat}/{lon}",
        "google": f"https://www.google.com/maps/@{lat},{lon},17z",
    }[app]


@pytest.mark.parametrize(
    ("app", "said"),
    [
        ("amap", "高德地图 · GCJ-02 → WGS 84"),
        ("baidu", "百度地图 · BD-09 → WGS 84"),
        ("tencent", "腾讯地图 · GCJ-02 → WGS 84"),
        ("osm", "OpenStreetMap · WGS 84"),
    ],
)
def test_a_map_s_link_is_read_in_its_own_datum(small: FlaskClient, app: str, said: str) -> None:
    answer = ask(small, q=link(app), datum="wgs84")
    assert (answer["lon"], answer["lat"]) == pytest.approx(HOME, abs=2e-6)
    assert codes(answer) == ["111", "11", "1"]
    assert answer["detail"] == said


def test_a_link_that_does_not_say_its_datum_asks(small: FlaskClient) -> None:
    assert ask(small, q=link("google"))["app"] == "谷歌地图"
    assert ask(small, q=link("google"))["kind"] == "datum"
    answer = ask(small, q=link("google"), datum="gcj02")
    assert (answer["lon"], answer["lat"]) == pytest.approx(HOME, abs=2e-6)


def test_a_short_link_is_said_to_hold_nothing_and_the_words_beside_it_count(
    small: FlaskClient,
) -> None:
    alone = ask(small, q="https://surl.amap.com/1aBcD2e")
    assert (alone["kind"], alone["reason"], alone["unread"]) == ("nothing", "link", "高德地图")
    answer = ask(small, q="【甲苑1号楼】https://surl.amap.com/1aBcD2e")
    assert (answer["unread"], codes(answer)) == ("高德地图", ["111", "11", "1"])


def test_a_datum_beside_coordinates_is_read(small: FlaskClient) -> None:
    lon, lat = from_wgs84(*HOME, "bd09")
    answer = ask(small, q=f"百度坐标：{lat:.7f}，{lon:.7f}", datum="wgs84")
    assert codes(answer) == ["111", "11", "1"]
    assert answer["detail"] == "BD-09 → WGS 84"


def test_a_vague_position_names_the_grids_it_may_be_in(small: FlaskClient) -> None:
    at = {"lon": 114.0097, "lat": 22.536, "datum": "wgs84"}
    vague = ask(small, **at, accuracy=60)["vague"]
    assert {each["code"] for each in vague["grids"]} == {"111", "112"}
    assert {each["first"]["name"] for each in vague["grids"]} == {"甲一员", "甲二副"}
    assert not vague["is_same"]
    assert ask(small, **at, accuracy=20)["vague"] is None
    assert ask(small, **at)["vague"] is None
    assert ask(small, **at, accuracy=5000)["vague"]["count"] is None
    outside = ask(small, lon=113.9995, lat=22.535, datum="wgs84", accuracy=100)
    assert outside["kind"] == "outside"
    assert [each["code"] for each in outside["vague"]["grids"]] == ["111"]


@pytest.mark.parametrize(
    "query", ["accuracy=-1", "accuracy=x", "near=1", "near=200,1", "near=0,0", "accuracy=1e999"]
)
def test_odd_parameters_are_refused_in_words(small: FlaskClient, query: str) -> None:
    answer = small.get(f"/api/v1/lookup?lon=114.008&lat=22.535&datum=wgs84&{query}")
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"


def test_suggestions_know_where_one_is_and_who_works_here(small: FlaskClient) -> None:
    def suggest(**query: str) -> list[dict[str, Any]]:
        found = small.get("/api/v1/addresses", query_string=query).get_json()["matches"]
        return [each for each in found if isinstance(each, dict)]

    near = suggest(q="西街", near="114.012,22.535")
    away = [each["distance_m"] for each in near if each["kind"] != "street"]
    assert away == sorted(away)
    assert near[1]["label"] == "西街1号2号楼（甲苑2号楼）"
    assert all(each["distance_m"] is None for each in suggest(q="西街"))
    (person, *_others) = suggest(q="甲一", people="1")
    assert (person["kind"], person["label"], person["phone"]) == ("person", "甲一员", "")
    assert all(each["kind"] != "person" for each in suggest(q="甲一"))


def test_a_listed_place_that_was_picked_keeps_the_grid_of_its_list(own_app: Flask) -> None:
    workspace: Workspace = own_app.config["WORKSPACE"]
    use_small_plan(workspace)
    put_in_force(workspace)
    rows = [
        {"name": "公共厕所", "lon": 114.005, "lat": 22.535, "grid": "112"},
        {"name": "公共厕所", "lon": 114.025, "lat": 22.535, "grid": ""},
    ]
    both = pd.DataFrame(rows).assign(source="民政", dated="2026-01-01")
    assert workspace.add_addresses(both).added == 2
    client = own_app.test_client()
    answer = ask(client, q="公共厕所")
    assert (answer["kind"], len(answer["matches"])) == ("choose", 2)
    match = next(each for each in answer["matches"] if each["grid"])
    there = {"lon": match["lon"], "lat": match["lat"], "datum": "wgs84"}
    picked = ask(client, label=match["label"], **there)
    assert (picked["kind"], picked["title"]) == ("place", "公共厕所")
    assert (codes(picked)[0], picked["drawn"]["code"]) == ("112", "111")
    assert "lon=114.005" in picked["share"]
    other = there | {"lon": 114.006}
    for query in (there, other | {"label": match["label"]}, there | {"label": "别处"}):
        assert codes(ask(client, **query))[0] == "111"


def test_the_past_is_shown_as_such(own_app: Flask) -> None:
    workspace: Workspace = own_app.config["WORKSPACE"]
    client = own_app.test_client()

    def publish() -> None:
        draft = int(workspace.former()[0].plan_id)
        plan = submit_draft(workspace.engine, draft, 1, approval="1", at=workspace.now())
        publish_plan(workspace.engine, draft, plan.version, at=workspace.now())

    use_small_plan(workspace)
    publish()
    moment = workspace.now().isoformat().replace("+00:00", "Z")
    workspace.use(name="新", grids=grids().replace({"name": {"甲一网格": "新一网格"}}))
    publish()
    then = ask(client, q="111", at=moment)
    assert (then["title"], then["open_cases"]) == ("甲一网格", None)
    assert then["as_of"] == {"at": moment, "plan": "手绘方案"}
    assert then["share"] == f"/lookup?q=111&at={moment.replace(':', '%3A')}"
    assert "as_of" not in ask(client, q="111")
    none = client.get("/api/v1/lookup?q=111&at=2020-01-01")
    assert none.status_code == 404
    assert "2020-01-01 时没有生效" in none.get_json()["detail"]
