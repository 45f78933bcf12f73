"""``/print`` and ``/plans/…/print``: wall maps and leaflets; ``/g/…`` is where their codes lead."""

from web.printing.views import blueprint

__all__ = ["blueprint"]
