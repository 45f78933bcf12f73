"""The result as lines of text: what came out, where layers agree, cross or not, what moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import Any

import pandas as pd

from geogrid.coverage.defects import Codes
from geogrid.coverage.verdict import length_text
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.unify.sentences import change_sentence, crossing_sentence, hole_sentence
from geogrid.unify.unified import UnifiedLayers

__all__ = ["agreement_lines", "headline", "origin_lines", "unify_lines"]

_ROWS = 20
_INDENT = "  "


def unify_lines(unified: UnifiedLayers, language: str) -> Iterator[str]:
    """Yield the report line by line, the outcome first.

    Parameters
    ----------
    unified : of :func:`geogrid.unify.unify_layers`
    language : ``"zh_CN"`` or ``"en"``
    """
    yield headline(unified, language)
    yield from origin_lines(unified, language)
    for name, report in unified.layer_reports.items():
        if not report.is_seamless:
            said = report.verdict(language)
            yield translate(_("{layer} by itself: {verdict}"), language, layer=name, verdict=said)
    yield ""
    yield translate(_("Where the layers agree:"), language)
    yield from (_INDENT + line for line in agreement_lines(unified, language))
    parts: list[tuple[str, pd.DataFrame, Callable[[Mapping[str, Any], str], str]]] = [
        (_("Grids cut by borders of another layer: {count}"), unified.crossings, crossing_sentence),
        (_("Places that a layer leaves out: {count}"), unified.holes, hole_sentence),
        (_("What moves: {count}"), unified.changes, change_sentence),
    ]
    for title, rows, sentence in parts:
        yield ""
        yield translate(title, language, count=len(rows))
        listed = rows.drop(columns="geometry").head(_ROWS).to_dict("records")
        yield from (_INDENT + sentence(row, language) for row in listed)
        if len(rows) > _ROWS:
            more = len(rows) - _ROWS
            yield _INDENT + translate(
                _("… and {count} more; --changes and --json write them all"), language, count=more
            )


def headline(unified: UnifiedLayers, language: str) -> str:
    """Return what came out, in one sentence."""
    separator = "、" if language.startswith("zh") else ", "
    message = (
        _("{layers} become one layer of {count} grids: every place in exactly one, proven")
        if unified.report.is_proven
        else _("{layers} become one layer of {count} grids, which could not be proven seamless")
    )
    names = separator.join(unified.names)
    return translate(message, language, layers=names, count=len(unified.grids))


def origin_lines(unified: UnifiedLayers, language: str) -> Iterator[str]:
    """Yield where the grids come from, and which codes of a layer several of its rows have."""
    counts = unified.grids["origin"].value_counts()
    for origin, message in (
        ("whole", _("Grids of {lead} that stay as one: {count}")),
        ("part", _("Parts of grids of {lead} that another border divides: {count}")),
        ("added", _("Grids from other layers, where {lead} has none: {count}")),
        ("gap", _("Grids where no layer has any, though the region does: {count}")),
    ):
        if counts.get(origin, 0):
            yield translate(message, language, lead=unified.names[0], count=int(counts[origin]))
    for name, report in unified.layer_reports.items():
        shared = report.defects.loc[report.defects["kind"] == "code", "detail"]
        if len(shared):
            codes = Codes(sorted(str(one.params["code"]) for one in shared))
            message = _("{layer}: rows with the same code are taken as one grid: {codes}")
            yield translate(message, language, layer=name, codes=codes.text(language))


def agreement_lines(unified: UnifiedLayers, language: str) -> Iterator[str]:
    """Yield for each two layers how much of their borders is one and how many grids are."""
    for one, other in combinations(unified.names, 2):
        rows = unified.agreement
        rows = rows[(rows["one_layer"] == one) & (rows["other_layer"] == other)]
        same = unified.matches
        same = same[(same["one_layer"] == one) & (same["other_layer"] == other)]
        yield translate(
            _(
                "{one} and {other}: {length} of common border, {identical} of it identical as"
                " drawn; {count} grids are the same in both"
            ),
            language,
            one=one,
            other=other,
            length=length_text(float(rows["length_m"].sum()), language),
            identical=length_text(float(rows["identical_m"].sum()), language),
            count=len(same),
        )
