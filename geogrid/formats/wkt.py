"""Well-known text, checked before GEOS sees it."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
_UNCLOSED = "closed linestring"


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
    geometry = np.full(len(values), None, dtype=object)
    srids: set[str] = set()
    for row, value in enumerate(values):
        found = _WKT.match(value)
        if found is None:
            problem = "broken_geometry" if value.strip() else None
        else:
            srids.add(found["srid"] or "")
            geometry[row], problem = _decode_one(value[found.start("type") :], limits)
        if problem:
            problems.setdefault(problem, []).append(row)
    only = srids.pop() if len(srids) == 1 else ""
    return geometry, problems, int(only) if only else None


def _decode_one(text: str, limits: Limits) -> tuple[object, str | None]:
    depth = deepest = 0
    for found in _PARENTHESIS.finditer(text):
        depth += 1 if found[0] == "(" else -1
        deepest = max(deepest, depth)
    if deepest > limits.nesting:
        raise UnsafeFileError(
            _("Collections are nested more than {limit} deep; this is no boundary."),
            limit=limits.nesting,
        )
    if _CURVED.search(text):
        return None, "curved_geometry"
    try:
        with np.errstate(invalid="ignore"):
            return shapely.from_wkt(text), None
    except shapely.errors.ShapelyError as error:
        return None, "unclosed_text" if _UNCLOSED in str(error) else "broken_geometry"


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
