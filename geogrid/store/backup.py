"""A backup: everything of a place as it was at one moment, in one file that proves itself.

::

    geogrid-20261127T031500Z.zip
        manifest.json       checksums, rows per table, the certificate of the plan in force
        geogrid.sqlite      the database, whichever kind it is kept in
        current, plans/     the workspace's plans
        secret_key

Uploads that are being looked at are left out; they expire within a day.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import shapely
from sqlalchemy import Connection, Engine, select

from geogrid.coverage import check_coverage
from geogrid.errors import FormatError
from geogrid.i18n import mark as _
from geogrid.store.database.copying import check_file, copy_out, count_rows, open_file
from geogrid.store.database.engine import reading
from geogrid.store.database.tables import plans
from geogrid.store.errors import StoreError, explains_disk_errors
from geogrid.store.lock import exclusive
from geogrid.store.opening import check_database, is_there
from geogrid.store.plan import sync_folder
from geogrid.store.plans import find_plan, plan_grids
from geogrid.store.publish import plan_gaps

__all__ = ["DATABASE", "backups_in", "checked_backup", "newest_backup", "write_backup"]

DATABASE = "geogrid.sqlite"
_MANIFEST = "manifest.json"
_FORMAT = 1
_STAMP = "%Y%m%dT%H%M%SZ"


def write_backup(engine: Engine, workspace: Path, folder: Path, *, at: datetime) -> Path:
    """Write a backup while the service runs, look through it, and return its file.

    Parameters
    ----------
    engine : of the database
    workspace : the folder of the place
    folder : for backups; made if need be
    at : now

    Raises
    ------
    StoreError
        Something cannot be read or written, or the copy is not what was copied.
    """
    check_database(engine)
    with explains_disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".geogrid-backup-", dir=folder) as name:
            here = Path(name) / "contents"
            here.mkdir()
            manifest: dict[str, Any] = {
                "format": _FORMAT,
                "made_at": at.astimezone(UTC).isoformat(),
                "geogrid": importlib.metadata.version("geogrid"),
                "rows": None,
                "plan": None,
            }
            if is_there(engine):
                copy_out(engine, here / DATABASE)
                manifest |= _certificate(here / DATABASE)
            _copy_workspace(workspace, here)
            manifest["files"] = {
                path.relative_to(here).as_posix(): _digest(path) for path in _files(here)
            }
            packed = Path(name) / "packed.zip"
            _pack(here, manifest, packed)
            with checked_backup(packed, Path(name)):
                pass  # what was written is read again before it counts
            final = folder / f"geogrid-{at.astimezone(UTC):{_STAMP}}.zip"
            os.replace(packed, final)
            sync_folder(folder)
    return final


def backups_in(folder: Path) -> list[tuple[datetime, Path]]:
    """Return the backups in a folder with their moments, the oldest first."""
    found = []
    for path in folder.glob("geogrid-*.zip"):
        try:
            moment = datetime.strptime(path.stem.removeprefix("geogrid-"), _STAMP)
        except ValueError:
            continue
        found.append((moment.replace(tzinfo=UTC), path))
    return sorted(found)


def newest_backup(folder: Path, at: datetime | None) -> Path:
    """Return the newest backup in a folder that is not later than a moment.

    Raises
    ------
    StoreError
        There is none.
    """
    fit = [path for moment, path in backups_in(folder) if at is None or moment <= at]
    if not fit:
        raise StoreError(_("There is no backup in {folder} that is old enough."), folder=folder)
    return fit[-1]


@contextmanager
def checked_backup(file: Path, folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Give the contents of a backup and its manifest, after all of it was looked through.

    Parameters
    ----------
    file : the backup
    folder : in which a temporary folder is made

    Raises
    ------
    FormatError
        The file is no backup.
    StoreError
        It is damaged: a checksum, a number of rows or the certificate does not agree.
    """
    with explains_disk_errors(folder), TemporaryDirectory(prefix=".geogrid-", dir=folder) as name:
        here = Path(name)
        manifest = _unpack(file, here)
        if manifest["rows"] is not None:
            check_file(here / DATABASE)
            found = _certificate(here / DATABASE)
            for part in ("rows", "plan"):
                if found[part] != manifest[part]:
                    raise _damaged(file, part)
        yield here, manifest


def _certificate(file: Path) -> dict[str, Any]:
    """Return the rows of each table, and what proves the plan in force."""
    engine = open_file(file)
    try:
        with reading(engine) as connection:
            return {"rows": count_rows(connection), "plan": _proof(connection)}
    finally:
        engine.dispose()


def _proof(connection: Connection) -> dict[str, Any] | None:
    plan_id = connection.scalar(select(plans.c.id).where(plans.c.status == "published"))
    if plan_id is None:
        return None
    plan = find_plan(connection, plan_id)
    grids = plan_grids(connection, plan)
    region = connection.scalar(select(plans.c.region).where(plans.c.id == plan_id))
    report = check_coverage(grids, region, approved_gaps=plan_gaps(connection, plan_id))
    written = hashlib.sha256()
    for code, shape in zip(grids["code"], shapely.to_wkb(grids.geometry.to_numpy()), strict=True):
        written.update(f"{code}\0{len(shape)}\0".encode() + shape)
    return {
        "number": plan.number,
        "grids": len(grids),
        "is_proven": report.is_proven,
        "is_seamless": report.is_seamless,
        "sha256": written.hexdigest(),
    }


def _copy_workspace(workspace: Path, here: Path) -> None:
    if not workspace.is_dir():
        return
    with exclusive(workspace / "lock"):  # what `current` names is whole, and stays
        for name in ("current", "secret_key"):
            if (workspace / name).exists():
                shutil.copyfile(workspace / name, here / name)
        if (workspace / "plans").is_dir():
            ignored = shutil.ignore_patterns(".*")
            shutil.copytree(workspace / "plans", here / "plans", ignore=ignored)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pack(folder: Path, manifest: dict[str, Any], packed: Path) -> None:
    handle = os.open(packed, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    with os.fdopen(handle, "wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            archive.writestr(_MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
            for path in _files(folder):
                archive.write(path, path.relative_to(folder).as_posix())
        file.flush()
        os.fsync(file.fileno())


def _unpack(file: Path, here: Path) -> dict[str, Any]:
    """Write out what the manifest names, and nothing else."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest: dict[str, Any] = json.loads(archive.read(_MANIFEST))
            if manifest["format"] != _FORMAT:
                raise FormatError(
                    _("{file} is a backup of a later release of geogrid; install that."), file=file
                )
            for name, digest in manifest["files"].items():
                parts = PurePosixPath(name).parts
                if not parts or ".." in parts or PurePosixPath(name).is_absolute():
                    raise FormatError(_("{file} is no backup of geogrid."), file=file)
                place = here.joinpath(*parts)
                place.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(name) as packed, place.open("xb") as plain:
                    shutil.copyfileobj(packed, plain)
                if _digest(place) != digest:
                    raise _damaged(file, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise _damaged(file, str(error)) from error
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise FormatError(_("{file} is no backup of geogrid."), file=file) from error
    return manifest


def _damaged(file: Path, part: str) -> StoreError:
    return StoreError(
        _("The backup {file} is damaged ({part}); take another one."), file=file, part=part
    )
