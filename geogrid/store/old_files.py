"""Plans that an earlier release kept as folders of files, brought into the database once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from geogrid.errors import GeogridError
from geogrid.store.database.engine import reading
from geogrid.store.database.tables import settings
from geogrid.store.opening import is_there
from geogrid.store.plan import load_plan
from geogrid.store.plan_tables import PARTS
from geogrid.store.workspace import Workspace

__all__ = ["bring_in", "has_old_files"]

_DONE = "old_files"
_ABOUT = ("name", "note", "attribution", "source", "is_sample")


def has_old_files(workspace: Workspace) -> bool:
    """Return whether there are plans in files that were not brought in yet."""
    if not _folders(workspace.folder):
        return False
    if not is_there(workspace.engine):
        return True
    workspace.open()
    with reading(workspace.engine) as connection:
        asked = select(settings.c.value).where(settings.c.name == _DONE)
        return connection.scalar(asked) is None


def bring_in(workspace: Workspace, *, by: int | None = None) -> dict[str, str]:
    """Make drafts of the plans in files, all in one transaction; the files stay as they are.

    The one that was in use is shown from then on, unless a plan is in force. A second call does
    nothing.

    Parameters
    ----------
    workspace : with the folder of an earlier release
    by : the user

    Returns
    -------
    dict
        Name of the folder of each plan that is damaged, and was left out, to the reason.
    """
    damaged = {}
    current = _pointer(workspace.folder)
    with workspace.changing() as connection:
        if connection.scalar(select(settings.c.value).where(settings.c.name == _DONE)) is not None:
            return {}
        for folder in _folders(workspace.folder):
            try:
                plan = load_plan(folder)
                parts: Any = {part: getattr(plan, part) for part in ("grids", *PARTS, *_ABOUT)}
                workspace.add_draft(
                    connection, parts, by, is_shown=current == f"plans/{folder.name}"
                )
            except GeogridError as error:
                damaged[folder.name] = str(error)
        connection.execute(insert(settings).values(name=_DONE, value={"damaged": damaged}))
    return damaged


def _folders(folder: Path) -> list[Path]:
    """Return the folders of plans, the oldest first."""
    plans = folder / "plans"
    found = plans.iterdir() if plans.is_dir() else iter(())
    return sorted(path for path in found if path.name[0] != "." and path.is_dir())


def _pointer(folder: Path) -> str:
    try:
        return (folder / "current").read_text(encoding="utf-8").strip()
    except OSError:
        return ""
