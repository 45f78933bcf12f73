"""Uploaded lists: every row comes back, in order, untouched, with its grid or the reason."""

from __future__ import annotations

import csv
import io
import os
import threading
import time

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from shapely.geometry import box

from geogrid.crs import from_wgs84
from geogrid.errors import FormatError
from geogrid.i18n import mark
from web.cases import views as cases_views
from web.cases.list import find_list
from web.current import current_plan
from web.jobs import jobs

PHONE = "13800138000"
WEST = (114.005, 22.505)


def small_plan() -> dict[str, object]:
    """Return one community of two square grids; the west one has a building with an address."""
    shapes = [box(114.0, 22.5, 114.02, 22.51), box(114.0, 22.5, 114.01, 22.51)]
    shapes.append(box(114.01, 22.5, 114.02, 22.51))
    grids = gpd.GeoDataFrame(
        {
            "code": ["1", "101", "102"],
            "name": ["泰然社区", "泰然一网格", "泰然二网格"],
            "parent": ["", "1", "1"],
            "level": [2, 3, 3],
            "households": [300, 100, 200],
        },
        geometry=shapes,
        crs="EPSG:4326",
    )
    unit = {
        "unit_id": "u1", "kind": "building", "street": "泰然七路", "number": "12号",
        "building": "3号楼", "address": "泰然七路12号3号楼", "lon": WEST[0], "lat": WEST[1],
    }  # fmt: skip
    return {"name": "两格方案", "grids": grids, "units": pd.DataFrame([unit])}


@pytest.fixture
def client(own_app):
    own_app.config["WORKSPACE"].use(**small_plan())
    return own_app.test_client()


def csv_bytes(rows: list[list[object]], encoding: str = "gbk") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def workbook_bytes(*sheets: tuple[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def send(client, content: bytes, name: str = "工单.csv", lang: str = "zh_CN"):
    data = {"file": (io.BytesIO(content), name)}
    return client.post(f"/api/v1/cases?lang={lang}", data=data)


def settled(client, state):
    """Return the state when no work is under way."""
    while state["stage"] in ("reading", "locating"):
        time.sleep(0.02)
        state = client.get(state["state_url"]).get_json()
    return state


def upload(client, content: bytes, name: str = "工单.csv") -> str:
    state = settled(client, send(client, content, name).get_json())
    assert (state["stage"], state["error"]) == ("asking", "")
    return state["url"].rsplit("/", 1)[1]


def find_preview(client, token: str) -> dict:
    with client.application.test_request_context():
        return find_list(token).read("preview")


def locate(client, token: str, lang: str = "zh_CN", **form: str):
    answer = client.post(f"/api/v1/cases/{token}/locate?lang={lang}", data=form)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    state = settled(client, answer.get_json())
    assert (state["stage"], state["error"]) == ("done", "")


def downloaded(client, token: str, lang: str = "zh_CN"):
    """Return the answer and the file of the download."""
    answer = client.get(f"/cases/{token}/located?lang={lang}", buffered=True)
    content = answer.get_data()
    answer.close()
    return answer, content


def rows_of(client, token: str, status: str = "", **query: object):
    return client.get(
        f"/api/v1/cases/{token}/rows", query_string={"status": status, **query}
    ).get_json()


ADDRESSES = [
    ["工单编号", "来电时间", "诉求类型", "事发地址", "来电人", "联系电话", "办理状态"],
    ["A1", "2026-03-01 08:05", "噪音", "福田区泰然七路１２号3栋", "张某", PHONE, "已办结"],
    ["A2", "2026-03-02 09:00", "违停", "无此路999号", "李某", PHONE, "处理中"],
    ["A3", "2026-03-03 10:00", "井盖", "", "=HYPERLINK(1)", PHONE, "处理中"],
]


def test_addresses_in_gbk_come_back_in_order_with_their_grids(client):
    token = upload(client, csv_bytes(ADDRESSES))
    page = client.get(f"/cases/{token}?lang=en").get_data(as_text=True)
    assert "CSV in GBK" in page
    assert "3 rows were found" in page
    locate(client, token, **{"field-address": "事发地址"})
    answer, content = downloaded(client, token)
    assert answer.headers["Content-Disposition"].endswith(".csv")
    head, *rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert head[:7] == ADDRESSES[0]
    assert [row[:4] for row in rows] == [row[:4] for row in ADDRESSES[1:]]
    assert rows[2][4] == "'=HYPERLINK(1)"
    found = [dict(zip(head, row, strict=True)) for row in rows]
    assert [row["网格名称"] for row in found] == ["泰然一网格", "", ""]
    assert [row["社区"] for row in found] == ["泰然社区", "", ""]
    assert [row["定位结果"] for row in found] == ["在网格内", "没有位置", "没有位置"]
    assert found[0]["匹配地址"].startswith("泰然七路12号")
    assert "999" in found[1]["未定位原因"]


def test_doubtful_addresses_are_listed_and_not_placed(own_app, client):
    rows = [
        ["D1", "泰然七路12号3号楼"],
        ["D2", "泰燃七路12号3号楼"],
        ["D3", "泰然七路18号"],
        ["D4", "泰然社区"],
    ]
    token = upload(client, csv_bytes([["工单编号", "诉求地址"], *rows]))
    locate(client, token, **{"field-address": "诉求地址", "field-case_id": "工单编号"})
    placed = rows_of(client, token, "address", lang="zh_CN")["rows"]
    assert [row["said"][1] for row in placed] == ["D1", "D2"]
    assert placed[0]["reason"].startswith("泰然七路12号3号楼 · ")
    doubtful = rows_of(client, token, "doubtful", lang="zh_CN")["rows"]
    assert [row["said"][1] for row in doubtful] == ["D3", "D4"]
    assert all(row["lon"] is None and "不能确定" in row["reason"] for row in doubtful)
    content = downloaded(client, token)[1].decode("utf-8-sig")
    head, *lines = list(csv.reader(io.StringIO(content)))
    found = [dict(zip(head, line, strict=True)) for line in lines]
    assert found[2]["存疑地址可能是"].startswith("泰然七路")
    assert [bool(row["匹配地址"]) for row in found] == [True, True, False, False]
    report = client.get(f"/cases/weekly?list={token}&week=2026-W10&lang=zh_CN")
    assert report.status_code == 200
    assert f"list={token}" in report.get_data(as_text=True)
    assert client.get(f"/cases/weekly/heat.png?list={token}").mimetype == "image/png"
    assert client.get("/cases/weekly?list=none").status_code == 404
    assert client.post(f"/api/v1/cases/{token}/use").status_code == 200
    cases = own_app.config["WORKSPACE"].current().cases.set_index("case_id")
    assert cases.loc["D1", "address_certainty"] == "exact"
    assert cases.loc["D2", "address_certainty"] == "similar"
    assert cases.loc[["D3", "D4"], "lon"].isna().all()


def test_the_list_says_the_grid_of_a_building_that_an_address_means(own_app, client):
    workspace = own_app.config["WORKSPACE"]
    known = small_plan()["units"]
    more = known.assign(unit_id="u2", number="14号", address="泰然七路14号3号楼", lon=114.03)
    units = pd.concat([known, more], ignore_index=True).assign(grid="102")
    workspace.add_units(units)
    rows = [["L1", "泰然七路12号3号楼", ""], ["L2", "泰然七路14号3号楼", ""]]
    rows.append(["L3", "泰然七路12号3号楼", f"{WEST[0]},{WEST[1]}"])
    token = upload(client, csv_bytes([["工单编号", "诉求地址", "经纬度"], *rows]))
    fields = {"field-address": "诉求地址", "field-case_id": "工单编号", "field-lon": "经纬度"}
    locate(client, token, **fields, datum="wgs84")
    shown = rows_of(client, token, lang="zh_CN")["rows"]
    assert [row["grid"] for row in shown] == ["泰然二网格", "泰然二网格", "泰然一网格"]
    assert [row["status"] for row in shown] == ["inside"] * 3
    assert "以对照表为准" in shown[0]["reason"]
    assert "位置不在任何网格内" in shown[1]["reason"]
    assert shown[2]["reason"] == ""
    content = downloaded(client, token)[1].decode("utf-8-sig")
    head, *lines = list(csv.reader(io.StringIO(content)))
    found = [dict(zip(head, line, strict=True)) for line in lines]
    assert [row["网格编码"] for row in found] == ["102", "102", "101"]
    assert [row["社区"] for row in found] == ["泰然社区"] * 3
    assert [bool(row["对照表与地图不一致"]) for row in found] == [True, True, False]
    assert client.post(f"/api/v1/cases/{token}/use").status_code == 200
    assert case_grids(own_app) == ["102", "102", "101"]
    workspace.add_units(units.assign(grid=["", "999"]))
    assert case_grids(own_app) == ["101", "", "101"]


def case_grids(app) -> list[str]:
    """Return the grid of each case, by number."""
    with app.app_context():
        current = current_plan()
        cases = current.plan.cases.assign(grid=current.case_grids)
        return cases.sort_values("case_id")["grid"].tolist()


def test_words_of_the_status_are_shown_before_anything_is_located(client):
    words = ["已办结", "办理中", "已回访", "已回访", "转圈中", ""]
    rows = [[f"S{at}", "泰然七路12号", word] for at, word in enumerate(words)]
    token = upload(client, csv_bytes([["工单编号", "诉求地址", "办理状态"], *rows]))
    columns = find_preview(client, token)["columns"]
    assert columns[2]["statuses"] == [
        {"word": "已回访", "count": 2, "meaning": "closed"},
        {"word": "已办结", "count": 1, "meaning": "closed"},
        {"word": "办理中", "count": 1, "meaning": "open"},
        {"word": "转圈中", "count": 1, "meaning": ""},
    ]
    page = client.get(f"/cases/{token}").get_data(as_text=True)
    assert 'id="statuses"' in page
    assert "已回访" in page


def test_a_column_of_many_words_is_no_status(client):
    rows = [[f"S{at}", "泰然七路12号"] for at in range(60)]
    token = upload(client, csv_bytes([["工单编号", "诉求地址"], *rows]))
    columns = find_preview(client, token)["columns"]
    assert columns[0]["statuses"] == []


def test_rows_that_could_not_be_located_are_listed_with_the_reason(client):
    token = upload(client, csv_bytes(ADDRESSES))
    locate(client, token, **{"field-address": "事发地址", "field-case_id": "工单编号"})
    missing = rows_of(client, token, "missing", lang="zh_CN")["rows"]
    assert [row["row"] for row in missing] == [3, 4]
    assert missing[0]["said"] == ["无此路999号", "A2"]
    assert all(row["reason"] for row in missing)
    english = rows_of(client, token, "missing", lang="en")["rows"]
    assert english[1]["reason"] == "The row has neither coordinates nor an address."
    assert rows_of(client, token, "address")["count"] == 1
    assert rows_of(client, token)["count"] == 3


def positions(datum: str = "wgs84", count: int = 12) -> list[list[object]]:
    """Return a title, a header and rows along the middle of the west grid."""
    rows: list[list[object]] = [["福田街道事件表"], ["编号", "status", "经度", "纬度"]]
    for at in range(count):
        lon, lat = from_wgs84(114.0005 + 0.009 * at / count, 22.505, datum)
        rows.append([f"B{at}", "已结案", lon, lat])
    return rows


CHOICE = {"field-lon": "经度", "field-lat": "纬度", "field-case_id": "编号"}


def test_a_workbook_stays_what_it_was_and_gets_columns_behind(client):
    given = positions()
    content = workbook_bytes(("三月", given), ("说明", [["勿改"]]))
    token = upload(client, content, "事件.xlsx")
    page = client.get(f"/cases/{token}?lang=zh_CN").get_data(as_text=True)
    assert "表头：第 2 行" in page
    locate(client, token, datum="wgs84", **CHOICE)
    book = openpyxl.load_workbook(io.BytesIO(downloaded(client, token)[1]))
    assert book["说明"]["A1"].value == "勿改"
    rows = list(book["三月"].iter_rows(values_only=True))
    assert [list(row[:4]) for row in rows[1:]] == given[1:]
    head = dict(zip(rows[1], rows[2], strict=True))
    assert head["网格编码"] == "101"
    assert head["status"] == "已结案"


def test_the_download_is_made_in_the_background(client, monkeypatch):
    monkeypatch.setattr(cases_views, "PATIENCE_S", 0)
    token = upload(client, csv_bytes(positions()[1:]))
    locate(client, token, datum="wgs84", **CHOICE)
    made = {"ready": False}
    while not made["ready"]:
        made = client.post(f"/api/v1/cases/{token}/download?lang=en").get_json()
        assert made["error"] == ""
    head = downloaded(client, token, "en")[1].decode("utf-8-sig").splitlines()[0]
    assert head.startswith("编号,status,经度,纬度,Grid code,Grid name,Community")


def test_a_list_is_located_once_at_a_time(client, monkeypatch):
    begun, go = threading.Event(), threading.Event()

    def slow(*_arguments: object, **_options: object) -> None:
        begun.set()
        go.wait(5)

    monkeypatch.setattr(cases_views, "PATIENCE_S", 0)
    token = upload(client, csv_bytes(positions()[1:]))
    monkeypatch.setattr(cases_views, "locate_list", slow)
    form = {**CHOICE, "datum": "wgs84"}
    assert client.post(f"/api/v1/cases/{token}/locate", data=form).status_code == 200
    assert begun.wait(5)
    assert client.get(f"/api/v1/cases/{token}").get_json()["stage"] == "locating"
    assert client.post(f"/api/v1/cases/{token}/locate", data=form).status_code == 503
    go.set()


def test_another_sheet_can_be_read(client):
    content = workbook_bytes(("说明", [["填写说明", "勿改"]]), ("表", positions()[1:]))
    token = upload(client, content, "事件.xlsx")
    client.post(f"/api/v1/cases/{token}/read", data={"sheet": "表"})
    locate(client, token, datum="wgs84", **CHOICE)
    assert rows_of(client, token, "inside")["count"] == 12


def test_another_sheet_forgets_choice_and_error_of_the_one_before(client, monkeypatch):
    content = workbook_bytes(("表", positions()), ("另表", positions()))
    token = upload(client, content, "事件.xlsx")

    def fail(*_asked, **_more):
        raise FormatError(mark("{file} has no rows."), file="事件.xlsx")

    monkeypatch.setattr(cases_views, "locate_list", fail)
    base = f"/api/v1/cases/{token}"
    data = {**CHOICE, "datum": "wgs84"}
    assert settled(client, client.post(f"{base}/locate", data=data).get_json())["error"] != ""
    data = {"sheet": "另表"}
    state = settled(client, client.post(f"{base}/read", data=data).get_json())
    assert (state["stage"], state["error"]) == ("asking", "")


def test_both_numbers_in_one_column_are_recognised(client):
    token = upload(client, csv_bytes([["名称", "定位"], ["门口", "114.005, 22.505"]]))
    page = client.get(f"/cases/{token}").get_data(as_text=True)
    assert '<option value="定位" selected>' in page
    locate(client, token, datum="cgcs2000", **{"field-lon": "定位"})
    assert rows_of(client, token, "inside")["rows"][0]["grid"] == "泰然一网格"


@pytest.mark.parametrize(
    "form",
    [
        {**CHOICE},
        {**CHOICE, "datum": "beijing54"},
        {},
        {"field-lat": "纬度", "datum": "wgs84"},
        {"field-lon": "经度", "field-lat": "经度", "datum": "wgs84"},
        {"field-address": "没有的列"},
    ],
)
def test_an_incomplete_choice_is_refused_in_the_users_language(client, form):
    token = upload(client, csv_bytes(positions()[1:]))
    said = {}
    for lang in ("zh_CN", "en"):
        answer = client.post(f"/api/v1/cases/{token}/locate?lang={lang}", data=form)
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
        said[lang] = answer.get_json(force=True)["detail"]
    assert said["zh_CN"] != said["en"]
    assert client.get(f"/api/v1/cases/{token}").get_json()["stage"] == "asking"


def test_a_datum_that_fits_badly_is_questioned_by_grids_and_by_addresses(client):
    rows = positions("gcj02")[1:]
    token = upload(client, csv_bytes(rows))
    locate(client, token, datum="bd09", **CHOICE)
    page = client.get(f"/cases/{token}?lang=en").get_data(as_text=True)
    assert "of the points lie in the grids" in page
    assert "BD-09 (Baidu)" in page
    here = from_wgs84(*WEST, "gcj02")
    with_address = [[*rows[0], "地址"], *[["B", "", *here, "泰然七路12号3号楼"]] * 12]
    token = upload(client, csv_bytes(with_address))
    locate(client, token, datum="wgs84", **CHOICE, **{"field-address": "地址"})
    page = client.get(f"/cases/{token}?lang=zh_CN").get_data(as_text=True)
    assert "离自己的地址" in page
    assert "换一种坐标系" in page


def test_a_list_becomes_the_cases_of_the_plan_without_people(client, own_app):
    token = upload(client, csv_bytes(ADDRESSES))
    fields = {"address": "事发地址", "case_id": "工单编号", "reported_at": "来电时间",
              "category": "诉求类型", "status": "办理状态"}  # fmt: skip
    locate(client, token, **{f"field-{name}": column for name, column in fields.items()})
    answer = client.post(f"/api/v1/cases/{token}/use")
    assert answer.get_json()["url"] == "/heatmap"
    plan = own_app.config["WORKSPACE"].current()
    assert plan.cases["case_id"].tolist() == ["A1", "A2", "A3"]
    assert plan.cases["lon"].tolist()[0] == pytest.approx(WEST[0])
    assert plan.cases["status"].tolist()[0] == "closed"
    database = own_app.config["SETTINGS"].workspace / "geogrid.sqlite"
    for path in (database, database.with_name("geogrid.sqlite-wal")):
        kept = path.read_bytes() if path.exists() else b""
        assert PHONE.encode() not in kept
        assert "张某".encode() not in kept
    page = client.get("/cases?lang=en").get_data(as_text=True)
    assert "Our own cases" in page
    assert "Go back to a former version" in page
    assert client.get(f"/cases/{token}?lang=en").get_data(as_text=True).count("Locate again") == 0


def test_own_cases_on_the_sample_lead_back_to_the_sample(own_app, own_client):
    workspace = own_app.config["WORKSPACE"]
    workspace.add_cases(workspace.current().cases.head(5))
    assert "Back to the sample" in own_client.get("/cases?lang=en").get_data(as_text=True)
    own_client.post("/api/v1/cases/sample")
    page = own_client.get("/cases?lang=en").get_data(as_text=True)
    assert "Sample data" in page
    assert "20,000 cases" in page
    assert "Back to the sample" not in page


def test_a_result_of_another_plan_is_not_used(client, own_app):
    token = upload(client, csv_bytes(positions()[1:]))
    locate(client, token, datum="wgs84", **CHOICE)
    plan = small_plan()
    plan["grids"] = plan["grids"].iloc[[0, 1]]
    own_app.config["WORKSPACE"].use(**plan)
    assert "Locate again" in client.get(f"/cases/{token}?lang=en").get_data(as_text=True)
    assert client.post(f"/api/v1/cases/{token}/use").status_code == 422


def test_many_rows_come_in_pages_and_bins(client):
    token = upload(client, csv_bytes(positions(count=2000)[1:]))
    locate(client, token, datum="wgs84", **CHOICE)
    first, last = rows_of(client, token, page=1), rows_of(client, token, page=999)
    assert (len(first["rows"]), first["pages"], last["page"]) == (50, 40, 40)
    assert last["rows"][-1]["row"] == 2001
    view = "bbox=113.9,22.4,114.1,22.6&zoom=20"
    bins = client.get(f"/api/v1/cases/{token}/bins?{view}").get_json()["bins"]
    assert len(bins) <= 600
    assert sum(count for _lon, _lat, count in bins) == 2000
    assert client.get(f"/api/v1/cases/{token}/bins?bbox=1,2&zoom=3").status_code == 422
    assert client.get(f"/api/v1/cases/{token}/rows?status=gone").status_code == 422


def test_work_goes_on_when_nobody_waits(client, monkeypatch):
    monkeypatch.setattr(cases_views, "PATIENCE_S", 0)
    token = upload(client, csv_bytes(positions()[1:]))
    locate(client, token, datum="wgs84", **CHOICE)
    assert rows_of(client, token)["count"] == 12


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [(b"", "a.csv", "empty"), (b"%PDF-1.7", "a.xlsx", "PDF"), (b"\x00\x01\x02" * 99, "a.csv", "")],
)
def test_what_cannot_be_read_is_explained(client, content, name, said):
    state = settled(client, send(client, content, name, lang="en").get_json())
    assert state["stage"] == "failed"
    error = client.get(state["state_url"] + "?lang=en").get_json()["error"]
    assert error
    assert said in error
    assert "a." in client.get(state["url"]).get_data(as_text=True)


def test_other_files_and_no_file_are_refused(client):
    assert send(client, b"x", "a.docx").status_code == 422
    assert client.post("/api/v1/cases").status_code == 422


@pytest.mark.parametrize("token", ["0" * 32, "..", "x", "A" * 32])
def test_an_unknown_list_is_not_there(client, token):
    for path in ("", "/rows", "/bins"):
        assert client.get(f"/api/v1/cases/{token}{path}").status_code == 404
    assert client.get(f"/cases/{token}").status_code == 404


def test_an_upload_of_another_page_is_not_a_list(client, own_app):
    token, _folder = own_app.config["WORKSPACE"].uploads.new()
    assert client.get(f"/api/v1/cases/{token}").status_code == 404


def test_nothing_can_be_asked_before_there_is_a_result(client):
    token = upload(client, csv_bytes(ADDRESSES))
    for path in (f"/api/v1/cases/{token}/rows", f"/cases/{token}/located"):
        assert client.get(path).status_code == 422
    assert client.post(f"/api/v1/cases/{token}/use").status_code == 422


def test_a_list_can_be_deleted_and_old_ones_are(client, own_app):
    root = own_app.config["WORKSPACE"].uploads.root
    first = upload(client, csv_bytes(ADDRESSES))
    client.post(f"/api/v1/cases/{first}/discard")
    assert not (root / first).exists()
    second = upload(client, csv_bytes(ADDRESSES))
    os.utime(root / second, (0, 0))
    third = upload(client, csv_bytes(ADDRESSES))
    assert [folder.name for folder in root.iterdir()] == [third]


def test_the_last_list_is_one_click_away(client):
    assert "Your last list" not in client.get("/cases?lang=en").get_data(as_text=True)
    token = upload(client, csv_bytes(ADDRESSES))
    assert token in client.get("/cases?lang=en").get_data(as_text=True)


def test_a_job_that_breaks_quotes_nobody(client, caplog, monkeypatch):
    person = ADDRESSES[1][4]

    def broken(*_arguments: object, **_options: object) -> None:
        raise ValueError(f"{PHONE} {person}")

    token = upload(client, csv_bytes(ADDRESSES))
    monkeypatch.setattr(cases_views, "locate_list", broken)
    answer = client.post(
        f"/api/v1/cases/{token}/locate?lang=en", data={"field-address": "事发地址"}
    )
    state = settled(client, answer.get_json())
    assert "Something went wrong" in state["error"]
    assert PHONE not in caplog.text + state["error"]
    assert person not in caplog.text


def test_markup_in_the_list_stays_text(client):
    name = "<img src=x onerror=alert(1)>"
    token = upload(client, csv_bytes([["地址", name], [name, name]], "utf-8"), f"{name[1:4]}.csv")
    assert name not in client.get(f"/cases/{token}").get_data(as_text=True)
    locate(client, token, **{"field-address": "地址"})
    assert name not in client.get(f"/cases/{token}").get_data(as_text=True)
    assert rows_of(client, token)["rows"][0]["said"] == [name]


def test_jobs_belong_to_one_app(app, own_app):
    assert jobs(app) is not jobs(own_app)
    assert jobs(app) is jobs(app)
