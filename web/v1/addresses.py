"""``/api/v1/addresses/search``: which place a text means, how surely, and in which grid it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from flask import Blueprint, Response, jsonify, request
from flask_babel import get_locale

from geogrid.addresses.place_found import PlaceFound
from geogrid.crs import DATUMS, from_wgs84
from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.unit_grids import settle_places
from geogrid.vocabulary import label
from web.auth import requires
from web.cards import source_text
from web.current import CurrentPlan, current_plan
from web.described import answer, describe, query, ref
from web.parameters import known_datum, position_near
from web.v1.caller import text_of

__all__ = ["blueprint"]

blueprint = Blueprint("addresses", __name__, url_prefix="/api/v1/addresses")
LONGEST_QUERY = 200
_USUAL, _MOST = 10, 50
_DECIMALS = 7
_COLUMNS = ("kind", "grid", "lon", "lat")


@blueprint.get("/search")
@requires("worker", scope="free")
@describe(
    _("Return the places that a text may mean, the most certain first, each with its grid."),
    more=_(
        "Typing errors, characters that sound alike, pinyin and first letters are forgiven and "
        "said as reasons; only “exact” and “similar” are the address itself. The grid is by the "
        "office’s list where it says one, else by the polygon; where the two disagree, "
        "“disagreement” says so."
    ),
    parameters=(
        query(
            "q", {"type": "string", "minLength": 1, "maxLength": LONGEST_QUERY},
            _("The text."), required=True,
        ),
        query(
            "near", {"type": "string", "examples": ["114.03,22.53"]},
            _("Longitude and latitude; of what fits as well the nearer comes first."),
        ),
        query(
            "datum", {"enum": list(DATUMS), "default": "wgs84"},
            _("What the coordinates of the question and of the answer are in."),
        ),
        query(
            "limit", {"type": "integer", "minimum": 1, "maximum": _MOST, "default": _USUAL},
            _("How many places at most."),
        ),
        query("typing", {"enum": ["1"]}, _("The text is not finished: what begins so fits too.")),
    ),
    answers={200: answer(ref("PlacesFound"))},
    problems=(422,),
)  # fmt: skip
def search() -> Response:
    """Return what ``?q=`` may mean."""
    from geogrid.addresses import finder as finding  # noqa: PLC0415 - loads the compiler

    text = text_of(request.args.get("q", ""), "q", LONGEST_QUERY, needed=True)
    datum = known_datum(request.args.get("datum", "wgs84"))
    current, language = current_plan(), str(get_locale())
    find = finding.suggest_places if request.args.get("typing") else finding.find_places
    found = find(current.finder, text, near=position_near(request.args, datum), limit=_limit())
    response = jsonify(query=text, datum=datum, matches=_shown(current, found, datum, language))
    response.vary.update(("Accept-Language", "Cookie"))
    return response


def _limit() -> int:
    text = request.args.get("limit", str(_USUAL))
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= _MOST):
        raise FieldError(_("limit= must be a whole number from 1 to {most}."), most=_MOST)
    return int(text)


def _shown(
    current: CurrentPlan, found: Sequence[PlaceFound], datum: str, language: str
) -> list[dict[str, Any]]:
    """Return places as JSON, with their grids and with coordinates in a datum."""
    table = pd.DataFrame({name: [getattr(each, name) for each in found] for name in _COLUMNS})
    lon, lat = (np.array(table[name], dtype=np.float64) for name in ("lon", "lat"))
    drawn = current.grids_at(lon, lat).tolist()
    settled = settle_places(table, drawn, current.plan.hierarchy)
    has_place = np.isfinite(lon) & np.isfinite(lat)
    lon[has_place], lat[has_place] = from_wgs84(lon[has_place], lat[has_place], datum)
    rows = zip(found, settled.itertuples(index=False), lon.tolist(), lat.tolist(), strict=True)
    return [
        {
            **_said(each, language),
            "grid": row.grid,
            "grid_name": current.plan.hierarchy.names.get(row.grid, ""),
            "grid_by": row.by,
            "disagreement": row.disagreement,
            "lon": round(x, _DECIMALS) if has_place[at] else None,
            "lat": round(y, _DECIMALS) if has_place[at] else None,
        }
        for at, (each, row, x, y) in enumerate(rows)
    ]


def _said(found: PlaceFound, language: str) -> dict[str, Any]:
    return {
        "label": found.label,
        "kind": found.kind,
        "kind_label": label("unit_kind", found.kind, language),
        "unit_id": found.unit_id,
        "certainty": found.certainty,
        "certainty_label": label("certainty", found.certainty, language),
        "reasons": [
            {"code": code, "label": label("search_reason", code, language)}
            for code in found.reasons
        ],
        "score": round(found.score, 3),
        "source": source_text(found.source, language),
        "dated": found.dated,
        "distance_m": None if found.distance_m is None else round(found.distance_m, 1),
    }
