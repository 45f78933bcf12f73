"""Read the filters and the view of a request for figures or heat."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from werkzeug.datastructures import MultiDict

from geogrid.errors import FieldError
from geogrid.figures import CaseFilter
from geogrid.i18n import mark as _
from geogrid.vocabulary import LABELS

__all__ = ["FIGURES", "PRESET_DAYS", "View", "case_filter", "chosen_figure", "chosen_level", "view"]

FIGURES = ("cases", "per_1000_households", "open", "overdue", "closing_rate")
"""Figures a map can be coloured by, in the order to offer them."""
PRESET_DAYS = (7, 30, 90)
MOST_CHOICES = 40
LONGEST_CHOICE = 80
LARGEST_ZOOM = 22.0


class View(NamedTuple):
    """What a map shows: west, south, east, north in degrees (WGS 84), and its zoom level."""

    bounds: tuple[float, float, float, float]
    zoom: float


def view(arguments: Mapping[str, str]) -> View:
    """Return the view of ``bbox=west,south,east,north&zoom=``.

    Raises
    ------
    FieldError
        If one is missing, no number, out of range or the wrong way round.
    """
    text = arguments.get("bbox", "")
    edges = [_number(each) for each in text.split(",")]
    zoom = _number(arguments.get("zoom", ""))
    if len(edges) != 4 or not _is_box(edges):
        raise FieldError(
            _("bbox= must be west,south,east,north in degrees, the smaller first, not “{text}”."),
            text=text[:LONGEST_CHOICE],
        )
    if not 0 <= zoom <= LARGEST_ZOOM:
        raise FieldError(
            _("zoom= must be a number from 0 to {largest}, not “{text}”."),
            largest=int(LARGEST_ZOOM),
            text=arguments.get("zoom", "")[:LONGEST_CHOICE],
        )
    return View((edges[0], edges[1], edges[2], edges[3]), zoom)


def _number(text: str) -> float:
    try:
        return float(text) if len(text) <= LONGEST_CHOICE else math.nan
    except ValueError:
        return math.nan


def _is_box(edges: list[float]) -> bool:
    west, south, east, north = edges
    return -180 <= west < east <= 180 and -90 <= south < north <= 90


def chosen_figure(arguments: Mapping[str, str]) -> str:
    """Return ``figure=``, one of :data:`FIGURES`; the number of cases when left out."""
    figure = arguments.get("figure", FIGURES[0])
    if figure not in FIGURES:
        raise FieldError(
            _("figure= must be one of {known}, not “{text}”."),
            known=", ".join(FIGURES),
            text=figure[:LONGEST_CHOICE],
        )
    return figure


def chosen_level(arguments: Mapping[str, str], levels: list[int]) -> int:
    """Return ``level=``, one of the plan's `levels`; the finest when left out."""
    text = arguments.get("level", "")
    if not text:
        return levels[-1]
    if text not in map(str, levels):
        raise FieldError(
            _("level= must be one of {known}, not “{text}”."),
            known=", ".join(map(str, levels)),
            text=text[:LONGEST_CHOICE],
        )
    return int(text)


def case_filter(
    arguments: MultiDict[str, str], *, newest: date | None, time_zone: str
) -> CaseFilter:
    """Return which cases a request asks for.

    Parameters
    ----------
    arguments
        ``days=`` (counted back from `newest`) or ``from=`` and ``to=`` (both days included),
        any number of ``category=`` and ``status=``; ``status=open`` is every one not closed.
    newest
        Day of the newest case.
    time_zone
        In which days begin and end.

    Raises
    ------
    FieldError
        If a day is none, the period is the wrong way round or there are too many choices.
    """
    first, last = _day(arguments, "from"), _day(arguments, "to")
    days = arguments.get("days", "")
    if days and days not in map(str, PRESET_DAYS):
        raise FieldError(
            _("days= must be one of {known}, not “{text}”."),
            known=", ".join(map(str, PRESET_DAYS)),
            text=days[:LONGEST_CHOICE],
        )
    if days and newest is not None:
        first, last = newest - timedelta(days=int(days) - 1), newest
    if first and last and first > last:
        raise FieldError(
            _("The period ends before it begins: {first} to {last}."), first=first, last=last
        )
    return CaseFilter(
        first_day=first,
        last_day=last,
        categories=_choices(arguments, "category"),
        statuses=_statuses(_choices(arguments, "status")),
        time_zone=time_zone,
    )


def _day(arguments: Mapping[str, str], name: str) -> date | None:
    text = arguments.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise FieldError(
            _("{name}= must be a day such as 2026-03-01, not “{text}”."),
            name=name,
            text=text[:LONGEST_CHOICE],
        ) from None


def _choices(arguments: MultiDict[str, str], name: str) -> tuple[str, ...]:
    chosen = tuple(sorted({each for each in arguments.getlist(name) if each}))
    if len(chosen) > MOST_CHOICES or any(len(each) > LONGEST_CHOICE for each in chosen):
        raise FieldError(
            _("{name}= may be given at most {most} times, with at most {longest} characters each."),
            name=name,
            most=MOST_CHOICES,
            longest=LONGEST_CHOICE,
        )
    return chosen


def _statuses(chosen: tuple[str, ...]) -> tuple[str, ...]:
    codes = [code for code in LABELS["status"] if code != "closed"]
    found = set(chosen)
    if "open" in found:
        found = (found - {"open"}) | set(codes)
    return tuple(sorted(found))
