"""Match the grids named in a list of buildings (网格—楼栋对照表) with those of a plan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.offices.grid_names import build_grid_names

__all__ = ["match_unit_grids"]

_WORDS_SHOWN = 6


def match_unit_grids(
    units: pd.DataFrame, grids: pd.DataFrame
) -> tuple[pd.DataFrame, list[Finding]]:
    """Turn the grids an office wrote into codes; what is unknown is left to the polygons.

    Parameters
    ----------
    units
        Column grid: codes, names, or ``""``.
    grids
        Of the plan: code, name, parent, level.

    Returns
    -------
    units, findings
        A copy whose column grid holds codes of `grids` or ``""``.

    Examples
    --------
    >>> plan = pd.DataFrame({"code": ["1", "2"], "name": ["东网格", "西网格"],
    ...                      "parent": ["", ""], "level": [3, 3]})
    >>> units, found = match_unit_grids(pd.DataFrame({"grid": ["西网格", "南网格", ""]}), plan)
    >>> units["grid"].tolist(), found[0].rows
    (['2', '', ''], (1,))
    """
    names = build_grid_names(grids)
    written = units["grid"].astype("str").fillna("").str.strip()
    meant = {text: names.find(text) for text in written.unique() if text}
    codes = written.map({text: found[0] for text, found in meant.items() if len(found) == 1})
    findings = [
        *_finding("unknown_grid", written, [text for text, found in meant.items() if not found]),
        *_finding(
            "ambiguous_grid", written, [text for text, found in meant.items() if len(found) > 1]
        ),
    ]
    return units.assign(grid=codes.astype("str").fillna("")), findings


_SAID = {
    "unknown_grid": _(
        "Rows {rows}: the plan has no grid called {words}; the position decides instead."
    ),
    "ambiguous_grid": _(
        "Rows {rows}: several grids are called {words}; the position decides instead."
    ),
}


def _finding(kind: str, written: pd.Series, words: list[str]) -> list[Finding]:
    if not words:
        return []
    shown = ", ".join(words[:_WORDS_SHOWN]) + (" …" if len(words) > _WORDS_SHOWN else "")
    rows = np.flatnonzero(written.isin(words))
    return [Finding(kind, _SAID[kind], {"words": shown}, rows=tuple(map(int, rows)))]
