"""The page of the data: what is in use, one's own tables, going back."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from flask.testing import FlaskClient
from published import put_in_force
from sqlalchemy import update

from geogrid.crs import from_wgs84
from geogrid.store.database.engine import writing
from geogrid.store.database.tables import plan_tables, plans
from geogrid.store.workspace import Workspace

NASTY = "<img src=x onerror=alert(1)>"
GRIDS = gpd.GeoDataFrame(
    {"code": ["A", "B"], "name": [NASTY, "西网格"]},
    geometry=[shapely.box(114.0, 22.5, 114.01, 22.51), shapely.box(114.01, 22.5, 114.02, 22.51)],
    crs="EPSG:4326",
)
ROSTER = [
    ["南园街道网格队伍花名册", None, None, None],
    ["网格编码", "岗位", "姓名", "联系电话"],
    ["A", "网格长", "网格长1号", "0755-0000-0001"],
    ["B", "专职网格员", "", ""],
    ["Z", "专职网格员", "网格员3号", "0755-0000-0003"],
    ["B", "巡防员", "=1+1", ""],
]
BUILDINGS = [
    ["详细地址", "户数", "经度", "纬度", "网格编码"],
    ["泰然七路1号", 30, 114.005, 22.505, ""],
    ["泰然七路2号", 20, 114.015, 22.505, "A"],
    ["泰然七路3号", 10, 115.9, 22.505, ""],
    ["泰然七路4号", 10, None, None, ""],
    ["", "若干", None, None, "西网格"],
]


def workbook(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for row in book.active.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture
def workspace(own_client: FlaskClient) -> Workspace:
    """Return a workspace whose plan are two grids of our own."""
    found: Workspace = own_client.application.config["WORKSPACE"]
    found.use(name="南园", grids=GRIDS)
    return found


def send(client: FlaskClient, table: str, content: bytes, name: str = "list.xlsx") -> Any:
    return client.post(f"/api/v1/workspace/{table}", data={"file": (io.BytesIO(content), name)})


def lines(page: str) -> dict[int, str]:
    """Return what becomes of each row, by its number in the file."""
    found = re.findall(
        r'<td class="number">(\d+)</td>.*?<td class="fate \w+">(.*?)</td>', page, re.S
    )
    return {int(number): words for number, words in found}


def test_the_sample_is_shown_and_called_so(client: FlaskClient) -> None:
    page = client.get("/workspace").get_data(as_text=True)
    for words in ("示例数据", "微网格", "城市示例", "农村示例", "以前用过的方案会列在这里"):
        assert words in page


def test_samples_and_former_plans_are_one_click_away(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    (mine,) = workspace.former()
    assert own_client.post("/api/v1/workspace/sample/rural").get_json() == {"url": "/workspace"}
    assert workspace.current().is_sample
    page = own_client.get("/workspace").get_data(as_text=True)
    assert f"/api/v1/workspace/former/{mine.plan_id}" in page
    own_client.post(f"/api/v1/workspace/former/{mine.plan_id}")
    assert workspace.current().name == "南园"
    assert f"/former/{mine.plan_id}" not in own_client.get("/workspace").get_data(as_text=True)


def test_many_former_plans_are_all_there(own_client: FlaskClient, workspace: Workspace) -> None:
    for number in range(12):
        workspace.use(name=f"第{number}版", grids=GRIDS)
    page = own_client.get("/workspace").get_data(as_text=True)
    assert page.count("换回这个") == 12
    assert "更早的（2 个）" in page
    assert page.count("<ul") == page.count("</ul>")
    assert page.count("<details") == page.count("</details>")


def test_what_does_not_exist_cannot_be_used(own_client: FlaskClient) -> None:
    assert own_client.post("/api/v1/workspace/sample/mars").status_code == 422
    assert own_client.post("/api/v1/workspace/former/20260101-x").status_code == 404
    assert own_client.get(f"/workspace/posts/{'0' * 32}").status_code == 404
    assert own_client.get("/workspace/cases/form.xlsx").status_code == 404


def test_a_plan_is_renamed_and_loses_nothing(own_client: FlaskClient, workspace: Workspace) -> None:
    workspace.add_posts(pd.DataFrame({"grid": ["A"], "post": ["leader"], "holder": ["甲"]}))
    before = workspace.current()
    own_client.post("/api/v1/workspace/name", data={"name": f" {NASTY} "})
    now = workspace.current()
    assert now.name == NASTY
    assert now.posts["holder"].tolist() == ["甲"]
    assert shapely.equals_exact(now.grids.geometry, before.grids.geometry).all()
    page = own_client.get("/workspace").get_data(as_text=True)
    assert NASTY not in page
    assert own_client.post("/api/v1/workspace/name", data={"name": "  "}).status_code == 422


def test_a_plan_in_force_keeps_its_name(own_client: FlaskClient, workspace: Workspace) -> None:
    assert "/api/v1/workspace/name" in own_client.get("/workspace").text
    put_in_force(workspace)
    before = workspace.digest
    refused = own_client.post("/api/v1/workspace/name?lang=en", data={"name": "别名"})
    assert refused.status_code == 409
    assert "keeps the name" in refused.get_json()["detail"]
    assert workspace.current().name != "别名"
    assert workspace.digest == before
    assert "/api/v1/workspace/name" not in own_client.get("/workspace").text


def test_every_row_of_a_roster_has_a_fate(own_client: FlaskClient, workspace: Workspace) -> None:
    url = send(own_client, "posts", workbook(ROSTER)).get_json()["url"]
    page = own_client.get(url).get_data(as_text=True)
    fates = lines(page)
    assert set(fates) == {3, 4, 5, 6}
    assert fates[3] == "可用"
    assert "空岗" in fates[4]
    assert "没有这个网格" in fates[5]
    assert "岗位不认识" in fates[6]
    assert NASTY not in page
    assert len(workspace.current().posts) == 0


def test_a_confirmed_roster_is_used_and_the_version_before_is_kept(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    url = send(own_client, "posts", workbook(ROSTER)).get_json()["url"]
    answer = own_client.post(f"/api/v1{url}/use")
    assert answer.get_json() == {"url": "/workspace?new=posts"}
    posts = workspace.current().posts
    assert posts["grid"].tolist() == ["A", "B", "Z", "B"]
    assert posts["holder"].tolist() == ["网格长1号", "", "网格员3号", "=1+1"]
    assert len(workspace.former()) == 2
    page = own_client.get("/workspace?new=posts").get_data(as_text=True)
    assert "人员名单已启用" in page
    assert "只有边界" in page


def test_a_second_click_makes_no_second_version(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    url = send(own_client, "posts", workbook(ROSTER)).get_json()["url"]
    for _click in range(2):
        answer = own_client.post(f"/api/v1{url}/use")
        assert answer.get_json() == {"url": "/workspace?new=posts"}
    assert len(workspace.former()) == 2
    workspace.use_sample()
    workspace.use(name="另一个", grids=GRIDS)
    own_client.post(f"/api/v1{url}/use")
    assert len(workspace.current().posts) == 4, "used again once something else was in use"


def test_a_failed_use_can_be_tried_again(own_client: FlaskClient, workspace: Workspace) -> None:
    url = send(own_client, "units", workbook(BUILDINGS)).get_json()["url"]
    assert own_client.post(f"/api/v1{url}/use").status_code == 422
    assert own_client.post(f"/api/v1{url}/use", data={"datum": "wgs84"}).status_code == 200
    assert len(workspace.current().units) == 5


def numbers_of(client: FlaskClient, url: str, words: str) -> list[tuple[str, ...]]:
    """Return row and sheet of what is left out for a reason, as the page lists it."""
    page = client.get(url).get_data(as_text=True)
    (link,) = re.findall(
        rf'<a href="([^"#]+)#rows" class="out"><b>\d+</b> 不读取：{words}</a>', page
    )
    chosen = client.get(unescape(link)).get_data(as_text=True)
    return re.findall(r'<td class="number">(\d+)</td><td>([^<]*)</td>', chosen)


def test_a_long_list_comes_in_pages_with_what_needs_a_look_first(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    good = [["A", "网格长", f"甲{number}", ""] for number in range(100)]
    rows = [*ROSTER[:2], *good, ["Z", "网格长", "乙", ""], ["A", "巡防员", "丙", ""]]
    url = send(own_client, "posts", workbook(rows)).get_json()["url"]
    first = own_client.get(url).get_data(as_text=True)
    assert list(lines(first))[:3] == [103, 104, 3]
    pages = [own_client.get(f"{url}?page={page}").get_data(as_text=True) for page in range(1, 6)]
    seen = [row for page in pages for row in lines(page)]
    assert sorted(seen) == list(range(3, 105))
    assert "第 1 页，共 5 页" in first
    counts = re.findall(r'class="(bad|warn|good|out)"><b>(\d+)</b>', first)
    assert counts == [("bad", "1"), ("warn", "1"), ("good", "100"), ("out", "1"), ("out", "1")]
    for odd in ("page=6", "page=0", "page=x", "show=9", "show=²"):
        assert lines(own_client.get(f"{url}?{odd}").get_data(as_text=True)) == lines(first)


def test_every_sheet_is_read_and_what_is_no_data_is_listed(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(ROSTER)))
    book.active.title = "一组"
    other = book.create_sheet("二组")
    for row in (ROSTER[1], ["A", "网格长", NASTY, "１３８００１３８０００"], ["合计", None, 1]):
        other.append(row)
    stream = io.BytesIO()
    book.save(stream)
    url = send(own_client, "posts", stream.getvalue()).get_json()["url"]
    page = own_client.get(url).get_data(as_text=True)
    assert "所有工作表" in page
    out = {words: numbers_of(own_client, url, words) for words in ("表格上方的标题", "合计行")}
    assert out == {"表格上方的标题": [("1", "一组")], "合计行": [("3", "二组")]}
    assert "“１３８００１３８０００”是全角字符，已改为 13800138000。" in page
    assert NASTY not in page
    one = own_client.get(f"{url}?sheet=二组").get_data(as_text=True)
    assert "<td>一组</td>" not in one
    assert set(lines(one)) == {2}
    own_client.post(f"/api/v1{url}/use")
    assert workspace.current().posts["phone"].tolist()[-1] == "13800138000"
    assert len(workspace.current().posts) == 5


def test_buildings_ask_for_the_datum_first(own_client: FlaskClient, workspace: Workspace) -> None:
    url = send(own_client, "units", workbook(BUILDINGS)).get_json()["url"]
    page = own_client.get(url).get_data(as_text=True)
    assert "请选择用的是哪个坐标系" in page
    assert lines(page) == {}
    assert own_client.post(f"/api/v1{url}/use").status_code == 422
    assert len(workspace.current().units) == 0


def test_every_building_has_a_fate(own_client: FlaskClient, workspace: Workspace) -> None:
    url = send(own_client, "units", workbook(BUILDINGS)).get_json()["url"]
    page = own_client.get(f"{url}?datum=wgs84").get_data(as_text=True)
    assert lines(page) == {
        2: "可用，按位置定网格",
        3: "可用；但位置落在别的网格里",
        4: "可用，但不在任何网格内",
        5: "没有位置、网格和楼栋，用不上",
        6: "没有地址，查不到",
    }
    own_client.post(f"/api/v1{url}/use", data={"datum": "wgs84"})
    units = workspace.current().units
    assert units["grid"].tolist() == ["", "A", "", "", "B"]
    assert units["households"].isna().sum() == 1


def test_a_shifted_datum_is_converted(own_client: FlaskClient, workspace: Workspace) -> None:
    url = send(own_client, "units", workbook(BUILDINGS[:2])).get_json()["url"]
    own_client.post(f"/api/v1{url}/use", data={"datum": "gcj02"})
    assert workspace.current().units["lon"][0] == pytest.approx(113.9999, abs=0.001)


def in_gcj02(count: int = 12) -> list[list[object]]:
    """Return buildings in the south-western corner of the plan, in GCJ-02."""
    lon = [114.0005 + at / 10_000 for at in range(count)]
    x, y = from_wgs84(lon, [22.501] * count, "gcj02")
    rows = [[f"路{at}号1号楼", 10, x[at], y[at], ""] for at in range(count)]
    return [BUILDINGS[0], *rows]


def test_another_datum_that_fits_better_is_one_click_away(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    url = send(own_client, "units", workbook(in_gcj02())).get_json()["url"]
    page = own_client.get(f"{url}?datum=bd09").get_data(as_text=True)
    assert "换成 GCJ-02（高德、腾讯）后 12 个中有 12 个落在网格里" in page
    assert "datum=gcj02" in page
    assert 'class="button" type="submit"' in page
    right = own_client.get(f"{url}?datum=gcj02").get_data(as_text=True)
    assert 'class="button primary" type="submit"' in right
    assert "datum=bd09" not in right


def test_a_list_of_cases_is_no_list_of_buildings(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    cases = [["工单编号", "诉求地址"], *[[f"S{at}", f"福强路{at}号"] for at in range(1, 9)]]
    url = send(own_client, "units", workbook(cases)).get_json()["url"]
    page = own_client.get(url).get_data(as_text=True)
    assert "8 行都没有位置" in page
    assert 'type="submit"' not in page
    assert set(lines(page).values()) == {"没有位置、网格和楼栋，用不上"}
    assert own_client.post(f"/api/v1{url}/use").status_code == 422
    assert len(workspace.current().units) == 0


def test_households_of_the_buildings_are_those_of_the_grids(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    url = send(own_client, "units", workbook(in_gcj02())).get_json()["url"]
    own_client.post(f"/api/v1{url}/use", data={"datum": "gcj02"})
    page = own_client.get("/workspace").get_data(as_text=True)
    assert "按楼栋清单汇总" in page
    code = workspace.current().grids["code"][0]
    card = own_client.get(f"/api/v1/grids/{code}").get_json()
    assert card["households"] == 120
    assert card["households_from"] == "按楼栋清单汇总"


def test_a_list_for_another_place_is_noticed(own_client: FlaskClient, workspace: Workspace) -> None:
    rows = [BUILDINGS[0], *[[f"路{at}号", 1, 22.5, 114.0, ""] for at in range(3)]]
    url = send(own_client, "units", workbook(rows)).get_json()["url"]
    page = own_client.get(f"{url}?datum=wgs84").get_data(as_text=True)
    assert "经纬度" in page
    assert workspace.current().name == "南园"


def test_a_roster_is_no_list_of_buildings(workspace: Workspace, own_client: FlaskClient) -> None:
    url = send(own_client, "units", workbook(ROSTER[1:])).get_json()["url"]
    page = own_client.get(f"{url}?datum=wgs84&lang=en").get_data(as_text=True)
    assert "None of the 4 rows has an address or a name" in page
    used = own_client.post(f"/api/v1{url}/use", data={"datum": "wgs84"})
    assert used.status_code == 422
    assert len(workspace.current().units) == 0


@pytest.mark.parametrize("table", ["posts", "units"])
def test_blank_forms_are_read_back(
    own_client: FlaskClient, workspace: Workspace, table: str
) -> None:
    for language in ("zh_CN", "en"):
        form = own_client.get(f"/workspace/{table}/form.xlsx?lang={language}").data
        book = openpyxl.load_workbook(io.BytesIO(form))
        sheet = book.worksheets[0]
        names = [cell.value for cell in sheet[1]]
        if table == "posts":
            assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["A", "B"]
            person = names.index("姓名" if language == "zh_CN" else "holder")
            sheet.cell(2, person + 1, "网格员1号")
        else:
            sheet.append(["小区", "路", "1", "1", "", "", 10, 20, 114.005, 22.505, "A"])
        stream = io.BytesIO()
        book.save(stream)
        url = send(own_client, table, stream.getvalue()).get_json()["url"]
        answer = own_client.post(f"/api/v1{url}/use", data={"datum": "wgs84"})
        assert answer.status_code == 200
    assert len(getattr(workspace.current(), table)) == (2 if table == "posts" else 1)


def test_what_is_no_roster_is_said_and_cannot_be_used(
    own_client: FlaskClient, workspace: Workspace
) -> None:
    url = send(own_client, "posts", workbook(BUILDINGS)).get_json()["url"]
    page = own_client.get(url).get_data(as_text=True)
    assert 'type="submit"' not in page
    assert own_client.post(f"/api/v1{url}/use").status_code == 422
    for content, name in (
        (b"%PDF-1.4", "花名册.pdf"),
        (b"%PDF-1.4", "花名册.xlsx"),
        (b"", "空.csv"),
    ):
        assert send(own_client, "posts", content, name).status_code == 422
    assert len(workspace.current().posts) == 0


def test_a_gbk_list_is_read(own_client: FlaskClient, workspace: Workspace) -> None:
    text = "网格名称,职务,姓名,手机号\n西网格,网格长,网格长2号,13800000000\n"
    url = send(own_client, "posts", text.encode("gb18030"), "花名册.csv").get_json()["url"]
    own_client.post(f"/api/v1{url}/use")
    assert workspace.current().posts[["grid", "post", "phone"]].to_numpy().tolist() == [
        ["B", "leader", "13800000000"]
    ]


def test_a_damaged_plan_can_be_left(own_client: FlaskClient, workspace: Workspace) -> None:
    workspace.add_posts(pd.DataFrame({"grid": ["A"]}))
    with writing(workspace.engine) as connection:
        connection.execute(update(plan_tables).values(content=b"a\n1,2\n"))
        connection.execute(update(plans).values(version=9))
    page = own_client.get("/workspace")
    assert page.status_code == 200
    assert "读不出来" in page.get_data(as_text=True)
    assert own_client.post("/api/v1/workspace/sample/futian").status_code == 200
    assert own_client.get("/").status_code == 200
