"""The secret key of a workspace, in a file that only its owner may read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from geogrid.store.errors import explains_disk_errors
from geogrid.store.lock import exclusive

__all__ = ["kept_key"]

_KEY_BYTES = 32


def kept_key(folder: Path) -> bytes:
    """Return 32 random bytes that stay the same for a workspace.

    Raises
    ------
    StoreError
        They are not there yet, and the folder cannot be written.
    """
    path = folder / "secret_key"
    if not _read(path):
        with explains_disk_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            with exclusive(folder / "lock"):
                if not _read(path):  # no other process was faster
                    _make(path)
    return _read(path)


def _read(path: Path) -> bytes:
    """Return the key in `path`, empty when there is none or it is not whole."""
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return b""
    return key if len(key) == _KEY_BYTES else b""


def _make(path: Path) -> None:
    """Write a new random key to `path`, whole or not at all, with mode 0600."""
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
