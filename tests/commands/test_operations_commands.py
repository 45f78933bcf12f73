"""``geogrid backup``, ``restore`` and ``doctor`` as people run them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_plan import grids
from sqlalchemy import insert

from geogrid.cli import main
from geogrid.commands.only_server import only_server
from geogrid.settings import Settings
from geogrid.store.database.engine import writing
from geogrid.store.database.tables import audit
from geogrid.store.opening import make_ready, named_database
from geogrid.store.shown import choose
from geogrid.store.workspace import Workspace


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A workspace with a plan and a database."""
    folder = tmp_path / "place"
    Workspace(folder).use(grids=grids(), name="网格")
    Workspace(folder).secret_key()
    make_ready(named_database("", folder))
    monkeypatch.setenv("GEOGRID_WORKSPACE", str(folder))
    monkeypatch.setenv("GEOGRID_LANG", "en")
    yield folder


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_a_backup_is_kept_checked_and_restored(place: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    codes = set(Workspace(place).current().grids["code"])
    for name in ("20200101T000000Z", "20200102T000000Z"):
        assert _run("backup", folder).exit_code == 0
        newest = max(folder.glob("geogrid-2*.zip"), key=lambda path: path.stat().st_mtime_ns)
        newest.rename(folder / f"geogrid-{name}.zip")
    done = _run("backup", folder, "--keep", 2)
    assert (done.exit_code, done.output.count(" MB")) == (0, 1)
    assert len(list(folder.iterdir())) == 2
    checked = _run("restore", folder, "--check")
    assert checked.exit_code == 0
    assert "is whole" in checked.output
    assert _run("restore", folder, "--check", "--at", "2020-01-01T12:00").exit_code == 2
    done = _run("restore", folder, "--at", "2020-01-02 12:00", "--workspace", tmp_path / "new")
    assert done.exit_code == 0, done.output
    assert "geogrid-20200102T000000Z.zip" in done.output
    assert set(Workspace(tmp_path / "new").current().grids["code"]) == codes
    assert _run("restore", folder).exit_code == 2


def test_nothing_is_restored_under_a_running_server(place: Path, tmp_path: Path) -> None:
    assert _run("backup", tmp_path / "backups").exit_code == 0
    with only_server(Settings(workspace=place)):
        done = _run("restore", tmp_path / "backups", "--replace")
    assert done.exit_code == 2
    assert "is running" in done.output
    assert not list(place.glob("before-*"))


def test_a_well_place_is_well(place: Path) -> None:
    done = _run("doctor")
    assert done.exit_code == 0, done.output
    names = [line.split()[0] for line in done.output.splitlines()]
    assert names == [
        "workspace", "disk", "database", "migrations", "clock", "plan", "index", "assets",
    ]  # fmt: skip


def test_the_doctor_finds_what_is_wrong(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = named_database("", place)
    with writing(engine) as connection:
        ahead = datetime.now(UTC) + timedelta(days=1)
        row = {"at": ahead, "action": "plan.drafted", "subject": "plan", "subject_id": "1"}
        connection.execute(insert(audit), [row])
        choose(connection, draft=99)
    (place / "secret_key").chmod(0o644)
    monkeypatch.setattr("geogrid.store.health.LEAST_FREE_BYTES", 10**18)
    monkeypatch.setattr("web.assets._manifest", lambda: {"a.js": "a-gone.js"})
    done = _run("doctor")
    assert done.exit_code == 1
    found = dict(line.split(maxsplit=1) for line in done.output.splitlines())
    assert "chmod 600" in found["workspace"]
    assert "MB are free" in found["disk"]
    assert "clock is behind" in found["clock"]
    assert found["database"] == found["migrations"] == "well"
    assert found["plan"] != "well" != found["index"]
    assert "a-gone.js" in found["assets"]


def test_the_doctor_finds_a_damaged_database(place: Path) -> None:
    engine = named_database("", place)
    engine.dispose()
    file = place / "geogrid.sqlite"
    whole = file.read_bytes()
    file.write_bytes(whole[:20_000] + os.urandom(20_000) + whole[40_000:])
    done = _run("doctor")
    assert done.exit_code == 1
    assert "restore a backup" in done.output


def test_the_doctor_refuses_wrong_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOGRID_LANG", "zh")
    monkeypatch.setenv("GEOGRID_WORKERS", "many")
    done = _run("doctor")
    assert done.exit_code == 2
    assert "GEOGRID_WORKERS 应为整数" in done.output
