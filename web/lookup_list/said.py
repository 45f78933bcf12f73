"""What the pages of a list of addresses say, in the language of the person."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from flask import url_for

from geogrid.addresses.lists.answers import GROUPS, TO_CHECK, count_groups
from geogrid.addresses.lists.words import certainty_text, reasons_text
from geogrid.addresses.place_found import PlaceFound
from geogrid.errors import FieldError
from geogrid.i18n import mark, translate
from geogrid.placing.datum_evidence import DATUM_NAMES
from geogrid.vocabulary import label
from web.current import CurrentPlan
from web.lookup_list.folder import AddressList
from web.lookup_list.working import answers_of, suggested, summary

__all__ = ["confirm_view", "result_view", "rows_answer", "state_view"]

GROUP_NAMES: Mapping[str, str] = {
    "doubtful": mark("To check"),
    "none": mark("Not found"),
    "exact": mark("Exact"),
    "similar": mark("Building or compound known"),
    "estimated": mark("Position estimated"),
    "": mark("All rows"),
}
"""Group of rows to its name, in the order to look at them."""

TEXTS_PER_PAGE = 20


def state_view(addresses: AddressList, language: str) -> dict[str, Any]:
    """Return how far the list is and where to go next."""
    stage, share, error = addresses.stage()
    return {
        "stage": stage,
        "share": share,
        "error": error.text(language) if error else "",
        "url": url_for("lookup_list.show", token=addresses.token),
        "state_url": url_for("lookup_list.state", token=addresses.token),
    }


def confirm_view(addresses: AddressList, language: str) -> dict[str, Any]:
    """Return what the page needs on which a person confirms the columns."""
    preview, choice = addresses.read("preview"), addresses.read("choice")
    state, token = state_view(addresses, language), addresses.token
    return {
        "name": addresses.upload.name,
        "preview": preview,
        "chosen": choice.get("columns", preview.get("chosen", [])),
        "datum": choice.get("datum", "gcj02"),
        "datums": {datum: translate(name, language) for datum, name in DATUM_NAMES.items()},
        "findings": [each[language] for each in preview.get("findings", [])],
        "becomes_xlsx": preview.get("source") in ("xls", "xlsb", "html"),
        "error": state["error"],
        "working": state["stage"] in ("reading", "searching"),
        "page": state
        | {
            "columns": preview.get("columns", []),
            "first_rows": preview.get("first_rows", []),
            "read_url": url_for("lookup_list.read", token=token),
            "search_url": url_for("lookup_list.search", token=token),
            "discard_url": url_for("lookup_list.discard", token=token),
        },
    }


def result_view(addresses: AddressList, current: CurrentPlan, language: str) -> dict[str, Any]:
    """Return what the page needs that shows the result."""
    result, token = addresses.need("result"), addresses.token
    counted, tree = summary(answers_of(addresses, current)[0], current), current.plan.hierarchy
    groups = counted["groups"] | {"": result["rows"]}
    levels = sorted({tree.levels[code] for code in counted["grids"] if code in tree.levels})
    return {
        "name": addresses.upload.name,
        "token": token,
        "result": result | {"placed": counted["placed"]},
        "is_stale": result["places"] != current.places,
        "groups": [
            {
                "value": group,
                "label": translate(name, language),
                "count": groups[group],
                "is_shown": groups[group] > 0 or group in ("", "doubtful", "none"),
            }
            for group, name in GROUP_NAMES.items()
        ],
        "by_grid": [
            {
                "label": label("level", str(level), language),
                "rows": [
                    {"code": code, "name": tree.names[code] or code, "count": count}
                    for code, count in counted["grids"].items()
                    if tree.levels.get(code) == level
                ],
            }
            for level in levels
        ],
        "list": {
            "group": next(each for each in ("doubtful", "none", "") if groups[each] or not each),
            "rows_url": url_for("lookup_list.rows", token=token),
            "pick_url": url_for("lookup_list.pick", token=token),
            "prepare_url": url_for("lookup_list.prepare_download", token=token),
            "download_url": url_for("lookup_list.download", token=token),
            "discard_url": url_for("lookup_list.discard", token=token),
            "again_url": url_for("lookup_list.show", token=token, change=1),
        },
    }


def rows_answer(
    addresses: AddressList, current: CurrentPlan, group: str, page: int, language: str
) -> dict[str, Any]:
    """Return one page of the different texts of a group, those to check with suggestions.

    With them comes how many rows each group has by now.

    Raises
    ------
    FieldError
        There is no such group.
    """
    if group not in GROUP_NAMES:
        raise FieldError(
            mark("group= must be one of {known}, not “{text}”."),
            known=", ".join(GROUPS),
            text=group[:40],
        )
    picks = addresses.picks()
    answers, was = answers_of(addresses, current)
    # what was picked stays in view, so that it can be taken back
    wanted = was.isin(GROUPS[group]) if group else was.notna()
    found = answers.assign(row=addresses.row_numbers())[wanted.to_numpy()]
    texts = found.groupby("asked", sort=False).agg(many=("row", "size"), first=("row", "first"))
    pages = max(1, -(-len(texts) // TEXTS_PER_PAGE))
    page = min(max(page, 1), pages)
    shown = texts.iloc[(page - 1) * TEXTS_PER_PAGE : page * TEXTS_PER_PAGE]
    by_text = found.drop_duplicates("asked").set_index("asked")
    is_open = by_text.loc[shown.index, "certainty"].isin(TO_CHECK) | shown.index.isin(picks)
    may_mean = suggested([text for text in shown.index[is_open] if text.strip()], current)
    rows = []
    for asked, many, first in shown.itertuples():
        answer = by_text.loc[asked]
        offered = may_mean.get(asked, [])
        rows.append(
            {
                "text": asked,
                "row": int(first),
                "many": int(many),
                "certainty": certainty_text(answer["certainty"], language),
                "label": answer["label"],
                "grid": current.plan.hierarchy.names.get(answer["grid"], "") or answer["grid"],
                "reason": reasons_text(answer["reasons"], answer["disagreement"], language),
                "is_picked": asked in picks,
                "offered": [_offer(place, current, language) for place in offered],
            }
        )
    return {
        "page": page,
        "pages": pages,
        "count": len(texts),
        "rows": rows,
        "groups": count_groups(answers) | {"": len(answers)},
    }


def _offer(place: PlaceFound, current: CurrentPlan, language: str) -> dict[str, Any]:
    grid = current.plan.hierarchy.names.get(place.located, "") or place.located
    if not place.is_one:
        grid = label("search_reason", "spread", language) if place.spans else ""
    return {
        "label": place.label,
        "kind": label("unit_kind", place.kind, language),
        "grid": grid,
        "is_usable": place.is_one and (bool(place.located) or not math.isnan(place.lon)),
    }
