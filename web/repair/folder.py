"""The repair of a check: what was asked, what was proposed, what came of it, as files.

::

    uploads/<token>/repair/
        repair.json     stage, settings, answers, what went wrong
        proposed/       the proposal for these settings
        mended/         the result of what a person accepted
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.store.lock import exclusive
from web.check.folder import CheckFolder
from web.state import read_json, replace_json

__all__ = ["RepairFolder"]

_STATE = "repair.json"


@dataclass(frozen=True)
class RepairFolder:
    """The folder of one repair; its stage is none, proposing, proposed, mending or mended."""

    check: CheckFolder

    @property
    def folder(self) -> Path:
        """Where everything is."""
        return self.check.folder / "repair"

    @property
    def proposed(self) -> Path:
        """Where the proposal is."""
        return self.folder / "proposed"

    @property
    def mended(self) -> Path:
        """Where the result is."""
        return self.folder / "mended"

    @property
    def job(self) -> str:
        """The key of its work in the background."""
        return f"repair:{self.check.token}"

    def stamp(self) -> str:
        """Return what tells one result of the check from a later one."""
        return str((self.check.result / "grids.parquet").stat().st_mtime_ns)

    def read(self) -> dict[str, Any]:
        """Return the state; a repair of an earlier result of the check counts for nothing."""
        path = self.folder / _STATE
        if not path.exists():
            return {"stage": "none"}
        state: dict[str, Any] = read_json(path)
        return state if state.get("stamp") == self.stamp() else {"stage": "none"}

    def write(self, **changes: Any) -> dict[str, Any]:
        """Change some entries of the state and return it; readers see all of it or nothing."""
        self.folder.mkdir(exist_ok=True)
        path = self.folder / _STATE
        with exclusive(self.check.folder / "lock"):
            state = self.read() | {"stamp": self.stamp()} | changes
            replace_json(path, state)
        return state

    def require(self, version: str) -> None:
        """Refuse an answer to a proposal that has been replaced meanwhile.

        Raises
        ------
        InputError
            The settings were changed in another tab, or the boundaries checked again.
        """
        state = self.read()
        if state.get("version") != version or not self.proposed.is_dir():
            raise InputError(
                _("The proposal has changed meanwhile. Reload the page and look at it again.")
            )
