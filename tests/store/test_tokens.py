"""Keys of programs: hashed, limited, expiring, revocable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from small_plan import grids as small_grids
from sqlalchemy import Engine, select

from geogrid.errors import FieldError, InputError
from geogrid.hierarchy import build_hierarchy
from geogrid.store.accounts import add_user, change_user
from geogrid.store.database.engine import reading
from geogrid.store.database.tables import audit, tokens
from geogrid.store.opening import is_there, make_ready, named_database
from geogrid.store.tokens import (
    create_token,
    hash_secret,
    list_tokens,
    note_use,
    revoke_token,
    token_of,
)
from geogrid.store.users import User, has_users

NOW = datetime(2026, 3, 1, 0, 0, tzinfo=UTC)
TREE = build_hierarchy(small_grids())
LEAF = max(TREE.names, key=lambda code: len(TREE.chain(code)))
PARENT = TREE.parents[LEAF]
OTHER = next(code for code in TREE.names if PARENT not in TREE.chain(code) and TREE.parents[code])


@pytest.fixture
def user(engine: Engine) -> User:
    add_user(engine, "root", "three-unlike-herons", role="admin", at=NOW, by="test")
    return add_user(
        engine, "linlin", "three-unlike-herons", role="supervisor", scope=[PARENT], at=NOW, by=1
    )


def _make(engine: Engine, user: User, **more: Any) -> Any:
    values = {"role": "worker", "days": 30, "at": NOW} | more
    return create_token(engine, user, values.pop("name", "地图大屏"), TREE, **values)


def test_a_key_is_shown_once_and_kept_as_a_hash(engine: Engine, user: User) -> None:
    token, secret = _make(engine, user, grid=LEAF)
    assert len(secret) > 40
    assert secret.startswith(token.start)
    assert token_of(engine, hash_secret(secret)) == (token, user)
    assert token_of(engine, hash_secret(secret + "x")) is None
    with reading(engine) as connection:
        kept = [dict(row._mapping) for row in connection.execute(select(tokens))]
        logged = [dict(row._mapping) for row in connection.execute(select(audit))]
    assert kept[0]["hash"] == hash_secret(secret)
    assert secret not in str(kept)
    assert secret not in str(logged)
    assert logged[-1]["action"] == "token.added"
    assert logged[-1]["user_id"] == user.id


@pytest.mark.parametrize(
    "more",
    [
        {"role": "planner"}, {"role": "admin"}, {"role": "resident"}, {"grid": OTHER},
        {"grid": "nowhere"}, {"days": 0}, {"days": 367}, {"name": "  "},
    ],
)  # fmt: skip
def test_a_key_never_has_more_than_its_user(
    engine: Engine, user: User, more: dict[str, Any]
) -> None:
    with pytest.raises(FieldError):
        _make(engine, user, **more)
    assert list_tokens(engine, user.id) == []


def test_keys_expire(engine: Engine, user: User) -> None:
    token, _secret = _make(engine, user, days=1)
    assert token.is_valid(NOW + timedelta(hours=23))
    assert not token.is_valid(NOW + timedelta(days=1))


def test_keys_are_revoked_by_their_user_once(engine: Engine, user: User) -> None:
    token, secret = _make(engine, user)
    with pytest.raises(InputError):
        revoke_token(engine, user.id + 1, token.id, at=NOW, by=user.id)
    for _time in range(2):
        revoke_token(engine, user.id, token.id, at=NOW, by=user.id)
    found = token_of(engine, hash_secret(secret))
    assert found is not None
    assert not found[0].is_valid(NOW)
    with reading(engine) as connection:
        rows = connection.execute(select(audit.c.id).where(audit.c.action == "token.revoked")).all()
    assert len(rows) == 1


def test_keys_end_with_their_user(engine: Engine, user: User) -> None:
    _token, secret = _make(engine, user)
    for is_active in (False, True):
        change_user(engine, user.id, is_active=is_active, at=NOW, by=1)
    found = token_of(engine, hash_secret(secret))
    assert found is not None
    assert not found[0].is_valid(NOW)


def test_their_use_is_remembered(engine: Engine, user: User) -> None:
    token, _secret = _make(engine, user)
    note_use(engine, token.id, at=NOW + timedelta(days=2))
    assert list_tokens(engine, user.id)[0].used_at == NOW + timedelta(days=2)


def test_there_are_not_too_many(engine: Engine, user: User) -> None:
    for number in range(20):
        _make(engine, user, name=f"大屏{number}", days=1)
    with pytest.raises(InputError, match="revoke"):
        _make(engine, user)
    later = NOW + timedelta(days=2)  # by then the others have expired
    assert _make(engine, user, at=later)[0].is_valid(later)


def test_a_database_is_made_when_it_is_needed(tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    engine = named_database("", folder)
    assert not is_there(engine)
    assert not folder.exists()
    make_ready(engine)
    assert is_there(engine)
    assert not has_users(engine)
    assert (folder / "geogrid.sqlite").stat().st_mode & 0o077 == 0
