"""The grids of one level at a time: outlines, labels, hover and click."""

from __future__ import annotations

from geogrid.layers.layer import QueuedLayer

__all__ = ["GridsLayer"]


class GridsLayer(QueuedLayer):
    """The grids of one level at a time."""

    kind = "grids"
