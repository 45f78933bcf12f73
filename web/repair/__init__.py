"""``/check/<token>/repair``: proposed repairs, accepted or refused by a person, and the result."""

from web.repair.views import blueprint

__all__ = ["blueprint"]
