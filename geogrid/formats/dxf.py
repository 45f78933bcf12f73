"""DXF drawings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from geogrid.errors import FormatError
from geogrid.formats.layer import Limits, RawLayer
from geogrid.i18n import mark as _

__all__ = ["read_dxf"]


def read_dxf(path: Path, name: str, limits: Limits, *, layers: Sequence[str] = ()) -> RawLayer:
    """Read a drawing."""
    raise FormatError(_("{file} holds no boundaries."), file=name)
