"""Users: passwords, roles, limits, sessions; never without an administrator."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from small_plan import grids as small_grids
from sqlalchemy import Engine, func, select

from geogrid.errors import FieldError, InputError
from geogrid.hierarchy import build_hierarchy
from geogrid.store import accounts
from geogrid.store.accounts import (
    add_user,
    change_user,
    check_scope,
    end_sessions,
    set_password,
)
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.tables import audit, users
from geogrid.store.passwords import check_rules, hash_password, is_password, random_password
from geogrid.store.users import check_password, find_user, has_users, list_users, user_named

NOW = datetime(2026, 3, 1, 0, 0, tzinfo=UTC)
GOOD = "three-unlike-herons"


def _add(engine: Engine, name: str, **more: Any) -> Any:
    return add_user(engine, name, GOOD, **{"role": "worker", "at": NOW, "by": "test"} | more)


def _first(engine: Engine, name: str = "root") -> Any:
    return add_user(engine, name, GOOD, role="admin", is_first=True, at=NOW, by="setup link")


def _log(engine: Engine) -> list[tuple[str, str, dict[str, Any]]]:
    with reading(engine) as connection:
        rows = connection.execute(select(audit).order_by(audit.c.id)).all()
    return [(row.action, row.actor or str(row.user_id), row.detail) for row in rows]


@pytest.mark.parametrize(
    "password",
    [
        "", "short", "ten-chars", "a" * 200, "password1234", "1234567890", "qwertyuiop",
        "1qaz2wsx3edc", "5201314520", "woaini1314520", "wangge123456", "geogrid2026",
        "福田街道福田街道福田", "linlin-is-me-today", "LINLIN 2031 herons",
    ],
)  # fmt: skip
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(FieldError):
        check_rules(password, "linlin", "林琳")


@pytest.mark.parametrize("password", [GOOD, "Tq7#vLm2x9", "三只鹭鸶飞过福田河边的老桥"])
def test_good_passwords_are_taken_and_known_again(password: str) -> None:
    check_rules(password, "linlin", "林琳")
    kept = hash_password(password)
    assert kept.startswith("$argon2id$")
    assert is_password(password, kept)
    assert not is_password(password + "x", kept)


def test_passwords_to_begin_with_are_good() -> None:
    assert len({random_password() for _each in range(20)}) == 20
    check_rules(random_password())


def test_wide_digits_of_an_input_method_are_digits() -> None:
    assert is_password("herons１２３ unlike", hash_password("herons123 unlike"))


def test_without_a_user_nothing_is_right() -> None:
    assert not is_password("", "")
    assert not is_password(GOOD, "no hash at all")


def test_users_come_back_as_they_were(engine: Engine) -> None:
    assert not has_users(engine)
    admin = _first(engine)
    worker = _add(engine, " LinLin ", full_name="林  琳", scope=["0101", "0102"], by=admin.id)
    assert has_users(engine)
    assert find_user(engine, worker.id) == worker == user_named(engine, "LINLIN")
    assert (worker.name, worker.full_name, worker.role) == ("linlin", "林 琳", "worker")
    assert worker.scope == {"0101", "0102"}
    assert [each.name for each in list_users(engine)] == ["linlin", "root"]
    assert list_users(engine)[0] == worker
    assert _log(engine)[1] == (
        "user.added", str(admin.id), {"name": "linlin", "role": "worker", "scope": ["0101", "0102"]}
    )  # fmt: skip
    assert GOOD not in str(_log(engine))


def test_only_the_right_pair_signs_in(engine: Engine) -> None:
    _first(engine)
    worker = _add(engine, "linlin")
    assert check_password(engine, "ＬinLin", GOOD) == worker
    assert check_password(engine, "linlin", GOOD + "x") is None
    assert check_password(engine, "nobody", GOOD) is None
    change_user(engine, worker.id, is_active=False, at=NOW, by="test")
    assert check_password(engine, "linlin", GOOD) is None


@pytest.mark.parametrize("known", ["unknown", "wrong", "disabled"])
def test_every_refusal_does_the_same_work(
    engine: Engine, known: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One argon2 verification, whoever it is: time tells nothing about names."""
    _first(engine)
    worker = _add(engine, "linlin")
    if known == "disabled":
        change_user(engine, worker.id, is_active=False, at=NOW, by="test")
    asked = []
    real = accounts.hash_password.__globals__["_hasher"]

    class Counting:
        def verify(self, kept: str, password: str) -> bool:
            asked.append(kept)
            return real.verify(kept, password)

        def hash(self, password: str) -> str:
            return real.hash(password)

    monkeypatch.setattr("geogrid.store.passwords._hasher", Counting())
    name = "nobody" if known == "unknown" else "linlin"
    assert check_password(engine, name, GOOD + "x" * (known == "wrong")) is None
    assert len(asked) == 1
    parameters = {kept.rsplit("$", 2)[0] for kept in [*asked, real.hash("x")]}
    assert len(parameters) == 1


@pytest.mark.parametrize("name", ["", " ", "a b", "a/b", "<b>", "a\n", "x" * 41, "a'--"])
def test_names_that_cannot_be_typed_are_refused(engine: Engine, name: str) -> None:
    if name == "a\n":  # what is around a name is not of it
        assert _first(engine, name).name == "a"
        return
    with pytest.raises(FieldError):
        _first(engine, name)
    assert not has_users(engine)


def test_a_name_is_given_once(engine: Engine) -> None:
    _first(engine)
    with pytest.raises(InputError, match="already"):
        _add(engine, "ROOT")
    assert len(list_users(engine)) == 1
    with pytest.raises(InputError, match="no user"):
        user_named(engine, "nobody")


def test_the_first_user_administers(engine: Engine) -> None:
    with pytest.raises(InputError, match="administrator"):
        _add(engine, "linlin")
    assert not has_users(engine)
    assert _log(engine) == []


def test_there_is_one_first_administrator(engine: Engine) -> None:
    """Two follow a setup link at once."""
    said: list[str] = []
    start = Barrier(2)

    def follow(name: str) -> None:
        start.wait()
        try:
            said.append(_first(engine, name).name)
        except InputError as error:
            said.append(str(error))

    threads = [Thread(target=follow, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list_users(engine)) == 1
    assert sum("already" in each for each in said) == 1


def test_the_last_administrator_stays(engine: Engine) -> None:
    root = _first(engine)
    for change in ({"is_active": False}, {"role": "planner"}, {"role": "worker", "scope": ["1"]}):
        with pytest.raises(InputError, match="administrator"):
            change_user(engine, root.id, at=NOW, by=root.id, **change)
    assert find_user(engine, root.id) == root
    other = _add(engine, "other", role="admin")
    change_user(engine, root.id, role="planner", at=NOW, by=root.id)
    with pytest.raises(InputError, match="administrator"):
        change_user(engine, other.id, is_active=False, at=NOW, by=root.id)


def test_two_administrators_do_not_disable_each_other(engine: Engine) -> None:
    both = [_first(engine), _add(engine, "other", role="admin")]
    start = Barrier(2)

    def disable(by: Any, whom: Any) -> None:
        start.wait()
        with suppress(InputError):
            change_user(engine, whom.id, is_active=False, at=NOW, by=by.id)

    threads = [Thread(target=disable, args=pair) for pair in (both, both[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.is_active for each in list_users(engine)].count(True) == 1


def test_changes_are_written_down_with_what_was(engine: Engine) -> None:
    _first(engine)
    worker = _add(engine, "linlin", scope=["0101"])
    changed = change_user(
        engine, worker.id, role="planner", scope=["02"], full_name="林", at=NOW, by="test"
    )
    assert (changed.role, changed.scope, changed.full_name) == ("planner", {"02"}, "林")
    assert _log(engine)[-1][2] == {
        "role": ["worker", "planner"], "scope": [["0101"], ["02"]], "full_name": ["", "林"]
    }  # fmt: skip
    before = len(_log(engine))
    assert change_user(engine, worker.id, role="planner", at=NOW, by="test") == changed
    assert len(_log(engine)) == before


@pytest.mark.parametrize(
    "change", [{"role": "king"}, {"role": "admin"}, {"language": "xx"}, {"full_name": "x" * 61}]
)
def test_values_that_mean_nothing_change_nothing(engine: Engine, change: dict[str, Any]) -> None:
    _first(engine)
    worker = _add(engine, "linlin", scope=["0101"])
    with pytest.raises(FieldError):
        change_user(engine, worker.id, at=NOW, by="test", **change)
    assert find_user(engine, worker.id) == worker
    assert len(_log(engine)) == 2


def test_what_cannot_be_changed_here_is_a_mistake_of_ours(engine: Engine) -> None:
    root = _first(engine)
    with pytest.raises(TypeError):
        change_user(engine, root.id, password_hash="", at=NOW, by="test")
    with pytest.raises(InputError, match="no user"):
        change_user(engine, 99, role="worker", at=NOW, by="test")


def test_a_change_that_fails_leaves_no_trace(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = _first(engine)

    def broken(*_args: Any, **_more: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(accounts, "record", broken)
    with pytest.raises(RuntimeError):
        set_password(engine, root.id, "four-unlike-herons", at=NOW, by=root.id)
    assert check_password(engine, "root", GOOD) == root


def test_sessions_end_even_after_a_clock_was_set_back(engine: Engine) -> None:
    root = _first(engine)
    seen = {root.sessions_since}
    for at in (NOW + timedelta(hours=1), NOW - timedelta(days=1), NOW - timedelta(days=1)):
        seen.add(end_sessions(engine, root.id, at=at, by=root.id).sessions_since)
    new = set_password(engine, root.id, "four-unlike-herons", at=NOW, by="x")
    seen.add(new.sessions_since)
    assert len(seen) == 5
    assert check_password(engine, "root", GOOD) is None
    assert check_password(engine, "root", "four-unlike-herons") == new


def test_disabling_ends_sessions_for_good(engine: Engine) -> None:
    _first(engine)
    worker = _add(engine, "linlin")
    change_user(engine, worker.id, is_active=False, at=NOW, by="test")
    back = change_user(engine, worker.id, is_active=True, at=NOW, by="test")
    assert back.sessions_since != worker.sessions_since


def test_a_password_set_by_others_must_be_changed(engine: Engine) -> None:
    root = _first(engine)
    reset = set_password(
        engine, root.id, random_password(), at=NOW, by="test", must_change_password=True
    )
    assert reset.must_change_password
    assert not set_password(engine, root.id, GOOD, at=NOW, by=root.id).must_change_password
    with pytest.raises(FieldError):
        set_password(engine, root.id, "root-unlike-herons", at=NOW, by=root.id)
    with pytest.raises(InputError):
        set_password(engine, 99, GOOD, at=NOW, by=root.id)


def test_limits_are_grids_of_the_plan() -> None:
    tree = build_hierarchy(small_grids())
    check_scope([next(iter(tree.names))], tree)
    with pytest.raises(FieldError, match="nowhere"):
        check_scope(["nowhere"], tree)


def test_passwords_are_kept_as_hashes_only(engine: Engine) -> None:
    _first(engine)
    with writing(engine) as connection:
        kept = connection.scalar(select(users.c.password_hash))
        assert connection.scalar(select(func.count()).where(users.c.password_hash == GOOD)) == 0
    assert GOOD not in str(kept)
