"""The answers as columns and a sheet, in words an office understands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from geogrid.addresses.lists.answers import NO_ADDRESS, TO_CHECK
from geogrid.addresses.place_found import PlaceFound
from geogrid.crs import from_wgs84
from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.posts import PostsByGrid, who_answers
from geogrid.tabular.workbook import Sheet
from geogrid.unit_grids import DISAGREEMENTS
from geogrid.vocabulary import label

__all__ = ["BY", "Words", "added_columns", "certainty_text", "reasons_text", "sheet_to_check"]

BY: Mapping[str, str] = {
    "list": _("By the list of buildings"),
    "polygon": _("By the boundary on the map"),
    "named": _("The grid itself was named"),
    "": "",
}
"""What says the grid, to its name."""

_POSTS = ("full_time", "leader")
_DECIMALS = 7
_FREE = "{name} ({number})"


class Words(NamedTuple):
    """How answers are written.

    Attributes
    ----------
    language
        Of words.
    datum
        Of longitude and latitude.
    tree, posts
        Of the plan.
    sees_phone
        Whether the phones of the posts of a grid are written; None for those of none.
    """

    language: str
    datum: str
    tree: Hierarchy
    posts: PostsByGrid
    sees_phone: Callable[[str], bool] | None = None

    def say(self, message: str) -> str:
        """Return a marked text in the language."""
        return translate(message, self.language)


def certainty_text(certainty: str, language: str) -> str:
    """Return how certain an answer is, in words."""
    if certainty == NO_ADDRESS:
        return translate(_("No address in this row"), language)
    return label("certainty", certainty, language)


def reasons_text(reasons: str, disagreement: str, language: str) -> str:
    """Return why an answer is not exact, and where list and map disagree."""
    codes = [label("search_reason", code, language) for code in reasons.split()]
    said = [translate(DISAGREEMENTS[disagreement], language)] if disagreement else []
    return ("；" if language == "zh_CN" else "; ").join([*codes, *said])


def added_columns(answers: pd.DataFrame, words: Words, taken: Iterable[str]) -> pd.DataFrame:
    """Return the columns to put behind a list.

    Parameters
    ----------
    answers : of :func:`geogrid.addresses.lists.answers.look_up`
    words : how they are written
    taken : names of the list's own columns; a new one that is among them gets a number

    Returns
    -------
    DataFrame
        Result, reason, address found, code and name of the grid at each level, people, what says
        the grid, longitude and latitude; a row for each answer.
    """
    grids = _grid_columns(answers["grid"], words)
    language = words.language
    certain = cache(lambda code: certainty_text(code, language))
    why = cache(lambda reasons, kind: reasons_text(reasons, kind, language))
    pairs = zip(answers["reasons"], answers["disagreement"], strict=True)
    columns = {
        words.say(_("Result of the look-up")): [certain(code) for code in answers["certainty"]],
        words.say(_("Remark")): [why(*pair) for pair in pairs],
        words.say(_("Address found")): answers["label"].tolist(),
        **grids,
        words.say(_("What says the grid")): [words.say(BY[by]) for by in answers["by"]],
        **_positions(answers, words),
    }
    names: dict[str, Any] = {}
    used = {str(name) for name in taken}
    for name, values in columns.items():
        free, number = name, 2
        while free in used:
            free, number = _FREE.format(name=name, number=number), number + 1
        used.add(free)
        names[free] = values
    return pd.DataFrame(names)


def _grid_columns(grids: pd.Series, words: Words) -> dict[str, list[str]]:
    """Return codes and names at each level, and who answers, by what the column is called."""
    known = {code: _of_grid(code, words) for code in grids.unique()}
    names = list(known[""] if "" in known else _of_grid("", words))
    return {name: [known[code][name] for code in grids] for name in names}


def _of_grid(code: str, words: Words) -> dict[str, str]:
    tree = words.tree
    chain = tree.chain(code) if code else []
    by_level = {tree.levels[step]: step for step in chain}
    found: dict[str, str] = {}
    for level in sorted(set(tree.levels.values())):
        step = by_level.get(level, "")
        kind = label("level", str(level), words.language)
        found[kind] = tree.names.get(step, "")
        found[translate(_("{level} code"), words.language, level=kind)] = step
    answers = who_answers(words.posts, chain)
    for post in _POSTS:
        who = next((each for each in answers if each.post == post and each.name), None)
        kind = label("post", post, words.language)
        found[kind] = who.name if who else ""
        if words.sees_phone is not None:
            is_seen = who is not None and words.sees_phone(who.from_grid or who.grid)
            title = translate(_("Phone ({post})"), words.language, post=kind)
            found[title] = who.phone if who and is_seen else ""
    return found


def _positions(answers: pd.DataFrame, words: Words) -> dict[str, Any]:
    lon, lat = (answers[axis].to_numpy(dtype=np.float64).copy() for axis in ("lon", "lat"))
    is_doubtful = answers["certainty"].isin(TO_CHECK).to_numpy()
    lon[is_doubtful] = lat[is_doubtful] = np.nan
    is_known = np.isfinite(lon) & np.isfinite(lat)
    x, y = from_wgs84(lon[is_known], lat[is_known], words.datum)
    lon[is_known], lat[is_known] = np.round(x, _DECIMALS), np.round(y, _DECIMALS)
    name = words.datum.upper()
    return {
        translate(_("Longitude ({datum})"), words.language, datum=name): lon,
        translate(_("Latitude ({datum})"), words.language, datum=name): lat,
    }


def sheet_to_check(
    answers: pd.DataFrame,
    rows: Sequence[int],
    suggestions: Mapping[str, Sequence[PlaceFound]],
    words: Words,
) -> Sheet | None:
    """Return the rows that somebody has to look at, with what they may mean; None for none.

    Parameters
    ----------
    answers : of :func:`geogrid.addresses.lists.answers.look_up`
    rows : number of each row in the list's own file
    suggestions : text to the places it may mean, the best first
    words : how they are written
    """
    wanted = answers["certainty"].isin(TO_CHECK).to_numpy()
    if not wanted.any():
        return None
    most = max((len(found) for found in suggestions.values()), default=0)
    header = [words.say(_("Row")), words.say(_("Address")), words.say(_("Result of the look-up"))]
    for at in range(1, most + 1):
        header += [
            translate(_("Suggestion {number}"), words.language, number=at),
            translate(_("Grid of suggestion {number}"), words.language, number=at),
        ]
    table: list[list[Any]] = [header]
    for at in np.flatnonzero(wanted).tolist():
        asked, certainty = answers["asked"].iat[at], answers["certainty"].iat[at]
        line = [int(rows[at]), asked, certainty_text(certainty, words.language)]
        for place in suggestions.get(asked, ()):
            line += [place.label, words.tree.names.get(place.located, "") or place.located]
        table.append(line)
    title = words.say(_("To check"))
    return Sheet(title, table, widths=[8, 40, 22, *([34, 18] * most)])
