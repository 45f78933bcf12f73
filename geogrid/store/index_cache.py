"""Indexes of large layers, kept in the cache folder so that the next process need not build them.

A file is named after its grids and the code that made it, so what has changed is not found;
it is never changed, only replaced, so that processes can share its memory.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

import geopandas as gpd
import shapely

import geogrid
from geogrid.cache_folder import cache_folder
from geogrid.errors import FormatError
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.locate import GridIndex, build_index, precedence_codes
from geogrid.rings import COMPILED_FROM
from geogrid.store.errors import StoreError
from geogrid.store.index_file import load_index, save_index

__all__ = ["WORTH_A_FILE", "boundaries_checksum", "cached_index"]

WORTH_A_FILE = COMPILED_FROM
"""Coordinates from which a file is kept: building then needs compiled kernels and takes 20 times
as long as loading (1.1 s and 50 ms at 108,800); below, about as long (30 ms at 42,500)."""

_KEPT = 4
_ABANDONED_S = 24 * 3600
_logger = logging.getLogger(__name__)


def _log(finding: Finding) -> None:
    _logger.warning("%s", finding.text())


def cached_index(
    grids: gpd.GeoDataFrame,
    codes: Sequence[str] | Sequence[int] | None = None,
    *,
    say: Callable[[Finding], None] = _log,
) -> GridIndex:
    """Load the index of these grids from the cache folder, or build it and keep it there.

    The four files used last are kept. Where the folder cannot be written the index is built and
    not kept; of a small layer (see :data:`WORTH_A_FILE`) it always is.

    Parameters
    ----------
    grids, codes : as for :func:`geogrid.build_index`
    say : is told why a file that is there was not used; logs it by default
    """
    is_small = shapely.get_num_coordinates(grids.geometry.to_numpy()).sum() < WORTH_A_FILE
    if is_small or (place := cache_folder()) is None:
        return build_index(grids, codes)
    boundaries = boundaries_checksum(grids, codes)
    name = sha256((boundaries + _code_checksum()).encode()).hexdigest()[:32]
    path = place / "indexes" / f"{name}.index"
    if path.exists():
        try:
            index = load_index(path, boundaries=boundaries)
            with suppress(OSError):
                _note_use(path)
            return index
        except FormatError as error:
            message = _("The index was built anew: {reason}")
            say(Finding("index_rebuilt", message, {"reason": error}, severity="note"))
    index = build_index(grids, codes)
    with suppress(OSError, StoreError):
        path.parent.mkdir(exist_ok=True)
        save_index(index, path, boundaries=boundaries)
        _note_use(path)
        _remove_old(path.parent)
    return index


def boundaries_checksum(
    grids: gpd.GeoDataFrame, codes: Sequence[str] | Sequence[int] | None = None
) -> str:
    """Return a SHA-256 of all an index depends on: coordinates to the bit, codes, their order."""
    total = sha256(json.dumps(precedence_codes(grids, codes)).encode())
    for shape in shapely.to_wkb(grids.geometry.to_numpy(), byte_order=1):
        total.update(b"-" if shape is None else shape)
    return total.hexdigest()


@cache
def _code_checksum() -> str:
    """Return a checksum of the library's top modules: what they make is theirs to read."""
    total = sha256()
    for module in sorted(Path(geogrid.__file__).parent.glob("*.py")):
        total.update(module.read_bytes())
    return total.hexdigest()


def _note_use(path: Path) -> None:
    """Write when a file was used; systems themselves do so in steps of milliseconds."""
    now = time.time_ns()
    os.utime(path, ns=(now, now))


def _remove_old(folder: Path) -> None:
    """Remove all but the files used last, and what killed processes have left half-written."""
    files = sorted(folder.glob("*.index"), key=lambda file: file.stat().st_mtime_ns)
    abandoned = time.time() - _ABANDONED_S
    left = [file for file in folder.glob(".*.index.*") if file.stat().st_mtime < abandoned]
    for old in (*files[:-_KEPT], *left):
        old.unlink(missing_ok=True)
