"""Take an uploaded file into the workspace's spool and find it again."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from flask import current_app
from werkzeug.datastructures import FileStorage

from geogrid.errors import FormatError, InputError
from geogrid.i18n import mark as _
from geogrid.store.errors import UploadMissingError
from geogrid.store.lock import exclusive
from geogrid.store.uploads import Uploads
from web.auth import caller

__all__ = ["Upload", "expire_uploads", "find_upload", "first_time", "take_upload"]

KEPT_HOURS = 24
LONGEST_NAME = 120
ABOUT = "upload.json"
USED = "used"


class Upload(NamedTuple):
    """An uploaded file.

    Attributes
    ----------
    token
        Its name in addresses: random, says nothing about the file.
    folder
        Where the file is and what is made of it; thrown away after a day.
    path
        The file, under a name of ours with the suffix it came with.
    name
        The name it came with, for people only.
    """

    token: str
    folder: Path
    path: Path
    name: str


def expire_uploads() -> None:
    """Throw away uploads that nobody used for a day."""
    spool: Uploads = current_app.config["WORKSPACE"].uploads
    spool.expire(before=time.time() - KEPT_HOURS * 3600)


def take_upload(file: FileStorage | None, suffixes: tuple[str, ...]) -> Upload:
    """Store `file` for whoever sent it and throw away uploads older than a day.

    Parameters
    ----------
    file
        From ``request.files``.
    suffixes
        Lower-case endings that are taken, with the dot.

    Raises
    ------
    InputError, FormatError
        There is no file, or it ends in something else.
    """
    if file is None or not file.filename:
        raise InputError(_("No file was chosen."))
    name = Path(file.filename.replace("\\", "/")).name[-LONGEST_NAME:]
    suffix = Path(name).suffix.lower()
    if suffix not in suffixes:
        raise FormatError(
            _("{file} cannot be read here. Files that can: {suffixes}."),
            file=name,
            suffixes=" ".join(suffixes),
        )
    expire_uploads()
    token, folder = current_app.config["WORKSPACE"].uploads.new()
    file.save(folder / f"upload{suffix}")
    about = {"name": name, "file": f"upload{suffix}", "by": _who()}
    (folder / ABOUT).write_text(json.dumps(about), encoding="utf-8")
    return Upload(token, folder, folder / f"upload{suffix}", name)


def _who() -> int | None:
    user = caller().user
    return None if user is None else user.id


def find_upload(token: str) -> Upload:
    """Return the caller's own upload of `token`: lists hold people's phones and complaints.

    Raises
    ------
    UploadMissingError
        It has expired, never was or is somebody else's.
    """
    folder = current_app.config["WORKSPACE"].uploads.folder(token)
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except FileNotFoundError:  # an upload of another page
        about = None
    if about is None or about.get("by") != _who():
        raise UploadMissingError(_("This upload is no longer there. Please upload the file again."))
    return Upload(token, folder, folder / about["file"], about["name"])


@contextmanager
def first_time(upload: Upload, state: Callable[[], str]) -> Iterator[bool]:
    """Let one request at a time use an upload, and say whether there is anything to do.

    A second click waits for the first and finds that all is done already.

    Parameters
    ----------
    upload
        What is used.
    state
        Says how it is used and what is in use: as it was after the last use, nothing is to do.
    """
    with exclusive(upload.folder / "lock"):
        used = upload.folder / USED
        is_first = not used.exists() or used.read_text(encoding="utf-8") != state()
        yield is_first
        if is_first:
            used.write_text(state(), encoding="utf-8")
