"""The page that proposes contact lists, its workbook, empty states, limits and drafts."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import COMMUNITY, NOW, add_people, sign_in
from published import put_in_force
from small_plan import HOSTILE, use_small_plan

from geogrid.store.drafting import parts_of
from web import create_app
from web.config import Settings

OTHER = "440304090004"
GRID = f"{COMMUNITY}001"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The sample in force, with users of every role, some limited to a community."""
    app = create_app(Settings(workspace=tmp_path_factory.mktemp("town")))
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    add_people(app)
    app.config["WORKSPACE"].keep_sample()
    put_in_force(app.config["WORKSPACE"], NOW)
    return app


def book(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(content))


def test_a_grid_has_its_lists_with_a_map(client: FlaskClient) -> None:
    page = client.get(f"/contacts?grid={GRID}").get_data(as_text=True)
    assert "第 1 组" in page
    assert "联络员" in page
    assert 'class="slice"' in page
    assert "最远" in page
    english = client.get(f"/contacts?grid={GRID}&lang=en").get_data(as_text=True)
    assert "List 1" in english
    client.get("/language/zh_CN")


def test_larger_grids_show_how_many_lists_each_grid_has(client: FlaskClient) -> None:
    page = client.get(f"/contacts?grid={COMMUNITY}").get_data(as_text=True)
    assert f"grid={GRID}&amp;fewest=10&amp;most=15" in page
    assert 'class="slice"' not in page


def test_the_workbook_has_every_home_once(app: Flask, client: FlaskClient) -> None:
    answer = client.get(f"/contacts.xlsx?grid={COMMUNITY}")
    assert answer.mimetype.endswith("spreadsheetml.sheet")
    assert answer.headers["Cache-Control"] == "no-store"
    found = book(answer.data)
    overview, *grids = found.worksheets
    rows = list(overview.values)
    assert rows[0] == ("网格", "组号", "联络员", "户数", "楼栋", "最远距离（米）")
    sizes = [row[3] for row in rows[1:]]
    assert [size for size in sizes if not 10 <= size <= 15] == [6]  # a grid with 6 households
    assert {row[0] for row in rows[1:]} == {sheet.title for sheet in grids}
    homes = [row for sheet in grids for row in list(sheet.values)[1:]]
    assert sum(row[5] for row in homes) == sum(row[3] for row in rows[1:])
    plan = app.config["WORKSPACE"].current()
    stated = plan.grids.set_index("code")["households"][COMMUNITY]
    assert sum(row[5] for row in homes) == pytest.approx(stated, rel=0.1)
    whole = book(client.get("/contacts.xlsx?lang=en").data)
    assert whole.sheetnames == ["Overview", "Homes"]
    client.get("/language/zh_CN")


def test_sizes_are_chosen_and_wrong_choices_refused(client: FlaskClient) -> None:
    rows = list(
        book(client.get(f"/contacts.xlsx?grid={GRID}&fewest=20&most=30").data).worksheets[0].values
    )
    assert all(20 <= row[3] <= 30 for row in rows[1:])
    for query in ("fewest=0", "fewest=x", "most=101", "fewest=15&most=10", "grid=999"):
        assert client.get(f"/contacts?{query}").status_code == 422, query
    assert client.get("/plans/999/contacts").status_code == 404


def test_where_nobody_knows_households_it_says_what_to_do(own_client: FlaskClient) -> None:
    use_small_plan(own_client.application.config["WORKSPACE"], has_tables=False)
    page = own_client.get("/contacts").get_data(as_text=True)
    assert "无法编组" in page
    assert "请先上传楼栋表" in page
    assert "contacts.xlsx" not in page
    assert HOSTILE not in page
    assert own_client.get("/contacts.xlsx").status_code == 422


def test_too_few_homes_are_one_list_and_said(own_client: FlaskClient) -> None:
    workspace = own_client.application.config["WORKSPACE"]
    use_small_plan(workspace)
    plan = workspace.current()
    units = plan.units.assign(
        households=plan.units["kind"].eq("building").map({True: 3, False: None})
    )
    with workspace.changing() as connection:
        record = workspace.add_draft(connection, parts_of(plan, units=units), None, is_shown=True)
    page = own_client.get(f"/plans/{record.id}/contacts?grid=111").get_data(as_text=True)
    assert "第 1 组" in page
    assert "第 2 组" not in page
    assert "甲一网格" in page
    assert "无法分成每份" in page
    assert HOSTILE not in own_client.get(f"/plans/{record.id}/contacts").get_data(as_text=True)
    rows = list(book(own_client.get(f"/plans/{record.id}/contacts.xlsx").data).worksheets[0].values)
    assert HOSTILE in {row[0] for row in rows}, "in a workbook it is a text"


def test_who_is_limited_sees_only_their_own(town: Flask) -> None:
    limited = sign_in(town, "worker-of-one")
    page = limited.get("/contacts").get_data(as_text=True)
    assert f'value="{COMMUNITY}"' in page
    assert f'value="{OTHER}"' not in page
    assert limited.get(f"/contacts?grid={GRID}").status_code == 200
    assert limited.get(f"/contacts.xlsx?grid={COMMUNITY}").status_code == 200
    for query in (f"grid={OTHER}", f"grid={OTHER}001", "grid=440304090"):
        assert limited.get(f"/contacts?{query}").status_code == 403
        assert limited.get(f"/contacts.xlsx?{query}").status_code == 403
    # without a choice: their community, not the place
    names = {
        row[0] for row in list(book(limited.get("/contacts.xlsx").data).worksheets[0].values)[1:]
    }
    tree = town.config["WORKSPACE"].current().hierarchy
    assert names <= {tree.names[code] for code in tree.names if COMMUNITY in tree.chain(code)}
    assert town.test_client().get("/contacts").status_code == 302
    assert sign_in(town, "worker").get(f"/contacts?grid={OTHER}").status_code == 200


def test_lists_of_drafts_are_for_planners(town: Flask) -> None:
    workspace = town.config["WORKSPACE"]
    with workspace.changing() as connection:
        record = workspace.add_draft(
            connection, parts_of(workspace.current()), None, is_shown=False
        )
    for path in (f"/plans/{record.id}/contacts", f"/plans/{record.id}/contacts.xlsx"):
        assert sign_in(town, "worker").get(f"{path}?grid={GRID}").status_code == 404
        assert sign_in(town, "planner").get(f"{path}?grid={GRID}").status_code == 200
    plans = sign_in(town, "planner").get("/plans").get_data(as_text=True)
    assert f'href="/plans/{record.id}/contacts"' in plans
