"""The users of a place, added and changed by administrators."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from people import COMMUNITY, NEW, add_people, engine_of, later, secret_in, sign_in
from sqlalchemy import text, update

from geogrid.store import StoreError
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.tables import audit, user_scopes
from geogrid.store.users import find_user, list_users, user_named
from web import create_app
from web.config import Settings


def test_an_administrator_adds_somebody_who_then_chooses_a_password(
    own_app: Flask, people: dict[str, Any]
) -> None:
    client = sign_in(own_app, "root")
    form = {"name": "Lin", "full_name": "<b>林琳</b>", "role": "worker", "scope": COMMUNITY}
    page = client.post("/users", data=form).get_data(as_text=True)
    first = secret_in(page)
    assert "<b>林琳" not in page
    assert first not in client.get("/users").get_data(as_text=True)
    lin = user_named(engine_of(own_app), "lin")
    assert (lin.scope, lin.must_change_password) == ({COMMUNITY}, True)
    own = sign_in(own_app, "lin", first)
    assert own.get("/").location == "/account"
    api = own.get(f"/api/v1/grids/{COMMUNITY}")
    assert (api.status_code, api.mimetype) == (403, "application/problem+json")
    assert own.get("/account").status_code == 200
    for path in ("/account/keys", "/account/sessions", "/account/language"):
        assert own.post(path).location == "/account"
    new = {"old": first, "password": NEW, "again": NEW}
    assert own.post("/account/password", data=new).status_code == 302
    assert own.get("/").status_code == 200


def test_limits_to_grids_that_are_no_more_are_listed(
    own_app: Flask, people: dict[str, Any]
) -> None:
    client = sign_in(own_app, "root")
    assert "范围待核" not in client.get("/users?lang=zh_CN").text
    engine = engine_of(own_app)
    with writing(engine) as connection:
        connection.execute(update(user_scopes).values(grid="老网格"))
    page = client.get("/users?lang=zh_CN").text
    assert "有 3 个用户的限定范围里" in page
    assert page.count("范围待核") == 3
    assert "老网格（方案中没有）" in page
    worker = people["worker-of-one"].id
    assert "老网格（方案中没有）" in client.get(f"/users/{worker}?lang=zh_CN").text
    kept = client.post(f"/users/{worker}", data={"role": "worker", "scope": "老网格"})
    assert kept.status_code == 422
    later(own_app)
    assert sign_in(own_app, "worker-of-one").get("/people").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "root"}, {"role": "king"}, {"scope": "nowhere"},
     {"role": "admin", "scope": COMMUNITY}, {"full_name": "x" * 99}],
)  # fmt: skip
def test_what_cannot_be_added_is_said_on_the_page(
    own_app: Flask, people: dict[str, Any], wrong: dict[str, str]
) -> None:
    client = sign_in(own_app, "root")
    form = {"name": "lin", "full_name": "", "role": "worker", "scope": ""} | wrong
    answer = client.post("/users", data=form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.get_data(as_text=True)
    assert len(list_users(engine_of(own_app))) == len(people)


def test_users_are_changed_disabled_and_reset(own_app: Flask, people: dict[str, Any]) -> None:
    client, engine = sign_in(own_app, "root"), engine_of(own_app)
    worker = people["worker"].id
    running = sign_in(own_app, "worker")
    change = {"role": "supervisor", "full_name": "林", "scope": f"{COMMUNITY}，440304090004"}
    assert client.post(f"/users/{worker}", data=change).status_code == 302
    user = find_user(engine, worker)
    assert user is not None
    assert (user.role, user.full_name, len(user.scope)) == ("supervisor", "林", 2)
    assert "supervisor" in client.get(f"/users/{worker}").get_data(as_text=True)
    assert running.get("/").status_code == 200
    password = secret_in(client.post(f"/users/{worker}/password").get_data(as_text=True))
    assert running.get("/").status_code == 302
    sign_in(own_app, "worker", password)
    assert client.post(f"/users/{worker}/active", data={"active": "0"}).status_code == 302
    assert own_app.test_client().post(
        "/sign-in", data={"name": "worker", "password": password}
    ).status_code == 422  # fmt: skip
    client.post(f"/users/{worker}/active", data={"active": "1"})
    sign_in(own_app, "worker", password)
    for path in ("/users/999", "/users/999/active", "/users/999/password"):
        assert client.post(path, data=change).status_code == 404
    wrong = client.post(f"/users/{worker}", data=change | {"scope": "nowhere"})
    assert wrong.status_code == 422
    assert 'value="nowhere"' in wrong.get_data(as_text=True)


def test_the_last_administrator_cannot_be_locked_out(
    own_app: Flask, people: dict[str, Any]
) -> None:
    client, root = sign_in(own_app, "root"), people["root"].id
    for path, form in (
        (f"/users/{root}/active", {"active": "0"}),
        (f"/users/{root}", {"role": "planner", "full_name": "", "scope": ""}),
    ):
        answer = client.post(path, data=form)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.get_data(as_text=True)
    assert client.get("/users").status_code == 200


def test_what_is_done_here_is_written_down_with_who_did_it(
    own_app: Flask, people: dict[str, Any]
) -> None:
    client, worker = sign_in(own_app, "root"), people["worker"].id
    client.post(f"/users/{worker}/password")
    with reading(engine_of(own_app)) as connection:
        row = connection.execute(audit.select().order_by(audit.c.id.desc())).first()
    assert row is not None
    assert (row.action, row.user_id, row.subject_id) == (
        "user.password_set", people["root"].id, str(worker)
    )  # fmt: skip


def test_a_database_that_stops_lets_nobody_in(own_app: Flask, people: dict[str, Any]) -> None:
    client = sign_in(own_app, "worker")
    assert client.get("/").status_code == 200
    path = Path(str(engine_of(own_app).url.database))
    path.rename(path.with_suffix(".away"))
    path.mkdir()
    later(own_app)
    assert client.get("/").status_code == 503
    assert own_app.test_client().get("/").status_code == 302


def test_a_database_of_a_later_release_is_refused_at_start(tmp_path: Path) -> None:
    app = create_app(Settings(workspace=tmp_path))
    add_people(app)
    with engine_of(app).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="later release"):
        create_app(Settings(workspace=tmp_path))


def test_pages_offer_only_what_one_may(own_app: Flask, people: dict[str, Any]) -> None:
    for name, offers in (("planner", True), ("planner-of-one", False), ("worker", False)):
        client = sign_in(own_app, name)
        page = client.get("/workspace").text
        assert all((each in page) is offers for each in ("data-use=", "data-upload=", "data-post="))
        assert ("dropzone" in client.get("/check").text) is (name != "worker")
    assert 'href="/users"' not in client.get("/").text
    assert 'href="/users"' in sign_in(own_app, "root").get("/").text
