"""What was found and what changes, each in one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from geogrid.coverage.verdict import area_text, length_text
from geogrid.i18n import mark as _
from geogrid.i18n import translate

__all__ = [
    "REASON_WORDS",
    "change_label",
    "change_sentence",
    "crossing_label",
    "crossing_sentence",
    "hole_label",
    "hole_sentence",
    "homes_text",
]

_SHOWN = 4

REASON_WORDS: Mapping[str, str] = {
    "border": _("borders close together became one"),
    "small": _("the piece was too small for a grid of its own"),
    "whole": _("the leading grid stays whole"),
    "overlap": _("two grids of the layer claimed it"),
    "outside": _("it lies outside the region"),
    "gap": _("the layer had nobody there"),
}
"""Reason of a change to what people read."""


def homes_text(households: Any, buildings: Any, language: str) -> str:
    """Return how many homes a place has, "" where that is unknown."""
    if pd.isna(households):
        return ""
    if not buildings:
        return translate(_("nobody lives there"), language)
    return translate(
        _("households: {households}, buildings: {buildings}"),
        language,
        households=f"{int(households):,}",
        buildings=f"{int(buildings):,}",
    )


def _joined(area: str, homes: str, language: str) -> str:
    separator = "，" if language.startswith("zh") else ", "
    return separator.join([area, homes] if homes else [area])


def change_sentence(row: Mapping[str, Any], language: str) -> str:
    """Return one row of the changes as a sentence.

    Parameters
    ----------
    row : layer, from, to, grid, reason, area_m2, households, buildings
    language : ``"zh_CN"`` or ``"en"``
    """
    source, target = row["from"], row["to"]
    if source and target:
        message = _("{layer}: {size} moves from {source} to {target} (grid {grid}): {reason}")
    elif target:
        message = _("{layer}: {size} is new to {target} (grid {grid}): {reason}")
    elif row["grid"]:
        message = _("{layer}: {source} gives up {size} (grid {grid}): {reason}")
    else:
        message = _("{layer}: {source} gives up {size}: {reason}")
    homes = homes_text(row["households"], row["buildings"], language)
    return translate(
        message,
        language,
        layer=row["layer"],
        source=source,
        target=target,
        grid=row["grid"],
        size=_joined(area_text(row["area_m2"], language), homes, language),
        reason=translate(REASON_WORDS[row["reason"]], language),
    )


def crossing_sentence(row: Mapping[str, Any], language: str) -> str:
    """Return one crossing as a sentence: what lies on each side of the border."""
    sides = [
        _joined(
            area_text(row[f"area_{side}_m2"], language),
            homes_text(row[f"households_{side}"], row[f"buildings_{side}"], language),
            language,
        )
        for side in ("one", "other")
    ]
    nobody = translate(_("no grid"), language)
    return translate(
        _(
            "{layer} {grid} is cut over {length} by {by}: {one} ({size_one}) on one side,"
            " {other} ({size_other}) on the other"
        ),
        language,
        layer=row["layer"],
        grid=row["grid"],
        by=row["by"],
        length=length_text(row["length_m"], language),
        one=row["one"] or nobody,
        other=row["other"] or nobody,
        size_one=sides[0],
        size_other=sides[1],
    )


def hole_sentence(row: Mapping[str, Any], language: str) -> str:
    """Return one hole as a sentence: who leaves it out and who has it."""
    homes = homes_text(row["households"], row["buildings"], language)
    separator = "、" if language.startswith("zh") else ", "
    has = [f"{layer} {code}" for layer, code in row["covered_by"]]
    message = (
        _("{layer} leaves out {size}, which belongs to {others}")
        if has
        else _("{layer} leaves out {size}, which no layer has")
    )
    return translate(
        message,
        language,
        layer=row["layer"],
        size=_joined(area_text(row["area_m2"], language), homes, language),
        others=separator.join(has[:_SHOWN]) + ("…" if len(has) > _SHOWN else ""),
    )


def change_label(row: Mapping[str, Any], language: str) -> str:
    """Return in a few words which layer a change is in, and from where to where."""
    nobody = translate(_("no grid"), language)
    return translate(
        _("{layer}: {source} → {target}"),
        language,
        layer=row["layer"],
        source=row["from"] or nobody,
        target=row["to"] or nobody,
    )


def crossing_label(row: Mapping[str, Any], language: str) -> str:
    """Return in a few words which grid is cut, and by which layer."""
    message = _("{layer} {grid}, cut by {by}")
    return translate(message, language, layer=row["layer"], grid=row["grid"], by=row["by"])


def hole_label(row: Mapping[str, Any], language: str) -> str:
    """Return in a few words which layer leaves a place out."""
    return translate(_("{layer} has no grid here"), language, layer=row["layer"])
