"""``/workspace``: which plan is in use, putting in one's own data, going back."""

from web.workspace.views import blueprint

__all__ = ["blueprint"]
