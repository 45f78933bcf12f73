"""Grids coloured by a figure: classes, legend and tooltip."""

from __future__ import annotations

from geogrid.layers.layer import QueuedLayer

__all__ = ["ChoroplethLayer"]


class ChoroplethLayer(QueuedLayer):
    """Grids coloured by a figure."""

    kind = "choropleth"
