"""Start work on boundary files in the background, for every page that takes some."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app
from werkzeug.datastructures import FileStorage

from geogrid.errors import InputError
from geogrid.store import bundle
from geogrid.store.plan import Plan
from web.check.folder import CheckFolder, new_check
from web.check.office import Office, office_of
from web.check.run import looking
from web.check.upload import take_files
from web.config import Settings
from web.current import current_workspace
from web.jobs import BusyError, start_work
from web.uploads import expire_uploads

__all__ = ["office_now", "take_check", "take_plan"]


def office_now(plan: Plan | None = None) -> Office:
    """Return what the office's plan, or another one, adds to a check."""
    settings: Settings = current_app.config["SETTINGS"]
    return office_of(plan or current_workspace().current(), settings)


def take_check(files: Sequence[FileStorage]) -> CheckFolder:
    """Store an uploaded boundary file and start reading it."""
    expire_uploads()
    check = new_check(stage="reading", title="", origin="upload")
    try:
        check.write(title=take_files(files, check.files))
        start_work(check, looking(check, {"region": "none"}, office_now()), "reading")
    except (InputError, BusyError):
        current_workspace().uploads.discard(check.token)
        raise
    return check


def take_plan(plan: Plan) -> CheckFolder:
    """Start reading the grids of a plan as if they were a file."""
    check = new_check(stage="reading", title=plan.name, origin="current")
    bundle.write_layer(plan.grids, check.files / "grids.geojson", "grids")
    start_work(check, looking(check, {"region": "none"}, office_now()), "reading")
    return check
