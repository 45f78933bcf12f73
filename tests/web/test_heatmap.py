"""The heat page and its two routes: right numbers, bounded answers, plain refusals."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

VIEW = "/api/v1/heat?bbox=113.9,22.4,114.2,22.7&zoom=14"


def two_grids(**columns: object) -> gpd.GeoDataFrame:
    """Two squares side by side: 一号 in the west, 二号 in the east."""
    table = {"code": ["01", "02"], "name": ["一号", "二号"], "level": [3, 3], **columns}
    shapes = [box(114.0, 22.5, 114.01, 22.51), box(114.01, 22.5, 114.02, 22.51)]
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326")


CASES = pd.DataFrame(
    {
        "case_id": list("abcdef"),
        # 16:30 UTC is the next day in Shanghai
        "reported_at": [
            "2026-03-01T16:30:00Z", "2026-03-01T02:00:00Z", "2026-02-20T02:00:00Z",
            "2026-01-01T02:00:00Z", "2026-03-02T02:00:00Z", "2026-03-02T02:00:00Z",
        ],
        "category": ["noise", "noise", "parking", "parking", "other", "other"],
        "status": ["closed", "reported", "closed", "closed", "reported", "reported"],
        "lon": [114.005, 114.005, 114.015, 114.015, 115.0, None],
        "lat": [22.505, 22.505, 22.505, 22.505, 22.505, None],
        "deadline": ["", "2026-03-02T00:00:00Z", "", "", "", ""],
    }
)  # fmt: skip


@pytest.fixture
def plan(own_app):
    """Return a function that makes a plan current and gives a client."""

    def use(grids=None, cases=CASES):
        grids = two_grids(households=[100, 200]) if grids is None else grids
        own_app.config["WORKSPACE"].use(name="两格", grids=grids, cases=cases)
        return own_app.test_client()

    return use


def by_code(answer) -> dict[str, dict[str, object]]:
    return {row[0]: dict(zip(answer["columns"], row, strict=False)) for row in answer["rows"]}


def test_the_page_shows_whose_cases_they_are_and_what_figures_mean(client):
    page = client.get("/heatmap?lang=en").get_data(as_text=True)
    assert "Sample data" in page
    assert "Open cases of the period whose deadline has passed." in page
    assert "Counted back from the newest case" in page


def test_figures_are_counted_per_grid_and_in_all(plan):
    answer = plan().get("/api/v1/figures").get_json()
    rows = by_code(answer)
    assert (rows["01"]["cases"], rows["01"]["open"], rows["01"]["overdue"]) == (2, 1, 1)
    assert rows["01"]["per_1000_households"] == 20
    assert rows["02"]["closing_rate"] == 1
    assert answer["names"] == ["一号", "二号"]
    assert (answer["totals"]["cases"], answer["totals"]["open"]) == (6, 3)
    assert (answer["outside"], answer["no_position"]) == (1, 1)
    assert answer["classes"] == [{"low": 2, "high": 2, "size": 2}]


@pytest.mark.parametrize(
    ("query", "west", "east"),
    [
        ("days=7", 2, 0),
        ("days=30", 2, 1),
        ("from=2026-03-02", 1, 0),
        ("to=2026-03-01", 1, 2),
        ("from=2026-02-20&to=2026-02-20", 0, 1),
        ("category=parking", 0, 2),
        ("category=parking&category=noise", 2, 2),
        ("status=open", 1, 0),
        ("status=closed&category=noise", 1, 0),
    ],
)
def test_filters_mean_local_days_categories_and_statuses(plan, query, west, east):
    rows = by_code(plan().get(f"/api/v1/figures?{query}").get_json())
    assert (rows["01"]["cases"], rows["02"]["cases"]) == (west, east)


def test_heat_counts_what_lies_in_the_view(plan):
    client = plan()
    answer = client.get(VIEW).get_json()
    assert answer["shown"] == 4
    assert sum(count for _lon, _lat, count in answer["bins"]) == 4
    assert client.get(VIEW + "&status=open").get_json()["shown"] == 1
    assert client.get("/api/v1/heat?bbox=0,0,1,1&zoom=14").get_json()["bins"] == []


def test_heat_bins_are_where_the_cases_are(plan):
    answer = plan().get("/api/v1/heat?bbox=113.99,22.49,114.03,22.52&zoom=18").get_json()
    found = {(round(lon, 3), round(lat, 3)): count for lon, lat, count in answer["bins"]}
    assert found == {(114.005, 22.505): 2, (114.015, 22.505): 2}


def test_sizes_do_not_grow_with_the_cases(own_app, own_client):
    workspace = own_app.config["WORKSPACE"]
    paths = ("/", "/heatmap", VIEW, "/api/v1/figures?level=3")
    before = [len(own_client.get(path).data) for path in paths]
    cases = workspace.current().cases
    extra = cases.sample(10_000, random_state=1)
    workspace.add_cases(pd.concat([cases, extra], ignore_index=True))
    after = [len(own_client.get(path).data) for path in paths]
    for path, small, large in zip(paths, before, after, strict=True):
        assert abs(large - small) < 0.03 * small + 40, path
    assert after[0] == before[0]
    assert len(own_client.get(VIEW).get_json()["bins"]) <= 4096


def test_without_cases_the_page_says_what_to_do(plan):
    client = plan(cases=None)
    page = client.get("/heatmap?lang=zh_CN").get_data(as_text=True)
    assert "还没有事件" in page
    assert client.get(VIEW).get_json()["bins"] == []
    answer = client.get("/api/v1/figures?days=7").get_json()
    assert answer["totals"]["cases"] == 0
    assert answer["classes"] == [{"low": 0, "high": 0, "size": 2}]


def test_figures_say_where_households_come_from(plan):
    answer = plan(two_grids(households=[100, None])).get("/api/v1/figures").get_json()
    assert answer["households_from"] == ["", ""]


def test_without_households_there_is_no_figure_per_household(plan):
    answer = plan(two_grids()).get("/api/v1/figures?figure=per_1000_households").get_json()
    assert answer["classes"] == []
    assert all(row[-1] == -1 for row in answer["rows"])
    assert answer["totals"]["per_1000_households"] is None


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/api/v1/heat?zoom=3", "bbox="),
        ("/api/v1/heat?bbox=0,0,1,1&zoom=99", "zoom="),
        ("/api/v1/figures?level=9", "level="),
        ("/api/v1/figures?from=gestern", "from="),
    ],
)
def test_bad_parameters_are_refused_in_the_users_language(client, path, said):
    texts = {}
    for language in ("zh_CN", "en"):
        answer = client.get(f"{path}&lang={language}")
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
        texts[language] = answer.get_json(force=True)["detail"]
        assert said in texts[language]
    assert texts["zh_CN"] != texts["en"]


def test_the_sample_is_judged_as_of_its_last_day(client):
    totals = client.get("/api/v1/figures").get_json()["totals"]
    assert 0 < totals["overdue"] < totals["open"]


def test_a_grid_with_markup_for_a_name_stays_text(plan):
    name = "<img src=x onerror=alert(1)>"
    client = plan(two_grids(name=[name, "二号"]))
    assert name not in client.get("/heatmap").get_data(as_text=True)
    assert client.get("/api/v1/figures").get_json()["names"][0] == name
