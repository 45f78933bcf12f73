"""Whether files are still what they were when they were opened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from geogrid.errors import InputError
from geogrid.i18n import mark as _

__all__ = ["require_unchanged", "stamps"]

Stamps = list[tuple[int, int]]


def stamps(files: Sequence[Path]) -> Stamps:
    """Return size and time of change of files."""
    found = [path.stat() for path in files]
    return [(one.st_size, one.st_mtime_ns) for one in found]


def require_unchanged(files: Sequence[Path], before: Stamps) -> None:
    """Raise :class:`InputError` where a file is no more what it was."""
    for path, was, now in zip(files, before, stamps(files), strict=True):
        if was != now:
            raise InputError(_("{file} was changed while it was read."), file=path.name)
