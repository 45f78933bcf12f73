"""The answer for one point: its number parts new, the rest written once per grid and language."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt

from geogrid.locate import locate, nearest_boundary
from geogrid.placing.placer import ON_BOUNDARY_M
from web.cards import CLOSE_M, answer_cards, chain_card, open_cases
from web.current import CurrentPlan
from web.scope import scope_key

__all__ = ["point_answer", "written_answer"]

_MOST_WRITTEN = 20_000
_NOWHERE = '"inside":false,"code":"","chain":[],"answers":[],"open_cases":0'


def point_answer(
    current: CurrentPlan, lon: float, lat: float, language: str, *, boundary: bool
) -> str:
    """Return the JSON of the grids a place lies in and who answers.

    Parameters
    ----------
    lon, lat
        Degrees in WGS 84.
    boundary
        Whether to say how far the nearest border is, and what is across it.
    """
    found = locate(current.index, lon, lat)
    position = int(found[0])
    grid = _grid(current, position, language) if position >= 0 else _NOWHERE
    border = _border(current, lon, lat, found) if boundary else ""
    return _joined(lon, lat, grid + border)


def written_answer(current: CurrentPlan, lon: float, lat: float, key: str) -> str | None:
    """Return the same if all of it but the numbers was written before, else None.

    Parameters
    ----------
    lon, lat
        Degrees in WGS 84.
    key
        The language and :func:`web.scope.key_of` of whoever asks.
    """
    position = int(locate(current.index, lon, lat)[0])
    grid = _NOWHERE if position < 0 else current.written_answers.get((position, key))
    return None if grid is None else _joined(lon, lat, grid)


def _joined(lon: float, lat: float, rest: str) -> str:
    return f'{{"lon":{lon!r},"lat":{lat!r},{rest}}}'


def _grid(current: CurrentPlan, position: int, language: str) -> str:
    """Return what is the same for every point of a grid, without the braces."""
    key = (position, language + scope_key())
    written = current.written_answers.get(key)
    if written is None:
        code = str(current.leaves["code"].iat[position])
        chain = current.plan.hierarchy.chain(code)
        said = {
            "inside": True,
            "code": code,
            "chain": chain_card(current, code, language),
            "answers": answer_cards(current, chain, language),
            "open_cases": open_cases(current, code),
        }
        written = json.dumps(said, ensure_ascii=False, separators=(",", ":"))[1:-1]
        if len(current.written_answers) >= _MOST_WRITTEN:
            current.written_answers.clear()
        current.written_answers[key] = written
    return written


def _border(current: CurrentPlan, lon: float, lat: float, own: npt.NDArray[np.int32]) -> str:
    distance, across = nearest_boundary(current.index, lon, lat, own)
    distance_m = round(float(distance[0]), 2) if np.isfinite(distance[0]) else None
    said: dict[str, Any] = {
        "boundary_m": distance_m,
        "on_boundary": distance_m is not None and distance_m <= ON_BOUNDARY_M,
        "is_close": distance_m is not None and distance_m < CLOSE_M,
        "across": None,
    }
    if across[0] >= 0:
        code = str(current.layer.codes[across[0]])
        said["across"] = {"code": code, "name": current.plan.hierarchy.names[code]}
    return "," + json.dumps(said, ensure_ascii=False, separators=(",", ":"))[1:-1]
