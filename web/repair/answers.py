"""What a person settles on the page of the repair: rule, limits, codes, accepted or refused."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.repair.standing import RULES

__all__ = ["DEFAULTS", "RULE_WORDS", "parse_answers", "parse_settings"]

DEFAULTS: Mapping[str, Any] = {
    "overlaps": "longest_border",
    "max_width_m": 2.0,
    "max_area_m2": None,
    "priority": [],
    "locked": [],
}
RULE_WORDS: Mapping[str, str] = {
    "longest_border": _("to the grid that borders it longest"),
    "largest": _("to the largest grid"),
    "smallest": _("to the smallest grid"),
    "given_order": _("to the grid that comes first in the file"),
}
_LARGEST = 1e9
_MOST_CODES = 1000
_BETWEEN_CODES = re.compile(r"[\s,，、;；]+")


def parse_settings(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return rule, limits and codes out of a form.

    Raises
    ------
    FieldError
        A number is none, or a rule is unknown.
    """
    rule = form.get("overlaps", "") or DEFAULTS["overlaps"]
    if rule not in RULES:
        raise FieldError(_("“{value}” is not one of the choices."), value=rule[:40])
    return {
        "overlaps": rule,
        "max_width_m": _limit(form, "max_width_m"),
        "max_area_m2": _limit(form, "max_area_m2"),
        "priority": _codes(form.get("priority", "")),
        "locked": _codes(form.get("locked", "")),
    }


def parse_answers(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return the ids of the repairs refused and of the wide gaps to fill."""
    return {
        "refused": sorted({text[:80] for text in form.get("refused", "").split()}),
        "centre_lines": sorted({text[:80] for text in form.get("centre_lines", "").split()}),
    }


def _limit(form: MultiDict[str, str], name: str) -> float | None:
    """Return a limit: the usual one where nobody was asked, None where a person left it empty."""
    if name not in form:
        default: float | None = DEFAULTS[name]
        return default
    text = form[name]
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= _LARGEST:
        raise FieldError(
            _("“{value}” is not a limit: give a number above 0, or nothing for no limit."),
            value=text[:40],
        )
    return value


def _codes(text: str) -> list[str]:
    return list(dict.fromkeys(part for part in _BETWEEN_CODES.split(text) if part))[:_MOST_CODES]
