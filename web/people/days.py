"""Days in forms of posts: from when on, and until when."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app

from geogrid.errors import FieldError
from geogrid.i18n import mark as _

__all__ = ["day_of", "first_moment", "last_moment"]


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["SETTINGS"].timezone)


def first_moment(text: str, now: datetime) -> datetime | None:
    """Return when a day of the office begins; None, which means now, for today and for none.

    Raises
    ------
    FieldError
        It is no day.
    """
    day = _day(text)
    if day is None or day == now.astimezone(_zone()).date():
        return None
    return _midnight(day)


def last_moment(text: str, now: datetime) -> datetime:
    """Return when a day of the office is over, now for none.

    Raises
    ------
    FieldError
        It is no day.
    """
    day = _day(text)
    return now if day is None else _midnight(day + timedelta(days=1))


def day_of(moment: datetime | None, *, is_end: bool = False) -> str:
    """Return the day of a moment as people write it; of an end the last whole one."""
    if moment is None:
        return ""
    shown = moment - timedelta(microseconds=1) if is_end else moment
    return shown.astimezone(_zone()).date().isoformat()


def _day(text: str) -> date | None:
    given = text.strip()
    if not given:
        return None
    try:
        day = date.fromisoformat(given)
    except ValueError:
        day = date.min
    if not 1900 <= day.year <= 2200:
        raise FieldError(_("“{text}” is no day; write it as 2026-03-01."), text=given[:40])
    return day


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), _zone()).astimezone(UTC)
