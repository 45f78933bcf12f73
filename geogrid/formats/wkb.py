"""Well-known binary, checked before GEOS sees it.

GEOS follows collections in collections as deep as the bytes say and overflows the stack,
so the structure of every collection is walked here first.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.errors import UnsafeFileError
from geogrid.formats.layer import Limits, Rows
from geogrid.i18n import mark as _

__all__ = ["decode_wkb"]

_POINT, _LINE, _POLYGON, _COLLECTION = 1, 2, 3, 7
_SIMPLE = {_POINT, _LINE, _POLYGON}
_MULTI = {4, 5, 6, _COLLECTION}
_PLAIN = {struct.pack("<BI", 1, base) for base in _SIMPLE}
_EWKB_Z, _EWKB_M, _EWKB_SRID = 0x80000000, 0x40000000, 0x20000000
_DOUBLE = 8


def decode_wkb(
    values: Sequence[bytes | None], limits: Limits
) -> tuple[npt.NDArray[np.object_], Rows]:
    """Decode WKB or EWKB.

    Parameters
    ----------
    values
        One per row; None or empty for no geometry.
    limits
        Of which ``nesting`` bounds collections in collections.

    Returns
    -------
    geometry, problems
        None where there is no geometry or where `problems` has the row under
        ``curved_geometry`` or ``broken_geometry``.

    Raises
    ------
    UnsafeFileError
        Collections are nested deeper than allowed.
    """
    problems: Rows = {}
    safe = np.full(len(values), None, dtype=object)
    for row, value in enumerate(values):
        problem = _problem(value, limits.nesting) if value else None
        if problem is None:
            safe[row] = value or None
        else:
            problems.setdefault(problem, []).append(row)
    with np.errstate(invalid="ignore"):
        geometry = np.asarray(shapely.from_wkb(safe, on_invalid="ignore"), dtype=object)
    broken = np.flatnonzero(shapely.is_missing(geometry) & (safe != None))  # noqa: E711
    if broken.size:
        problems["broken_geometry"] = sorted(
            [*problems.get("broken_geometry", []), *broken.tolist()]
        )
    return geometry, problems


def _header(buffer: bytes, at: int) -> tuple[str, int, int, int]:
    """Return byte order, base type, doubles per vertex and where the header ends."""
    order = "<" if buffer[at] == 1 else ">"
    (code,) = struct.unpack_from(order + "I", buffer, at + 1)
    flags, base = code & 0xF0000000, code & 0x0FFFFFFF
    dimension, base = divmod(base, 1000)
    has_z = bool(flags & _EWKB_Z) or dimension in (1, 3)
    has_m = bool(flags & _EWKB_M) or dimension in (2, 3)
    end = at + 5 + (4 if flags & _EWKB_SRID else 0)
    return order, base, 2 + has_z + has_m, end


def _problem(buffer: bytes, nesting: int) -> str | None:
    if buffer[:5] in _PLAIN:  # nearly all
        return None
    try:
        base = _header(buffer, 0)[1]
        if base in _SIMPLE:
            return None
        return _walk(buffer, nesting) if base in _MULTI else "curved_geometry"
    except (struct.error, IndexError):
        return "broken_geometry"


def _walk(buffer: bytes, nesting: int) -> str | None:
    at, waiting = 0, [1]
    while waiting:
        if waiting[-1] == 0:
            waiting.pop()
            continue
        waiting[-1] -= 1
        order, base, width, at = _header(buffer, at)
        if base in _MULTI:
            (children,) = struct.unpack_from(order + "I", buffer, at)
            at += 4
            waiting.append(children)
            if len(waiting) > nesting:
                raise UnsafeFileError(
                    _("Collections are nested more than {limit} deep; this is no boundary."),
                    limit=nesting,
                )
        elif base in _SIMPLE:
            at = _after_simple(buffer, at, order, base, width * _DOUBLE)
        else:
            return "curved_geometry"
    return None


def _after_simple(buffer: bytes, at: int, order: str, base: int, vertex: int) -> int:
    if base == _POINT:
        return at + vertex
    (count,) = struct.unpack_from(order + "I", buffer, at)
    at += 4
    if base == _LINE:
        return at + count * vertex
    for _ring in range(count):
        (length,) = struct.unpack_from(order + "I", buffer, at)
        at += 4 + length * vertex
    return at
