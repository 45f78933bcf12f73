"""Colours and weights of everything that is printed.

Fills are pale tones that differ in lightness and hue (after Paul Tol's pale scheme), and no
meaning hangs on colour alone: each border kind has its own width and dash, each group its name.
"""

from __future__ import annotations

__all__ = [
    "ACCENT",
    "FAINT",
    "FILLS",
    "GRID_LINE",
    "GROUP_LINE",
    "INK",
    "MUTED",
    "OUTER_LINE",
    "STREETS",
]

INK, MUTED, FAINT = "#1c1c1c", "#5a5a5a", "#9a9a9a"
ACCENT = "#1b3a6b"
FILLS = ("#bbd3ee", "#f5ebb5", "#f8cfc6", "#cfe6c3", "#e0d2ea", "#d9d9d9", "#bfe6e4")
OUTSIDE = "#f4f2ee"
OUTER_LINE, OUTER_GLOW = "#a3161a", "#e58f86"
GROUP_LINE, GRID_LINE, FINE_LINE, AROUND_LINE = "#1b3a6b", "#4a4a63", "#7d7d92", "#b9b4aa"
STREET_EDGE, STREET_FILL, STREET_NAME = "#b3ab9e", "#ffffff", "#5d4a1e"
STREETS = {0: 2.0, 1: 1.7, 2: 1.35, 3: 1.05, 4: 0.7, 5: 0.4, 6: 0.22}
"""Drawing class of a street (:data:`geogrid.drawing.basemap.STREET_CLASSES`) to width in mm."""
WATERMARK = "#a3161a"
HEAD_FILL, STRIPE = "#e8edf5", "#f7f8fa"
