"""``/api/v1/addresses/…``: places with their grids; corrections from the field, and deciding."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import COMMUNITY, add_people, sign_in
from small_plan import use_small_plan

from geogrid.crs import from_wgs84
from geogrid.store.address_corrections import Correction, list_corrections
from geogrid.store.opening import reading
from geogrid.store.workspace import Workspace
from web.current import current_plan

NASTY = "<img src=x onerror=alert(1)>"
SHOP = (114.015, 22.535)


def entries(*rows: tuple[str, str, float, float, str]) -> pd.DataFrame:
    columns = ["address", "name", "lon", "lat", "grid"]
    return pd.DataFrame(rows, columns=columns).assign(source="门牌库", dated="2026-01-01")


@pytest.fixture
def workspace(own_app: Flask) -> Workspace:
    """The hand-drawn plan with a shop, a hall that its list puts elsewhere, and a far place."""
    found: Workspace = own_app.config["WORKSPACE"]
    use_small_plan(found)
    found.add_addresses(
        entries(
            ("南街12号", "百草药店", *SHOP, ""),
            ("南街14号", "文化活动中心", 114.005, 22.535, "112"),
            ("远郊路1号", "", 114.5, 22.9, ""),
        )
    )
    return found


def search(client: FlaskClient, **asked: Any) -> dict[str, Any]:
    answer = client.get("/api/v1/addresses/search", query_string=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def propose(client: FlaskClient, status: int = 201, **body: Any) -> Any:
    answer = client.post("/api/v1/addresses/corrections", json=body)
    assert answer.status_code == status, answer.text
    return answer.get_json()


def grid_of(app: Flask) -> dict[str, str]:
    with app.app_context():
        return current_plan().grid_of_unit


def decide(client: FlaskClient, number: int, decision: str, **form: str) -> int:
    return client.post(f"/addresses/corrections/{number}/{decision}", data=form).status_code


@pytest.mark.usefixtures("workspace")
def test_a_place_is_found_with_its_grid_and_why(own_client: FlaskClient) -> None:
    first = search(own_client, q="百草要店")["matches"][0]
    assert (first["label"], first["grid"], first["grid_by"]) == (
        "南街12号（百草药店）", "112", "polygon",
    )  # fmt: skip
    assert first["source"] == "门牌库"
    assert {"code": "homophone", "label": "有同音字"} in first["reasons"]
    listed = search(own_client, q="文化活动中心")["matches"][0]
    assert (listed["grid"], listed["grid_by"], listed["disagreement"]) == (
        "112", "list", "elsewhere",
    )  # fmt: skip
    far = search(own_client, q="远郊路1号")["matches"][0]
    assert (far["grid"], far["grid_name"]) == ("", "")
    named = search(own_client, q="甲一网格")["matches"][0]
    assert (named["grid"], named["grid_by"]) == ("111", "named")
    assert search(own_client, q="qqqq 0")["matches"] == []


@pytest.mark.usefixtures("workspace")
def test_type_ahead_nearness_datum_and_limit(own_client: FlaskClient) -> None:
    lon, lat = (float(each) for each in from_wgs84(*SHOP, "gcj02"))
    answer = search(own_client, q="百草", typing=1, limit=1, near=f"{lon},{lat}", datum="gcj02")
    (only,) = answer["matches"]
    assert only["label"] == "南街12号（百草药店）"
    assert (only["lon"], only["lat"]) == pytest.approx((lon, lat), abs=1e-6)
    assert only["distance_m"] < 1
    assert search(own_client, q="南街12号")["matches"][0]["distance_m"] is None


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    "asked",
    [{}, {"q": " "}, {"q": "街", "limit": "0"}, {"q": "街", "limit": "x"}, {"q": "街", "near": "1"},
     {"q": "街", "datum": "moon"}, {"q": "街" * 201}],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(own_client: FlaskClient, asked: dict[str, str]) -> None:
    answer = own_client.get("/api/v1/addresses/search", query_string=asked)
    assert answer.status_code == 422
    assert answer.get_json()["detail"]


def test_a_correction_counts_once_it_is_confirmed(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    means = "南街12号（百草药店）"
    ident = propose(own_client, text="老王的铺子", means=means, note=NASTY)["correction"]
    assert search(own_client, q="老王的铺子")["matches"] == []
    page = own_client.get("/addresses/corrections").get_data(as_text=True)
    assert "老王的铺子" in page
    assert "甲二网格" in page
    assert NASTY not in page
    assert decide(own_client, ident, "confirm", why="去看过") == 302
    found = search(own_client, q="老王的铺子")["matches"][0]
    assert (found["label"], found["grid"]) == (means, "112")
    assert "去看过" in own_client.get("/addresses/corrections").get_data(as_text=True)
    assert decide(own_client, ident, "confirm") == 409
    assert decide(own_client, ident, "refuse") == 302
    assert search(own_client, q="老王的铺子")["matches"] == []
    assert workspace.current().addresses is not None


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    ("body", "grid"),
    [
        ({"unit": "B3"}, "111"),
        ({"unit": "B5"}, "112"),
        ({"grid": "112"}, "112"),
        ({"lon": 114.025, "lat": 22.535, "datum": "wgs84"}, "121"),
        ({"lon": 114.025, "lat": 22.535, "datum": "wgs84", "grid": "112"}, "112"),
    ],
)
def test_a_building_a_grid_or_a_point_makes_an_entry(
    own_client: FlaskClient, body: dict[str, Any], grid: str
) -> None:
    ident = propose(own_client, text="旧粮站仓库", **body)["correction"]
    assert own_client.get("/addresses/corrections").status_code == 200
    assert decide(own_client, ident, "confirm") == 302
    found = search(own_client, q="旧粮站仓库")["matches"][0]
    assert (found["grid"], found["source"]) == (grid, "现场核实")
    card = own_client.get("/api/v1/lookup?q=旧粮站仓库").get_json()
    assert card["source"] == "现场核实"
    many = own_client.post("/api/v1/lookup", json={"texts": ["旧粮站仓库"]}).get_json()
    assert many["results"][0]["source"] == "现场核实"


def kept(app: Flask) -> list[Correction]:
    with reading(app.config["DATABASE"]) as connection:
        return list_corrections(connection, "open")


def test_one_of_several_called_the_same_becomes_an_entry_of_its_own(
    own_app: Flask, own_client: FlaskClient, workspace: Workspace
) -> None:
    toilets = [
        ("", "公共厕所", lon, 22.535, grid) for lon, grid in ((114.005, ""), (114.015, "111"))
    ]
    workspace.add_addresses(entries(*toilets))
    there = {"lon": 114.0150004, "lat": 22.535, "datum": "wgs84"}
    ident = propose(own_client, text="河边厕所", means="公共厕所", **there)["correction"]
    (one,) = kept(own_app)
    assert (one.means, one.place, one.grid) == ("", (114.0150004, 22.535), "111")
    assert decide(own_client, ident, "confirm") == 302
    found = workspace.current().addresses
    assert found is not None
    assert sorted(found.loc[found["name"] == "公共厕所", "lon"]) == [114.005, 114.015]
    assert search(own_client, q="河边厕所")["matches"][0]["grid"] == "111"


@pytest.mark.usefixtures("workspace")
def test_an_entry_stays_where_its_list_says(own_app: Flask, own_client: FlaskClient) -> None:
    there = {"lon": round(SHOP[0], 6), "lat": SHOP[1], "datum": "wgs84"}
    propose(own_client, text="老王的铺子", means="南街12号（百草药店）", **there)
    (one,) = kept(own_app)
    assert (one.means, one.place, one.grid) == ("南街12号（百草药店）", None, "")


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(("unit", "listed"), [("B1", ""), ("B3", "111"), ("B4", ""), ("B10", "12")])
def test_of_a_building_only_its_list_is_kept(
    own_app: Flask, own_client: FlaskClient, unit: str, listed: str
) -> None:
    propose(own_client, text="大红楼", unit=unit)
    (one,) = kept(own_app)
    assert (one.unit_id, one.grid) == (unit, listed), "the polygon may be redrawn"


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "a"},
        {"text": "a", "means": "没有这条"},
        {"text": "a", "grid": "999"},
        {"text": "a", "grid": "11"},
        {"text": "a", "grid": "11", "means": "南街12号（百草药店）"},
        {"text": "a", "unit": "B99"},
        {"text": "a", "unit": "B6"},
        {"text": "a", "lon": 114.0},
        {"text": "a", "lon": 114.0, "lat": 22.5},
        {"text": "a", "lon": "x", "lat": [], "datum": "wgs84"},
        {"text": 7, "grid": "111"},
        {"text": "a" * 61, "grid": "111"},
        {"text": "老王 １３９１２３４５６７８", "grid": "111"},
        {"text": "0755-1234 567", "grid": "111"},
    ],
)
def test_what_means_nothing_is_refused(own_client: FlaskClient, body: dict[str, Any]) -> None:
    assert propose(own_client, 422, **body)["detail"]
    page = own_client.get("/addresses/corrections").get_data(as_text=True)
    assert "没有待处理的纠错" in page


def test_what_somebody_else_has_decided_is_said(own_client: FlaskClient, own_app: Flask) -> None:
    use_small_plan(own_app.config["WORKSPACE"])
    ident = propose(own_client, text="老王的铺子", grid="111")["correction"]
    assert 'name="was" value="open"' in own_client.get("/addresses/corrections").text
    assert decide(own_client, ident, "confirm", was="open") == 302
    assert 'name="was" value="confirmed"' in own_client.get("/addresses/corrections").text
    assert decide(own_client, ident, "refuse", was="open") == 409
    assert decide(own_client, ident, "refuse", was="confirmed") == 302


def test_more_wait_than_are_shown(
    own_client: FlaskClient, own_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_small_plan(own_app.config["WORKSPACE"])
    monkeypatch.setattr("web.correction_page._WAITING_SHOWN", 2)
    for text in ("一号亭", "二号亭", "三号亭"):
        propose(own_client, text=text, grid="111")
    page = own_client.get("/addresses/corrections?lang=zh_CN").text
    assert "待处理 <small>3</small>" in page
    assert "另有 1 条" in page
    assert "一号亭" not in page


def test_what_is_not_there_cannot_be_decided(own_client: FlaskClient) -> None:
    assert decide(own_client, 7, "confirm") == 404
    assert decide(own_client, 7, "burn") == 404


def test_who_is_limited_corrects_and_decides_within_their_grids(own_app: Flask) -> None:
    add_people(own_app)
    inside, outside = f"{COMMUNITY}00101", "44030409000400101"
    worker = sign_in(own_app, "worker-of-one")
    propose(worker, 403, text="车库", grid=outside)
    mine = propose(worker, text="车库", grid=inside)["correction"]
    other = propose(sign_in(own_app, "worker"), text="凉亭", grid=outside)["correction"]
    assert worker.get("/addresses/corrections").status_code == 403
    supervisor = sign_in(own_app, "supervisor-of-one")
    page = supervisor.get("/addresses/corrections").get_data(as_text=True)
    assert "车库" in page
    assert "凉亭" not in page
    assert decide(supervisor, other, "confirm") == 403
    assert decide(supervisor, mine, "confirm") == 302
    assert "凉亭" in sign_in(own_app, "supervisor").get("/addresses/corrections").text


def test_a_name_that_others_use_too_is_not_given_to_theirs(own_app: Flask) -> None:
    place = own_app.config["WORKSPACE"]
    place.keep_sample()
    grids = place.current().grids.set_index("code")
    codes = ("44030409000400101", f"{COMMUNITY}00101")  # the last one alone was looked at once
    points = [grids.geometry[code].representative_point() for code in codes]
    place.add_addresses(entries(*(("", "公共厕所", each.x, each.y, "") for each in points)))
    add_people(own_app)
    worker = sign_in(own_app, "worker-of-one")
    propose(worker, 403, text="茅房", means="公共厕所")
    mine = {"lon": points[1].x, "lat": points[1].y, "datum": "wgs84"}
    propose(worker, text="茅房", means="公共厕所", **mine)


def test_an_entry_of_others_is_not_moved_into_ones_own_grid(own_app: Flask) -> None:
    place = own_app.config["WORKSPACE"]
    place.keep_sample()
    grids = place.current().grids.set_index("code")
    inside, outside = f"{COMMUNITY}00101", "44030409000400101"
    there = grids.geometry[outside].representative_point()
    place.add_addresses(entries(("远处路1号", "", there.x, there.y, "")))
    add_people(own_app)
    worker = sign_in(own_app, "worker-of-one")
    propose(worker, 403, text="凉亭", means="远处路1号", grid=inside)
    propose(worker, 403, text="凉亭", lon=there.x, lat=there.y, datum="wgs84", grid=inside)
    units = place.current().units
    theirs = next(unit for unit, listed in grid_of(own_app).items() if listed.startswith(outside))
    assert theirs in set(units["unit_id"])
    propose(worker, 403, text="凉亭", unit=theirs, grid=inside)
    other = propose(sign_in(own_app, "worker"), text="亭", means="远处路1号", grid=inside)
    assert decide(sign_in(own_app, "supervisor-of-one"), other["correction"], "confirm") == 403
