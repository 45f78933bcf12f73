"""From a drawing, a picture, streets and words to a check, a repair and a draft."""

from __future__ import annotations

import json
import time
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import ezdxf
import numpy as np
import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import LIMITED, NAMES, sign_in
from PIL import Image
from sqlalchemy import select
from trace_drawings import CORNERS, drawing, pdf, picture, points, written

from geogrid.crs import geodesic_m
from geogrid.store.database.engine import reading
from geogrid.store.database.tables import audit
from geogrid.store.users import User
from web.check.folder import find_check
from web.jobs import jobs


def started(client: FlaskClient, content: bytes, name: str) -> str:
    """Upload a file and return the token of the tracing."""
    answer = client.post("/api/v1/trace", data={"files": (BytesIO(content), name)})
    assert answer.status_code == 200, answer.get_json()
    return str(answer.get_json()["url"].rsplit("/", 1)[-1])


def asked(client: FlaskClient, token: str, step: str, **form: Any) -> Any:
    return client.post(f"/api/v1/trace/{token}/{step}", data=form)


def good(answer: Any) -> Any:
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def checked(app: Flask, client: FlaskClient, token: str) -> dict[str, Any]:
    """Take the areas to the check and return what it found."""
    made = good(asked(client, token, "check"))["token"]
    jobs(app).wait(f"check:{made}", seconds=60)
    state = client.get(f"/api/v1/check/{made}").get_json()
    assert state["stage"] == "done", state
    return good(client.get(f"/api/v1/check/{made}/data"))


def test_a_drawing_becomes_named_areas_that_are_seamless(
    own_app: Flask, own_client: FlaskClient
) -> None:
    token = started(own_client, drawing(), "图纸.dxf")
    page = own_client.get(f"/plans/new/trace/{token}").get_data(as_text=True)
    assert "网格线" in page
    drawn = good(own_client.get(f"/api/v1/trace/{token}/drawing"))
    assert len(drawn["lines"]) == 8
    placed = good(asked(own_client, token, "place", points=json.dumps(points()), kind="affine"))
    assert placed["rms_m"] < 0.05
    far = geodesic_m(*np.array(placed["corners"]).T, *CORNERS[[3, 2, 1, 0]].T)
    assert far.max() < 0.1
    answer = good(
        asked(
            own_client, token, "areas", points=json.dumps(points()), layer=["0", "2"], tolerance="1"
        )
    )
    assert answer["count"] == 4
    assert answer["numbered"] == 2
    assert {each["properties"]["code"] for each in answer["areas"]["features"]} >= {
        "A1",
        "A2",
        "T001",
    }
    assert "西北网格" in {each["properties"]["name"] for each in answer["areas"]["features"]}
    lists = answer["lists"]
    assert lists["gaps"]["count"] == 1
    assert lists["gaps"]["rows"][0][2] == pytest.approx(0.6, abs=0.1)
    assert lists["dangling"]["count"] == 2
    assert lists["unlabelled"]["count"] == 1
    assert checked(own_app, own_client, token)["is_seamless"]


def test_what_is_left_out_is_a_gap_for_the_repair(own_app: Flask, own_client: FlaskClient) -> None:
    token = started(own_client, drawing(), "图纸.dxf")
    good(
        asked(
            own_client, token, "areas", points=json.dumps(points()), layer=["0", "2"],
            tolerance="1", unlabelled="leave_out",
        )
    )  # fmt: skip
    found = checked(own_app, own_client, token)
    assert not found["is_seamless"]
    made = good(asked(own_client, token, "check"))["token"]
    jobs(own_app).wait(f"check:{made}", seconds=60)
    good(own_client.post(f"/api/v1/check/{made}/repair/propose"))
    jobs(own_app).wait(f"repair:{made}", seconds=60)
    (row,) = good(own_client.get(f"/api/v1/check/{made}/repair/rows"))["rows"]
    assert row["kind"] == "gap"


def test_areas_become_the_draft(own_app: Flask, own_client: FlaskClient) -> None:
    token = started(own_client, drawing(), "图纸.dxf")
    good(
        asked(
            own_client, token, "areas", points=json.dumps(points()), layer=["0", "2"], tolerance="1"
        )
    )
    made = good(asked(own_client, token, "check"))["token"]
    jobs(own_app).wait(f"check:{made}", seconds=60)
    with own_app.app_context():
        assert (find_check(made).result / "grids.parquet").exists()
    answer = own_client.post(f"/api/v1/check/{made}/use", data={"name": "新网格"})
    assert answer.status_code == 200, answer.get_json()
    plan = own_app.config["WORKSPACE"].current()
    assert plan.name == "新网格"
    assert len(plan.grids) == 4


def test_streets_and_region_are_enough(own_app: Flask, own_client: FlaskClient) -> None:
    url = good(own_client.post("/api/v1/trace/blank/blank"))["url"]
    token = url.rsplit("/", 1)[-1]
    assert own_client.get(url).status_code == 200
    answer = good(asked(own_client, token, "areas", streets="on", region="on", tolerance="5"))
    assert answer["count"] > 500
    assert answer["numbered"] == answer["count"]
    assert min(row[2] for row in answer["lists"]["unlabelled"]["rows"]) > 0
    fewer = good(
        asked(own_client, token, "areas", streets="on", region="on", tolerance="5", least="3000")
    )
    assert fewer["count"] + fewer["joined"] == answer["count"]
    assert 100 < fewer["count"] < answer["count"] / 2
    assert checked(own_app, own_client, token)["is_seamless"]


def test_lines_and_names_by_hand(own_client: FlaskClient) -> None:
    token = good(own_client.post("/api/v1/trace/blank/blank"))["url"].rsplit("/", 1)[-1]
    ring = [*CORNERS.tolist(), CORNERS[0].tolist()]
    middle = [[114.032, 22.535], [114.032, 22.538]]
    texts = [[114.031, 22.5365, "东边<b>"], [114.033, 22.5365, "B2"]]
    answer = good(
        asked(own_client, token, "areas", lines=json.dumps([ring, middle]), texts=json.dumps(texts))
    )
    assert sorted(each["properties"]["code"] for each in answer["areas"]["features"]) == [
        "B2",
        "T001",
    ]
    page = own_client.get(f"/plans/new/trace/{token}").get_data(as_text=True)
    assert "东边<b>" not in page, "names are never markup"
    assert "22.5365" in page, "what was drawn is there again after a reload"


def test_a_picture_is_kept_under_a_draft(own_app: Flask, own_client: FlaskClient) -> None:
    own_app.config["WORKSPACE"].keep_sample()
    token = started(own_client, written(picture()), "扫描.png")
    shown = own_client.get(f"/api/v1/trace/{token}/picture")
    assert shown.mimetype == "image/png"
    rows = json.dumps(points(800, 600))
    assert asked(own_client, token, "keep", plan="1", points="[]").status_code == 422
    kept = good(asked(own_client, token, "keep", plan="1", points=rows, kind="projective"))
    (listed,) = good(own_client.get("/api/v1/plans/1/underlays"))["items"]
    assert listed["id"] == kept["id"]
    assert (listed["width"], listed["height"]) == (800, 600)
    far = geodesic_m(*np.array(listed["corners"]).T, *CORNERS[[3, 2, 1, 0]].T)
    assert far.max() < 0.01
    again = own_client.get(listed["url"])
    assert again.data == shown.data
    assert again.headers["X-Content-Type-Options"] == "nosniff"
    with reading(own_app.config["DATABASE"]) as connection:
        assert "plan.underlay_added" in set(connection.scalars(select(audit.c.action)))
    for _more in range(5):
        good(asked(own_client, token, "keep", plan="1", points=rows))
    full = asked(own_client, token, "keep", plan="1", points=rows)
    assert full.status_code == 413
    assert own_client.delete(listed["url"]).status_code == 204
    assert own_client.get(listed["url"]).status_code == 404
    assert own_client.delete(listed["url"]).status_code == 404
    assert len(good(own_client.get("/api/v1/plans/1/underlays"))["items"]) == 5


def traced_over(
    app: Flask, client: FlaskClient, rows: list[list[float]], kind: str = "projective"
) -> str:
    """Trace one area over a placed picture, check it, and return the token of the check."""
    token = started(client, written(picture()), "扫描.png")
    placement = {"points": json.dumps(rows), "kind": kind}
    good(asked(client, token, "place", **placement))
    ring = json.dumps([[*CORNERS.tolist(), CORNERS[0].tolist()]])
    good(asked(client, token, "areas", lines=ring, **placement))
    check = str(good(asked(client, token, "check"))["token"])
    jobs(app).wait(f"check:{check}", seconds=60)
    return check


def newest_draft(client: FlaskClient) -> int:
    return max(each["id"] for each in good(client.get("/api/v1/plans"))["items"])


def pictures_of(client: FlaskClient, plan: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = good(client.get(f"/api/v1/plans/{plan}/underlays"))["items"]
    return found


def test_the_picture_goes_with_the_areas_traced_over_it(
    own_app: Flask, own_client: FlaskClient
) -> None:
    check = traced_over(own_app, own_client, points(800, 600))
    good(own_client.post(f"/api/v1/check/{check}/use", data={"name": "描出的网格"}))
    plan = newest_draft(own_client)
    (listed,) = pictures_of(own_client, plan)
    assert listed["name"] == "扫描.png"
    far = geodesic_m(*np.array(listed["corners"]).T, *CORNERS[[3, 2, 1, 0]].T)
    assert far.max() < 0.01
    assert Image.open(BytesIO(own_client.get(listed["url"]).data)).size == (800, 600)
    page = own_client.get(f"/plans/{plan}/edit").get_data(as_text=True)
    assert 'id="pictures"' in page
    posts = pd.DataFrame([{"grid": "T001", "post": "leader", "holder": "张三"}])
    own_app.config["WORKSPACE"].add_posts(posts)  # a list makes a draft anew
    assert newest_draft(own_client) > plan
    (again,) = pictures_of(own_client, newest_draft(own_client))
    assert own_client.get(again["url"]).data == own_client.get(listed["url"]).data


def test_a_picture_that_lies_nowhere_goes_nowhere(own_app: Flask, own_client: FlaskClient) -> None:
    check = traced_over(own_app, own_client, points(800, 600)[:2])
    good(own_client.post(f"/api/v1/check/{check}/use", data={"name": "描出的网格"}))
    assert pictures_of(own_client, newest_draft(own_client)) == []


def repaired(client: FlaskClient, check: str) -> None:
    """Repair what can be repaired of areas that were checked."""
    address, version = f"/api/v1/check/{check}/repair", ""
    for step, stage in (("propose", "proposed"), ("apply", "mended")):
        good(client.post(f"{address}/{step}", data={"version": version}))
        deadline = time.monotonic() + 60
        while (state := good(client.get(address)))["stage"] in ("proposing", "mending"):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert state["stage"] == stage
        version = state["version"]


@pytest.mark.usefixtures("people")
def test_the_picture_goes_with_repaired_areas_for_planners_without_limits(own_app: Flask) -> None:
    boss = sign_in(own_app, "root")
    check = traced_over(own_app, boss, points(800, 600))
    repaired(boss, check)
    address, form = f"/api/v1/check/{check}/repair/use", {"name": "修复后的网格"}
    for name in (*NAMES, *LIMITED):
        if name not in ("root", "planner"):
            refused = sign_in(own_app, name).post(address, data=form)
            assert refused.status_code in (403, 404), name
    assert own_app.test_client().post(address, data=form).status_code == 401
    good(boss.post(address, data=form))
    plan = newest_draft(boss)
    (listed,) = pictures_of(boss, plan)
    assert listed["name"] == "扫描.png"
    assert Image.open(BytesIO(boss.get(listed["url"]).data)).size == (800, 600)
    assert boss.get(f"/api/v1/plans/{plan}").get_json()["name"] == "修复后的网格"


@pytest.mark.parametrize("name", [*NAMES, *LIMITED])
@pytest.mark.usefixtures("people")
def test_pictures_are_for_planners_without_limits(
    own_app: Flask, own_client: FlaskClient, name: str
) -> None:
    own_app.config["WORKSPACE"].keep_sample()
    boss = sign_in(own_app, "root")
    token = started(boss, written(picture()), "扫描.png")
    rows = json.dumps(points(800, 600))
    good(asked(boss, token, "keep", plan="1", points=rows))
    (listed,) = pictures_of(boss, 1)
    client = sign_in(own_app, name)
    expected = 200 if name in ("root", "planner") else 403
    assert client.get("/api/v1/plans/1/underlays").status_code == expected
    assert client.get(listed["url"]).status_code == expected
    gone = client.delete(listed["url"]).status_code
    assert gone == (204 if expected == 200 else 403)
    assert len(pictures_of(boss, 1)) == (0 if expected == 200 else 1)
    assert own_client.get(listed["url"]).status_code == 401


def test_only_pictures_and_only_drafts(own_app: Flask, own_client: FlaskClient) -> None:
    rows = json.dumps(points(800, 600))
    token = started(own_client, written(picture()), "扫描.png")
    assert asked(own_client, token, "keep", plan="77", points=rows).status_code == 404
    assert asked(own_client, token, "keep", plan="x", points=rows).status_code == 422
    drawn = started(own_client, drawing(), "图纸.dxf")
    own_app.config["WORKSPACE"].keep_sample()
    assert asked(own_client, drawn, "keep", plan="1", points=rows).status_code == 422
    assert own_client.get("/api/v1/plans/77/underlays").status_code == 404


def test_descriptions_become_proposals(own_app: Flask, own_client: FlaskClient) -> None:
    token = good(own_client.post("/api/v1/trace/blank/bounds"))["url"].rsplit("/", 1)[-1]
    text = (
        "第一网格：西至泰然9路，南至滨河路，东至香蜜湖路，北至老深南\n"
        "440304002 第二网格：东至小学围墙，南至甲，西至乙，北至丙"
    )
    answer = good(asked(own_client, token, "bounds", text=text, aliases="老深南 = 深南大道"))
    first, second = answer["proposals"]
    assert answer["count"] == 1
    assert (first["code"], first["name"]) == ("T001", "第一网格")
    assert (second["code"], second["name"]) == ("440304002", "第二网格")
    streets = {side["asked"]: side["street"] for side in first["sides"]}
    assert streets == {
        "香蜜湖路": "香蜜湖路",
        "滨河路": "滨河大道",
        "泰然9路": "泰然九路",
        "老深南": "深南大道",
    }
    assert first["sureness"] > 0.4
    assert second["shape"] is None
    assert len(second["missing"]) == 4
    assert checked(own_app, own_client, token)["headline"]
    assert asked(own_client, token, "bounds", text=" ").status_code == 422
    assert asked(own_client, token, "bounds", text="东至甲\n" * 201).status_code == 422


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"points": "{"}, "无法读取"),
        ({"points": "[" * 5000}, "无法读取"),
        ({"points": '[["a",0,1,2]]'}, "无法读取"),
        ({"points": "[[true,0,1,2]]"}, "无法读取"),
        ({"points": "[[1e999,0,1,2]]"}, "无法读取"),
        ({"points": json.dumps([[0, 0, 0, 0]] * 61)}, "无法读取"),
        ({"kind": "rubber"}, "rubber"),
    ],
)
def test_points_that_cannot_be_read_are_refused_in_words(
    client: FlaskClient, form: dict[str, str], words: str
) -> None:
    token = started(client, written(picture()), "扫描.png")
    answer = asked(client, token, "place", **form)
    assert answer.status_code == 422
    assert words in answer.get_json()["detail"]


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ("[[0,0,114,22.5]]", "控制点太少"),
        ("[[0,0,114,22.5],[1,1,114.1,22.6],[2,2,114.2,22.7]]", "一条直线"),
        ("[[0,0,114,22.5],[9,0,114.01,22.5],[0,9,114,22.49]]", "点错了对应关系"),
        ("[[0,0,114,22.5],[9,0,114.01,22.5],[9,0,114,22.49]]", "2 号点和 3 号点"),
    ],
)
def test_points_that_place_nothing_are_answered_in_words(
    client: FlaskClient, points: str, words: str
) -> None:
    token = started(client, written(picture()), "扫描.png")
    assert words in good(asked(client, token, "place", points=points))["refused"]


@pytest.mark.parametrize(
    "form",
    [
        {}, {"lines": "[[[0,0],[1]]]"}, {"lines": "[[[500,0],[1,1]]]"}, {"texts": "[[0,0,5]]"},
        {"tolerance": "nan"}, {"tolerance": "51"}, {"least": "x"}, {"least": "-1"},
        {"lines": "7"}, {"texts": "[7]"},
    ],
)  # fmt: skip
def test_areas_of_nothing_are_refused(client: FlaskClient, form: dict[str, str]) -> None:
    token = good(client.post("/api/v1/trace/blank/blank"))["url"].rsplit("/", 1)[-1]
    assert asked(client, token, "areas", **form).status_code == 422
    assert asked(client, token, "check").status_code == 422
    assert client.get(f"/api/v1/trace/{token}/picture").status_code == 404
    assert client.get(f"/api/v1/trace/{token}/drawing").status_code == 404
    assert client.post("/api/v1/trace/blank/other").status_code == 404


def test_hostile_files_are_refused_or_made_harmless(app: Flask, client: FlaskClient) -> None:
    whole = written(picture())
    cases = {
        "a.png": (whole[: len(whole) // 2], "损坏"),
        "b.jpg": (b"\xff\xd8\xff" + b"x" * 100, "损坏"),
        "c.pdf": (b"%PDF-1.7\n", "损坏"),
        "locked.pdf": (pdf("x", password="secret"), "密码"),
        "d.svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", ""),
        "e.dxf": (drawing()[:900], "损坏"),
        "f.geojson": (b'{"type":"FeatureCollection","features":[]}', "检查"),
        "g.dxf": (b"", ""),
    }
    before = len(list((app.config["WORKSPACE"].uploads.root).glob("*")))
    for name, (content, words) in cases.items():
        answer = client.post("/api/v1/trace", data={"files": (BytesIO(content), name)})
        assert answer.status_code == 422, name
        assert words in answer.get_json()["detail"], name
    assert client.post("/api/v1/trace").status_code == 422
    assert len(list((app.config["WORKSPACE"].uploads.root).glob("*"))) == before, "nothing stays"
    script = b"<script>alert(1)</script>"
    token = started(client, whole + script, "../../多<b>格.PNG")
    shown = client.get(f"/api/v1/trace/{token}/picture").data
    assert script not in shown
    Image.open(BytesIO(shown)).verify()
    page = client.get(f"/plans/new/trace/{token}").get_data(as_text=True)
    assert "多<b>格" not in page


def test_a_drawing_reaches_for_nothing_outside_itself(client: FlaskClient, tmp_path: Path) -> None:
    secret = tmp_path / "secret.dxf"
    secret.write_bytes(drawing().replace(b"A1", b"SECRET"))
    document = ezdxf.new("R2010")
    space = document.modelspace()
    space.add_lwpolyline([(0, 0), (9, 0), (9, 9)], close=True)
    document.add_xref_def(str(secret), "outside")
    space.add_blockref("outside", (0, 0))
    picture_of = document.add_image_def(filename="/etc/passwd", size_in_pixel=(9, 9))
    space.add_image(picture_of, (0, 0), (9, 9))
    space.add_text("file:///etc/passwd http://127.0.0.1/x")
    out = StringIO()
    document.write(out)
    token = started(client, out.getvalue().encode(), "a.dxf")
    kept = client.get(f"/api/v1/trace/{token}/drawing").get_data(as_text=True)
    assert "SECRET" not in kept
    assert "root:" not in kept
    assert len(json.loads(kept)["lines"]) == 1


def pages_of(app: Flask, client: FlaskClient, token: str) -> dict[str, Any]:
    """Wait for what is drawn of a PDF and return how it is."""
    for key in (f"trace:{token}:pages", f"trace:{token}"):
        jobs(app).wait(key, seconds=60)
    state: dict[str, Any] = good(client.get(f"/api/v1/trace/{token}/pages"))
    return state


def test_the_only_page_of_a_pdf_is_a_picture_to_trace(app: Flask, client: FlaskClient) -> None:
    token = started(client, pdf("<b>甲"), "扫描.pdf")
    state = pages_of(app, client, token)
    assert (state["stage"], state["page"], state["error"]) == ("done", 1, None)
    page = client.get(f"/plans/new/trace/{token}").get_data(as_text=True)
    assert "扫描.pdf" in page
    assert "换 PDF 的另一页" not in page
    shown = client.get(f"/api/v1/trace/{token}/picture")
    assert Image.open(BytesIO(shown.data)).size == (2480, 3509)
    placed = good(asked(client, token, "place", points=json.dumps(points(2480, 3509))))
    assert len(placed["corners"]) == 4


def test_a_page_of_several_is_chosen_and_can_be_changed(app: Flask, client: FlaskClient) -> None:
    token = started(client, pdf("封面", "地图", "附表"), "规划图.pdf")
    assert client.get(f"/plans/new/trace/{token}").location.endswith(f"/{token}/pages")
    state = pages_of(app, client, token)
    assert (state["stage"], state["thumbnails"]) == ("choosing", [1, 2, 3])
    small = client.get(f"/api/v1/trace/{token}/pages/2.png")
    assert max(Image.open(BytesIO(small.data)).size) == 320
    assert client.get(f"/api/v1/trace/{token}/pages/4.png").status_code == 404
    page = client.get(f"/plans/new/trace/{token}/pages").get_data(as_text=True)
    assert "规划图.pdf" in page
    assert page.count("data-page=") == 3
    for wrong in ("", "0", "4", "x", "１"):
        assert asked(client, token, "pages", page=wrong).status_code == 422
    good(asked(client, token, "pages", page="2"))
    assert pages_of(app, client, token)["stage"] == "done"
    good(asked(client, token, "place", points=json.dumps(points(2480, 3509))))
    work = client.get(f"/plans/new/trace/{token}").get_data(as_text=True)
    assert "规划图.pdf 2/3" in work
    assert f"/plans/new/trace/{token}/pages" in work
    assert '"points": [[0.0' in work
    good(asked(client, token, "pages", page="3"))
    assert pages_of(app, client, token)["stage"] == "done"
    work = client.get(f"/plans/new/trace/{token}").get_data(as_text=True)
    assert '"points": []' in work, "points of another page place nothing"


def test_a_page_that_cannot_be_drawn_is_said(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geogrid.tracing.pdf_pages.MEMORY_MB", 1)
    monkeypatch.setattr("web.trace.taking.count_pages", lambda _content, _name: 1)
    token = started(client, pdf("甲"), "大图.pdf")
    state = pages_of(app, client, token)
    assert state["stage"] == "failed"
    assert "大图.pdf 第 1 页无法绘出" in state["error"]
    assert client.get(f"/plans/new/trace/{token}").status_code == 302
    assert client.get(f"/api/v1/trace/{token}/picture").status_code == 404


def test_other_uploads_have_no_pages(client: FlaskClient) -> None:
    token = started(client, written(picture()), "扫描.png")
    assert client.get(f"/api/v1/trace/{token}/pages").status_code == 404
    assert asked(client, token, "pages", page="1").status_code == 404
    assert client.get(f"/plans/new/trace/{token}/pages").location.endswith(token)
    assert client.get(f"/plans/new/trace/{'0' * 32}/pages").location == "/plans/new/trace"


def test_what_was_traced_last_is_offered_again(own_client: FlaskClient) -> None:
    assert "上次绘制" not in own_client.get("/plans/new/trace").get_data(as_text=True)
    token = started(own_client, written(picture()), "扫描.png")
    own_client.get(f"/plans/new/trace/{token}")
    again = own_client.get("/plans/new/trace").get_data(as_text=True)
    assert "扫描.png" in again
    assert token in again


def test_tokens_that_are_none_lead_to_the_beginning(client: FlaskClient) -> None:
    answer = client.get("/plans/new/trace/" + "0" * 32)
    assert answer.location == "/plans/new/trace"
    assert client.get("/api/v1/trace/x/picture").status_code == 404
    assert client.post("/api/v1/trace/" + "0" * 32 + "/check").status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_tracing_is_for_planners_without_limits(
    own_app: Flask, people: dict[str, User], name: str
) -> None:
    client = sign_in(own_app, name)
    expected = 200 if people[name].role in ("planner", "admin") else 403
    assert client.get("/plans/new/trace").status_code == expected
    assert client.post("/api/v1/trace/blank/blank").status_code == expected


def test_other_uploads_do_not_end_a_tracing_within_a_week(
    own_app: Flask, own_client: FlaskClient
) -> None:
    token = started(own_client, drawing(), "图纸.dxf")
    uploads = own_app.config["WORKSPACE"].uploads
    day = 24 * 3600
    assert uploads.expire(before=time.time() + 5.5 * day) == 0
    assert own_client.get(f"/plans/new/trace/{token}").status_code == 200
    assert uploads.expire(before=time.time() + 6.5 * day) == 1
    assert own_client.get(f"/plans/new/trace/{token}").status_code == 302, "back to the start"
