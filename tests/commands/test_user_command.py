"""``geogrid user``: the people who sign in, from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geogrid.cli import main
from geogrid.store.opening import named_database
from geogrid.store.users import check_password, list_users, user_named

GOOD = "three-unlike-herons"


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOGRID_LANG", "en")
    monkeypatch.delenv("GEOGRID_DATABASE_URL", raising=False)


def run(folder: Path, *arguments: str, stdin: str = GOOD + "\n") -> Result:
    return CliRunner().invoke(main, ["user", "--workspace", str(folder), *arguments], input=stdin)


def test_a_first_administrator_is_added_and_signs_in(tmp_path: Path) -> None:
    done = run(tmp_path, "add", "Root", "--role", "admin", "--full-name", "管理员")
    assert done.exit_code == 0, done.output
    assert GOOD not in done.output
    engine = named_database("", tmp_path)
    user = check_password(engine, "root", GOOD)
    assert user is not None
    assert (user.role, user.full_name, user.must_change_password) == ("admin", "管理员", False)


def test_no_option_takes_a_password(tmp_path: Path) -> None:
    assert run(tmp_path, "add", "root", "--role", "admin", "--password", GOOD).exit_code == 2


def test_users_are_listed_limited_disabled_and_given_passwords(tmp_path: Path) -> None:
    assert run(tmp_path, "list").output == ""
    assert not (tmp_path / "geogrid.sqlite").exists()
    run(tmp_path, "add", "root", "--role", "admin")
    code = "440304090003"
    assert run(tmp_path, "add", "lin", "--role", "worker", "--scope", code).exit_code == 0
    assert run(tmp_path, "list").output.splitlines() == [
        f"lin\tworker\tactive\t{code}\t", "root\tadmin\tactive\t-\t"
    ]  # fmt: skip
    assert "everything" in run(tmp_path, "scope", "lin").output
    run(tmp_path, "scope", "lin", "440304090003005", code)
    run(tmp_path, "disable", "lin")
    assert "lin\tworker\tdisabled\t440304090003,440304090003005" in run(tmp_path, "list").output
    run(tmp_path, "disable", "lin", "--undo")
    run(tmp_path, "password", "lin", stdin="four-unlike-herons\n")
    engine = named_database("", tmp_path)
    assert check_password(engine, "lin", "four-unlike-herons") == user_named(engine, "lin")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "lin", "--role", "worker"], "administrator"),
        (["add", "a b", "--role", "admin"], "letters"),
        (["add", "lin", "--role", "admin", "--scope", "nowhere"], "nowhere"),
        (["add", "lin", "--role", "admin", "--scope", "440304090003"], "not limited"),
        (["disable", "nobody"], "nobody"),
        (["--database", "mysql://x/y", "list"], "postgresql://"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, arguments: list[str], said: str) -> None:
    done = run(tmp_path, *arguments)
    assert done.exit_code == 2
    assert said in done.output
    engine = named_database("", tmp_path)
    assert not (tmp_path / "geogrid.sqlite").exists() or list_users(engine) == []


def test_weak_passwords_and_the_last_administrator(tmp_path: Path) -> None:
    assert "10 characters" in run(tmp_path, "add", "root", "--role", "admin", stdin="x\n").output
    run(tmp_path, "add", "root", "--role", "admin")
    last = run(tmp_path, "disable", "root")
    assert last.exit_code == 2
    assert "administrator" in last.output


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run(tmp_path / "file", "add", "root", "--role", "admin")
    assert done.exit_code == 2
    assert "cannot be written" in done.output
