"""What the one-file map carries: grids, posts without phone numbers, buildings, streets.

Rows instead of named fields keep the file small; ``web/js/single/onefile.js`` reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from flask import json

from geogrid.addresses.spelling import spelling_rules
from geogrid.households import HOMES_FROM
from geogrid.i18n import translate
from geogrid.posts import Answer, responsible, who_answers
from geogrid.vocabulary import LABELS, label
from web.cards import NOTES
from web.current import SHOWN_DECIMALS, CurrentPlan
from web.home import plan_summary

__all__ = ["labels_of", "onefile_data"]

_UNIT_DEG = 10**SHOWN_DECIMALS


def onefile_data(current: CurrentPlan, language: str) -> dict[str, Any]:
    """Return the data of the one-file map.

    Posts and their holders are named, phone numbers are left out.

    Parameters
    ----------
    current
        The plan.
    language
        ``"zh_CN"`` or ``"en"``: of the labels.
    """
    summary = plan_summary(current)
    for level in summary["levels"]:
        level["url"] = f"level:{level['level']}"
    streets = {detail: current.street_arrays(detail) for detail in ("major", "minor")}
    return {
        "plan": {**summary, "streets": "streets" if len(current.plan.streets) else None},
        "levels": {level: json.loads(current.level_geojson(level)) for level in current.levels},
        "streets": streets,
        "labels": {
            "kind": labels_of("kind", language),
            "level": labels_of("level", language),
            "unit": labels_of("unit_kind", language),
        },
        "rules": spelling_rules(),
        "grids": _grid_rows(current, language),
        "answers": _answer_rows(current, language),
        "first": _first_rows(current),
        "units": _unit_rows(current),
    }


def labels_of(group: str, language: str) -> dict[str, str]:
    """Return the labels of a group of codes."""
    return {code: label(group, code, language) for code in LABELS[group]}


def _grid_rows(current: CurrentPlan, language: str) -> list[list[Any]]:
    """Return code, name, level, kind, parent, households, people, m², buildings, bounds, beside.

    Those beside a grid are positions in the list. Last comes where households and people
    are from.
    """
    grids = current.by_code
    homes = current.homes.reindex(grids.index)
    counts = (homes["households"], homes["people"])
    origins = [
        [translate(HOMES_FROM[each], language) for each in homes[name]]
        for name in ("households_from", "people_from")
    ]
    place = {code: position for position, code in enumerate(grids.index)}
    buildings = current.counts["buildings"]
    bounds = grids.geometry.bounds.round(SHOWN_DECIMALS).to_numpy().tolist()
    columns = [grids[name].fillna("").astype(str) for name in ("code", "name", "level", "kind")]
    return [
        [
            code, name, int(level), kind, current.plan.hierarchy.parents[code],
            _whole(households), _whole(people), round(current.areas_m2[code], 1),
            buildings.get(code, 0), box,
            [place[other] for other in current.neighbours_of(code)], *whence,
        ]
        for code, name, level, kind, households, people, box, *whence in zip(
            *columns, *counts, bounds, *origins, strict=True
        )
    ]  # fmt: skip


def _answer_rows(current: CurrentPlan, language: str) -> dict[str, list[list[str]]]:
    """Return post, name, deputy and note of who answers at each grid itself; no phones."""
    answers: dict[str, list[list[str]]] = {}
    for code in current.by_code.index:
        found = who_answers(current.posts_by_grid, current.plan.hierarchy.chain(code))
        own = [_answer_row(each, language) for each in found if each.grid == code]
        if own:
            answers[code] = own
    return answers


def _first_rows(current: CurrentPlan) -> list[int]:
    """Return, for each grid, whom to ask first: a position in its answers up the chain."""
    firsts = []
    for code in current.by_code.index:
        found = who_answers(current.posts_by_grid, current.plan.hierarchy.chain(code))
        first = responsible(found)
        firsts.append(next((at for at, each in enumerate(found) if each is first), -1))
    return firsts


def _answer_row(answer: Answer, language: str) -> list[str]:
    note = translate(NOTES.get(answer.via, ""), language) if answer.vacant else ""
    return [label("post", answer.post, language), answer.name, answer.deputy, note]


def _unit_rows(current: CurrentPlan) -> dict[str, Sequence[Any]]:
    """Return the units as columns; positions in millionths of a degree, grids by position."""
    units = current.plan.units
    place = {code: position for position, code in enumerate(current.by_code.index)}
    columns = {
        name: units[name].fillna("").astype(str).tolist() for name in ("kind", "name", "address")
    }
    return {
        **columns,
        "lon": _millionths(units["lon"]),
        "lat": _millionths(units["lat"]),
        "grid": [place.get(code, -1) for code in current.unit_grids],
    }


def _millionths(degrees: pd.Series) -> list[int | None]:
    return [_whole(value) for value in (degrees.astype("float64") * _UNIT_DEG).round()]


def _whole(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]
