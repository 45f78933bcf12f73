"""The spool of uploaded files: one folder each, named by a random token, thrown away by age."""

from __future__ import annotations

import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from geogrid.i18n import mark as _
from geogrid.store.errors import UploadMissingError, explains_disk_errors

__all__ = ["KEPT", "Uploads"]

KEPT = "kept"
"""A file in an upload that is to stay longer than others: its time counts as the last use."""
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Uploads:
    """Uploads below one folder.

    Parameters
    ----------
    root
        Created with the first upload.
    """

    root: Path

    def new(self) -> tuple[str, Path]:
        """Make the folder of a new upload; return its id and the folder.

        Raises
        ------
        StoreError
            The disk is full or may not be written.
        """
        token = secrets.token_hex(16)
        folder = self.root / token
        with explains_disk_errors(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700)
        return token, folder

    def folder(self, token: str) -> Path:
        """Return the folder of the upload `token`.

        Raises
        ------
        UploadMissingError
            `token` is not one of ours (32 hexadecimal digits), or the upload has expired.
        """
        folder = self.root / token if _TOKEN.fullmatch(token) else None
        if folder is None or not folder.is_dir():
            raise UploadMissingError(
                _("This upload is no longer there. Please upload the file again.")
            )
        return folder

    def discard(self, token: str) -> None:
        """Throw the upload `token` away; one that is gone is fine."""
        if _TOKEN.fullmatch(token):
            shutil.rmtree(self.root / token, ignore_errors=True)

    def expire(self, *, before: float) -> int:
        """Throw away uploads last changed before `before` (seconds since 1970); count them."""
        if not self.root.is_dir():
            return 0
        stale = [
            folder
            for folder in self.root.iterdir()
            if _TOKEN.fullmatch(folder.name) and _changed_at(folder) < before
        ]
        for folder in stale:
            shutil.rmtree(folder, ignore_errors=True)
        return len(stale)


def _changed_at(folder: Path) -> float:
    kept = folder / KEPT
    try:
        return max(each.stat().st_mtime for each in (folder, kept) if each.exists())
    except (FileNotFoundError, ValueError):  # another process was faster
        return float("inf")
