"""``/api/v1/locate``: one point by GET, up to 100,000 by POST.

`views` take requests; `bodies` read what they carry; `batch` locates; `answers` write what was
found in the kind asked for; `single` keeps the ready-made parts of a single answer; `quick`
answers plain questions without Flask.
"""

from web.location.quick import SENT_AS_IT_IS, init_app
from web.location.views import blueprint

__all__ = ["SENT_AS_IT_IS", "blueprint", "init_app"]
