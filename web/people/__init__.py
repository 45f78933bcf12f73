"""``/people``: who holds which post, who is missing, contact lists, and lists of buildings."""

from web.people.views import blueprint

__all__ = ["blueprint"]
