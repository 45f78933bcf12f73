"""``/addresses/doubtful``: addresses that nobody can place, by area, to be put right once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd
from flask import Blueprint, Response, abort, jsonify, render_template, request, url_for

from geogrid.addresses.lists.areas import street_of
from geogrid.addresses.lists.doubts import AREA_BY, KINDS, Doubts, count_doubts
from geogrid.addresses.lists.words import certainty_text, reasons_text
from geogrid.addresses.place_found import PlaceFound
from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.tabular.workbook import Sheet
from geogrid.vocabulary import LABELS, label
from web.auth import caller, has_role, requires
from web.current import CurrentPlan
from web.doubt_making import Found, begin, found_of, state_of
from web.doubt_sources import Asked, ask, last_lists
from web.language import catalogue_language
from web.learned_names import LONGEST_NAME, is_name, without_numbers
from web.lookup_list.remembering import meaning_of
from web.parameters import page_number
from web.scope import in_scope, within
from web.table_files import table_answer

__all__ = ["blueprint"]

blueprint = Blueprint("doubts", __name__, url_prefix="/addresses")
ROWS_SHOWN = 50
UNKNOWN = "unknown"
"""Value of ``?grid=`` for addresses whose area nothing says."""
_OFFERED = 3
_LONGEST_SHOWN = 2 * LONGEST_NAME
_TITLE = _("Addresses to put right")
_UNKNOWN_AREA = _("Area unknown")
_KINDS = {"none": _("Not found"), "doubtful": _("Doubtful")}


class _Seen(NamedTuple):
    """What the caller may see of what was asked.

    Attributes
    ----------
    asked : the source
    doubts : what is in doubt of it
    rows : of all areas within the caller's limits
    counts : of these, by area
    listed : those of the area and the kind that were asked for
    known : how many rows have an address that is certain by now
    """

    asked: Asked
    doubts: Doubts
    rows: pd.DataFrame
    counts: pd.DataFrame
    listed: pd.DataFrame
    known: int


@blueprint.get("/doubtful")
@requires("supervisor", scope="limited")
def page() -> str:
    """Show the addresses in doubt of the cases in use or of ``?list=``, once they are known."""
    asked, language = _asked(), catalogue_language()
    shown = {
        "asked": {name: request.args.get(name, "") for name in ("list", "grid", "kind")},
        "name": asked.source.name,
        "lists": last_lists(),
        "plan": asked.current.plan,
        "placed": "placed" in request.args,
        "state": url_for("doubts.state", list=request.args.get("list")),
    }
    found = begin(asked)
    if found is not None:
        shown |= _listed(_seen(asked, found), language)
    return render_template("doubts.html", is_made=found is not None, **shown)


def _listed(seen: _Seen, language: str) -> dict[str, Any]:
    """Return what the page says of the addresses, those of one page one by one."""
    number, pages = page_number(request.args, len(seen.listed), ROWS_SHOWN)
    some = seen.listed.iloc[ROWS_SHOWN * (number - 1) : ROWS_SHOWN * number]
    tree = seen.asked.current.plan.hierarchy
    by_kind = seen.rows.groupby("kind")["count"].agg(["size", "sum"])
    return {
        "has_texts": bool(seen.asked.source.texts),
        "is_limited": caller().scope is not None,
        "known": seen.known,
        "may_place": not seen.asked.source.name and has_role("planner") and caller().scope is None,
        "kinds": [
            {
                "code": kind,
                "word": translate(word, language),
                "count": int(by_kind["size"].get(kind, 0)),
                "times": int(by_kind["sum"].get(kind, 0)),
            }
            for kind, word in _KINDS.items()
        ],
        "areas": [
            {"code": code, "name": _area_name(str(code), tree, language), **_shares(row)}
            for code, row in seen.counts.iterrows()
        ],
        "area": _area_name(_grid(), tree, language) if request.args.get("grid") else "",
        "rows": [_row(row, seen, language) for row in some.to_dict("records")],
        "page": number,
        "pages": pages,
        "here": request.full_path.rstrip("?") + "#list",
    }


@blueprint.get("/doubtful/state")
@requires("supervisor", scope="limited")
def state() -> Response:
    """Say how far looking up is."""
    answer = jsonify(state_of(_asked(), catalogue_language()))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/doubtful.<file>")
@requires("supervisor", scope="limited")
def download(file: str) -> Response:
    """Send what the page lists: the areas, and the addresses one by one."""
    asked, language = _asked(), catalogue_language()
    seen = _seen(asked, found_of(asked))
    tree = seen.asked.current.plan.hierarchy
    areas = [
        [_area_name(str(code), tree, language), code, *map(int, row), _shares(row)["share"]]
        for code, row in seen.counts.iterrows()
    ]
    heads = (
        _("Community"), _("Code"), _("Not found"), _("Doubtful"), _("Rows with an address"),
        _("Share in doubt"),
    )  # fmt: skip
    columns = (
        _("Address"), _("How often"), _("Kind"), _("How certain the address is"), _("Why"),
        _("What a doubtful address may mean"), _("Known to be in"), _("Grid code"),
        _("What says the area"),
    )  # fmt: skip
    rows = [_cells(row, seen, language) for row in seen.listed.to_dict("records")]
    return table_answer(
        translate(_TITLE, language),
        [
            Sheet(
                translate(_("By community"), language),
                [[translate(head, language) for head in heads], *areas],
                (30, 16, 12, 12, 16, 12),
                formats=("", "", "#,##0", "#,##0", "#,##0", "0.0%"),
            ),
            Sheet(
                translate(_("Addresses"), language),
                [[translate(head, language) for head in columns], *rows],
                (44, 10, 12, 30, 30, 50, 30, 20, 24),
            ),
        ],
        file,
    )


def _asked() -> Asked:
    if request.args.get("kind", "") not in ("", *KINDS):
        abort(404)
    return ask(request.args.get("list", ""))


def _seen(asked: Asked, found: Found) -> _Seen:
    kind = request.args.get("kind", "")
    tree, everything = asked.current.plan.hierarchy, found.doubts.rows
    rows = everything.assign(is_waiting=everything["spelling"].isin(asked.waiting))
    placed, known = asked.source.placed, found.known
    if caller().scope is not None:
        rows = rows[within(rows["area"], tree)]
        placed, known = (
            numbers[[in_scope(code, tree) for code in numbers.index]] for numbers in (placed, known)
        )
    is_settled = rows["spelling"].isin(found.settled)
    rows, settled = rows[~is_settled], int(rows.loc[is_settled, "count"].sum())
    counts = count_doubts(rows, pd.concat([placed, known]), tree)
    listed = rows[rows["kind"] == kind] if kind else rows
    if request.args.get("grid"):
        inside = {code: _is_in(code, _grid(), tree) for code in listed["area"].unique()}
        listed = listed[listed["area"].map(inside).astype("bool")]
    return _Seen(asked, found.doubts, rows, counts, listed, int(known.sum()) + settled)


def _grid() -> str:
    grid = request.args.get("grid", "")
    return "" if grid == UNKNOWN else grid


def _is_in(code: str, grid: str, tree: Hierarchy) -> bool:
    return grid in tree.chain(code) if grid else not code


def _shares(row: pd.Series) -> dict[str, Any]:
    """Return the figures of an area; of an unknown one there is no share."""
    none, doubtful, addresses = (int(row[name]) for name in ("none", "doubtful", "addresses"))
    share = (none + doubtful) / addresses if row.name else None
    return {"none": none, "doubtful": doubtful, "addresses": addresses, "share": share}


def _area_name(code: str, tree: Hierarchy, language: str) -> str:
    """Return the name of an area with the one above it, as far as that is a part of the plan."""
    names = tree.names_up(code)[: 2 if tree.levels.get(code, 0) > 2 else 1]
    return " · ".join(names[::-1]) or translate(_UNKNOWN_AREA, language)


def _row(row: Mapping[Any, Any], seen: _Seen, language: str) -> dict[str, Any]:
    """Return what the page says of an address, and what can be done."""
    current, text = seen.asked.current, str(row["text"])
    tree, shown = current.plan.hierarchy, without_numbers(text)
    places = seen.doubts.suggestions.get(text, ())[:_OFFERED]
    # learned, a whole street or compound would be one door from then on
    is_whole = "spread" in row["reasons"] or street_of(text) == row["spelling"]
    return {
        "text": shown if len(shown) <= _LONGEST_SHOWN else shown[: _LONGEST_SHOWN - 1] + "…",
        "count": int(row["count"]),
        "is_missing": row["kind"] == "none",
        "certainty": certainty_text(row["certainty"], language),
        "reasons": reasons_text(row["reasons"], "", language),
        "area": _area_name(row["area"], tree, language),
        "by": translate(AREA_BY[row["by"]], language),
        "is_waiting": row["is_waiting"],
        "places": [_offer(place, current, language) for place in places],
        "is_whole": is_whole,
        "asks": text if is_name(text) and not is_whole else "",
        "grid": row["area"] if row["area"] in current.finest else "",
        "lookup": url_for("lookup.page", q=shown[:LONGEST_NAME]),
    }


def _offer(place: PlaceFound, current: CurrentPlan, language: str) -> dict[str, Any]:
    """Return a place an address may mean, with what the form of corrections asks for."""
    kind = place.kind
    names = current.plan.hierarchy.names
    is_one = place.is_one and (kind != "grid" or place.grid in current.finest)
    is_usable = is_one and bool(place.located) and in_scope(place.located, current.plan.hierarchy)
    return {
        "label": place.label,
        "kind": label("unit_kind", kind, language) if kind in LABELS["unit_kind"] else "",
        "note": label("search_reason", "spread", language) if place.spans else "",
        "grid": (names.get(place.located) or place.located) if is_one else "",
        "means": meaning_of(place, current) if is_usable else None,
    }


def _cells(row: Mapping[Any, Any], seen: _Seen, language: str) -> list[Any]:
    places = seen.doubts.suggestions.get(row["text"], ())[:_OFFERED]
    return [
        without_numbers(row["text"]), row["count"], translate(_KINDS[row["kind"]], language),
        certainty_text(row["certainty"], language), reasons_text(row["reasons"], "", language),
        " | ".join(place.label for place in places),
        _area_name(row["area"], seen.asked.current.plan.hierarchy, language), row["area"],
        translate(AREA_BY[row["by"]], language),
    ]  # fmt: skip
