"""The borders of a draft, each drawn once, and what a planner does to them."""

from __future__ import annotations

from geogrid.layers.layer import QueuedLayer

__all__ = ["EditorLayer"]


class EditorLayer(QueuedLayer):
    """Shared borders as arcs, loaded for the view only, with the tools to redraw them."""

    kind = "editor"
