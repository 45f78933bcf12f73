"""The copy for offline use: whose, of what, with which phone numbers; the app and its worker."""

from __future__ import annotations

import json
import re
import struct
from dataclasses import replace
from typing import Any
from unittest import mock

import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskClient
from geopandas import GeoDataFrame
from people import COMMUNITY, PASSWORD, key_of, sign_in
from shapely import box
from small_plan import HOSTILE, use_small_plan

from geogrid.addresses.gazetteer import as_entries
from geogrid.hierarchy import Hierarchy
from geogrid.store.accounts import change_user
from geogrid.store.users import User
from web import offline_data
from web.assets import DIST
from web.copy_owner import COOKIE
from web.current import CurrentPlan, current_plan
from web.offline import _choices
from web.offline_places import place_columns, places_within

OTHER = "440304090004"
STREET = "440304090"
PHONE = re.compile(r"\d{4}-\d{4}-\d{4}")


def copy_for(client: FlaskClient, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/api/v1/offline?{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def codes(copy: dict[str, Any], name: str) -> set[str]:
    return {copy["grids"][at][0] for at in copy[name]}


def people_of(copy: dict[str, Any], code: str) -> list[dict[str, Any]]:
    at = [row[0] for row in copy["grids"]].index(code)
    rows: list[dict[str, Any]] = copy["answers"][at]
    return rows


@pytest.fixture
def small(own_app: Flask) -> FlaskClient:
    use_small_plan(own_app.config["WORKSPACE"])
    return own_app.test_client()


def test_what_may_be_kept_is_named_without_going_through_all_grids(
    small: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked: list[str] = []
    chain = Hierarchy.chain

    def walk(tree: Hierarchy, code: str) -> list[str]:
        walked.append(code)
        return chain(tree, code)

    here = {"REMOTE_ADDR": "127.0.0.1"}
    with small.application.test_request_context("/lookup", environ_base=here):
        current = current_plan()
        monkeypatch.setattr(Hierarchy, "chain", walk)
        assert _choices(current) == [("", "示例街道"), ("11", "甲社区"), ("12", "乙社区")]
    assert set(walked) <= {"1", "11", "12"}


def test_a_worker_gets_the_community_of_the_limits(own_app: Flask, people: dict[str, User]) -> None:
    copy = copy_for(sign_in(own_app, "worker-of-one"))
    own = codes(copy, "own")
    assert copy["area"] == "香梅社区"
    assert COMMUNITY in own
    assert {code[:12] for code in own} == {COMMUNITY}
    beside = {row[0] for row in copy["grids"]} - own
    assert STREET in beside
    assert any(code.startswith(OTHER[:9]) and len(code) > 12 for code in beside)
    assert len(copy["units"]["grid"]) > 50
    assert codes({**copy, "of": set(copy["units"]["grid"])}, "of") <= own


def test_limits_to_a_grid_are_widened_to_its_community(
    own_app: Flask, people: dict[str, User]
) -> None:
    with mock.patch("web.offline.caller") as asked:
        asked.return_value.scope = frozenset({COMMUNITY + "005"})
        copy = copy_for(sign_in(own_app, "worker"))
    assert copy["area"] == "香梅社区"


def test_phone_numbers_come_only_when_asked_for_and_seen(
    own_app: Flask, people: dict[str, User]
) -> None:
    client = sign_in(own_app, "worker-of-one")
    assert PHONE.findall(client.get("/api/v1/offline").text) == []
    copy = copy_for(client, "phones=1")
    assert any(each.get("phone") for each in people_of(copy, COMMUNITY))
    assert any(each.get("phone") for each in people_of(copy, STREET))
    for row in copy["grids"]:
        if row[0] not in codes(copy, "own") and row[0] != STREET:
            assert not any(each.get("phone") for each in people_of(copy, row[0])), row


def test_other_communities_are_not_copied(own_app: Flask, people: dict[str, User]) -> None:
    client = sign_in(own_app, "worker-of-one")
    for code in (OTHER, OTHER + "001", STREET, "0"):
        assert client.get(f"/api/v1/offline?grid={code}").status_code == 404, code
    assert copy_for(client, f"grid={COMMUNITY}005")["area"].startswith("香梅")
    assert copy_for(sign_in(own_app, "worker"), f"grid={OTHER}")["area"] == "香林社区"


def test_limits_to_grids_that_are_no_more_give_nothing(
    own_app: Flask, people: dict[str, User]
) -> None:
    use_small_plan(own_app.config["WORKSPACE"])
    client = sign_in(own_app, "worker-of-one")
    answer = client.get("/api/v1/offline?lang=zh_CN")
    assert answer.status_code == 404
    assert "没有" in answer.get_json()["detail"]
    assert client.get("/lookup").status_code == 200


def test_a_flat_plan_of_many_grids_is_named_briefly(own_app: Flask) -> None:
    codes = [f"{at:04}" for at in range(600)]
    shapes = [box(114 + at / 1e3, 22.5, 114 + (at + 1) / 1e3, 22.501) for at in range(600)]
    rows = {"code": codes, "name": "", "parent": "", "level": 3, "kind": ""}
    own_app.config["WORKSPACE"].use(name="x", grids=GeoDataFrame(rows, geometry=shapes, crs=4326))
    copy = copy_for(own_app.test_client())
    assert copy["area"] == "0000、0001、0002、…"
    assert len(copy["own"]) == 600


def test_the_same_copy_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get(f"/api/v1/offline?grid={COMMUNITY}")
    tag = first.headers["ETag"]
    again = client.get(f"/api/v1/offline?grid={COMMUNITY}", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get(f"/api/v1/offline?grid={OTHER}", headers={"If-None-Match": tag})
    assert other.status_code == 200
    assert "made_at" not in first.get_json(), "the device's clock says how old it is"
    assert len(first.data) < 400_000


def test_what_is_too_large_is_refused_in_words(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offline_data, "MOST_PLACES", 100)
    answer = client.get("/api/v1/offline?lang=zh_CN")
    assert answer.status_code == 413
    assert "请改选一个社区" in answer.get_json()["detail"]


def test_disagreements_of_list_and_map_come_along(small: FlaskClient) -> None:
    copy = copy_for(small)
    names = [row[0] for row in copy["grids"]]
    units = copy["units"]
    found = {
        name: (names[units["grid"][at]], units["drawn"][at])
        for at, name in enumerate(units["name"])
    }
    assert found["错列楼"] == ("111", names.index("121"))
    assert found["无坐标楼"] == ("112", -1)
    assert "界外楼" not in found
    assert HOSTILE in [row[1] for row in copy["grids"]]


def test_addresses_of_the_gazetteer_come_along(own_app: Flask) -> None:
    use_small_plan(own_app.config["WORKSPACE"])
    with own_app.test_request_context():
        current = current_plan()
        entries = [
            {"address": "西街88号", "aliases": "大红楼\n老粮站", "lon": 114.003, "lat": 22.535},
            {"address": "东街3号", "name": "便民药店", "lon": 114.003, "lat": 22.535},
            {"address": "东街3号", "aliases": "东头大院", "lon": 114.003, "lat": 22.535},
            {"address": "东街3号", "name": "错列楼", "lon": 114.003, "lat": 22.535},
            {"address": "外街88号", "lon": 114.2, "lat": 22.535},
            {"address": "列表街1号", "lon": 114.003, "lat": 22.535, "grid": "112"},
        ]
        plan = replace(current.plan, addresses=as_entries(pd.DataFrame(entries)))
        rows = places_within(CurrentPlan(plan), {"111", "112", "121"})
    texts = rows["address"].tolist()
    assert texts.count("西街88号") == 1
    assert texts.count("东街3号") == 1, "the plan's own list counts"
    assert "外街88号" not in texts
    assert rows["grid"].tolist()[texts.index("列表街1号")] == "112", "the list counts"
    columns = place_columns(rows, {"111": 0})
    assert columns["grid"][texts.index("西街88号")] == 0
    assert "xj88h" in columns["initials"][texts.index("西街88号")]
    assert columns["aliases"][texts.index("西街88号")] == ["大红楼", "老粮站"]
    assert "llz" in columns["initials"][texts.index("西街88号")]
    assert columns["aliases"][texts.index("东街3号")] == [
        "便民药店",
        "东头大院",
    ], "all that is at a unit's address, but its own name"
    building = rows["name"].tolist().index("甲苑1号楼")
    assert rows["name"].iloc[columns["parent"][building]] == "甲苑"


def test_the_copy_says_which_compounds_are_in_several_grids(own_app: Flask) -> None:
    use_small_plan(own_app.config["WORKSPACE"])
    with own_app.test_request_context():
        rows = places_within(current_plan(), {"111"})
    columns = place_columns(rows, {"111": 0, "112": 1})
    spans = dict(zip(columns["name"], columns["spans"], strict=True))
    assert (spans["甲苑"], spans["甲苑1号楼"]) == ([0, 1], [])
    assert place_columns(rows, {"111": 0})["spans"] == [
        [-1, 0] if each else [] for each in columns["spans"]
    ]


def test_a_vacant_grid_is_answered_from_above(small: FlaskClient) -> None:
    copy = copy_for(small, "phones=1")
    assert people_of(copy, "112")[0]["name"] == "甲二副"
    assert "空缺" in people_of(copy, "112")[0]["note"]
    assert people_of(copy, "121") == []
    assert people_of(copy, "1")[0]["phone"] == "0755-1111-0004"


def test_a_plan_without_tables_can_be_kept(own_app: Flask) -> None:
    use_small_plan(own_app.config["WORKSPACE"], has_tables=False)
    copy = copy_for(own_app.test_client())
    assert copy["units"]["name"] == []
    assert copy["plan"]["streets"] is None


# what the browser is told to wipe


def wiped(answer: Any) -> bool:
    return bool(answer.headers.get("Clear-Site-Data") == '"storage"')


def credentials(name: str) -> dict[str, str]:
    return {"name": name, "password": PASSWORD}


def test_signing_out_wipes_the_copy(own_app: Flask, people: dict[str, User]) -> None:
    client = sign_in(own_app, "worker-of-one")
    assert not wiped(client.post("/sign-out")), "there is none"
    client = sign_in(own_app, "worker-of-one")
    copy_for(client)
    assert wiped(client.post("/sign-out"))
    assert not wiped(client.post("/sign-out")), "nothing is left"


def test_another_user_wipes_it_and_the_same_one_keeps_it(
    own_app: Flask, people: dict[str, User]
) -> None:
    client = sign_in(own_app, "worker-of-one")
    copy_for(client)
    assert not wiped(client.post("/sign-in", data=credentials("worker-of-one")))
    assert not wiped(client.post("/sign-in", data={"name": "worker", "password": "wrong"}))
    assert wiped(client.post("/sign-in", data=credentials("worker")))


def test_programs_with_keys_get_no_cookie(own_app: Flask, people: dict[str, User]) -> None:
    answer = own_app.test_client().get("/api/v1/offline", headers=key_of(own_app, "worker-of-one"))
    assert answer.status_code == 200
    assert COOKIE not in answer.headers.get("Set-Cookie", "")


def test_other_limits_are_another_owner(own_app: Flask, people: dict[str, User]) -> None:
    client = sign_in(own_app, "worker-of-one")

    def owner() -> str:
        found = re.search(r'id="copy-data">([^<]+)<', client.get("/lookup").text)
        assert found
        return str(json.loads(found[1])["owner"])

    before = owner()
    assert copy_for(client)["owner"] == before
    assert sign_in(own_app, "worker").get("/api/v1/offline").get_json()["owner"] != before
    engine = own_app.config["DATABASE"]
    at = people["worker-of-one"].sessions_since
    change_user(engine, people["worker-of-one"].id, scope=[OTHER], at=at, by="test")
    own_app.extensions["geogrid_users"].forget()
    client = sign_in(own_app, "worker-of-one")
    assert owner() != before


# the app


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_without_network_holds_no_data(own_app: Flask, language: str) -> None:
    use_small_plan(own_app.config["WORKSPACE"])
    text = own_app.test_client().get(f"/lookup/offline/{language}").text
    assert "手绘方案" not in text
    assert "csrf" not in text
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}"' in text


def test_the_worker_keeps_every_file_of_the_page(client: FlaskClient) -> None:
    page = client.get("/lookup/offline/zh").text
    answer = client.get("/lookup/worker-zh.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == "/lookup"
    assert "no-store" in answer.headers["Cache-Control"]
    head = answer.text.split(";\n", 1)[0]
    kept = json.loads(head.removeprefix("self.geogridKept = "))
    for address in re.findall(r'(?:src|href)="([^"#]+)', page):
        assert address in [*kept["files"], "/lookup"], address
    for address in [*kept["files"], kept["page"]]:
        with client.get(address) as file:
            assert file.status_code == 200, address
    other = client.get("/lookup/worker-en.js").text
    assert kept["version"] not in other
    assert client.get("/lookup/worker-fr.js").status_code == 404


@pytest.mark.parametrize(("language", "name"), [("zh", "查网格"), ("en", "Look up grids")])
def test_the_app_can_be_installed(client: FlaskClient, language: str, name: str) -> None:
    answer = client.get(f"/lookup/app-{language}.webmanifest")
    told = json.loads(answer.data)
    assert answer.mimetype == "application/manifest+json"
    assert (told["short_name"], told["start_url"], told["display"]) == (
        name,
        "/lookup",
        "standalone",
    )
    for icon in told["icons"]:
        picture = (DIST / icon["src"].rsplit("/", 1)[1]).read_bytes()
        width, height = struct.unpack(">II", picture[16:24])
        assert icon["sizes"] == f"{width}x{height}"
    assert {192, 512} <= {int(icon["sizes"].split("x")[0]) for icon in told["icons"]}


def test_workers_come_from_our_own_server(client: FlaskClient) -> None:
    policy = client.get("/lookup").headers["Content-Security-Policy"]
    assert "worker-src 'self'" in policy
    assert "manifest-src 'self'" in policy
