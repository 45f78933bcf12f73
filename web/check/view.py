"""What the pages of a check are told: the state in one language, with the words of the form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from geogrid.i18n import mark, translate
from geogrid.reading.survey_systems import MERIDIANS, SYSTEMS
from geogrid.store.plan import Plan
from geogrid.vocabulary import LABELS, label
from web.check.folder import CheckFolder, Said
from web.jobs import BUSY, jobs

__all__ = ["language", "said", "shown_state"]


_FIELDS: Mapping[str, tuple[str, str]] = {
    "code": (mark("Code"), mark("Without one, grids are numbered 1, 2, 3 …")),
    "name": (mark("Name"), mark("Without one, the code is shown.")),
    "parent": (mark("Belongs to (code or name of the level above)"), ""),
    "level": (mark("Level"), ""),
    "kind": (mark("Kind (community, village, dedicated)"), ""),
    "households": (mark("Number of households"), ""),
    "people": (mark("Number of people"), ""),
}


def language() -> str:
    """Return the language of this request as the library calls it."""
    return "en" if str(get_locale()).startswith("en") else "zh_CN"


def said(text: Said | None) -> str | None:
    """Return a kept sentence in the language of this request."""
    return text[language()] if text else None


def _form_words() -> dict[str, Any]:
    """Return the choices of the form with their words."""
    lang = language()
    return {
        "fields": [
            [name, translate(word, lang), translate(hint, lang) if hint else ""]
            for name, (word, hint) in _FIELDS.items()
        ],
        "systems": [[name, translate(words, lang)] for name, words in SYSTEMS.items()],
        "meridians": [
            [str(degrees), f"{degrees}°" + (f" {translate(towns, lang)}" if towns else "")]
            for degrees, towns in MERIDIANS.items()
        ],
        "levels": [[level, label("level", level, lang)] for level in LABELS["level"]],
    }


def shown_state(check: CheckFolder, plan: Plan) -> dict[str, Any]:
    """Return the state of `check` for its page; work that a restart cut off is said."""
    state = check.read()
    job = jobs().find(check.job)
    stage, error = state["stage"], said(state.get("error"))
    if stage in BUSY and (job is None or job.state in ("done", "failed")):
        state = check.read()  # it may have ended between the two looks
        stage, error = state["stage"], said(state.get("error"))
        if stage in BUSY:
            stage = "asking" if state.get("seen") else "failed"
            error = _("The server was restarted in between. Start again, please.")
    return {
        "token": check.token,
        "url": url_for("check.show", token=check.token),
        "title": state["title"],
        "origin": state["origin"],
        "stage": stage,
        "share": job.share if job is not None else None,
        "error": error,
        "belongs": _belongs() if state.get("is_list") and stage == "failed" else [],
        "seen": _seen(state["seen"]) if state.get("seen") and stage not in BUSY else None,
        "answers": state.get("answers") or {},
        "plan_region": plan.region is not None and not plan.is_sample,
        "plan_name": plan.name,
        **_form_words(),
    }


def _belongs() -> list[list[str]]:
    """Return the pages that take lists, with their words."""
    return [
        [url_for("workspace.page"), _("To the page Data: roster, buildings")],
        [url_for("cases.page"), _("To the page Cases")],
    ]


def _seen(seen: dict[str, Any]) -> dict[str, Any]:
    """Return what was seen, in one language."""
    place, region = seen.get("place"), seen.get("region")
    lang = language()
    return seen | {
        "layers": [{"name": name, "label": name} for name in seen["layers"]],
        "levels": [
            each | {"label": label("level", each["level"], lang)} for each in seen["levels"]
        ],
        "findings": [each | {"text": said(each["text"])} for each in seen["findings"]],
        "crs": seen["crs"]
        | {"text": said(seen["crs"]["text"]), "problem": said(seen["crs"].get("problem"))},
        "place": place and place | {"text": said(place["text"])},
        "region": region
        and region | {"text": said(region["text"]), "problem": said(region["problem"])},
    }
