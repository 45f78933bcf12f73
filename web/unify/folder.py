"""Layers to unify, as files: which there are, what was settled, and the unified layer.

::

    uploads/<token>/
        unify.json      stage, layers, settings, what went wrong
        unified/        the result: rows, maps and files of the page
        check.json      the unified layer as a check that is done (see web/check/folder.py),
        result/         so that it can be looked at, repaired and used like any other

Each layer is a check of its own that is only read, in a folder beside this one; so is the
file with the outline, if there is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from geogrid.store.errors import UploadMissingError
from web.check.folder import CheckFolder, find_check
from web.unify.settings import DEFAULTS
from web.upload_folder import UploadFolder

__all__ = ["UnifyFolder", "find_unify", "new_unify"]


@dataclass(frozen=True)
class UnifyFolder(UploadFolder):
    """The folder of some layers; its stage is asking, unifying or done."""

    STATE = "unify.json"

    @property
    def check(self) -> CheckFolder:
        """The unified layer as a check."""
        return CheckFolder(self.token, self.folder)

    @property
    def job(self) -> str:
        """The key of its work in the background."""
        return self.check.job

    @property
    def unified(self) -> Path:
        """Where the result is."""
        return self.folder / "unified"

    def layers(self) -> list[tuple[str, CheckFolder]]:
        """Return name and check of each layer that is still there."""
        return [
            (str(each["name"]), check)
            for each in self.read()["layers"]
            if (check := _found(each["token"])) is not None
        ]

    def region(self) -> CheckFolder | None:
        """Return the check of the file with the outline, None where there is none."""
        return _found(self.read()["region_token"])


def _found(token: str) -> CheckFolder | None:
    try:
        return find_check(token)
    except UploadMissingError:
        return None


def new_unify() -> UnifyFolder:
    """Make a folder without layers."""
    unify = UnifyFolder.make()
    unify.write(stage="asking", layers=[], region_token="", settings=dict(DEFAULTS), error=None)
    return unify


def find_unify(token: str) -> UnifyFolder:
    """Return the layers of `token`, and keep them for another day.

    Raises
    ------
    UploadMissingError
        They have expired or never were.
    """
    return UnifyFolder.find(token)
