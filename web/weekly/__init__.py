"""``/cases/weekly``: the cases of a week by community and grid, to print, with a heat picture."""

from web.weekly.views import blueprint

__all__ = ["blueprint"]
