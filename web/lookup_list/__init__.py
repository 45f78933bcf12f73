"""``/lookup/batch``: a list of addresses in, the same list with grids and people out."""

from web.lookup_list import programs  # noqa: F401 - its view belongs to the blueprint
from web.lookup_list.views import blueprint

__all__ = ["blueprint"]
