"""How far background work is, for the other processes of a server: a small file for each job.

Whoever works holds a lock beside the file. So work whose process was killed is told from work
that goes on, and no two processes begin the same.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from geogrid.errors import GeogridError
from geogrid.store.lock import HeldError, hold
from web.state import read_json, replace_json

__all__ = ["Filed", "JobFiles"]

KEPT_S = 86_400
_TRIES = 5
_PAUSE_S = 0.05
Filed = dict[str, Any]
"""``state``, ``share`` and ``error`` of a job."""


class JobFiles:
    """The files of all processes of one server.

    Parameters
    ----------
    folder
        Where they are; made when first needed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with suppress(OSError):
            for path in folder.iterdir():
                if path.stat().st_mtime < time.time() - KEPT_S:
                    path.unlink()

    def claim(self, key: str) -> ExitStack | None:
        """Return what to close when the work on `key` is over; None while another works on it."""
        held = ExitStack()
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            for _ in range(_TRIES):  # who only looks holds the lock for an instant
                try:
                    held.enter_context(hold(self._path(key, "lock"), ""))
                except HeldError:
                    time.sleep(_PAUSE_S)
                else:
                    return held
            return None
        return held  # nothing can be written: the others will not know

    def tell(self, key: str, state: str, share: float, error: GeogridError | None) -> None:
        """Write down how far the work on `key` is; what cannot be written is not known."""
        with suppress(OSError):
            said = None if error is None else [error.message, _plain(error.params)]
            replace_json(self._path(key, "json"), {"state": state, "share": share, "error": said})

    def find(self, key: str) -> Filed | None:
        """Return how far the work on `key` is, None when it is unknown or was cut off."""
        filed = self._read(key)
        if filed is None or filed["state"] in ("done", "failed"):
            return filed
        try:
            with hold(self._path(key, "lock"), ""):
                filed = self._read(key)  # it may have ended between the two looks
        except (HeldError, OSError):
            return filed
        return filed if filed is not None and filed["state"] in ("done", "failed") else None

    def _read(self, key: str) -> Filed | None:
        try:
            filed: Filed = read_json(self._path(key, "json"))
        except (OSError, ValueError):
            return None
        if filed["error"] is not None:
            message, params = filed["error"]
            filed["error"] = GeogridError(message, **params)
        return filed

    def _path(self, key: str, kind: str) -> Path:
        return self.folder / f"{sha256(key.encode()).hexdigest()[:32]}.{kind}"


def _plain(params: dict[str, object]) -> dict[str, object]:
    return {
        name: value if isinstance(value, (str, int, float)) else str(value)
        for name, value in params.items()
    }
