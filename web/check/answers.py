"""What a person confirmed about a boundary file, and what it means for reading it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geogrid.errors import FieldError
from geogrid.fields import GRID_FIELDS
from geogrid.i18n import mark as _
from geogrid.reading.survey_systems import system_options
from geogrid.vocabulary import LABELS

__all__ = ["REGIONS", "parse_answers", "reading_options"]

REGIONS = ("none", "file", "layer", "plan")
"""What the grids must fill: nothing known, a second file, another layer, the plan's region."""

LONGEST = 200
_TEXTS = ("layer", "system", "epsg", "region_layer")


def parse_answers(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the answers in a form, checked.

    Raises
    ------
    FieldError
        An answer is none of those offered.
    """
    answers: dict[str, Any] = {name: form[name][:LONGEST] for name in _TEXTS if form.get(name)}
    if form.get("meridian"):
        answers["meridian"] = _whole(form["meridian"])
    if form.get("level"):
        answers["level"] = _one_of(form["level"], tuple(LABELS["level"]))
    answers["region"] = _one_of(form.get("region") or "none", REGIONS)
    if form.get("region_as_level"):
        answers["region_as_level"] = form["region_as_level"] == "yes"
    fields = {name: form[f"field-{name}"] for name in GRID_FIELDS if f"field-{name}" in form}
    return answers | ({"fields": fields} if fields else {})


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise FieldError(_("“{value}” is not one of the choices."), value=text[:40])
    return int(text[:6])


def _one_of(value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise FieldError(_("“{value}” is not one of the choices."), value=value[:40])
    return value


def reading_options(answers: Mapping[str, Any], *, x_max: float) -> dict[str, Any]:
    """Return the options of ``read_boundaries`` for `answers`.

    Parameters
    ----------
    answers
        From :func:`parse_answers`.
    x_max
        Largest easting in the file.

    Raises
    ------
    CrsError
        The answer about the coordinate system is not complete.
    """
    options: dict[str, Any] = dict(
        system_options(
            answers.get("system", ""),
            meridian=answers.get("meridian"),
            epsg=answers.get("epsg", ""),
            x_max=x_max,
        )
    )
    for name in ("layer", "fields"):
        if answers.get(name):
            options[name] = answers[name]
    return options
