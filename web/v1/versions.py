"""Versions in headers: ``ETag``, ``If-None-Match`` for readers, ``If-Match`` for those who change.

Compression appends its name to an ETag, and clients send it back so.
"""

from __future__ import annotations

import re

from flask import Response, request
from werkzeug.datastructures import ETags

from geogrid.errors import GeogridError
from geogrid.i18n import mark as _
from geogrid.store.errors import ConflictError
from geogrid.store.plans import PlanRecord
from web.described import query

__all__ = [
    "IF_MATCH",
    "IF_NONE_MATCH",
    "ChangedError",
    "UnversionedError",
    "not_modified",
    "plan_tag",
    "require_seen",
]

_COMPRESSED = re.compile(r":(?:gzip|br|zstd|deflate)$")
IF_MATCH = query(
    "If-Match", {"type": "string"}, _("The ETag of what is to be changed."),
    where="header", required=True,
)  # fmt: skip
IF_NONE_MATCH = query(
    "If-None-Match", {"type": "string"}, _("The ETag of what the caller has."), where="header"
)


class ChangedError(ConflictError):
    """What is to be changed is not any more as the caller saw it."""


class UnversionedError(GeogridError):
    """The caller does not say which version is to be changed."""


def plan_tag(plan: PlanRecord) -> str:
    """Return the ETag of a plan, without quotes."""
    return f"plan-{plan.id}-{plan.version}"


def not_modified(tag: str) -> Response | None:
    """Return the answer for a caller who has this version already, else None."""
    if not _holds(request.if_none_match, tag):
        return None
    response = Response(status=304)
    response.set_etag(tag)
    return response


def require_seen(plan: PlanRecord) -> None:
    """Go on only when the caller changes the version that is there.

    Raises
    ------
    UnversionedError
        There is no ``If-Match``.
    ChangedError
        It names another version.
    """
    if "If-Match" not in request.headers:
        raise UnversionedError(
            _("Say which version you change: If-Match with the ETag that you were given.")
        )
    if not _holds(request.if_match, plan_tag(plan)):
        raise ChangedError(
            _("The plan “{name}” was changed by somebody else. Load it again."),
            name=plan.name,
            changed={"status": plan.status, "version": plan.version},
        )


def _holds(tags: ETags, tag: str) -> bool:
    given = tags.as_set(include_weak=True)  # proxies that compress make tags weak
    return tags.star_tag or tag in {_COMPRESSED.sub("", each or "") for each in given}
