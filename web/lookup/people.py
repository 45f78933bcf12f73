"""Look somebody of the staff up by name, or by a phone number that the caller may see.

Names of staff stand on every grid's card; numbers are found only by those who see them there, so
that nobody learns by trying whose number one is.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from weakref import WeakKeyDictionary

import pandas as pd

from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.vocabulary import label
from web.current import CurrentPlan
from web.lookup.spot import grid_answer, nothing
from web.scope import sees_phones_of

__all__ = ["find_people", "people_answer"]

_PHONE = re.compile("1[3-9][0-9]{9}|0[0-9]{9,11}|[48]00[0-9]{7}|[2-8][0-9]{6,7}")
_FEWEST_LETTERS = 2
_MOST = 20
_compared: WeakKeyDictionary[CurrentPlan, pd.DataFrame] = WeakKeyDictionary()


def people_answer(current: CurrentPlan, text: str, language: str) -> dict[str, Any] | None:
    """Return the grid of the one person a text names, or several to choose from.

    None where the text is nobody's name and no number. The answer holds no link: a number would
    stand in it.
    """
    found = find_people(current, text, language)
    if not found:
        is_phone = bool(_digits(text))
        return {**nothing(), "reason": "phone", "share": ""} if is_phone else None
    if len({each["grid"] for each in found}) > 1:
        return {"kind": "choose", "reason": "people", "matches": found, "share": ""}
    answer = grid_answer(current, found[0]["grid"], language)
    return {**answer, "person": found[0]}


def find_people(
    current: CurrentPlan, text: str, language: str, *, is_typing: bool = False
) -> list[dict[str, Any]]:
    """Return the holders and deputies of posts whose name or number a text is.

    Parameters
    ----------
    is_typing
        Whether the text may be the beginning of a name; numbers are not looked for then.
    """
    name = _plain(text)
    digits = "" if is_typing else _digits(text)
    if not digits and len(name) < _FEWEST_LETTERS:
        return []
    tree = current.plan.hierarchy
    staff = _as_compared(current)
    found = []
    for who, number in (("holder", "phone"), ("deputy", "deputy_phone")):
        if digits:
            fits = staff[number].str.endswith(digits)
        else:
            fits = staff[who].str.startswith(name) if is_typing else staff[who] == name
        for row in current.plan.posts[fits].itertuples():
            is_seen = sees_phones_of(row.grid, tree)
            if row.grid in tree.parents and (is_seen or not digits):
                found.append(_card(current, row, who, number if is_seen else "", language))
    return found[:_MOST]


def _as_compared(current: CurrentPlan) -> pd.DataFrame:
    """Return names and numbers of the roster as they are compared, made once for a plan."""
    if current not in _compared:
        posts = current.plan.posts
        columns = {name: posts[name].map(_plain) for name in ("holder", "deputy")}
        columns |= {name: posts[name].map(_only_digits) for name in ("phone", "deputy_phone")}
        _compared[current] = pd.DataFrame(columns)
    return _compared[current]


def _card(current: CurrentPlan, row: Any, who: str, number: str, language: str) -> dict[str, Any]:
    post = label("post", row.post, language)
    deputy = translate(_("Deputy"), language) if who == "deputy" else ""
    names = current.plan.hierarchy.names_up(row.grid)
    return {
        "label": getattr(row, who),
        "kind": "person",
        "kind_label": post,
        "unit_id": "",
        "grid": row.grid,
        "name": getattr(row, who),
        "phone": getattr(row, number) if number else "",
        "detail": " · ".join(part for part in (post, deputy, *names[:2]) if part),
    }


def _plain(text: object) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", str(text))).casefold()


def _only_digits(text: object) -> str:
    return "" if pd.isna(text) else re.sub(r"\D", "", str(text))


def _digits(text: str) -> str:
    """Return the digits of a text that is a phone number and nothing else."""
    plain = re.sub(r"[\s()-]", "", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^\+86(?!1[3-9])0?", "0", plain).removeprefix("+86")
    return digits if _PHONE.fullmatch(digits) else ""
