"""What can go wrong with files that geogrid keeps itself, as opposed to its input."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geogrid.errors import GeogridError
from geogrid.i18n import mark as _

__all__ = [
    "BusyError",
    "ConflictError",
    "JobMissingError",
    "PlanMissingError",
    "StoreError",
    "UnavailableError",
    "UploadMissingError",
    "disk_error",
    "explains_disk_errors",
]

_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


class StoreError(GeogridError):
    """The workspace cannot be read or written."""


class UnavailableError(StoreError):
    """The database or the disk cannot be used at the moment; nothing was changed."""


class PlanMissingError(StoreError):
    """The plan asked for is not there or is damaged."""


class ConflictError(StoreError):
    """Somebody else was faster; `params["changed"]` says what changed, nothing was written."""


class JobMissingError(StoreError):
    """The job asked for is not there, any more or at all."""


class BusyError(GeogridError):
    """Too much is waiting or running already."""


class UploadMissingError(StoreError):
    """The upload asked for is not there, any more or at all."""


def disk_error(error: OSError, folder: Path) -> UnavailableError | None:
    """Return what people can do about a full or closed disk; None for other errors.

    Parameters
    ----------
    error : of the system
    folder : in which was written
    """
    if error.errno in _FULL:
        return UnavailableError(
            _("The disk of {folder} is full; nothing was changed. Free some space."),
            folder=folder,
        )
    if error.errno in _FORBIDDEN:
        return UnavailableError(
            _(
                "geogrid may not write to {folder}; nothing was changed. "
                "Allow writing there or choose another workspace folder."
            ),
            folder=folder,
        )
    return None


@contextmanager
def explains_disk_errors(folder: Path) -> Iterator[None]:
    """Turn an :class:`OSError` about `folder` into an :class:`UnavailableError`."""
    try:
        yield
    except OSError as error:
        raise disk_error(error, folder) or UnavailableError(
            _("{folder} cannot be written ({reason}); nothing was changed."),
            folder=folder,
            reason=error.strerror or error,
        ) from error
