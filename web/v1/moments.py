"""Moments in requests and answers."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app, request

from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from web.described import query

__all__ = ["AT", "moment_asked", "parse_moment", "written"]

AT = query(
    "at",
    {"type": "string", "examples": ["2026-03-01", "2026-03-01T12:00:00+08:00"]},
    _("A date, which means its last instant in the office's time zone, or a moment."),
)
"""The parameter of whatever answers about the past too."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?")
_INSTANT = timedelta(microseconds=1)


def parse_moment(text: str, zone: str) -> datetime:
    """Return a moment in UTC.

    Parameters
    ----------
    text
        A date, which means its last instant, or a date and time; without an offset both are
        meant in `zone`.
    zone
        Name of a time zone, such as ``"Asia/Shanghai"``.

    Raises
    ------
    FieldError
        It is neither.

    Examples
    --------
    >>> parse_moment("2026-03-01", "Asia/Shanghai").isoformat()
    '2026-03-01T15:59:59.999999+00:00'
    """
    here = ZoneInfo(zone)
    given = text.strip().replace(" ", "+")  # a plus sign that was not escaped
    try:
        if _DAY.fullmatch(given):
            following = date.fromisoformat(given) + timedelta(days=1)
            return datetime.combine(following, time(), here).astimezone(UTC) - _INSTANT
        if _MOMENT.fullmatch(given):
            moment = datetime.fromisoformat(given)
            return (moment if moment.tzinfo else moment.replace(tzinfo=here)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise FieldError(
        _("at= must be a date such as 2026-03-01 or a moment such as {example}, not “{text}”."),
        example="2026-03-01T12:00:00+08:00",
        text=text[:40],
    )


def moment_asked() -> datetime | None:
    """Return the moment of ``?at=``, None when it is not given."""
    text = request.args.get("at")
    return None if text is None else parse_moment(text, current_app.config["SETTINGS"].timezone)


def written(moment: datetime | None) -> str | None:
    """Return a moment as it stands in answers: ISO 8601 in UTC."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
