"""What tracing refuses."""

from __future__ import annotations

from geogrid.errors import InputError

__all__ = ["ControlPointError"]


class ControlPointError(InputError):
    """Control points that say nothing certain: too few, in one line, doubled or mirrored."""
