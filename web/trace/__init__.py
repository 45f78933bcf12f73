"""From drawings, pictures, streets and words to boundaries: the page ``/plans/new/trace``."""

from web.trace.views import blueprint

__all__ = ["blueprint"]
