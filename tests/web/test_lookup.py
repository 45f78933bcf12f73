"""``/lookup``: every home of the sample answers; awkward ones are said."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from small_plan import HOSTILE, use_small_plan

from geogrid.crs import from_wgs84
from web.current import current_plan
from web.lookup.answer import Question, answer_question


@pytest.fixture
def small(own_app: Flask) -> FlaskClient:
    use_small_plan(own_app.config["WORKSPACE"])
    return own_app.test_client()


def ask(client: FlaskClient, **query: Any) -> dict[str, Any]:
    answer = client.get("/api/v1/lookup", query_string=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def first(answer: dict[str, Any]) -> dict[str, Any]:
    (person,) = [each for each in answer["answers"] if each["first"]]
    found: dict[str, Any] = person
    return found


def codes(answer: dict[str, Any]) -> list[str]:
    return [step["code"] for step in answer["chain"]]


def test_every_building_of_the_sample_answers(app: Flask) -> None:
    with app.test_request_context():
        current = current_plan()
        units = current.plan.units
        buildings = units[units["kind"] == "building"]
        wrong = []
        for address, unit_id in zip(buildings["address"], buildings["unit_id"], strict=True):
            answer = answer_question(current, Question(text=address), "zh")
            is_right = (
                answer["kind"] == "place"
                and answer["certainty"] == "exact"
                and codes(answer)[0] in current.plan.hierarchy.chain(current.grid_of_unit[unit_id])
                and [step["level"] for step in answer["chain"]][-3:] == [3, 2, 1]
                and first(answer)["post"] == "full_time"
                and first(answer)["name"] != ""
            )
            if not is_right:
                wrong.append((address, answer["kind"]))
    assert len(buildings) > 1000
    assert wrong == []


def test_a_vacant_post_is_answered_by_its_deputy(client: FlaskClient, app: Flask) -> None:
    with app.test_request_context():
        posts = current_plan().plan.posts
    vacant = posts[(posts["post"] == "full_time") & (posts["holder"] == "")].iloc[0]
    person = first(ask(client, q=vacant["grid"]))
    assert (person["name"], person["phone"]) == (vacant["deputy"], vacant["deputy_phone"])
    assert person["vacant"]
    assert "空缺" in person["note"]


def test_a_place_is_answered_with_grids_people_and_boundary(small: FlaskClient) -> None:
    answer = ask(small, q="甲苑1号楼")
    assert answer["kind"] == "place"
    assert codes(answer) == ["111", "11", "1"]
    assert first(answer)["name"] == "甲一员"
    assert answer["boundary_m"] == pytest.approx(205.8, abs=0.5)
    assert answer["across"]["code"] == "112"
    assert not answer["is_close"]
    assert answer["open_cases"] == 0


def test_near_a_boundary_the_neighbour_is_named(small: FlaskClient) -> None:
    answer = ask(small, q="西街7号")
    assert answer["is_close"]
    assert answer["boundary_m"] == pytest.approx(10.29, abs=0.05)
    assert answer["across"]["name"] == "甲二网格"
    assert answer["across"]["first"]["name"] == "甲二副"
    assert not answer["across"]["is_same"]


def test_a_unit_listed_elsewhere_follows_the_list_and_says_so(small: FlaskClient) -> None:
    answer = ask(small, q="错列楼")
    assert codes(answer) == ["111", "11", "1"]
    assert (answer["listed"]["code"], answer["drawn"]["code"]) == ("111", "121")
    assert "boundary_m" not in answer


def test_a_listed_grid_above_the_drawn_one_is_no_disagreement(small: FlaskClient) -> None:
    answer = ask(small, q="上级楼")
    assert codes(answer) == ["121", "12", "1"]
    assert not answer.get("listed")


def test_an_unknown_grid_on_the_list_is_said(small: FlaskClient) -> None:
    answer = ask(small, q="旧码楼")
    assert codes(answer) == ["121", "12", "1"]
    assert answer["unknown_grid"] == "999"


def test_without_a_position_the_list_answers(small: FlaskClient) -> None:
    answer = ask(small, q="无坐标楼")
    assert codes(answer) == ["112", "11", "1"]
    assert "lon" not in answer
    lost = ask(small, q="无着落楼")
    assert (lost["kind"], lost["reason"]) == ("nothing", "no_place")


def test_a_compound_over_several_workers_asks_for_the_building(small: FlaskClient) -> None:
    answer = ask(small, q="甲苑")
    assert (answer["kind"], answer["reason"]) == ("choose", "compound")
    assert [each["unit_id"] for each in answer["matches"]] == ["B1", "B2"]
    assert codes(ask(small, unit="B2")) == ["112", "11", "1"]


def test_a_compound_with_one_worker_answers_for_the_grid_above(
    client: FlaskClient, app: Flask
) -> None:
    with app.test_request_context():
        book = current_plan().book
        spread = next(book.entries[at].unit_id for at in book.spans)
    answer = ask(client, unit=spread)
    assert answer["chain"][0]["level"] == 3
    assert len(answer["within"]) >= answer["spans"] > 1


def test_a_road_asks_for_the_number(small: FlaskClient) -> None:
    answer = ask(small, q="东街")
    assert (answer["kind"], answer["reason"]) == ("choose", "street")
    assert {"B3", "B4", "B9"} <= {each["unit_id"] for each in answer["matches"]}


def test_a_number_that_is_not_known_is_said(small: FlaskClient) -> None:
    answer = ask(small, q="东街77号")
    assert (answer["kind"], answer["reason"]) == ("choose", "number")
    assert {"B3", "B4", "B9"} <= {each["unit_id"] for each in answer["matches"]}


def test_grids_are_found_by_name_code_and_pick(small: FlaskClient) -> None:
    for query in ({"q": "甲二网格"}, {"q": "１１２"}, {"grid": "112"}):
        answer = ask(small, **query)
        assert answer["kind"] == "grid"
        assert codes(answer) == ["112", "11", "1"]
        assert first(answer)["name"] == "甲二副"


def test_nothing_found_offers_the_nearest(small: FlaskClient) -> None:
    known = ask(small, q="边界楼旁边的小卖部")
    assert (known["kind"], known["certainty"]) == ("place", "building")
    compound = ask(small, q="甲苑9号楼")
    assert [each["unit_id"] for each in compound["matches"]] == ["B1", "B2"]
    begins = ask(small, q="甲二网格对面的小卖部")
    assert begins["reason"] == "similar"
    assert [each["grid"] for each in begins["matches"]] == ["112"]
    assert ask(small, q="莲花山") == {
        "kind": "nothing",
        "reason": "none",
        "matches": [],
        "share": "/lookup?q=%E8%8E%B2%E8%8A%B1%E5%B1%B1",
    }
    for query in ({"q": ""}, {"q": "，"}, {"unit": "B99"}, {"grid": "999"}, {}):
        assert ask(small, **query)["kind"] == "nothing"


@pytest.mark.parametrize("datum", ["wgs84", "cgcs2000", "gcj02", "bd09"])
def test_coordinates_are_read_in_the_datum_said(small: FlaskClient, datum: str) -> None:
    lon, lat = from_wgs84(114.008, 22.535, datum)
    answer = ask(small, q=f"{lat:.8f}，{lon:.8f}", datum=datum)
    assert answer["kind"] == "place"
    assert (answer["lon"], answer["lat"]) == pytest.approx((114.008, 22.535), abs=1e-6)
    assert codes(answer) == ["111", "11", "1"]


def test_coordinates_without_a_datum_are_not_guessed(small: FlaskClient) -> None:
    answer = ask(small, q="22.535, 114.008")
    assert answer == {"kind": "datum", "lon": 114.008, "lat": 22.535}
    refused = small.get("/api/v1/lookup?lon=114.008&lat=22.535")
    assert refused.status_code == 422
    assert refused.mimetype == "application/problem+json"
    assert small.get("/api/v1/lookup?q=114.008,22.535&datum=xy80").status_code == 422


def test_a_place_outside_names_the_nearest_grid(small: FlaskClient) -> None:
    answer = ask(small, lon=114.04, lat=22.535, datum="wgs84")
    assert answer["kind"] == "outside"
    assert answer["across"]["code"] == "121"
    assert answer["boundary_m"] == pytest.approx(1029, abs=2)
    assert ask(small, q="界外楼")["kind"] == "outside"


@pytest.mark.parametrize(
    "query",
    [
        {"q": "错列楼"},
        {"unit": "B1"},
        {"unit": "B5"},
        {"grid": "112"},
        {"lon": 114.008, "lat": 22.535, "datum": "wgs84"},
        {"q": "22.535 114.008", "datum": "gcj02"},
        {"unit": "B9"},
    ],
)
def test_the_shared_link_gives_the_same_answer(small: FlaskClient, query: dict[str, Any]) -> None:
    answer = ask(small, **query)
    link = urlsplit(answer["share"])
    assert link.path == "/lookup"
    again = ask(small, **{name: values[0] for name, values in parse_qs(link.query).items()})
    assert again["chain"] == answer["chain"]


def test_names_from_data_stay_text(small: FlaskClient) -> None:
    answer = ask(small, unit="B9")
    assert HOSTILE in answer["title"]
    page = small.get("/lookup").text
    assert "<img" not in page


def test_the_page_says_when_there_are_no_addresses(own_app: Flask) -> None:
    use_small_plan(own_app.config["WORKSPACE"], has_tables=False)
    client = own_app.test_client()
    page = client.get("/lookup").text
    assert "楼栋地址表" in page
    answer = ask(client, lon=114.008, lat=22.535, datum="wgs84")
    assert codes(answer) == ["111", "11", "1"]
    assert first(answer)["name"] == ""


def test_the_page_speaks_both_languages(client: FlaskClient) -> None:
    assert "地图选点" in client.get("/lookup").text
    assert "From the map" in client.get("/lookup?lang=en").text
