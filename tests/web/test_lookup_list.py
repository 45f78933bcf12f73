"""Lists of addresses: the same list back, in order, with the grid of each row and who answers."""

from __future__ import annotations

import csv
import io
import json
import time

import openpyxl
import pandas as pd
import pytest
from flask.testing import FlaskClient
from openpyxl.styles import Font
from published import put_in_force
from small_plan import use_small_plan

from geogrid.errors import FormatError
from geogrid.i18n import mark
from geogrid.store.address_corrections import list_corrections
from web.v1.caller import database

HEAD = ["诉求人", "诉求地址", "件数", "合计"]
ROWS: list[list[object]] = [
    ["张", "西街1号1号楼", 1, "=C4*2"],
    ["王", "西街1号2号楼502", 2, "=C5*2"],
    ["李", "无此路9号", 3, "=C6*2"],
    ["赵", None, 4, "=C7*2"],
    ["钱", "东街3号", 5, "=C8*2"],
    ["孙", "西街", 6, "=C9*2"],
]


FROM = {"source": "民政", "dated": "2026-01-01"}


@pytest.fixture
def client(own_app) -> FlaskClient:
    use_small_plan(own_app.config["WORKSPACE"])
    return own_app.test_client()


def office_workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台账"
    sheet["A1"] = "某街道诉求台账"
    sheet.merge_cells("A1:D1")
    sheet.append(["填报：某人"])
    sheet.append(HEAD)
    for row in ROWS:
        sheet.append(row)
    sheet["B3"].font = Font(bold=True)
    sheet.freeze_panes = "A4"
    book.create_sheet("汇总")["A1"] = "=SUM(台账!D4:D9)"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def settled(client: FlaskClient, state: dict) -> dict:
    while state["stage"] in ("reading", "searching"):
        time.sleep(0.05)
        state = client.get(state["state_url"]).get_json()
    return state


def send(client: FlaskClient, content: bytes, name: str) -> dict:
    data = {"file": (io.BytesIO(content), name)}
    return client.post("/api/v1/lookup/lists?lang=zh_CN", data=data).get_json()


def looked_up(client: FlaskClient, content: bytes, name: str, **form: object) -> str:
    state = settled(client, send(client, content, name))
    assert (state["stage"], state["error"]) == ("asking", "")
    token = state["url"].rsplit("/", 1)[1]
    data = {"column": ["诉求地址"], "datum": "gcj02"} | form
    answer = client.post(f"/api/v1/lookup/lists/{token}/search", data=data)
    assert answer.status_code == 200, answer.text
    state = settled(client, answer.get_json())
    assert (state["stage"], state["error"]) == ("done", "")
    return token


def downloaded(client: FlaskClient, token: str, lang: str = "zh_CN") -> bytes:
    answer = client.get(f"/lookup/batch/{token}/file?lang={lang}", buffered=True)
    assert answer.status_code == 200, answer.text
    content = answer.get_data()
    answer.close()
    return content


def test_a_workbook_comes_back_with_its_formulas_and_who_answers(client: FlaskClient) -> None:
    token = looked_up(client, office_workbook(), "台账.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(downloaded(client, token)))
    assert book.sheetnames == ["台账", "汇总", "待核对"]
    sheet = book["台账"]
    assert sheet["A1"].value == "某街道诉求台账"
    assert [[cell.value for cell in row[:4]] for row in sheet.iter_rows(min_row=4)] == ROWS
    assert sheet.freeze_panes == "A4"
    assert book["汇总"]["A1"].value == "=SUM(台账!D4:D9)"
    names = {cell.value: cell.column for cell in sheet[3]}
    said = {
        name: [sheet.cell(row, names[name]).value for row in range(4, 10)]
        for name in ("查询结果", "网格编码", "社区", "专职网格员", "专职网格员电话", "归属依据")
    }
    assert said["网格编码"] == ["111", "112", None, None, "111", None]
    assert said["社区"] == ["甲社区", "甲社区", None, None, "甲社区", None]
    assert said["专职网格员"] == ["甲一员", "甲二副", None, None, "甲一员", None]
    assert said["专职网格员电话"][:2] == ["0755-1111-0001", "0755-1111-0003"]
    assert (said["查询结果"][0], said["查询结果"][3]) == ("完全一致", "本行没有地址")
    assert said["归属依据"][4] == "按楼栋对照表"
    assert sheet.cell(3, names["查询结果"]).font.bold is sheet["D3"].font.bold
    check = [[cell.value for cell in row] for row in book["待核对"].iter_rows()]
    assert [row[:2] for row in check[1:]] == [[6, "无此路9号"], [9, "西街"]]
    assert any("西街1号" in str(cell) for cell in check[2][3:])


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig"])
def test_a_text_comes_back_in_its_own_encoding(client: FlaskClient, encoding: str) -> None:
    text = '台账;;\n诉求人;诉求地址;数\n张;西街1号1号楼;1\n\n王;"东街\n3号";2'
    token = looked_up(client, text.encode(encoding), "台账.csv")
    assert "空行" in client.get(f"/lookup/batch/{token}?lang=zh_CN&change=1").text
    found = downloaded(client, token).decode(encoding)
    lines = found.split("\n")
    assert lines[0] == "台账;;"
    assert lines[1].startswith("诉求人;诉求地址;数;")
    assert lines[2].startswith("张;西街1号1号楼;1;完全一致;")
    assert lines[3] == ""
    assert "\r" not in found
    rows = list(csv.reader(io.StringIO(found, newline=""), delimiter=";"))
    assert rows[-1][:3] == ["王", "东街\n3号", "2"]


def test_columns_are_found_and_joined(client: FlaskClient) -> None:
    text = "姓名,街路巷,门牌号,楼栋号,房号\n张,西街,1,2,502\n".encode("gbk")
    state = settled(client, send(client, text, "a.csv"))
    page = client.get(state["url"]).text
    for column in ("街路巷", "门牌号", "楼栋号", "房号"):
        assert f'value="{column}" checked' in page
    assert 'value="姓名" checked' not in page
    token = looked_up(client, text, "a.csv", column=["街路巷", "门牌号", "楼栋号", "房号"])
    assert "112" in downloaded(client, token).decode("gbk").splitlines()[1].split(",")


def test_a_picked_place_is_written_and_can_be_taken_back(client: FlaskClient) -> None:
    token = looked_up(client, office_workbook(), "台账.xlsx")
    base = f"/api/v1/lookup/lists/{token}"
    rows = client.get(f"{base}/rows?group=doubtful").get_json()["rows"]
    assert [row["text"] for row in rows] == ["西街"]
    labels = [each["label"] for each in rows[0]["offered"]]
    choice = next(at for at, label in enumerate(labels) if "1号楼" in label)
    answer = client.post(f"{base}/pick", data={"text": "西街", "choice": choice}).get_json()
    assert (answer["picked"], answer["remembered"]) == (labels[choice], True)
    counted = client.get(f"{base}/rows?group=doubtful").get_json()["groups"]
    assert (counted["doubtful"], counted["none"], counted[""]) == (0, 2, 6)
    again = client.post(f"{base}/pick", data={"text": "西街", "choice": choice}).get_json()
    assert again["remembered"] is False, "it waits for a decision already"
    with client.application.app_context(), database().connect() as connection:
        kept = list_corrections(connection, "open")
    assert [(each.asked, each.unit_id, each.grid) for each in kept] == [("西街", "B1", "")]
    sheet = openpyxl.load_workbook(io.BytesIO(downloaded(client, token)))["台账"]
    assert "人工选定" in [cell.value for cell in sheet[9]]
    assert "按地图边界" in [cell.value for cell in sheet[9]]
    assert "111" in [cell.value for cell in sheet[9]]
    row = client.get(f"{base}/rows?group=doubtful").get_json()["rows"][0]
    assert row["is_picked"]
    client.post(f"{base}/pick", data={"text": "西街", "choice": -1})
    sheet = openpyxl.load_workbook(io.BytesIO(downloaded(client, token)))["台账"]
    assert "111" not in [cell.value for cell in sheet[9]]
    assert client.post(f"{base}/pick", data={"text": "西街", "choice": 99}).status_code == 422
    other = {"text": "西街", "choice": choice, "label": "别处"}
    assert client.post(f"{base}/pick", data=other).status_code == 422


def test_a_whole_street_or_compound_is_not_picked(client: FlaskClient) -> None:
    token = looked_up(client, "诉求地址\n西街\n甲苑\n".encode(), "一.csv")
    base = f"/api/v1/lookup/lists/{token}"
    for row in client.get(f"{base}/rows?lang=zh_CN").get_json()["rows"]:
        at = {each["label"]: number for number, each in enumerate(row["offered"])}
        label = next(each for each in at if each == "西街" or ("甲苑" in each and "楼" not in each))
        assert not row["offered"][at[label]]["is_usable"]
        answer = client.post(f"{base}/pick", data={"text": row["text"], "choice": at[label]})
        assert (answer.status_code, "不是一个地点" in answer.text) == (422, True)
    with client.application.app_context(), database().connect() as connection:
        assert list_corrections(connection, "open") == []


def test_what_waits_already_is_not_proposed_again(client: FlaskClient) -> None:
    token = looked_up(client, office_workbook(), "台账.xlsx")
    base = f"/api/v1/lookup/lists/{token}"
    (row,) = client.get(f"{base}/rows?group=doubtful").get_json()["rows"]
    usable = [at for at, each in enumerate(row["offered"]) if each["is_usable"]]
    first, second = usable[:2]
    remembered = [
        client.post(f"{base}/pick", data={"text": "西街", "choice": at}).get_json()["remembered"]
        for at in (first, second, first)
    ]
    assert remembered == [True, True, False]
    for text in ("别的街", "西街 "):
        answer = client.post(f"{base}/pick?lang=zh_CN", data={"text": text, "choice": first})
        assert (answer.status_code, "清单中没有这段文字" in answer.text) == (422, True)


def test_a_text_with_a_number_is_picked_but_not_remembered(client: FlaskClient) -> None:
    text = "西街1号1号楼 １３９12345678"
    token = looked_up(client, f"诉求地址\n{text}\n".encode(), "一.csv")
    base = f"/api/v1/lookup/lists/{token}"
    answer = client.post(f"{base}/pick", data={"text": text, "choice": 0}).get_json()
    assert (bool(answer["picked"]), answer["remembered"]) == (True, False)
    with client.application.app_context(), database().connect() as connection:
        assert text not in [each.asked for each in list_corrections(connection, "open")]


def test_pages_in_both_languages(client: FlaskClient) -> None:
    assert "Look up a list of addresses" in client.get("/lookup/batch?lang=en").text
    assert "/lookup/batch" in client.get("/lookup?lang=en").text
    token = looked_up(client, office_workbook(), "<b>台账.xlsx")
    page = client.get(f"/lookup/batch/{token}?lang=en").text
    assert "3 of 6 rows have a grid" in page
    assert "<b>台账" not in page
    assert "&lt;b&gt;台账" in page
    assert "共" not in client.get(f"/lookup/batch/{token}?lang=en&change=1").text
    assert "Result of the look-up" in [
        cell.value
        for cell in openpyxl.load_workbook(io.BytesIO(downloaded(client, token, "en")))["台账"][3]
    ]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.csv", "是空文件"),
        (b"%PDF-1.4", "a.csv", "PDF"),
        (b"PK\x03\x04junk", "a.xlsx", "损坏"),
        ("地址\n".encode(), "a.csv", "没有"),
    ],
)
def test_what_is_no_list_is_said(client: FlaskClient, content: bytes, name: str, said: str) -> None:
    state = settled(client, send(client, content, name))
    assert state["stage"] == "failed"
    assert said in state["error"]
    assert client.get(state["url"]).status_code == 200


def test_wrong_choices_are_said(client: FlaskClient) -> None:
    token = looked_up(client, office_workbook(), "台账.xlsx")
    base = f"/api/v1/lookup/lists/{token}"
    for data, said in (
        ({"column": ["没有"]}, "没有"),
        ({}, "请选择地址所在的列"),
        ({"column": ["诉求地址"], "datum": "x"}, "坐标系"),
    ):
        answer = client.post(f"{base}/search?lang=zh_CN", data=data)
        assert answer.status_code == 422
        assert said in answer.text
    assert client.get(f"{base}/rows?group=x").status_code == 422
    other = client.application.test_client()
    assert other.post(f"{base}/discard").status_code == 200
    assert client.get(f"/lookup/batch/{token}").status_code == 404


def test_another_sheet_has_its_own_columns_and_errors(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(office_workbook()))
    other = book.create_sheet("另表")
    for row in (["地址", "诉求地址"], ["西街1号1号楼", "无"], ["东街3号", "无"]):
        other.append(row)
    stream = io.BytesIO()
    book.save(stream)
    state = settled(client, send(client, stream.getvalue(), "台账.xlsx"))
    base = state["state_url"]

    def fail(*_asked: object) -> None:
        raise FormatError(mark("{file} has no rows."), file="台账.xlsx")

    with monkeypatch.context() as patched:
        patched.setattr("web.lookup_list.views.search_list", fail)
        data = {"column": ["诉求地址"], "datum": "wgs84"}
        failed = settled(client, client.post(f"{base}/search", data=data).get_json())
    assert failed["error"] != ""
    assert 'value="诉求地址" checked' in client.get(state["url"]).text, "the choice stays"
    state = settled(client, client.post(f"{base}/read", data={"sheet": "另表"}).get_json())
    assert (state["stage"], state["error"]) == ("asking", "")
    page = client.get(state["url"]).text
    assert 'value="地址" checked' in page
    assert 'value="诉求地址" checked' not in page


def test_a_page_of_rows_reads_no_cells(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = looked_up(client, office_workbook(), "台账.xlsx")
    monkeypatch.delattr("web.lookup_list.folder.AddressList.table")
    rows = client.get(f"/api/v1/lookup/lists/{token}/rows?group=none").get_json()["rows"]
    assert [(row["text"], row["row"]) for row in rows] == [("无此路9号", 6), ("", 7)]


def test_a_gazetteer_is_enough_to_find_addresses(client: FlaskClient) -> None:
    workspace = client.application.config["WORKSPACE"]
    use_small_plan(workspace, has_tables=False)
    for page in ("/lookup", "/lookup/batch"):
        assert "no list of buildings yet" in client.get(f"{page}?lang=en").text
    row = {"name": "便民药店", "lon": 114.005, "lat": 22.535}
    put_in_force(workspace)
    assert workspace.add_addresses(pd.DataFrame([row | FROM])).added == 1
    for page in ("/lookup", "/lookup/batch"):
        assert "no list of buildings yet" not in client.get(f"{page}?lang=en").text


def test_a_changed_plan_asks_for_another_look_up(client: FlaskClient) -> None:
    token = looked_up(client, office_workbook(), "台账.xlsx")
    use_small_plan(client.application.config["WORKSPACE"], has_tables=False)
    assert "The plan has changed" in client.get(f"/lookup/batch/{token}?lang=en").text
    assert client.get(f"/lookup/batch/{token}/file").status_code == 422


# for programs


def ask(client: FlaskClient, **body: object):
    content = json.dumps(body)
    return client.post("/api/v1/lookup?lang=en", data=content, content_type="application/json")


def test_many_texts_at_once(client: FlaskClient) -> None:
    texts = ["西街1号1号楼", "", 7, "\ud800", "x" * 2000, "东街3号"]
    answer = ask(client, texts=texts, datum="gcj02").get_json()
    assert answer["count"] == len(answer["results"]) == 6
    assert [each["row"] for each in answer["errors"]] == [3, 5]
    first, *_between, last = answer["results"]
    assert (first["certainty"], first["grid"], first["by"]) == ("exact", "111", "polygon")
    assert (last["grid"], last["by"], last["disagreement"]) == ("111", "list", "elsewhere")
    assert answer["grids"]["111"]["full_time"] == "甲一员"
    assert [step["code"] for step in answer["grids"]["111"]["chain"]] == ["111", "11", "1"]
    assert answer["counts"] == {"exact": 2, "similar": 0, "estimated": 0, "doubtful": 0, "none": 4}
    assert "0755" not in ask(client, texts=texts).text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "needs a list"),
        ({"texts": "a"}, "needs a list"),
        ({"texts": ["a"] * 5001}, "at most 5000 texts"),
        ({"texts": ["a"], "datum": "x"}, "must be one of"),
    ],
)
def test_wrong_bodies_are_said(client: FlaskClient, body: dict, said: str) -> None:
    answer = ask(client, **body)
    assert answer.status_code in (413, 422)
    assert said in answer.get_json()["detail"]
