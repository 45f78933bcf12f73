"""The defects of a coverage report, coloured by kind, with a pin where they are small."""

from __future__ import annotations

from geogrid.layers.layer import QueuedLayer

__all__ = ["DefectsLayer"]


class DefectsLayer(QueuedLayer):
    """The defects of a coverage report."""

    kind = "defects"
