"""Shapes and classes for drawing: thinned, rounded, encoded."""
