"""The answer to a look-up: the point, its grid at every level and the nearest boundary."""

from __future__ import annotations

from geogrid.layers.layer import QueuedLayer

__all__ = ["LookupLayer"]


class LookupLayer(QueuedLayer):
    """The answer to a look-up."""

    kind = "lookup"
