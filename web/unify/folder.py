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

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app

from geogrid.i18n import mark as _
from geogrid.store.errors import UploadMissingError
from geogrid.store.lock import exclusive
from web.check.folder import CheckFolder, find_check
from web.state import read_json, replace_json
from web.unify.settings import DEFAULTS

__all__ = ["UnifyFolder", "find_unify", "new_unify"]

_STATE = "unify.json"


@dataclass(frozen=True)
class UnifyFolder:
    """The folder of some layers; its stage is asking, unifying or done."""

    token: str
    folder: Path

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

    def read(self) -> dict[str, Any]:
        """Return the state."""
        state: dict[str, Any] = read_json(self.folder / _STATE)
        return state

    def write(self, **changes: Any) -> None:
        """Change some entries of the state."""
        self.change(lambda state: state | changes)

    def change(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Put what `change` makes of the state in its place; two at once both count."""
        path = self.folder / _STATE
        with exclusive(self.folder / "lock"):
            replace_json(path, change(self.read() if path.exists() else {}))

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
    unify = UnifyFolder(*current_app.config["WORKSPACE"].uploads.new())
    unify.write(stage="asking", layers=[], region_token="", settings=dict(DEFAULTS), error=None)
    return unify


def find_unify(token: str) -> UnifyFolder:
    """Return the layers of `token`, and keep them for another day.

    Raises
    ------
    UploadMissingError
        They have expired or never were.
    """
    unify = UnifyFolder(token, current_app.config["WORKSPACE"].uploads.folder(token))
    if not (unify.folder / _STATE).exists():
        raise UploadMissingError(_("This upload is no longer there. Please upload the file again."))
    os.utime(unify.folder)
    return unify
