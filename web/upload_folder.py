"""The folder of an upload with a state that all processes read and change."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

from flask import current_app

from geogrid.i18n import mark as _
from geogrid.store.errors import UploadMissingError
from geogrid.store.lock import exclusive
from web.state import read_json, replace_json

__all__ = ["UploadFolder"]


@dataclass(frozen=True)
class UploadFolder:
    """The folder of one upload.

    Attributes
    ----------
    token
        Its name in addresses.
    folder
        Its folder in the spool.
    STATE
        The file with the state; each kind of upload has one of its own.
    """

    token: str
    folder: Path
    STATE: ClassVar[str]

    @classmethod
    def make(cls) -> Self:
        """Make the folder of a new upload, as yet without a state."""
        return cls(*current_app.config["WORKSPACE"].uploads.new())

    @classmethod
    def find(cls, token: str) -> Self:
        """Return the upload of `token`, and keep it for longer.

        Raises
        ------
        UploadMissingError
            It has expired, never was, or is of another kind.
        """
        found = cls(token, current_app.config["WORKSPACE"].uploads.folder(token))
        if not found._state.exists():
            raise UploadMissingError(
                _("This upload is no longer there. Please upload the file again.")
            )
        found.keep()
        return found

    @property
    def _state(self) -> Path:
        return self.folder / self.STATE

    def keep(self) -> None:
        """Stay for another day."""
        os.utime(self.folder)

    def read(self) -> dict[str, Any]:
        """Return the state."""
        state: dict[str, Any] = read_json(self._state)
        return state

    def write(self, **changes: Any) -> dict[str, Any]:
        """Change some entries of the state and return it; readers see all of it or nothing."""
        return self.change(lambda state: state | changes)

    def change(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
        """Put what `change` makes of the state in its place; two at once both count."""
        with exclusive(self.folder / "lock"):
            state = change(self.read() if self._state.exists() else {})
            replace_json(self._state, state)
        return state
