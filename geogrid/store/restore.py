"""Make a place what a backup says it was."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from geogrid.i18n import mark as _
from geogrid.store.backup import DATABASE, checked_backup
from geogrid.store.database.copying import copy_in
from geogrid.store.errors import ConflictError, explains_disk_errors
from geogrid.store.lock import exclusive

__all__ = ["restore_backup"]

_PARTS = ("current", "plans", "secret_key")


def restore_backup(
    file: Path, engine: Engine, workspace: Path, *, at: datetime, replace: bool = False
) -> dict[str, Any]:
    """Restore a backup after all of it was looked through; return its manifest.

    No server may be running on the workspace. A kill in the middle leaves what was there in
    ``before-…`` and ``….before``; then restore once more with `replace`.

    Parameters
    ----------
    file : the backup
    engine : of the database, of either kind
    workspace : the folder of the place
    at : now
    replace : what is there; it is moved aside, except rows in PostgreSQL

    Raises
    ------
    ConflictError
        There is something already, and it is not to be replaced; nothing was changed.
    FormatError, StoreError
        The backup is none or is damaged, or it cannot be written; nothing was changed.
    """
    with explains_disk_errors(workspace):
        workspace.mkdir(parents=True, exist_ok=True)
    with checked_backup(file, workspace) as (contents, manifest):
        there = [name for name in _PARTS if (workspace / name).exists()]
        if there and not replace:
            raise ConflictError(
                _("There are plans in {folder} already. Choose another one, or give --replace."),
                folder=workspace,
            )
        if manifest["rows"] is not None:
            copy_in(contents / DATABASE, engine, replace=replace)
        with explains_disk_errors(workspace), exclusive(workspace / "lock"):
            aside = workspace / f"before-{at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"
            for name in there:
                aside.mkdir(exist_ok=True)
                os.replace(workspace / name, aside / name)
            for name in _PARTS:
                if (contents / name).exists():
                    shutil.move(contents / name, workspace / name)
            if (workspace / "secret_key").exists():
                (workspace / "secret_key").chmod(0o600)
    return manifest
