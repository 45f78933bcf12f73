"""What the pages of an uploaded list say, in the language of the person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from geogrid.i18n import translate
from geogrid.placing.datum_evidence import DATUM_NAMES
from web.cases.list import CaseList
from web.cases.preview import ASKED
from web.cases.result import status_choices
from web.current import current_plan
from web.home import plan_summary

__all__ = ["confirm_view", "result_view", "state_view"]


def state_view(cases: CaseList, language: str) -> dict[str, Any]:
    """Return how far the list is and where to go next."""
    stage, share, error = cases.stage()
    return {
        "stage": stage,
        "share": share,
        "error": error.text(language) if error else "",
        "url": url_for("cases.show", token=cases.token),
        "state_url": url_for("cases.state", token=cases.token),
    }


def _spoken(found: Mapping[str, Any] | None, language: str) -> dict[str, Any]:
    """Return what was written with its sentences in one language."""
    if found is None:
        return {}
    lists = {name: found[name] for name in ("findings", "notes") if name in found}
    return dict(found) | {
        name: [each | {"text": each["text"][language]} for each in many]
        for name, many in lists.items()
    }


def confirm_view(cases: CaseList, language: str) -> dict[str, Any]:
    """Return what the page needs on which a person confirms the columns."""
    preview = _spoken(cases.read("preview"), language)
    choice = cases.read("choice") or {}
    state = state_view(cases, language)
    if preview:
        preview["format"] = _format(preview["source"])
    return {
        "name": cases.upload.name,
        "preview": preview,
        "error": state["error"],
        "working": state["stage"] in ("reading", "locating"),
        "fields": choice.get("fields", preview.get("fields", {})),
        "datum": choice.get("datum", ""),
        "asked": {field: translate(name, language) for field, name in ASKED.items()},
        "datums": _datums(language),
        "page": state
        | {
            "columns": preview.get("columns", []),
            "read_url": url_for("cases.read", token=cases.token),
            "locate_url": url_for("cases.locate", token=cases.token),
            "discard_url": url_for("cases.discard", token=cases.token),
        },
    }


def _format(source: str) -> str:
    names = {"xlsx": "Excel (.xlsx)", "xls": "Excel (.xls)", "xlsb": "Excel (.xlsb)"}
    text = {"gb18030": _("CSV in GBK"), "utf-8": _("CSV in UTF-8")}
    return names.get(source) or text.get(source) or source.upper()


def _datums(language: str) -> list[dict[str, str]]:
    hints = {
        "wgs84": _("GPS devices, phones without a Chinese map, foreign maps"),
        "cgcs2000": _("the survey and planning bureaus; within a metre of WGS 84"),
        "gcj02": _("picked or geocoded with AMap (Gaode), Tencent or an app built on them"),
        "bd09": _("picked or geocoded with Baidu Maps"),
    }
    return [
        {"value": datum, "name": translate(name, language), "hint": hints[datum]}
        for datum, name in DATUM_NAMES.items()
    ]


def result_view(cases: CaseList, result: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return what the page needs that shows the result."""
    current = current_plan()
    said = _spoken(result, language)
    said["statuses"] = status_choices(result["counts"], language)
    said["is_stale"] = result["places"] != current.places
    token = cases.token
    return {
        "name": cases.upload.name,
        "plan": plan_summary(current),
        "result": said,
        "list": {
            "token": token,
            "status": "missing" if result["missing"] else "",
            "bounds": result["bounds"],
            "rows_url": url_for("cases.rows", token=token),
            "bins_url": url_for("cases.bins", token=token),
            "download_url": url_for("cases.download", token=token),
            "prepare_url": url_for("cases.prepare_download", token=token),
            "use_url": url_for("cases.use", token=token),
            "discard_url": url_for("cases.discard", token=token),
        },
    }
