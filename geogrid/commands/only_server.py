"""One server, or one restoring, at a time on a workspace and on an SQLite file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from geogrid.i18n import mark as _
from geogrid.settings import Settings
from geogrid.store.errors import StoreError, explains_disk_errors
from geogrid.store.lock import HeldError, hold
from geogrid.store.opening import database_file

__all__ = ["only_server"]


@contextmanager
def only_server(settings: Settings) -> Iterator[None]:
    """Refuse to be a second server of one workspace, or of one SQLite file."""
    folder = settings.workspace
    with explains_disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    places = {folder.resolve() / "serving"}
    file = database_file(settings.database_url, folder)
    if file is not None and file.resolve().parent != folder.resolve():
        places.add(file.with_name(f"{file.name}-serving"))
    with ExitStack() as held:
        for place in sorted(places):
            try:
                with explains_disk_errors(place.parent):
                    held.enter_context(hold(place, f"{os.getpid()}"))
            except HeldError as error:
                raise StoreError(
                    _(
                        "geogrid serve is running on {folder} already (process {process}). Stop "
                        "that one, or give this one another --workspace."
                    ),
                    folder=place.parent,
                    process=error.note,
                ) from None
        yield
