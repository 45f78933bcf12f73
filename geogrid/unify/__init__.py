"""Merge several departments' grids into one layer (多格合一) and list every change."""

from geogrid.unify.unified import UnifiedLayers, unify_layers

__all__ = ["UnifiedLayers", "unify_layers"]
