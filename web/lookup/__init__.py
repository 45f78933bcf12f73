"""``/lookup``: which grid is it, and who answers.

`views` parses, `answer` tells apart what was asked: a spot (`spot`), a text or a unit (`places`)
or somebody of the staff (`people`).
"""

from web.lookup.views import blueprint

__all__ = ["blueprint"]
