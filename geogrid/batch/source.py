"""What kind of list a file is: text and Parquet are read in portions, workbooks whole."""

from __future__ import annotations

from pathlib import Path

from geogrid.batch.parquet_source import ParquetSource, open_parquet
from geogrid.batch.text_source import TextSource, open_text
from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.tables import is_plain_text

__all__ = ["is_parquet", "open_source"]

_HEAD_BYTES = 1 << 16
_PARQUET = b"PAR1"


def open_source(path: Path) -> TextSource | ParquetSource | None:
    """Open a list that is read in portions, by its content; None for any other.

    Raises
    ------
    InputError
        It is not there, damaged, or has no rows.
    """
    head = _head(path)
    if path.is_dir() or head.startswith(_PARQUET):
        return open_parquet(path)
    return open_text(path) if is_plain_text(head) else None


def is_parquet(path: Path) -> bool:
    """Return whether a path is a Parquet file or a folder of such files."""
    return path.is_dir() or _head(path).startswith(_PARQUET)


def _head(path: Path) -> bytes:
    try:
        if path.is_dir():
            return b""
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except FileNotFoundError:
        raise InputError(_("There is no file {path}."), path=str(path)[:200]) from None
    except OSError as error:
        raise InputError(_("{file} cannot be opened."), file=path.name) from error
