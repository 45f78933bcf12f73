"""What every reader returns, and the limits every reader keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geogrid.errors import LimitError
from geogrid.findings import Finding
from geogrid.i18n import mark as _

__all__ = [
    "LIMITS",
    "Limits",
    "RawLayer",
    "Rows",
    "check_vertices",
    "megabytes",
]

Rows = dict[str, list[int]]
"""Kind of problem to the 0-based rows that have it."""

_MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """How large a boundary file may be.

    Attributes
    ----------
    file_bytes
        Size of the file, or of all files of a Shapefile.
    unpacked_bytes, members, ratio
        Of an archive: bytes when unpacked, number of files, and how many times its own
        size it may unpack to (asked only above 16 MB).
    vertices
        Of all geometries together.
    nesting
        Depth of collections in collections, of JSON and XML.
    """

    file_bytes: int = 512 * _MEGABYTE
    unpacked_bytes: int = 2048 * _MEGABYTE
    members: int = 2000
    ratio: int = 200
    vertices: int = 20_000_000
    nesting: int = 16


LIMITS = Limits()
"""The limits used unless others are given."""


@dataclass(frozen=True)
class RawLayer:
    """One layer as the file has it.

    Attributes
    ----------
    geometry : ndarray of shapely geometries, shape (n,)
        None where a row has none or where `problems` says why.
    attributes : DataFrame of n rows
        Columns as the file names them.
    crs
        What the file says: ``"EPSG:4547"``, WKT, PROJJSON as a dict, or None.
    problems
        Kind of problem to rows, such as ``{"bad_coordinate": [3]}``.
    findings
        What else the reader noticed.
    hints
        Titles and notes of the file, in which a datum may be mentioned.
    lines
        Lines that the reader does not keep among the geometry.
    """

    geometry: npt.NDArray[np.object_]
    attributes: pd.DataFrame
    crs: object = None
    problems: Mapping[str, list[int]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    hints: str = ""
    lines: tuple[shapely.Geometry, ...] = ()


def check_vertices(geometry: npt.NDArray[np.object_], limits: Limits) -> None:
    """Raise :class:`LimitError` when `geometry` has more vertices than allowed."""
    count = int(shapely.get_num_coordinates(geometry).sum())
    if count > limits.vertices:
        raise LimitError(
            _("The boundaries have {count} vertices; at most {limit} are read. Split the file."),
            count=f"{count:,}",
            limit=f"{limits.vertices:,}",
        )


def megabytes(size: int) -> str:
    """Return `size` in bytes as people read it.

    Examples
    --------
    >>> megabytes(536870912)
    '512 MB'
    """
    return f"{size / _MEGABYTE:,.0f} MB" if size >= _MEGABYTE else f"{size:,} B"
