"""A lock between processes that the system releases when its holder is killed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

__all__ = ["HeldError", "exclusive", "hold"]

if sys.platform == "win32":
    import msvcrt

    def _acquire(file: IO[bytes], *, wait: bool = True) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _acquire(file: IO[bytes], *, wait: bool = True) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Wait until no other process or thread holds `path`, and hold it.

    Closing the file releases the lock, also when the process ends in any way.
    """
    with path.open("ab") as file:
        _acquire(file)
        yield


class HeldError(Exception):
    """Another process or thread holds the lock; `note` is what it wrote about itself."""

    def __init__(self, note: str) -> None:
        super().__init__(note)
        self.note = note


@contextmanager
def hold(path: Path, note: str) -> Iterator[None]:
    """Hold `path` as long as the block runs; a process that is killed holds it no longer.

    Parameters
    ----------
    path : a file, made if need be
    note : what others are to know of the holder

    Raises
    ------
    HeldError
        Somebody else holds it.
    """
    with path.open("ab+") as file:
        try:
            _acquire(file, wait=False)
        except OSError:
            file.seek(0)
            raise HeldError(file.read().decode(errors="replace").strip()) from None
        file.truncate(0)
        file.write(note.encode())
        file.flush()
        yield
