"""Backups: of one moment, while others write; whole or refused; into either kind of database."""

from __future__ import annotations

import json
import threading
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from postgis_cluster import Cluster
from small_plan import grids
from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.engine import URL

from geogrid.errors import FormatError
from geogrid.store.backup import backups_in, checked_backup, newest_backup, write_backup
from geogrid.store.database.engine import database_url, open_database, reading, writing
from geogrid.store.database.migrate import upgrade
from geogrid.store.database.tables import audit, case_events, cases, metadata, people, plans
from geogrid.store.errors import ConflictError, StoreError
from geogrid.store.plans import add_draft, submit_draft
from geogrid.store.publish import publish_plan
from geogrid.store.restore import restore_backup
from geogrid.store.workspace import Workspace

NOW = datetime(2026, 11, 27, 3, 15, tzinfo=UTC)


def _fill(engine: Engine, folder: Path) -> Workspace:
    """Publish a plan and keep another as a draft; a workspace with a plan of its own."""
    for name in ("一", "二"):
        plan = add_draft(engine, f"方案{name}", grids(), at=NOW)
    plan = submit_draft(engine, plan.id, plan.version, approval="1", at=NOW)
    publish_plan(engine, plan.id, plan.version, at=NOW)
    with writing(engine) as connection:
        connection.execute(insert(people), [{"name": "张三", "phone": "13800138000"}])
        connection.execute(insert(cases), [{"case_id": "c1", "status": "reported"}])
        connection.execute(
            insert(case_events),
            [{"case_id": 1, "kind": "reported", "at": NOW, "detail": {"到": [1, None]}}],
        )
    (folder / "plans" / "old").mkdir(parents=True)  # of a release that kept plans as files
    (folder / "plans" / "old" / "grids.geojson").write_text("{}")
    workspace = _workspace(engine, folder)
    workspace.secret_key()
    return workspace


def _workspace(engine: Engine, folder: Path) -> Workspace:
    return Workspace(folder, database=engine.url.render_as_string(hide_password=False))


def _rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with reading(engine) as connection:
        return {
            table.name: sorted(
                (tuple(map(_shown, row)) for row in connection.execute(select(table))), key=str
            )
            for table in metadata.sorted_tables
        }


def _shown(value: object) -> object:
    return value.wkb_hex if hasattr(value, "wkb_hex") else value


@pytest.fixture(params=["sqlite", "postgis"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """An empty database of each kind to restore into."""
    if request.param == "sqlite":
        return open_database(database_url("", tmp_path / "other"))
    cluster: Cluster = request.getfixturevalue("postgis")
    return open_database(cluster.new_database())


def test_what_is_restored_is_what_was(engine: Engine, other: Engine, tmp_path: Path) -> None:
    workspace = _fill(engine, tmp_path / "here")
    file = write_backup(engine, workspace.folder, tmp_path / "backups", at=NOW)
    assert file.name == "geogrid-20261127T031500Z.zip"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    manifest = restore_backup(file, other, tmp_path / "other", at=NOW)
    assert manifest["plan"]["is_seamless"]
    assert manifest["plan"]["grids"] == len(grids())
    assert _rows(other) == _rows(engine)
    restored = _workspace(other, tmp_path / "other")
    assert (restored.folder / "plans" / "old" / "grids.geojson").read_text() == "{}"
    for each in (restored, workspace):
        assert set(each.current().grids["code"]) == set(grids()["code"])
        each.engine.dispose()
    assert restored.secret_key() == workspace.secret_key()
    # and life goes on there
    plan = add_draft(other, "方案三", grids(), at=NOW + timedelta(days=1))
    with reading(other) as connection:
        assert plan.id == connection.scalar(select(func.max(plans.c.id)))
    other.dispose()


def test_a_backup_is_of_one_moment(engine: Engine, tmp_path: Path) -> None:
    """A writer keeps two tables equal; no backup sees them differ."""
    is_over = threading.Event()
    written = [0]

    def write() -> None:
        while not is_over.is_set():
            written[0] += 1
            with writing(engine) as connection:
                for table, row in (
                    (people, {"name": str(written[0])}),
                    (cases, {"case_id": str(written[0]), "status": "reported"}),
                ):
                    connection.execute(insert(table), [row])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts = []
        for number in range(4):
            moment = NOW + timedelta(minutes=number)
            file = write_backup(engine, tmp_path / "none", tmp_path / "backups", at=moment)
            with checked_backup(file, tmp_path) as (_contents, manifest):
                rows = manifest["rows"]
            assert rows["people"] == rows["cases"]
            counts.append(rows["people"])
    finally:
        is_over.set()
        writer.join()
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


def test_a_damaged_backup_is_refused_and_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    workspace = _fill(engine, tmp_path / "here")
    file = write_backup(engine, workspace.folder, tmp_path / "backups", at=NOW)
    whole = file.read_bytes()
    target = tmp_path / "target"
    for position in range(200, len(whole), len(whole) // 40):
        damaged = tmp_path / "damaged.zip"
        damaged.write_bytes(
            whole[:position] + bytes([whole[position] ^ 0xFF]) + whole[position + 1 :]
        )
        other = open_database(database_url("", target))
        try:
            restore_backup(damaged, other, target, at=NOW)
        except (StoreError, FormatError) as error:
            assert str(damaged) in str(error) or "damaged" in str(error)
            assert list(target.iterdir()) == []
        else:  # a byte that says nothing, such as one of a time stamp
            assert _rows(other) == _rows(engine)
            for path in sorted(target.rglob("*"), reverse=True):
                path.unlink() if path.is_file() else path.rmdir()
        other.dispose()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError, match="damaged"), checked_backup(cut, tmp_path):
        pass


def test_rows_and_certificate_are_compared(engine: Engine, tmp_path: Path) -> None:
    """A database that was changed together with its checksum is found by what it holds."""
    workspace = _fill(engine, tmp_path / "here")
    file = write_backup(engine, workspace.folder, tmp_path / "backups", at=NOW)
    with checked_backup(file, tmp_path) as (contents, manifest):
        for part, change in (("rows", {"people": 7}), ("plan", {"sha256": "0" * 64})):
            forged = manifest | {part: manifest[part] | change}
            other = tmp_path / f"{part}.zip"
            with zipfile.ZipFile(other, "w") as archive:
                archive.writestr("manifest.json", json.dumps(forged))
                for name in manifest["files"]:
                    archive.write(contents / name, name)
            with pytest.raises(StoreError, match=rf"damaged \({part}\)"):
                restore_backup(other, engine, tmp_path / "target", at=NOW)


@pytest.mark.parametrize("name", ["../outside", "/outside", "", "a/../../outside"])
def test_a_hostile_archive_writes_nothing_outside(tmp_path: Path, name: str) -> None:
    file = tmp_path / "hostile.zip"
    manifest = {"format": 1, "rows": None, "plan": None, "files": {name: "0"}}
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        archive.writestr(name or "x", "!")
    (tmp_path / "in").mkdir()
    with pytest.raises(FormatError), checked_backup(file, tmp_path / "in"):
        pass
    assert not list(tmp_path.glob("**/outside"))


def test_what_is_there_is_replaced_only_on_request(engine: Engine, tmp_path: Path) -> None:
    workspace = _fill(engine, tmp_path / "here")
    file = write_backup(engine, workspace.folder, tmp_path / "backups", at=NOW)
    before = _rows(engine)
    with writing(engine) as connection:
        connection.execute(insert(people), [{"name": "李四"}])
        connection.execute(
            insert(audit), [{"at": NOW, "action": "later", "subject": "x", "subject_id": "1"}]
        )
    after = _rows(engine)
    for folder in (workspace.folder, tmp_path / "new"):
        with pytest.raises(ConflictError, match="--replace"):
            restore_backup(file, engine, folder, at=NOW)
    assert _rows(engine) == after
    restore_backup(file, engine, workspace.folder, at=NOW, replace=True)
    engine.dispose()
    assert _rows(engine) == before
    aside = next(workspace.folder.glob("before-*"))
    assert sorted(path.name for path in aside.iterdir()) == ["plans", "secret_key"]
    if engine.dialect.name == "sqlite":
        former = open_database(database_url(f"sqlite:///{engine.url.database}.before", tmp_path))
        assert _rows(former) == after


def test_an_earlier_release_is_brought_forward(empty_database: URL, tmp_path: Path) -> None:
    engine = open_database(empty_database)
    with pytest.raises(StoreError, match="start geogrid serve once"):
        with writing(engine) as connection:
            connection.execute(text("CREATE TABLE something (id INTEGER)"))
        write_backup(engine, tmp_path, tmp_path / "backups", at=NOW)
    upgrade(engine)
    assert write_backup(engine, tmp_path, tmp_path / "backups", at=NOW).exists()
    engine.dispose()


def test_the_newest_backup_until_a_moment_is_found(tmp_path: Path) -> None:
    for hour in (1, 2, 3):
        (tmp_path / f"geogrid-20261127T0{hour}0000Z.zip").touch()
    (tmp_path / "geogrid-notes.zip").touch()
    assert len(backups_in(tmp_path)) == 3
    assert newest_backup(tmp_path, None).name == "geogrid-20261127T030000Z.zip"
    until = datetime(2026, 11, 27, 2, 59, tzinfo=UTC)
    assert newest_backup(tmp_path, until).name == "geogrid-20261127T020000Z.zip"
    with pytest.raises(StoreError, match="old enough"):
        newest_backup(tmp_path, datetime(2026, 11, 27, tzinfo=UTC))


def test_a_place_without_a_database_has_a_backup_too(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "here")
    key = workspace.secret_key()
    engine = open_database(database_url("", workspace.folder))
    file = write_backup(engine, workspace.folder, tmp_path / "backups", at=NOW)
    other = open_database(database_url("", tmp_path / "other"))
    assert restore_backup(file, other, tmp_path / "other", at=NOW)["plan"] is None
    assert Workspace(tmp_path / "other").secret_key() == key
