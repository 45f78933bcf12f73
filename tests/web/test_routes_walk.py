"""The whole table: every route with every role, and with limits to one community."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import COMMUNITY, LIMITED, NAMES, NOW, add_people, sign_in
from published import put_in_force
from werkzeug.routing import Rule

from geogrid.hierarchy import Hierarchy
from geogrid.store.plan import Plan
from scripts.write_roles import PATH, describe
from web import create_app
from web.auth import ROLES, SCOPES
from web.check.folder import find_check
from web.config import Settings
from web.current import current_plan
from web.jobs import jobs

OTHER = "440304090004"
"""A community beside the one of those with limits."""
EVERYTHING = "bbox=113.9,22.4,114.2,22.7&zoom=22"
LIMITED_ROUTES: dict[str, list[str]] = {
    "lookup.answer": [
        *(f"grid={code}" for code in (COMMUNITY, OTHER, OTHER + "001", "440304090")),
        "lon=114.0425&lat=22.5275&datum=wgs84", "lon=114.02&lat=22.53&datum=wgs84", "q=号",
        *(f"unit={{unit{number}}}" for number in range(6)), "q={address}",
        "q={person}", "q={phone}", "lon=114.0425&lat=22.5275&datum=wgs84&accuracy=900",
    ],
    "api.grid": [""],
    "offline.copy": ["phones=1", *(f"phones=1&grid={code}" for code in (COMMUNITY, OTHER))],
    "heatmap.page": [""],
    "heatmap.heat": [EVERYTHING],
    "heatmap.figures": ["level=2", "level=3", "level=1"],
    "cases.page": [""],
    "weekly.page": ["", "week=2026-W10"],
    "weekly.workbook": ["", "week=2026-W10"],
    "weekly.picture": [""],
    "location.one": [
        "lon=114.0425&lat=22.5275&datum=wgs84", "lon=114.02&lat=22.53&datum=wgs84&boundary=1",
        "lon={lon}&lat={lat}&datum=wgs84",
    ],
    "people.page": [
        "", f"grid={OTHER}", f"grid={COMMUNITY}", *(f"page={number}" for number in (2, 9, 20)),
    ],
    "people.coverage.page": ["", f"grid={OTHER}", "page=9", "lack=nobody"],
    "people.coverage.download": ["", f"grid={OTHER}"],
    "people.buildings.page": ["", "page=9"],
    "people.buildings.download": [""],
    "staff.of_grid": [""],
    "corrections.propose": [],
    "corrections_page.add": [],
    "corrections_page.decide": [],
    "corrections_page.new": ["", f"grid={OTHER}"],
    "corrections_page.page": [""],
    "doubts.page": ["", f"grid={OTHER}", "grid=unknown"],
    "doubts.download": ["", f"grid={OTHER}"],
    "doubts.state": ["", f"grid={OTHER}"],
    "plan_changes.page": [""],
    "plan_changes.download": [""],
    "workspace.page": [""],
    "workspace.exporting.page": [""],
    "workspace.exporting.download": [""],
    "contacting.page": ["", f"grid={COMMUNITY}", f"grid={OTHER}", f"grid={OTHER}001"],
    "contacting.workbook": ["", f"grid={COMMUNITY}", f"grid={OTHER}"],
    "printing.page": ["phones=1", f"phones=1&grid={COMMUNITY}", f"phones=1&grid={OTHER}"],
    "printing.state": ["phones=1", f"phones=1&grid={COMMUNITY}", f"phones=1&grid={OTHER}"],
    "printing.sheet": ["phones=1", f"phones=1&grid={COMMUNITY}", f"phones=1&grid={OTHER}"],
}  # fmt: skip
"""Routes that leave out what is outside the limits, with what to ask them."""


def make_app(folder: Path) -> Flask:
    app = create_app(Settings(workspace=folder))
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    return app


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app with the sample in force, and everybody of `people`."""
    app = make_app(tmp_path_factory.mktemp("town"))
    add_people(app)
    app.config["WORKSPACE"].keep_sample()
    put_in_force(app.config["WORKSPACE"], NOW)
    return app


@pytest.fixture(scope="module")
def clients(town: Flask) -> dict[str, FlaskClient]:
    """Everybody signed in, and a resident who has not."""
    found = {name: sign_in(town, name) for name in (*NAMES, *LIMITED)}
    return found | {"resident": town.test_client()}


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def declared(app: Flask, rule: Rule) -> tuple[str, str]:
    view = vars(app.view_functions[rule.endpoint])
    return view.get("role", ""), view.get("scope", "")


def address(rule: Rule, **values: Any) -> str:
    """Return an address of a route; `values` for the parts of its path, else ones that do."""
    known = dict.fromkeys(rule.arguments, "0")
    known |= {name: 2 for name, each in rule._converters.items() if each.regex == r"\d+"}
    built = rule.build(known | {key: values[key] for key in values if key in known})
    assert built is not None, rule.rule
    return built[1]


def test_every_route_says_its_role_and_what_it_does_about_limits(town: Flask) -> None:
    undeclared = [
        rule.rule
        for rule in rules(town)
        if declared(town, rule)[0] not in ROLES or declared(town, rule)[1] not in SCOPES
    ]
    assert undeclared == []


def test_the_table_is_the_one_in_the_documentation(town: Flask) -> None:
    assert PATH.read_text(encoding="utf-8") == describe(town)


def test_an_undeclared_route_would_be_found(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    app.add_url_rule("/forgotten", "forgotten", lambda: "x")
    with pytest.raises(KeyError):
        describe(app)
    with pytest.raises(AssertionError, match="forgotten"):
        test_every_route_says_its_role_and_what_it_does_about_limits(app)


@pytest.mark.parametrize("name", [*NAMES[1:], *LIMITED, "resident"])
def test_nobody_gets_beyond_their_role(
    town: Flask, clients: dict[str, FlaskClient], name: str
) -> None:
    wrong, refused = [], 0
    own = ROLES.index(name.split("-", maxsplit=1)[0])
    for rule in rules(town):
        needed, _scope = declared(town, rule)
        if own >= ROLES.index(needed):
            continue
        for method in methods(rule):
            url = address(rule)
            answer = clients[name].open(url, method=method)
            if name != "resident":
                good = answer.status_code == 403
            elif method == "GET" and not url.startswith("/api/"):
                good = answer.status_code == 302 and answer.location.startswith("/sign-in?next=")
            else:
                good = answer.status_code == 401
            refused += 1
            if not good:
                wrong.append((method, url, answer.status_code))
    assert wrong == []
    assert refused > 0


@pytest.mark.parametrize("name", LIMITED)
def test_who_has_limits_does_nothing_to_the_whole_place(
    town: Flask, clients: dict[str, FlaskClient], name: str
) -> None:
    before = sorted(town.config["WORKSPACE"].folder.rglob("*"))
    whole = [rule for rule in rules(town) if declared(town, rule)[1] == "whole"]
    assert len(whole) > 5
    wrong = [
        (method, rule.rule)
        for rule in whole
        for method in methods(rule)
        if clients[name].open(address(rule), method=method).status_code != 403
    ]
    assert wrong == []
    assert sorted(town.config["WORKSPACE"].folder.rglob("*")) == before


def test_what_changes_the_place_says_so(town: Flask) -> None:
    """Whatever a planner or administrator may do to the workspace is closed to limits."""
    changing = re.compile(r"/use$|/workspace/|^/users|/cases/sample$|/take-over$")
    for rule in rules(town):
        role, scope = declared(town, rule)
        if role in ("planner", "admin") and changing.search(rule.rule):
            assert scope == "whole", rule.rule


# what is outside one's limits


class Secrets:
    """What of a plan those with limits to one community must not see."""

    def __init__(self, plan: Plan, cases: pd.DataFrame) -> None:
        tree, posts = plan.hierarchy, plan.posts
        below = {code for code in tree.names if COMMUNITY in tree.chain(code)}
        seen = below | set(tree.chain(COMMUNITY))
        own = phones(posts[posts["grid"].isin(seen)])
        self.phones = phones(posts[~posts["grid"].isin(seen)]) - own
        inside = cases["grid"].isin(below)
        self.inside, self.outside = cases[inside], cases[~inside]

    def found_in(self, body: str) -> list[str]:
        """Return the phone numbers and numbers of cases outside that a body holds."""
        texts = set(re.findall(r"\d{4}-\d{4}-\d{4}", body)) & self.phones
        return sorted(texts | (set(re.findall(r"F\d{6}", body)) & set(self.outside["case_id"])))


def text_of(answer: Any) -> str:
    """Return the text of an answer, that of what is in it when it is a workbook."""
    body: bytes = answer.data
    if body.startswith(b"PK"):
        with ZipFile(BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    return body.decode("utf-8", "replace")


def phones(posts: pd.DataFrame) -> set[str]:
    return (set(posts["phone"]) | set(posts["deputy_phone"])) - {""}


@pytest.fixture(scope="module")
def secrets(town: Flask) -> Secrets:
    with town.app_context():
        current = current_plan()
        return Secrets(current.plan, current.plan.cases.assign(grid=current.case_grids))


def questions(town: Flask, rule: Rule, secrets: Secrets) -> Iterator[str]:
    """Return addresses of a route that would show what is outside, if anything did."""
    plan: Plan = town.config["WORKSPACE"].current()
    units = plan.units.iloc[:: max(1, len(plan.units) // 6)]
    case = secrets.outside.iloc[0]
    texts = {f"unit{number}": row for number, row in enumerate(units["unit_id"])}
    posts = plan.posts[plan.posts["grid"].str.startswith(OTHER) & plan.posts["holder"].ne("")]
    texts |= {"person": posts["holder"].iloc[-1], "phone": posts["phone"].iloc[-1]}
    texts |= {"address": units["address"].iloc[1], "lon": case["lon"], "lat": case["lat"]}
    for code in (OTHER, OTHER + "001", COMMUNITY, "440304090"):
        path = address(rule, code=code, digest=plan.digest, level=3, kind="geojson")
        for query in LIMITED_ROUTES.get(rule.endpoint, ["", EVERYTHING, "q=号"]):
            yield f"{path}?{query.format(**texts)}"


def gets(town: Flask) -> list[Rule]:
    return [rule for rule in rules(town) if "GET" in (rule.methods or ())]


@pytest.mark.parametrize("name", LIMITED)
def test_no_page_and_no_answer_shows_what_is_outside(
    town: Flask, clients: dict[str, FlaskClient], secrets: Secrets, name: str
) -> None:
    shown = []
    for rule in gets(town):
        for url in dict.fromkeys(questions(town, rule, secrets)):
            answer = clients[name].get(url)
            assert answer.status_code < 500, url
            found = secrets.found_in(text_of(answer))
            if found:
                shown.append((url, found[:3]))
    assert shown == []


@pytest.mark.parametrize(
    "endpoint",
    ["lookup.answer", "api.grid", "location.one", "people.page", "staff.of_grid", "offline.copy"],
)
def test_those_without_limits_do_see_it(
    town: Flask, clients: dict[str, FlaskClient], secrets: Secrets, endpoint: str
) -> None:
    """Else the walk above would prove nothing."""
    rule = next(rule for rule in rules(town) if rule.endpoint == endpoint)
    bodies = [clients["worker"].get(url).text for url in questions(town, rule, secrets)]
    assert any(secrets.found_in(body) for body in bodies)


def test_every_limited_route_is_asked(town: Flask) -> None:
    limited = {rule.endpoint for rule in rules(town) if declared(town, rule)[1] == "limited"}
    assert limited == set(LIMITED_ROUTES)


def test_batches_and_files_hold_no_phone_and_no_case(
    town: Flask, clients: dict[str, FlaskClient], secrets: Secrets
) -> None:
    """Neither of anybody: these are free, because they never do."""
    everything = Secrets.__new__(Secrets)
    plan = town.config["WORKSPACE"].current()
    everything.phones, everything.outside = phones(plan.posts), plan.cases
    client = clients["planner"]
    assert everything.found_in(client.get("/api/v1/grids/" + OTHER).text)
    body = {"lon": [114.02, 114.0425], "lat": [22.53, 22.5275], "datum": "wgs84", "boundary": True}
    free = [client.post("/api/v1/locate", json=body), client.get("/workspace/posts/form.xlsx")]
    for rule in gets(town):
        if declared(town, rule)[1] == "free" and rule.endpoint != "openapi.document":
            free += [client.get(url) for url in dict.fromkeys(questions(town, rule, secrets))]
    assert [found for each in free if (found := everything.found_in(text_of(each)))] == []
    assert sum(each.status_code == 200 for each in free) > 10


@pytest.mark.parametrize("code", [COMMUNITY, COMMUNITY + "005"])
def test_inside_the_limits_nothing_is_missing(clients: dict[str, FlaskClient], code: str) -> None:
    for path in (f"/api/v1/grids/{code}", f"/api/v1/lookup?grid={code}"):
        assert clients["worker-of-one"].get(path).json == clients["worker"].get(path).json


def test_phones_above_are_seen_and_beside_are_not(clients: dict[str, FlaskClient]) -> None:
    client = clients["worker-of-one"]

    def leaders(code: str) -> dict[str, str]:
        answers = client.get(f"/api/v1/grids/{code}").get_json()["answers"]
        return {each["grid"]: each["phone"] for each in answers if each["post"] == "leader"}

    assert all(leaders(COMMUNITY).values())
    beside = leaders(OTHER)
    assert beside[OTHER] == ""
    assert beside["440304090"] != ""
    other = client.get(f"/api/v1/grids/{OTHER}?lang=en").get_json()
    assert (other["open_cases"], other["cases"]) == (None, None)
    withheld = [each["note"] for each in other["answers"] if each["grid"] == OTHER]
    assert any("outside your area" in note for note in withheld)


def test_one_answer_is_not_kept_for_somebody_with_other_limits(
    clients: dict[str, FlaskClient], secrets: Secrets
) -> None:
    """Answers to single points are written once; whoever asks first must not decide."""
    case = secrets.outside.iloc[5]
    path = f"/api/v1/locate?lon={case['lon']}&lat={case['lat']}&datum=wgs84"
    for name in ("worker", "worker-of-one", "worker", "supervisor-of-one"):
        answer = clients[name].get(path).get_json()
        has_limits = name in LIMITED
        assert (answer["open_cases"] is None) is has_limits
        assert bool(secrets.found_in(str(answer))) is not has_limits


def test_heat_counts_the_cases_inside_only(
    clients: dict[str, FlaskClient], secrets: Secrets
) -> None:
    path = f"/api/v1/heat?{EVERYTHING.replace('zoom=22', 'zoom=14')}"
    placed = secrets.inside["lon"].notna().sum()
    everything = placed + secrets.outside["lon"].notna().sum()
    assert 0 < placed < everything
    assert clients["worker-of-one"].get(path).get_json()["shown"] == placed
    assert clients["worker"].get(path).get_json()["shown"] == everything


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_figures_are_of_the_grids_inside_only(
    town: Flask, clients: dict[str, FlaskClient], secrets: Secrets, level: int
) -> None:
    tree: Hierarchy = town.config["WORKSPACE"].current().hierarchy
    path = f"/api/v1/figures?level={level}"
    some = clients["worker-of-one"].get(path).get_json()
    full = clients["worker"].get(path).get_json()
    inside = [row for row in full["rows"] if COMMUNITY in tree.chain(row[0])]
    assert [row[:-1] for row in some["rows"]] == [row[:-1] for row in inside]  # classes are own
    assert len(some["rows"]) == len(some["names"]) == len(some["households_from"])
    assert (len(some["rows"]) > 0) is (level > 1)
    assert some["totals"]["cases"] == len(secrets.inside)
    assert full["totals"]["cases"] == len(secrets.inside) + len(secrets.outside)


def test_pages_count_the_cases_inside_only(
    clients: dict[str, FlaskClient], secrets: Secrets
) -> None:
    count = f"{len(secrets.inside):,}"
    for path in ("/heatmap", "/cases", "/workspace"):
        page = clients["worker-of-one"].get(f"{path}?lang=en").text
        assert count in page
        total = f"{len(secrets.inside) + len(secrets.outside):,}"
        assert total not in page
        assert total in clients["worker"].get(f"{path}?lang=en").text


# what somebody else has uploaded


def test_lists_are_their_uploaders_alone(town: Flask, clients: dict[str, FlaskClient]) -> None:
    """Every route of a case list, by somebody who has its address but not sent it."""
    text = "案件编号,经度,纬度\n案件七十七号,114.02,22.53\n".encode()
    file = {"file": (BytesIO(text), "cases.csv")}
    sent = clients["worker"].post("/api/v1/cases", data=file).get_json()
    token = sent["url"].rsplit("/", 1)[1]
    assert clients["worker"].get(sent["url"]).status_code == 200
    mine = [
        rule for rule in rules(town)
        if rule.endpoint.startswith("cases.") and "token" in rule.arguments
    ]  # fmt: skip
    assert len(mine) > 7
    for name in ("supervisor", "planner", "root", "worker-of-one"):
        for rule in mine:
            role, _scope = declared(town, rule)
            for method in methods(rule):
                answer = clients[name].open(address(rule, token=token), method=method)
                said = (rule.rule, name, answer.status_code)
                if rule.endpoint == "cases.discard":
                    assert answer.status_code == 200, said
                elif role == "worker" or name in ("planner", "root"):
                    assert answer.status_code == 404, said
                assert "案件七十七号" not in answer.text, said
    assert clients["worker"].get(sent["url"]).status_code == 200


def test_lists_of_addresses_are_their_uploaders_alone(
    town: Flask, clients: dict[str, FlaskClient]
) -> None:
    """Every route of such a list, by somebody who has its address but not sent it."""
    file = {"file": (BytesIO("诉求人,地址\n张七十七,泰然路1号\n".encode()), "list.csv")}
    sent = clients["worker"].post("/api/v1/lookup/lists", data=file).get_json()
    token = sent["url"].rsplit("/", 1)[1]
    assert "张七十七" in clients["worker"].get(sent["url"]).text
    mine = [
        rule for rule in rules(town)
        if rule.endpoint.startswith("lookup_list.") and "token" in rule.arguments
    ]  # fmt: skip
    assert len(mine) > 7
    for name in ("supervisor", "planner", "root", "worker-of-one"):
        for rule in mine:
            for method in methods(rule):
                answer = clients[name].open(address(rule, token=token), method=method)
                gone = 200 if rule.endpoint == "lookup_list.discard" else 404
                assert answer.status_code == gone, (rule.rule, name)
                assert "张七十七" not in answer.text
    assert clients["worker"].get(sent["url"]).status_code == 200


def test_rosters_are_their_uploaders_alone(clients: dict[str, FlaskClient]) -> None:
    text = "网格编码,岗位,姓名,电话\n440304090003,网格长,某人,0755-1111-2222\n".encode()
    file = {"file": (BytesIO(text), "roster.csv")}
    url = clients["planner"].post("/api/v1/workspace/posts", data=file).get_json()["url"]
    assert "0755-1111-2222" in clients["planner"].get(url).text
    for path, method in ((url, "GET"), (f"/api/v1{url}/use", "POST")):
        answer = clients["root"].open(path, method=method)
        assert answer.status_code == 404
        assert "0755-1111-2222" not in answer.text


def test_a_check_of_the_plan_holds_no_phone_and_no_case(
    town: Flask, clients: dict[str, FlaskClient]
) -> None:
    """Whoever plans for one community checks all grids: what comes of it is free to show."""
    client, everything = clients["planner-of-one"], Secrets.__new__(Secrets)
    plan = town.config["WORKSPACE"].current()
    everything.phones, everything.outside = phones(plan.posts), plan.cases
    token = client.post("/api/v1/check/current").get_json()["token"]
    with town.app_context():
        jobs().wait(find_check(token).job, seconds=120)
    assert client.get(f"/api/v1/check/{token}").get_json()["stage"] == "done"
    page = client.get(f"/check/{token}").text
    urls = set(re.findall(rf"/(?:api/v1/)?check/{token}[\w./?=-]*", page))
    urls |= {
        address(rule, token=token, level=level)
        for rule in gets(town) if "token" in rule.arguments and rule.endpoint.startswith("check.")
        for level in (1, 2, 3, 4)
    }  # fmt: skip
    answers = {url: client.get(url) for url in sorted(urls)}
    assert sum(answer.status_code == 200 for answer in answers.values()) > 8
    assert {url for url, each in answers.items() if everything.found_in(text_of(each))} == set()
    assert client.post(f"/api/v1/check/{token}/use", data={"name": "x"}).status_code == 403
