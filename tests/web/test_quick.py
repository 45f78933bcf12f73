"""Plain questions to ``/api/v1/locate`` are answered without Flask, and never differently."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import COMMUNITY, NEW, engine_of, key_of, later

from geogrid.store import Workspace
from geogrid.store.accounts import change_user, set_password
from geogrid.store.tokens import list_tokens, revoke_token

URL = "/api/v1/locate"
INSIDE = "lon=114.0251287&lat=22.5244344&datum=wgs84"
AWAY = {"REMOTE_ADDR": "10.0.0.7"}
numbers = st.one_of(
    st.floats(114.0, 114.1).map(repr), st.floats(22.5, 22.6).map(repr),
    st.sampled_from(["22.53", "114.02", "0", "-0", "+1", "%2B1", "1e2", "91", "-181"]),
    st.sampled_from(["nan", "x", "", " 1", "１"]),
    st.text("0123456789.eE+-% ", max_size=8),
)  # fmt: skip
datums = st.sampled_from(["wgs84", "WGS84", "gcj02", "bd09", "cgcs2000", "mars", "", "wgs84%20"])
HEADERS: list[dict[str, str]] = [
    {}, {"Cookie": "language=en"}, {"Cookie": "x=1"}, {"Accept-Language": "en"},
    {"Accept-Language": "fr"}, {"Accept-Language": "en", "Referer": "http://localhost/"},
    {"Host": "evil.example"},
    {"Host": "localhost:8000"}, {"Host": "[::1]:80"}, {"Host": ""}, {"Host": "LOCALHOST"},
    {"Accept-Encoding": "gzip"}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp4"},
    {"X-Forwarded-For": "10.0.0.7"}, {"Forwarded": "for=10.0.0.7"}, {"Origin": "http://evil.example"},
]  # fmt: skip


@pytest.fixture
def seen(own_app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the queries that the view is asked from now on."""
    return _watch(own_app, monkeypatch)


def _watch(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    queries: list[str] = []
    inner: Callable[..., Any] = app.view_functions["location.one"]

    def watched() -> Any:
        from flask import request  # noqa: PLC0415 - of the request under way

        queries.append(request.query_string.decode("latin-1"))
        return inner()

    monkeypatch.setitem(app.view_functions, "location.one", watched)
    return queries


def both(app: Flask, query: str, headers: dict[str, str] | None = None, **more: Any) -> list[Any]:
    """Return status, headers and body for a question, and for one that only the view answers."""
    answers = []
    for asked in (query, query + "&_=1"):
        answer = app.test_client().get(f"{URL}?{asked}", headers=headers or {}, **more)
        said = {key: value for key, value in answer.headers.items() if key != "X-Request-Id"}
        assert "X-Request-Id" in answer.headers
        answers.append((answer.status, said, answer.data))
    return answers


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers, numbers, datums, st.permutations(["lon", "lat", "datum"]), st.sampled_from(HEADERS))
def test_the_answer_is_the_view_s(
    app: Flask, lon: str, lat: str, datum: str, order: list[str], headers: dict[str, str]
) -> None:
    values = {"lon": lon, "lat": lat, "datum": datum}
    query = "&".join(f"{name}={values[name]}" for name in order)
    quick, slow = both(app, query, headers)
    assert quick == slow


@pytest.mark.parametrize(
    "query",
    [
        INSIDE, f"{INSIDE}&lon=1", f"lon=1&{INSIDE}", f"{INSIDE}&", "", "lon=114.02&lon=22.5&lat=1",
        f"{INSIDE}&at=2026-03-01", f"{INSIDE}&lang=en", f"{INSIDE}&boundary=1",
        "lon=0&lat=0&datum=wgs84",
    ],
)  # fmt: skip
@pytest.mark.parametrize("headers", HEADERS, ids=str)
def test_whatever_comes_along(app: Flask, query: str, headers: dict[str, str]) -> None:
    quick, slow = both(app, query, headers)
    assert quick == slow


def test_plain_questions_do_not_reach_the_view(own_app: Flask, seen: list[str]) -> None:
    client = own_app.test_client()
    first = client.get(f"{URL}?{INSIDE}")
    assert seen == [INSIDE], "the answer of a grid is written by the view"
    assert client.get(f"{URL}?{INSIDE}").data == first.data
    assert client.get(f"{URL}?lon=114.2&lat=22.6&datum=bd09").get_json()["inside"] is False
    assert seen == [INSIDE]
    assert client.head(f"{URL}?{INSIDE}").status_code == 200
    assert client.get(f"{URL}?{INSIDE}", headers={"Accept-Language": "en"}).status_code == 200
    assert seen == [INSIDE] * 3


def test_another_plan_counts_at_once(own_app: Flask, seen: list[str]) -> None:
    workspace, client = own_app.config["WORKSPACE"], own_app.test_client()
    first, again = (client.get(f"{URL}?{INSIDE}") for _ in range(2))
    assert (first.get_json()["inside"], first.data, len(seen)) == (True, again.data, 1)
    Workspace(workspace.folder).use_sample("rural")  # as another process would
    now = client.get(f"{URL}?{INSIDE}")
    assert now.get_json()["inside"] is False
    assert now.headers["X-Geogrid-Plan"] != first.headers["X-Geogrid-Plan"]


def test_everybody_gets_what_the_view_gives(
    own_app: Flask, people: dict[str, Any], seen: list[str]
) -> None:
    """Keys of every role and limit, from here and from elsewhere; twice, so that it is written."""
    keys = [key_of(own_app, name) for name in people]
    keys += [key_of(own_app, "worker", grid=grid) for grid in (COMMUNITY, "440304090004")]
    answers = []
    for headers in ({}, {"Authorization": "Bearer x"}, *keys):
        for environ in ({}, AWAY):
            both(own_app, INSIDE, headers, environ_overrides=environ)
            seen.clear()
            quick, slow = both(own_app, INSIDE, headers, environ_overrides=environ)
            assert quick == slow
            assert (quick[0] == "200 OK") == (headers in keys)
            assert (INSIDE in seen) == (headers not in keys) or quick[0] != "200 OK"
            answers.append(quick[2])
    assert len({*answers}) > 2, "limits change what is said"


def test_a_key_that_is_worth_less_now_opens_nothing(own_app: Flask, people: dict[str, Any]) -> None:
    now, engine = datetime.now(UTC), engine_of(own_app)
    keys = {name: key_of(own_app, name) for name in ("worker", "supervisor", "planner")}
    ids = {name: people[name].id for name in keys}

    def statuses() -> list[int]:
        later(own_app)
        client = own_app.test_client()
        return [client.get(f"{URL}?{INSIDE}", headers=key).status_code for key in keys.values()]

    assert [statuses(), statuses()] == [[200] * 3] * 2
    change_user(engine, ids["worker"], is_active=False, at=now, by="test")
    set_password(engine, ids["supervisor"], NEW, must_change_password=True, at=now, by="test")
    revoke_token(
        engine, ids["planner"], list_tokens(engine, ids["planner"])[0].id, at=now, by="test"
    )
    assert statuses() == [401, 403, 401]


def test_a_wrong_key_makes_no_database(own_app: Flask) -> None:
    client, wrong = own_app.test_client(), {"Authorization": "Bearer wrong"}
    assert client.get(f"{URL}?{INSIDE}", headers=wrong).status_code == 401
    assert client.get(f"{URL}?{INSIDE}", headers=wrong, environ_overrides=AWAY).status_code == 401
    assert not Path(own_app.config["DATABASE"].url.database).exists()
    assert client.get(f"{URL}?{INSIDE}").status_code == 200


def test_what_the_database_cannot_say_is_said_by_the_view(
    own_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = own_app.test_client()
    assert client.get(f"{URL}?{INSIDE}").status_code == 200

    def broken(_self: Workspace) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(Workspace, "current", broken)
    answer = client.get(f"{URL}?{INSIDE}")
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
