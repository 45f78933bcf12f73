"""What the codes of a search say, for people."""

from __future__ import annotations

from geogrid.i18n import mark as _
from geogrid.i18n import translate

__all__ = ["CERTAINTIES", "REASONS", "certainty_label", "reason_label"]

CERTAINTIES = {
    "exact": _("Exactly this address"),
    "similar": _("This address, written otherwise"),
    "building": _("Same building; the room, unit or floor is not listed"),
    "compound": _("Only the compound or place"),
    "estimated": _("Same street, position estimated between known numbers"),
    "street": _("Only the street; the number is not listed"),
    "partial": _("Parts differ, please check"),
    "none": _("Nothing fits"),
}
"""English texts of the certainties, the keys of their translations."""

REASONS = {
    "homophone": _("a character that sounds alike"),
    "typo": _("a slip in writing"),
    "pinyin": _("in pinyin"),
    "initials": _("by first letters"),
    "number_unknown": _("the door number is not listed"),
    "building_unknown": _("the building is not listed"),
    "inner_number_unknown": _("the unit, floor or room is not listed"),
    "words_unknown": _("some words were not found"),
    "finer": _("the listed address says more"),
    "alias": _("by another or former name"),
    "near": _("nearby"),
}
"""English texts of the reasons, the keys of their translations."""


def certainty_label(code: str, language: str = "en") -> str:
    """Return what a certainty says.

    Examples
    --------
    >>> certainty_label("compound")
    'Only the compound or place'
    """
    return translate(CERTAINTIES[code], language)


def reason_label(code: str, language: str = "en") -> str:
    """Return what a reason says.

    Examples
    --------
    >>> reason_label("near")
    'nearby'
    """
    return translate(REASONS[code], language)
