"""``/heatmap``: where cases are, as heat or as figures per grid."""

from web.heatmap.views import blueprint

__all__ = ["blueprint"]
