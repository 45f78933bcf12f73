"""The words of the page that shows a result: what can be taken away, and using the grids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd
from flask import url_for
from flask_babel import gettext as _

from geogrid.hierarchy import leaves
from geogrid.store.plan import Plan
from web.check.comparing import earlier_checks
from web.check.folder import CheckFolder
from web.check.use import code_problem, kept_tables
from web.check.view import language, said
from web.current import current_workspace

__all__ = ["download_rows", "errors_warning", "page_data", "use_words"]

MANY_GRIDS = 6


def page_data(check: CheckFolder, about: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
    """Return what the page of the result is made of, apart from the map."""
    token, state = check.token, check.read()
    findings = [*state.get("noted", []), *(state.get("seen") or {}).get("findings", [])]
    return {
        "token": token,
        "title": state["title"],
        "origin": state["origin"],
        "data": url_for("check.result.data", token=token),
        "shapes": url_for("check.result.shapes", token=token),
        "advice": url_for("check.advice.advice", token=token),
        "region": url_for("check.result.region", token=token) if _has_region(check) else None,
        "add_region": _add_region(check, state["origin"]),
        "downloads": _downloads(token),
        "compare": None if _is_unified(check) else _compare(check),
        "unify": url_for("unify.show", token=token) if _is_unified(check) else None,
        "repair": url_for("repair.page", token=token) if about.get("defects") else None,
        "findings": [{"text": said(each["text"])} for each in findings],
        "use": None
        if state["origin"] in ("current", "draft")
        else use_words(check, state, about, plan),
    }


def _has_region(check: CheckFolder) -> bool:
    return (check.result / "region.geojson").exists()


def _is_unified(check: CheckFolder) -> bool:
    return (check.folder / "unify.json").exists()


def _compare(check: CheckFolder) -> dict[str, Any]:
    """Return what the check can be compared with."""
    return {
        "url": url_for("check.compare", token=check.token),
        "state": url_for("check.state", token=check.token),
        "fixed": url_for("check.result.fixed", token=check.token),
        "choices": earlier_checks(check),
    }


def _add_region(check: CheckFolder, origin: str) -> str | None:
    """Return where the outline of an uploaded file can still be added."""
    answers = _answers(check, origin)
    return None if answers is None or _has_region(check) else f"{answers}#region-title"


def _answers(check: CheckFolder, origin: str) -> str | None:
    """Return where the answers about an uploaded file are changed."""
    return url_for("check.show", token=check.token, change=1) if origin == "upload" else None


def _downloads(token: str) -> list[dict[str, Any]]:
    files = [
        ("report.docx", "file-text", _("Report (Word)"), _("to sign and send upward")),
        (
            "report.xlsx",
            "table",
            _("Table of the problems (Excel)"),
            _("verdict, list, neighbours"),
        ),
        ("map.html", "map", _("Map of the problems"), _("one file, opens by double click")),
        ("defects.geojson", "layers", "GeoJSON", _("for QGIS and other map programs")),
        ("report.gpkg", "layers", "GeoPackage", _("for ArcGIS, QGIS and SuperMap")),
        ("report.json", "layers", "JSON", _("for programs, and to compare later checks")),
    ]
    print_page = {
        "url": url_for("check.result.report", token=token),
        "icon": "file-text",
        "words": _("Report to print"),
        "hint": _("opens in a new tab"),
        "opens": True,
    }
    return [print_page, *download_rows("check.result.download", token, files)]


def download_rows(
    endpoint: str, token: str, files: Iterable[tuple[str, str, str, str]]
) -> list[dict[str, Any]]:
    """Return the rows of a menu of files, each with name, icon, words and hint."""
    return [
        {
            "url": url_for(endpoint, token=token, name=name),
            "icon": icon,
            "words": words,
            "hint": hint,
            "opens": False,
        }
        for name, icon, words, hint in files
    ]


def use_words(
    check: CheckFolder, state: Mapping[str, Any], about: Mapping[str, Any], plan: Plan
) -> dict[str, Any]:
    """Return what is asked before the grids become the plan."""
    origin = state["origin"]
    is_sample = origin == "example" or (origin == "current" and plan.is_sample)
    grids = gpd.read_parquet(check.result / "grids.parquet")
    problem = code_problem(grids, is_upload=origin == "upload")
    is_draft = current_workspace().is_in_force  # then staff, buildings and cases stay anyway
    possible = () if is_draft else kept_tables(plan, grids, is_sample=is_sample)
    words = {
        "posts": _("Keep the staff of the current plan (%(n)s posts)", n=len(plan.posts)),
        "units": _("Keep its buildings and addresses (%(n)s)", n=len(plan.units)),
        "cases": _("Keep its cases (%(n)s)", n=len(plan.cases)),
    }
    hints = {
        "posts": _("The codes of the grids match."),
        "units": _("The codes of the grids match."),
        "cases": _("Most of them lie in the new grids."),
    }
    return {
        "url": url_for("check.result.use", token=check.token),
        "name": state["title"].rsplit(".", 1)[0],
        "keep": [
            {"table": table, "words": words[table], "hint": hints[table]} for table in possible
        ],
        "problem": None if problem is None else problem.text(language()),
        "answers": _answers(check, origin),
        "warning": errors_warning(about["errors"]),
        "is_draft": is_draft,
        "fewer": "" if is_draft else _fewer(plan, grids),
        "next": _next(plan, is_draft=is_draft),
    }


def _next(plan: Plan, *, is_draft: bool) -> str:
    """Return what becomes of the plan in use, and what comes next."""
    if is_draft:
        return _(
            "“%(name)s” stays in force until this one is published. The draft is listed under"
            " Plans, to be compared, handed in and published.",
            name=plan.name,
        )
    return _(
        "The plan in use now, “%(name)s”, stays listed under Data. Next you can upload your"
        " roster and your buildings there.",
        name=plan.name,
    )


def errors_warning(count: int) -> str:
    """Return what to say of grids with problems that are to become the plan, else nothing."""
    if not count:
        return ""
    return _(
        "%(n)s problems must still be fixed. You may use the grids already; correct the file"
        " and check it again when you can.",
        n=count,
    )


def _fewer(plan: Plan, grids: gpd.GeoDataFrame) -> str:
    """Return what to ask when few grids would replace many of the office's own, else nothing."""
    many, few = len(leaves(plan.grids)), len(leaves(grids))
    if plan.is_sample or many < MANY_GRIDS or few * 2 > many:
        return ""
    return _(
        "The plan in use has %(many)s grids, this file only %(few)s. Do you really want to"
        " replace it? If this is the level above, use it as the outline instead.",
        many=many,
        few=few,
    )
