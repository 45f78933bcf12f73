"""``/unify``: grids of several departments uploaded, made into one layer, and used (多格合一)."""

from web.unify.views import blueprint

__all__ = ["blueprint"]
