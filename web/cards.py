"""What the map pages show of a grid, a place and an address."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geogrid.addresses import AddressMatch
from geogrid.addresses.place_found import PlaceFound
from geogrid.households import HOMES_FROM
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.locate import locate, nearest_boundary
from geogrid.posts import Answer, responsible, who_answers
from geogrid.store.address_corrections import SOURCE
from geogrid.vocabulary import label
from web.current import SHOWN_DECIMALS, CurrentPlan
from web.scope import in_scope, sees_phones_of

__all__ = [
    "CLOSE_M",
    "NOTES",
    "answer_cards",
    "chain_card",
    "grid_card",
    "match_card",
    "open_cases",
    "place_card",
    "source_text",
]

CLOSE_M = 15.0
"""Nearer to a boundary than this, the neighbour is worth asking too."""

NOTES = {
    "deputy": _("The post is vacant; this is the deputy."),
    "grid": _("The post is vacant; somebody else of this grid answers."),
    "parent": _("The post is vacant; somebody of the level above answers."),
    "nobody": _("The post is vacant and nobody above is registered."),
}

WITHHELD = _("The phone number is outside your area.")


def grid_card(current: CurrentPlan, code: str, language: str) -> dict[str, Any]:
    """Return everything a page says of one grid."""
    row = current.by_code.loc[code]
    chain = current.plan.hierarchy.chain(code)
    inside = _inside(current, code)
    west, south, east, north = row.geometry.bounds
    return {
        "code": code,
        "name": row["name"],
        "level": int(row["level"]),
        "level_label": label("level", str(row["level"]), language),
        "kind": row["kind"],
        "kind_label": label("kind", row["kind"], language),
        **_homes(current, code, language),
        "area_m2": current.areas_m2[code],
        "bounds": [round(edge, SHOWN_DECIMALS) for edge in (west, south, east, north)],
        "chain": chain_card(current, code, language),
        "answers": answer_cards(current, chain, language),
        "neighbours": [
            {"code": each, "name": current.plan.hierarchy.names[each]}
            for each in current.neighbours_of(code)
        ],
        **inside,
    }


def _homes(current: CurrentPlan, code: str, language: str) -> dict[str, Any]:
    """Return households and people of a grid, each with where the number comes from."""
    row = current.homes.loc[code]
    found: dict[str, Any] = {}
    for name in ("households", "people"):
        found[name] = _whole(row[name])
        found[f"{name}_from"] = translate(HOMES_FROM[row[f"{name}_from"]], language)
    return found


def _inside(current: CurrentPlan, code: str) -> dict[str, int | None]:
    """Return the number of buildings and cases in a grid and everything below it.

    Those of cases are None outside the caller's limits.
    """
    is_seen = in_scope(code, current.plan.hierarchy)
    return {
        name: counts.get(code, 0) if is_seen or name == "buildings" else None
        for name, counts in current.counts.items()
    }


def open_cases(current: CurrentPlan, code: str) -> int | None:
    """Return the number of open cases in a grid, None outside the caller's limits."""
    return _inside(current, code)["open_cases"]


def chain_card(current: CurrentPlan, code: str, language: str) -> list[dict[str, Any]]:
    """Return the grid and those above it, finest first."""
    tree = current.plan.hierarchy
    return [
        {
            "code": step,
            "name": tree.names[step],
            "level": tree.levels[step],
            "level_label": label("level", tree.levels[step], language),
        }
        for step in tree.chain(code)
    ]


def answer_cards(current: CurrentPlan, chain: list[str], language: str) -> list[dict[str, Any]]:
    """Return who answers for the finest grid of `chain`, in the order to ask them."""
    answers = who_answers(current.posts_by_grid, chain)
    first = responsible(answers)
    return [{**_answer(current, each, language), "first": each is first} for each in answers]


def _answer(current: CurrentPlan, answer: Answer, language: str) -> dict[str, Any]:
    is_seen = sees_phones_of(answer.from_grid or answer.grid, current.plan.hierarchy)
    notes = [NOTES.get(answer.via, "")] if answer.vacant else []
    if answer.phone and not is_seen:
        notes.append(WITHHELD)
    return {
        "post": answer.post,
        "post_label": label("post", answer.post, language),
        "grid": answer.grid,
        "grid_name": current.plan.hierarchy.names.get(answer.grid, ""),
        "name": answer.name,
        "phone": answer.phone if is_seen else "",
        "vacant": answer.vacant,
        "deputy": answer.deputy,
        "note": " ".join(translate(note, language) for note in notes),
    }


def place_card(current: CurrentPlan, lon: float, lat: float, language: str) -> dict[str, Any]:
    """Return the grids a place lies in, who answers, and how near the boundary is.

    Parameters
    ----------
    lon, lat
        Degrees in WGS 84.
    """
    x, y = np.array([lon]), np.array([lat])
    own = locate(current.index, x, y)
    position = int(own[0])
    distance, across = nearest_boundary(current.index, x, y, own)
    beyond = int(across[0])
    place: dict[str, Any] = {
        "lon": lon,
        "lat": lat,
        "inside": position >= 0,
        "boundary_m": round(float(distance[0]), 2) if np.isfinite(distance[0]) else None,
        "across": _short(current, beyond),
        "chain": [],
        "answers": [],
    }
    place["is_close"] = place["boundary_m"] is not None and place["boundary_m"] < CLOSE_M
    if position >= 0:
        code = str(current.leaves["code"].iat[position])
        place["chain"] = chain_card(current, code, language)
        place["answers"] = answer_cards(current, current.plan.hierarchy.chain(code), language)
        place["open_cases"] = open_cases(current, code)
    return place


def _short(current: CurrentPlan, position: int) -> dict[str, str] | None:
    if position < 0:
        return None
    code = str(current.leaves["code"].iat[position])
    return {"code": code, "name": current.plan.hierarchy.names[code]}


def source_text(source: str, language: str) -> str:
    """Return what a source of addresses is called: as its list is, or the corrections."""
    return translate(_("Corrections from the field"), language) if source == SOURCE else source


def match_card(
    current: CurrentPlan, match: AddressMatch | PlaceFound, language: str
) -> dict[str, Any]:
    """Return one suggestion of the search box."""
    code = match.grid or current.grid_of_unit.get(match.unit_id, "")
    names = current.plan.hierarchy.names_up(code)
    kind = label("unit_kind", match.kind, language)
    above = names[1:][::-1] if match.kind == "grid" else [kind, *names[1:-1][-1:], *names[:1]]
    return {
        "label": match.label,
        "kind": match.kind,
        "kind_label": kind,
        "unit_id": match.unit_id,
        "grid": match.grid,
        "lon": _degrees(match.lon),
        "lat": _degrees(match.lat),
        "certainty": match.certainty,
        "detail": " · ".join(above) or kind,
        "distance_m": getattr(match, "distance_m", None),
    }


def _degrees(value: float) -> float | None:
    return None if np.isnan(value) else value


def _whole(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]
