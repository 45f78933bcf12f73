"""The print page: what each role gets, phones, drafts, and where a leaflet's code leads."""

from __future__ import annotations

import time
from io import BytesIO
from threading import Event
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import COMMUNITY, NOW, add_people, sign_in
from PIL import Image
from published import put_in_force
from small_plan import HOSTILE, use_small_plan

from geogrid.printing import print_map
from geogrid.store.drafting import parts_of
from geogrid.store.workspace import Workspace
from web import create_app
from web.config import Settings

OTHER = "440304090004"


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    found = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return found


@pytest.fixture
def small(own_client: FlaskClient) -> FlaskClient:
    """A client of an office that tries a hand-drawn draft."""
    use_small_plan(own_client.application.config["WORKSPACE"])
    return own_client


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The sample in force, with users of every role, some limited to a community."""
    app = create_app(Settings(workspace=tmp_path_factory.mktemp("town")))
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    add_people(app)
    app.config["WORKSPACE"].keep_sample()
    put_in_force(app.config["WORKSPACE"], NOW)
    return app


def test_the_page_shows_choices_preview_and_downloads(client: FlaskClient) -> None:
    page = client.get("/print").get_data(as_text=True)
    assert "上墙网格图" in page
    assert "红树林第一网格" in page
    assert "preview=1" in page
    assert "sheet.pdf" in page
    assert "放不下名称" in page  # what the sheet cannot show is said before it is printed
    client.get("/language/en")
    english = client.get("/print?grid=440304090001")
    assert "Wall map" in english.get_data(as_text=True)


def test_pdf_and_png_come_as_files(client: FlaskClient) -> None:
    pdf = client.get("/print/sheet.pdf?grid=440304090001&paper=A4")
    assert pdf.mimetype == "application/pdf"
    assert pdf.headers["Cache-Control"] == "no-store"
    assert "map-440304090001-A4-" in pdf.headers["Content-Disposition"]
    assert "红树林社区" in words_of(pdf.data)
    png = client.get("/print/sheet.png?grid=440304090001&paper=A4")
    assert Image.open(BytesIO(png.data)).size == (2480, 3508)
    preview = client.get("/print/sheet.png?grid=440304090001&paper=A4&preview=1")
    assert "Content-Disposition" not in preview.headers
    assert max(Image.open(BytesIO(preview.data)).size) <= 1_400


def test_a_draft_says_so_and_hostile_names_are_escaped(small: FlaskClient) -> None:
    page = small.get("/print").get_data(as_text=True)
    assert HOSTILE not in page
    assert "尚未生效" in page
    assert "草案" in words_of(small.get("/print/sheet.pdf").data)


def test_wrong_choices_are_refused(client: FlaskClient) -> None:
    for query, status in (
        ("grid=999", 422), ("paper=A9", 422), ("what=poster", 422), ("turn=up", 422),
        ("what=leaflet&address=javascript:alert(1)", 422), ("what=leaflet&address=//x", 422),
        (f"what=leaflet&address=http://{'x' * 400}", 422),
    ):  # fmt: skip
        assert client.get(f"/print/sheet.pdf?{query}").status_code == status, query
    for url in ("/print/sheet.svg", "/plans/999/print"):
        assert client.get(url).status_code == 404
    for page in ("x", "-1", "99999"):
        assert client.get(f"/print/sheet.png?paper=A4&page={page}").status_code == 422
    # what does not fit the other kind of sheet gives way instead of failing the form
    assert client.get("/print?what=leaflet&paper=A0&grid=440304090001001").status_code == 200


def test_who_is_limited_prints_only_their_own(town: Flask) -> None:
    limited = sign_in(town, "worker-of-one")
    own = limited.get("/print").get_data(as_text=True)
    assert f'value="{COMMUNITY}"' in own
    assert f'value="{OTHER}"' not in own
    assert limited.get(f"/print/sheet.pdf?grid={COMMUNITY}").status_code == 200
    assert limited.get(f"/print/sheet.pdf?grid={OTHER}").status_code == 403
    assert limited.get("/print/sheet.pdf?grid=440304090").status_code == 403
    whole = words_of(limited.get("/print/sheet.pdf").data)
    assert "福田示例街道网格图" not in whole


def test_phones_are_printed_only_when_asked_for_and_seen(town: Flask) -> None:
    limited = sign_in(town, "worker-of-one")
    assert "0755" not in words_of(limited.get(f"/print/sheet.pdf?grid={COMMUNITY}").data)
    asked = words_of(limited.get(f"/print/sheet.pdf?grid={COMMUNITY}&phones=1").data)
    assert "0755" in asked
    assert town.test_client().get(f"/print/sheet.pdf?grid={COMMUNITY}").status_code in (302, 401)


def test_drafts_are_for_planners(town: Flask) -> None:
    workspace: Workspace = town.config["WORKSPACE"]
    draft = workspace.current()
    with workspace.changing() as connection:
        record = workspace.add_draft(connection, parts_of(draft), None, is_shown=False)
    assert sign_in(town, "worker").get(f"/plans/{record.id}/print").status_code == 404
    planner = sign_in(town, "planner")
    page = planner.get(f"/plans/{record.id}/print?grid={COMMUNITY}")
    assert f"/plans/{record.id}/print/sheet.pdf" in page.get_data(as_text=True)
    pdf = planner.get(f"/plans/{record.id}/print/sheet.pdf?grid={COMMUNITY}")
    assert "草案" in words_of(pdf.data)
    in_force = words_of(planner.get(f"/print/sheet.pdf?grid={COMMUNITY}").data)
    assert "草案" not in in_force
    assert "现行" in in_force
    assert "方案第 1 号" in in_force
    plans = planner.get("/plans").get_data(as_text=True)
    assert f'href="/plans/{record.id}/print"' in plans


def test_the_code_of_a_leaflet_leads_residents_to_a_page_without_people(town: Flask) -> None:
    code = f"{COMMUNITY}001"
    worker = sign_in(town, "worker")
    page = worker.get(f"/print?what=leaflet&grid={code}&address=https://grid.example.cn/")
    assert f"https://grid.example.cn/g/{code}" in page.get_data(as_text=True)
    assert worker.get(f"/print/sheet.pdf?what=leaflet&grid={code}").status_code == 200
    answer = town.test_client().get(f"/g/{code}")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "12345" in text
    name = worker.application.config["WORKSPACE"].current().hierarchy.names[code]
    assert name in text
    assert "网格员0" not in text
    assert "0755" not in text
    assert town.test_client().get("/g/999").status_code == 404


def test_residents_do_not_see_a_draft_that_is_tried(small: FlaskClient) -> None:
    assert small.get("/g/11").status_code == 404


def slow(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Let sheets wait until the event is set, and nobody wait for them."""
    go = Event()

    def print_slowly(*arguments: Any, **more: Any) -> Any:
        more["tell"](0.25)
        assert go.wait(30)
        return print_map(*arguments, **more)

    monkeypatch.setattr("web.printing.made.print_map", print_slowly)
    for name in ("PATIENCE_S", "DOWNLOAD_S"):
        monkeypatch.setattr(f"web.printing.made.{name}", 0.2)
    return go


def test_a_sheet_that_takes_long_is_made_beside_the_requests(
    own_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "?grid=440304090002&paper=A2"
    assert own_client.get(f"/print/state{query}").get_json()["state"] == "none"
    go = slow(monkeypatch)
    page = own_client.get(f"/print{query}").get_data(as_text=True)
    assert "正在制作图纸" in page
    assert "sheet.pdf" not in page
    state = own_client.get(f"/print/state{query}").get_json()
    assert state == {"state": "running", "share": 0.95 * 0.25, "error": None}
    assert own_client.get(f"/print/sheet.pdf{query}").status_code == 503
    go.set()
    until = time.monotonic() + 60
    while own_client.get(f"/print/state{query}").get_json()["state"] != "done":
        assert time.monotonic() < until
        time.sleep(0.1)
    assert "sheet.pdf" in own_client.get(f"/print{query}").get_data(as_text=True)
    assert own_client.get(f"/print/sheet.pdf{query}").status_code == 200


def test_what_cannot_be_made_is_said_and_can_be_tried_again(
    own_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("web.printing.made.print_map", lambda *_a, **_k: 1 / 0)
        assert own_client.get("/print?paper=A4").status_code == 500
        state = own_client.get("/print/state?grid=&paper=A4").get_json()
        assert state["state"] == "failed"
        assert state["error"]
    assert own_client.get("/print?paper=A4").status_code == 200


def test_a_sheet_is_made_once_for_all_processes(
    own_app: Flask, own_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "?grid=440304090002&paper=A4"
    first = own_client.get(f"/print/sheet.pdf{query}").data
    other = create_app(own_app.config["SETTINGS"]).test_client()
    monkeypatch.setattr("web.printing.made.print_map", lambda *_a, **_k: 1 / 0)
    assert other.get(f"/print/sheet.pdf{query}").data == first
    own_app.config["WORKSPACE"].uploads.expire(before=time.time() + 3600)
    assert other.get(f"/print/sheet.pdf{query}").status_code == 500, "kept for a day only"


def test_leaflets_of_all_grids_are_one_file(town: Flask) -> None:
    limited = sign_in(town, "worker-of-one")
    page = limited.get("/print?what=leaflets&address=https://grid.example.cn")
    assert f"https://grid.example.cn/g/{COMMUNITY}001" in page.get_data(as_text=True)
    assert "PNG" not in page.get_data(as_text=True)
    pdf = limited.get("/print/sheet.pdf?what=leaflets&address=https://grid.example.cn").data
    tree = town.config["WORKSPACE"].current().hierarchy
    own = [code for code in tree.parents if tree.parents[code] == COMMUNITY]
    assert len(pypdfium2.PdfDocument(pdf)) == len(own) == 8
    words = words_of(pdf)
    assert all(tree.names[code] in words for code in own)
    for path in ("/print", "/print/sheet.pdf", "/print/state"):
        assert limited.get(f"{path}?what=leaflets&grid={OTHER}").status_code == 403
