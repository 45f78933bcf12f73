"""Two plans on one map with a handle to wipe from the former to the new one."""

from __future__ import annotations

from geogrid.layers.layer import QueuedLayer

__all__ = ["SwipeLayer"]


class SwipeLayer(QueuedLayer):
    """The grids before to the left of a handle, those after to its right, and what moves."""

    kind = "swipe"
