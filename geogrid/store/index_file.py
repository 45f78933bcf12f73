"""A locator's index as one file that several processes map into memory without copies.

The file holds arrays as they are in memory, each at a multiple of 64 bytes, after a header
in JSON that says what they are. It is written under another name and renamed last, and not
forced to disk: what a power cut damages is noticed. Nothing in it is executed or unpickled.
On loading, sizes and places are checked, then a checksum of every array (damage), and that no
index leads outside its array (a forged file).
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from geogrid._raster import Raster
from geogrid._raster_check import are_sound_rings, is_sound_raster
from geogrid.errors import FormatError
from geogrid.i18n import mark as _
from geogrid.locate import GridIndex
from geogrid.rings import Rings
from geogrid.store.errors import explains_disk_errors

__all__ = ["load_index", "save_index"]

Array = npt.NDArray[Any]

_MAGIC = b"GEOGRIDX"
_VERSION = 1
_LEAD = len(_MAGIC) + 4 + 4 + 32  # magic, version, length of the header, its SHA-256
_ALIGNED = 64
_LONGEST_HEADER = 1 << 16
_RINGS: dict[str, tuple[str, int]] = {
    "order": ("<i8", 1),
    "coordinates": ("<f8", 2),
    "first": ("<i8", 1),
    "stop": ("<i8", 1),
    "polygon": ("<i8", 1),
    "direction": ("|i1", 1),
    "owner": ("<i8", 1),
    "is_valid": ("|b1", 1),
}
_RASTER: dict[str, tuple[str, int]] = {
    "frame": ("<f8", 1),
    "columns": ("<i8", 1),
    "cells": ("<i4", 1),
    "first_cell": ("<i8", 1),
    "fineness": ("<i8", 1),
    "leaves": ("<f8", 1),
}


def save_index(index: GridIndex, path: str | Path, *, boundaries: str = "") -> None:
    """Write an index to one file; whoever reads the old one goes on reading that.

    Parameters
    ----------
    index : from :func:`geogrid.build_index`
    path : of the file; its folder exists
    boundaries : a checksum of the grids, to notice later that they have changed

    Raises
    ------
    StoreError
        The folder cannot be written.
    """
    path = Path(path)
    arrays = _arrays(index)
    header, places = _header(arrays, boundaries)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with explains_disk_errors(path.parent):
        try:
            with temporary.open("xb") as file:
                file.write(header)
                for name, array in arrays.items():
                    file.seek(places[name])
                    file.write(np.ascontiguousarray(array).data if array.size else b"")
                file.truncate(max(file.tell(), len(header)))
            os.replace(temporary, path)
        finally:
            with suppress(OSError):
                temporary.unlink()


def load_index(path: str | Path, *, boundaries: str | None = None) -> GridIndex:
    """Map an index file into memory, read-only; processes that load it share the memory.

    Parameters
    ----------
    path : written by :func:`save_index`; it may be replaced, but not changed, while in use
    boundaries : checksum of the grids the index must be of; not compared when left out

    Raises
    ------
    FormatError
        The file is no index of this release, damaged or forged, or its grids are others.
    """
    path = Path(path)
    try:
        data = np.memmap(path, np.uint8, mode="r")
    except (OSError, ValueError) as error:
        raise FormatError(_("{file} is not an index that can be read."), file=path.name) from error
    header, arrays = _mapped(data, path.name)
    if boundaries is not None and header.get("boundaries") != boundaries:
        raise FormatError(_("The index {file} is of other boundaries."), file=path.name)
    index = _index(arrays)
    if index is None:
        raise _damaged(path.name)
    return index


def _arrays(index: GridIndex) -> dict[str, Array]:
    rings, raster = index.rings, index.raster
    arrays: dict[str, Array] = {
        "order": index.order,
        **{name: getattr(rings, name) for name in list(_RINGS)[1:6]},
        "owner": index.owner,
        "is_valid": index.is_valid,
    }
    if raster is not None:
        arrays |= {name: getattr(raster, name) for name in _RASTER}
    known = _RINGS | _RASTER
    return {name: array.astype(known[name][0], copy=False) for name, array in arrays.items()}


def _header(arrays: Mapping[str, Array], boundaries: str) -> tuple[bytes, dict[str, int]]:
    """Return the beginning of the file, and where each array lies."""
    with ThreadPoolExecutor() as pool:
        sums = list(pool.map(_sha256, arrays.values()))
    rows = {
        name: {"shape": array.shape, "sha256": digest}
        for (name, array), digest in zip(arrays.items(), sums, strict=True)
    }
    body = json.dumps({"boundaries": boundaries, "arrays": rows}).encode()
    lead = _MAGIC + _VERSION.to_bytes(4, "little") + len(body).to_bytes(4, "little")
    return lead + sha256(body).digest() + body, _places(_LEAD + len(body), arrays)


def _places(begin: int, arrays: Mapping[str, Array]) -> dict[str, int]:
    places = {}
    for name, array in arrays.items():
        places[name] = begin = -(-begin // _ALIGNED) * _ALIGNED
        begin += array.nbytes
    return places


def _sha256(array: Array) -> str:
    return sha256(np.ascontiguousarray(array).data).hexdigest()


def _damaged(name: str) -> FormatError:
    return FormatError(_("The index {file} is damaged."), file=name)


def _mapped(data: Array, name: str) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return header and arrays of a file, each array a view of it whose checksum is right."""
    lead = data[:_LEAD].tobytes()
    version, length = (int.from_bytes(lead[at : at + 4], "little") for at in (8, 12))
    if len(lead) < _LEAD or lead[:8] != _MAGIC or version != _VERSION:
        raise FormatError(_("{file} is not an index that can be read."), file=name)
    body = data[_LEAD : _LEAD + length].tobytes()
    if length > _LONGEST_HEADER or sha256(body).digest() != lead[16:]:
        raise _damaged(name)
    try:
        header = json.loads(body)
        rows = header["arrays"]
        arrays = _views(data, _LEAD + length, rows)
        with ThreadPoolExecutor() as pool:
            sums = list(pool.map(_sha256, arrays.values()))
        if sums != [rows[each]["sha256"] for each in arrays]:
            raise _damaged(name)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise _damaged(name) from error
    return header, arrays


def _views(data: Array, begin: int, rows: Mapping[str, Any]) -> dict[str, Array]:
    known = _RINGS | (_RASTER if len(rows) > len(_RINGS) else {})
    if list(rows) != list(known):
        raise ValueError
    arrays: dict[str, Array] = {}
    plain = np.asarray(data)
    for name, (dtype, axes) in known.items():
        shape = [int(size) for size in rows[name]["shape"]]
        if len(shape) != axes or min(shape) < 0 or shape[1:] not in ([], [2]):
            raise ValueError
        begin = -(-begin // _ALIGNED) * _ALIGNED
        stop = begin + int(np.prod(shape, dtype=object)) * np.dtype(dtype).itemsize
        if stop > len(data):
            raise ValueError
        arrays[name] = plain[begin:stop].view(dtype).reshape(shape)
        begin = stop
    return arrays


def _index(arrays: Mapping[str, Array]) -> GridIndex | None:
    """Return the index of mapped arrays, None where something in it leads outside."""
    names = list(_RINGS)[1:6]
    lengths = {len(arrays[name]) for name in names[1:]}
    if len(lengths) != 1 or len(arrays["owner"]) != len(arrays["is_valid"]):
        return None
    is_finite = np.ones(lengths.pop(), np.bool_)
    coordinates, first, stop, polygon, direction = (arrays[name] for name in names)
    rings = Rings(coordinates, first, stop, polygon, direction, is_finite)
    order, owner = arrays["order"], arrays["owner"]
    if not are_sound_rings(rings, owner, order):
        return None
    index = GridIndex(len(order), order, rings, owner, arrays["is_valid"])
    raster = None
    if "cells" in arrays:
        if len(arrays["frame"]) != 8 or len(arrays["columns"]) != 2:
            return None
        raster = Raster(*(arrays[name] for name in _RASTER))
        if not is_sound_raster(raster, len(order)):
            return None
    vars(index)["raster"] = raster
    return index
