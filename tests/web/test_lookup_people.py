"""``/lookup``: staff by name for everybody, by number only for those who see the number."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import COMMUNITY, sign_in
from small_plan import posts as small_posts
from small_plan import use_small_plan

from geogrid.store.users import User
from web.current import current_plan
from web.lookup import people as staff

OTHER = "440304090008"
"""A community beside the one of those with limits."""


def ask(client: FlaskClient, text: str) -> dict[str, Any]:
    answer = client.get("/api/v1/lookup", query_string={"q": text})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


@pytest.mark.parametrize(
    "text",
    [
        "甲一员",
        " 甲一 员 ",
        "0755-1111-0001",
        "０７５５ １１１１ ０００１",
        "+86 0755 11110001",
        "+86 755 11110001",
    ],
)
def test_one_person_is_found_with_the_grid(own_app: Flask, text: str) -> None:
    use_small_plan(own_app.config["WORKSPACE"])
    answer = ask(own_app.test_client(), text)
    assert (answer["kind"], answer["code"]) == ("grid", "111")
    assert (answer["person"]["name"], answer["person"]["phone"]) == ("甲一员", "0755-1111-0001")
    assert answer["share"] == "/lookup?q=111"


def test_a_deputy_is_found_as_one(own_app: Flask) -> None:
    use_small_plan(own_app.config["WORKSPACE"])
    answer = ask(own_app.test_client(), "甲二副")
    assert answer["code"] == "112"
    assert "B岗" in answer["person"]["detail"]


def test_names_are_brought_into_one_form_once(
    own_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = own_app.config["WORKSPACE"]
    use_small_plan(workspace)
    seen: list[object] = []
    plain = staff._plain
    monkeypatch.setattr(staff, "_plain", lambda text: seen.append(text) or plain(text))
    client = own_app.test_client()
    for typed, found in (("甲一", 3), ("甲一副", 1)):
        query = {"q": typed, "people": "1"}
        matches = client.get("/api/v1/addresses", query_string=query).get_json()["matches"]
        assert sum(each["kind"] == "person" for each in matches) == found
        assert typed in seen
    assert seen.count("甲一副") == 2  # of the roster, and what was typed
    workspace.add_posts(small_posts().replace({"holder": {"甲一员": "乙一员"}}))
    assert ask(client, "乙一员")["person"]["name"] == "乙一员"


def test_a_number_of_nobody_is_said_and_kept_out_of_links(own_app: Flask) -> None:
    use_small_plan(own_app.config["WORKSPACE"])
    answer = ask(own_app.test_client(), "13800138000")
    assert answer == {"kind": "nothing", "reason": "phone", "matches": [], "share": ""}


def test_numbers_are_found_within_one_s_limits_only(
    own_app: Flask, people: dict[str, User]
) -> None:
    assert people
    with own_app.test_request_context():
        posts = current_plan().plan.posts
    posts = posts[(posts["holder"] != "") & (posts["phone"] != "")]
    inside = posts[posts["grid"].str.startswith(COMMUNITY)].iloc[-1]
    outside = posts[posts["grid"].str.startswith(OTHER)].iloc[-1]
    for name in ("worker-of-one", "supervisor-of-one"):
        client = sign_in(own_app, name)
        found = ask(client, inside["phone"])
        assert inside["holder"] in str(found)
        assert inside["phone"] in str(found)
        refused = ask(client, outside["phone"])
        assert refused == {"kind": "nothing", "reason": "phone", "matches": [], "share": ""}
        named = ask(client, outside["holder"])
        assert outside["holder"] in str(named)
        assert outside["phone"] not in str(named)
        assert named.get("open_cases") is None
    for name in ("worker", "supervisor"):
        assert outside["phone"] in str(ask(sign_in(own_app, name), outside["phone"]))


def test_examples_are_of_one_s_own_area(own_app: Flask, people: dict[str, User]) -> None:
    page = sign_in(own_app, "worker-of-one").get("/lookup").text
    examples = re.findall(r'data-example="([^"]+)"', page)
    assert len(examples) == 3
    for text in examples:
        answer = ask(sign_in(own_app, "worker-of-one"), text)
        assert COMMUNITY in [step["code"] for step in answer["chain"]], text
