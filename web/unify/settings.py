"""What a person settles before layers are unified: names, whose borders win, distances."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.unify.unified import CROSSINGS

__all__ = ["DEFAULTS", "REGIONS", "clean_name", "parse_settings"]

DEFAULTS: Mapping[str, Any] = {
    "lead": "",
    "snap_m": 5.0,
    "min_area_m2": 1000.0,
    "crossings": "split",
    "region": "none",
}
REGIONS = ("none", "plan", "file")
"""What the unified grids must fill: what any layer covers, the plan's outline, a file's."""

_LONGEST_NAME = 30
_LARGEST = 1e6


def parse_settings(form: Mapping[str, str], tokens: Sequence[str]) -> dict[str, Any]:
    """Return the settings and names in a form; what it does not say stays out.

    Parameters
    ----------
    form
        Fields of :data:`DEFAULTS`, and ``name-<token>`` of each layer.
    tokens
        Of the layers.

    Raises
    ------
    FieldError
        A number is none, or an answer is none of those offered.
    """
    settings: dict[str, Any] = {}
    for name, choices in (
        ("lead", ("", *tokens)),
        ("crossings", CROSSINGS),
        ("region", REGIONS),
    ):
        if name in form:
            settings[name] = _one_of(form[name], choices)
    for name in ("snap_m", "min_area_m2"):
        if name in form:
            settings[name] = _number(form[name])
    names = {
        token: clean_name(form[f"name-{token}"]) for token in tokens if f"name-{token}" in form
    }
    return {"settings": settings, "names": names}


def clean_name(text: str) -> str:
    """Return the name of a layer as one line of at most 30 characters."""
    shown = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(shown.split())[:_LONGEST_NAME]


def _one_of(value: str, choices: Sequence[str]) -> str:
    if value not in choices:
        raise FieldError(_("“{value}” is not one of the choices."), value=value[:40])
    return value


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 <= value <= _LARGEST:
        raise FieldError(_("“{value}” is no distance or area: give 0 or more."), value=text[:40])
    return value
