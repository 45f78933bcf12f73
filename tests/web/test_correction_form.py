"""The form in which workers say what people call a place."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import COMMUNITY, add_people, sign_in
from small_plan import use_small_plan

from geogrid.store.address_corrections import Correction, list_corrections
from geogrid.store.database.engine import reading

NASTY = '"><img src=x onerror=alert(1)>'
PLACE = {"lon": "114.015", "lat": "22.535", "datum": "wgs84"}


@pytest.fixture
def client(own_app: Flask) -> FlaskClient:
    use_small_plan(own_app.config["WORKSPACE"])
    return own_app.test_client()


def waiting(app: Flask) -> list[Correction]:
    with reading(app.config["DATABASE"]) as connection:
        return list_corrections(connection, "open")


def send(client: FlaskClient, **form: str) -> tuple[int, str]:
    answer = client.post("/addresses/corrections/new", data=form, follow_redirects=True)
    return answer.status_code, answer.get_data(as_text=True)


def test_a_place_looked_up_gets_its_name(own_app: Flask, client: FlaskClient) -> None:
    page = client.get("/addresses/corrections/new", query_string=PLACE | {"text": NASTY}).text
    assert 'value="114.015"' in page
    assert NASTY not in page
    status, page = send(client, text="老王铺子", there="1", note="", **PLACE)
    assert (status, "已提交" in page) == (200, True)
    (kept,) = waiting(own_app)
    assert (kept.asked, kept.place, kept.grid) == ("老王铺子", (114.015, 22.535), "")


def test_the_place_counts_only_where_it_is_said(own_app: Flask, client: FlaskClient) -> None:
    send(client, text="老王铺子", grid="121", **PLACE)
    (kept,) = waiting(own_app)
    assert kept.grid == "121"
    assert kept.place != (114.015, 22.535)


def test_what_means_nothing_is_said_beside_what_was_written(
    own_app: Flask, client: FlaskClient
) -> None:
    status, page = send(client, text="老王铺子", grid="")
    assert status == 422
    assert 'value="老王铺子"' in page
    assert "纠错要写明" in page
    assert waiting(own_app) == []


def test_only_finest_grids_are_chosen(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    page = client.get("/addresses/corrections/new").text
    assert '<optgroup label="示例街道 · 甲社区"><option value="111" >甲一网格' in page
    assert 'value="11"' not in page
    status, page = send(client, text="甲社区门口", grid="11")
    assert (status, "下面还分网格" in page) == (422, True)
    monkeypatch.setattr("web.correction_page._MOST_CHOICES", 2)
    page = client.get("/addresses/corrections/new?grid=111").text
    assert '<input type="text" name="grid" value="111"' in page


def test_who_is_limited_chooses_among_their_grids(own_app: Flask) -> None:
    add_people(own_app)
    worker = sign_in(own_app, "worker-of-one")
    page = worker.get("/addresses/corrections/new").text
    assert f'value="{COMMUNITY}00101"' in page
    assert 'value="440304090004' not in page
    status, page = send(worker, text="凉亭", grid="44030409000400101")
    assert (status, "不在您的网格范围内" in page) == (403, True)
    assert waiting(own_app) == []
