"""``POST /api/v1/lookup``: many texts at once, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from flask import Response, jsonify

from geogrid.addresses.lists.answers import count_groups, look_up
from geogrid.addresses.lists.words import certainty_text, reasons_text
from geogrid.crs import DATUMS, from_wgs84
from geogrid.errors import FieldError, LimitError
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.posts import who_answers
from geogrid.vocabulary import LABELS
from web.auth import requires
from web.cards import source_text
from web.current import SHOWN_DECIMALS, CurrentPlan, current_plan
from web.described import answer, describe
from web.language import catalogue_language
from web.lookup_list.views import blueprint
from web.security import for_programs
from web.v1.bodies import json_body

__all__ = ["MOST_TEXTS", "many"]

MOST_TEXTS = 5_000
"""Texts of one request."""
LONGEST_TEXT = 1_000
_POSTS = ("full_time", "leader")
_TEXT = {"type": "string"}
_NUMBER = {"type": ["number", "null"]}
_RESULT = {
    "type": "object",
    "required": ["text", "certainty", "label", "grid"],
    "properties": {
        **dict.fromkeys(
            ("text", "certainty_label", "label", "kind", "unit_id", "grid", "by", "reason"), _TEXT
        ),
        **dict.fromkeys(("source", "dated", "disagreement"), _TEXT),
        "certainty": {"enum": [*LABELS["certainty"], "empty"]},
        "reasons": {"type": "array", "items": _TEXT},
        **dict.fromkeys(("lon", "lat", "score"), _NUMBER),
    },
}
_ANSWER = {
    "type": "object",
    "required": ["plan", "datum", "count", "counts", "results", "grids", "errors"],
    "properties": {
        "plan": _TEXT,
        "datum": {"enum": list(DATUMS)},
        "count": {"type": "integer"},
        "counts": {"type": "object"},
        "results": {"type": "array", "items": _RESULT},
        "grids": {"type": "object"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
_BODY = {
    "type": "object",
    "required": ["texts"],
    "properties": {
        "texts": {"type": "array", "items": {"type": "string"}, "maxItems": MOST_TEXTS},
        "datum": {"enum": list(DATUMS)},
    },
}


@blueprint.post("/api/v1/lookup")
@for_programs
@requires("worker", scope="free")
@describe(
    _("Look up many addresses: the place, the grid and how certain it is, of each in order."),
    more=_("A text that cannot be read is named in errors, and loses no other."),
    body={"application/json": _BODY},
    answers={200: answer(_ANSWER, _("One result per text, in order."))},
    problems=(413, 415, 422),
)
def many() -> Response:
    """Answer ``texts`` in order; a wrong one is named and loses no other."""
    body = json_body()
    texts, datum = body.get("texts"), body.get("datum", "wgs84")
    if not isinstance(texts, list):
        raise FieldError(_("The body needs a list “texts” of addresses."))
    if len(texts) > MOST_TEXTS:
        raise LimitError(
            _("One request looks up at most {limit} texts; send them in parts."), limit=MOST_TEXTS
        )
    if datum not in DATUMS:
        raise FieldError(_("“datum” must be one of {known}."), known=", ".join(DATUMS))
    current, language = current_plan(), catalogue_language()
    read = [_plain(text) for text in texts]
    answers = look_up(
        [text or "" for text in read], current.finder, current.layer, current.plan.hierarchy
    )
    return jsonify(
        plan=current.plan.digest,
        datum=datum,
        count=len(texts),
        counts=count_groups(answers),
        results=_results(answers, datum, language),
        grids={code: _grid(current, code) for code in answers["grid"].unique() if code},
        errors=_errors(read, language),
    )


def _plain(text: object) -> str | None:
    """Return a text without halves of characters, None for what is none or too long."""
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        return None
    return text.encode("utf-8", "replace").decode()


def _errors(read: Sequence[str | None], language: str) -> list[dict[str, Any]]:
    message = _("Row {row} is not a text of at most {limit} characters.")
    return [
        {"row": row, "detail": translate(message, language, row=row, limit=LONGEST_TEXT)}
        for row, text in enumerate(read, 1)
        if text is None
    ]


def _results(answers: pd.DataFrame, datum: str, language: str) -> list[dict[str, Any]]:
    lon, lat = (answers[axis].to_numpy(dtype=np.float64).copy() for axis in ("lon", "lat"))
    is_known = np.isfinite(lon) & np.isfinite(lat)
    lon[is_known], lat[is_known] = from_wgs84(lon[is_known], lat[is_known], datum)
    shown = answers.rename(columns={"asked": "text"}).assign(lon=lon, lat=lat)
    rows: list[dict[str, Any]] = shown.to_dict("records")
    for row in rows:
        row["certainty_label"] = certainty_text(row["certainty"], language)
        row["reason"] = reasons_text(row["reasons"], row["disagreement"], language)
        row["reasons"] = row["reasons"].split()
        row["source"] = source_text(row["source"], language)
        for name, digits in (("lon", SHOWN_DECIMALS), ("lat", SHOWN_DECIMALS), ("score", 3)):
            row[name] = round(row[name], digits) if np.isfinite(row[name]) else None
    return rows


def _grid(current: CurrentPlan, code: str) -> dict[str, Any]:
    """Return the grid with those above it, and who answers."""
    tree = current.plan.hierarchy
    chain = tree.chain(code)
    answers = who_answers(current.posts_by_grid, chain)
    people = {post: next((a.name for a in answers if a.post == post), "") for post in _POSTS}
    steps = [{"code": s, "name": tree.names[s], "level": tree.levels[s]} for s in chain]
    return {"name": tree.names[code], "chain": steps, **people}
