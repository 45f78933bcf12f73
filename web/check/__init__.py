"""``/check``: upload a boundary file, confirm what is in it, see what is wrong, use it."""

from web.check.views import blueprint

__all__ = ["blueprint"]
