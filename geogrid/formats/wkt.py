"""Well-known text, checked before GEOS sees it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.errors import UnsafeFileError
from geogrid.formats.layer import Limits, Rows
from geogrid.i18n import mark as _

__all__ = ["decode_wkt", "encode_wkt", "is_wkt"]

_WKT = re.compile(
    r"\s*(?:SRID=(?P<srid>\d{1,6});)?\s*(?P<type>POINT|LINESTRING|LINEARRING|POLYGON|MULTI[A-Z]+"
    r"|GEOMETRYCOLLECTION|[A-Z]*CURVE[A-Z]*|CIRCULARSTRING|TIN|TRIANGLE|POLYHEDRALSURFACE)"
    r"\s*(?:Z|M|ZM)?\s*(?:\(|EMPTY)",
    re.IGNORECASE,
)
_CURVED = re.compile(r"CURVE|CIRCULAR|SURFACE|\bTIN\b|TRIANGLE", re.IGNORECASE)
_PARENTHESIS = re.compile(r"[()]")
_COORDINATES = re.compile(r'\{"type":"(?P<type>\w+)","coordinates":(?P<array>\[[^]].*\])\}$')
_VERTEX = re.compile(r"\[([^\[\],]+),([^\[\],]+)\]")


def is_wkt(text: str) -> bool:
    """Return whether `text` begins as well-known text does.

    Examples
    --------
    >>> is_wkt("SRID=4547;POLYGON ((0 0, 1 0, 1 1, 0 0))"), is_wkt("Polygon Street 5")
    (True, False)
    """
    return _WKT.match(text) is not None


def decode_wkt(
    values: Sequence[str], limits: Limits
) -> tuple[npt.NDArray[np.object_], Rows, int | None]:
    """Decode WKT or EWKT.

    Parameters
    ----------
    values
        One per row; empty for no geometry.
    limits
        Of which ``nesting`` bounds collections in collections.

    Returns
    -------
    geometry, problems, srid
        None where there is no geometry or where `problems` has the row under
        ``curved_geometry``, ``broken_geometry`` or ``unclosed_text``. `srid` is the one
        number all rows give as ``SRID=…;``, or None.
    """
    problems: Rows = {}
    texts = np.full(len(values), None, dtype=object)
    srids: set[str] = set()
    for row, value in enumerate(values):
        found = _WKT.match(value)
        if found is None:
            problem = "broken_geometry" if value.strip() else None
        else:
            srids.add(found["srid"] or "")
            _check_depth(value, limits)
            problem = "curved_geometry" if _CURVED.search(value) else None
            texts[row] = None if problem else value[found.start("type") :]
        if problem:
            problems.setdefault(problem, []).append(row)
    geometry = _read(texts, "ignore")
    unread = np.flatnonzero(shapely.is_missing(geometry) & (texts != None))  # noqa: E711
    is_unclosed = ~shapely.is_missing(_read(texts[unread], "fix"))
    for kind, rows in (("unclosed_text", is_unclosed), ("broken_geometry", ~is_unclosed)):
        if rows.any():
            problems[kind] = sorted([*problems.get(kind, []), *unread[rows].tolist()])
    only = srids.pop() if len(srids) == 1 else ""
    return geometry, problems, int(only) if only else None


def _check_depth(text: str, limits: Limits) -> None:
    steps = (1 if found[0] == "(" else -1 for found in _PARENTHESIS.finditer(text))
    deepest = max(accumulate(steps), default=0)
    if deepest > limits.nesting:
        raise UnsafeFileError(
            _("Collections are nested more than {limit} deep; this is no boundary."),
            limit=limits.nesting,
        )


def _read(
    texts: npt.NDArray[np.object_], on_invalid: Literal["ignore", "fix"]
) -> npt.NDArray[np.object_]:
    with np.errstate(invalid="ignore"):
        return np.asarray(shapely.from_wkt(texts, on_invalid=on_invalid), dtype=object)


def encode_wkt(geometry: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return WKT that reads back to the same bits; None for None.

    The WKT writer of GEOS counts decimals, not digits, and drops some of a coordinate near
    zero; its GeoJSON writer gives the shortest text of each double, so that is rewritten.
    """
    plain = shapely.force_2d(geometry)
    json = np.where(shapely.is_empty(plain), "", shapely.to_geojson(plain))
    text = np.array([_from_geojson(one) for one in json], dtype=object)
    others = np.flatnonzero(text == "")
    text[others] = shapely.to_wkt(plain[others], rounding_precision=17, trim=True)
    return text


def _from_geojson(json: str | None) -> str | None:
    found = _COORDINATES.match(json or "")
    if found is None:
        return json and ""
    vertices = _VERTEX.sub(r"\1 \2", found["array"])
    body = vertices.replace("[", "(").replace("]", ")")
    return f"{found['type'].upper()} {body if found['type'] != 'Point' else f'({body})'}"
