"""The offline base map: the streets of the plan, drawn as vectors on canvas tiles."""

from __future__ import annotations

from geogrid.layers.layer import QueuedLayer

__all__ = ["StreetsLayer"]


class StreetsLayer(QueuedLayer):
    """The offline base map."""

    kind = "streets"
