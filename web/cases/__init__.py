"""``/cases``: upload a list of cases or addresses, confirm it, see where its rows are, use it."""

from web.cases.views import blueprint

__all__ = ["blueprint"]
