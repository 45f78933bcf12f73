"""An index that workers map from one file instead of each getting its arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from geogrid.locate import GridIndex
from geogrid.store.index_cache import WORTH_A_FILE
from geogrid.store.index_file import load_index, save_index

__all__ = ["FiledIndex", "filed"]


class FiledIndex(GridIndex):
    """An index that is pickled as the name of its file, which is written before it is sent.

    Attributes
    ----------
    file : under the same path for all processes
    """

    file: Path

    def __reduce__(self) -> tuple[Any, ...]:
        """Let another process open the file."""
        return _opened, (self.file,)

    def write(self) -> None:
        """Write the file."""
        save_index(self, self.file)


def filed(index: GridIndex, file: Path) -> GridIndex:
    """Return the index as one that will be in a file; a small one, which is sent, as it is."""
    return index if len(index.rings.coordinates) < WORTH_A_FILE else _named(index, file)


def _named(index: GridIndex, file: Path) -> FiledIndex:
    named = object.__new__(FiledIndex)
    vars(named).update(vars(index), file=file)
    return named


def _opened(file: Path) -> FiledIndex:
    return _named(load_index(file), file)  # workers hand it on to others
