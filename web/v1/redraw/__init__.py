"""``/api/v1/plans/…/redraw``: a draft redrawn by operations, by several planners at once."""

from web.v1.redraw import branches, doing, seeing, suggestions

__all__ = ["blueprints"]

blueprints = (seeing.blueprint, doing.blueprint, branches.blueprint, suggestions.blueprint)
