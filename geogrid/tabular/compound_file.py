"""Whether an old Excel file's container is sound, before a reader trusts it.

A ``.xls`` file is a small file system (Microsoft, *[MS-CFB] Compound File Binary File
Format*). A reader that follows a sector number beyond the end allocates gigabytes and takes
the whole process down, and one that follows a ring of sectors never ends. So every sector
number must lie in the file, and no sector may be reached twice.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["COMPOUND_FILE", "workbook_stream"]

COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How such a file begins."""

Sectors = npt.NDArray[np.uint32]

_HEADER = 512
_FIRST_RESERVED = 0xFFFFFFFA
_MINI = 64
_MINI_BELOW = 4096
_SHIFTS = ((9, 6), (12, 6))
_STREAM, _ROOT = 2, 5
_WORKBOOKS = ("workbook", "book")


class _UnsoundError(Exception):
    """The container contradicts itself."""


class _Entry(NamedTuple):
    """A stream in the directory: its first sector and its length in bytes."""

    name: str
    kind: int
    start: int
    length: int


def workbook_stream(data: bytes) -> bytes | None:
    """Return the records of the workbook in a compound file.

    Returns
    -------
    None when there is no workbook, or when a chain of sectors leaves the file or never ends.
    """
    try:
        return _checked_stream(data)
    except (_UnsoundError, struct.error, IndexError):
        return None


def _checked_stream(data: bytes) -> bytes:
    if len(data) < _HEADER or struct.unpack_from("<HH", data, 30) not in _SHIFTS:
        raise _UnsoundError
    size = 1 << data[30]
    count = (len(data) - _HEADER + size - 1) // size
    directory = struct.unpack_from("<I", data, 48)[0]
    minifat, minifat_sectors, difat = struct.unpack_from("<III", data, 60)
    fat = _fat(data, size, count, difat)
    entries = _entries(_read(data, size, _chain(fat, directory)))
    roots = [entry for entry in entries if entry.kind == _ROOT]
    streams = [entry for entry in entries if entry.kind == _STREAM and entry.length]
    if len(roots) != 1 or any(entry.length > len(data) for entry in entries):
        raise _UnsoundError
    large = [entry.start for entry in streams if entry.length >= _MINI_BELOW]
    small = [entry.start for entry in streams if entry.length < _MINI_BELOW]
    starts = [directory, *large, *([minifat] if minifat_sectors else [])]
    starts += [roots[0].start] if roots[0].length else []
    _check_chains(fat, starts)
    mini = _numbers(_read(data, size, _chain(fat, minifat)) if minifat_sectors else b"")
    mini = mini[: (roots[0].length + _MINI - 1) // _MINI]
    _check_chains(mini, small)
    workbook = next((entry for entry in streams if entry.name in _WORKBOOKS), None)
    if workbook is None:
        raise _UnsoundError
    if workbook.length >= _MINI_BELOW:
        return _read(data, size, _chain(fat, workbook.start))[: workbook.length]
    container = _read(data, size, _chain(fat, roots[0].start))
    pieces = (container[at * _MINI : (at + 1) * _MINI] for at in _chain(mini, workbook.start))
    return b"".join(pieces)[: workbook.length]


def _sector(data: bytes, size: int, number: int) -> bytes:
    start = _HEADER + number * size if size == _HEADER else (number + 1) * size
    if number >= _FIRST_RESERVED or start >= len(data):
        raise _UnsoundError
    return data[start : start + size].ljust(size, b"\0")


def _read(data: bytes, size: int, chain: list[int]) -> bytes:
    return b"".join(_sector(data, size, number) for number in chain)


def _numbers(data: bytes) -> Sectors:
    return np.frombuffer(data, "<u4").astype(np.uint32)


def _fat(data: bytes, size: int, count: int, difat: int) -> Sectors:
    """Return the table of next sectors, as long as the file has sectors."""
    listed = _numbers(data[76:_HEADER]).tolist()
    for _turn in range(count + 1):
        if difat >= _FIRST_RESERVED:
            break
        *more, difat = _numbers(_sector(data, size, difat)).tolist()
        listed += more
    else:
        raise _UnsoundError
    used = [number for number in listed if number < _FIRST_RESERVED]
    if len(set(used)) < len(used):
        raise _UnsoundError
    fat = _numbers(_read(data, size, used))[:count]
    if ((fat >= count) & (fat < _FIRST_RESERVED)).any():
        raise _UnsoundError
    return fat


def _chain(fat: Sectors, start: int) -> list[int]:
    chain: list[int] = []
    while start < _FIRST_RESERVED:
        if start >= len(fat) or len(chain) > len(fat):
            raise _UnsoundError
        chain.append(start)
        start = int(fat[start])
    return chain


def _entries(directory: bytes) -> list[_Entry]:
    entries = []
    for at in range(0, len(directory) - 127, 128):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        name = directory[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
        start, size = struct.unpack_from("<II", directory, at + 116)
        entries.append(_Entry(name.casefold(), directory[at + 66], start, size))
    return [entry for entry in entries if entry.kind in (_STREAM, _ROOT)]


def _check_chains(fat: Sectors, starts: list[int]) -> None:
    """Raise unless the chains from `starts` lie in the table, end, and share no sector."""
    following = fat[fat < _FIRST_RESERVED]
    heads = np.array([start for start in starts if start < _FIRST_RESERVED], np.int64)
    reached = np.concatenate([following.astype(np.int64), heads])
    if reached.size and reached.max() >= len(fat):
        raise _UnsoundError
    if np.bincount(reached, minlength=1).max() > 1:
        raise _UnsoundError
