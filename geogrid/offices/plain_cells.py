"""Cells that a program has disfigured, made plain again: full-width digits, 1.1E+14, 13800.0."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict

import pandas as pd

from geogrid.findings import Finding
from geogrid.i18n import mark as _

__all__ = ["CELL_CHANGES", "plain_cells"]

_FULL_WIDTH = re.compile("[\uff01-\uff5e\u3000]")
_CODE = re.compile(r"(?=.*\d)[\x20-\x7e]+")
_POINT_ZERO = re.compile(r"(\d{7,20})\.0+")
_EXPONENT = re.compile(r"([1-9])(?:\.(\d+))?[eE]\+?(\d{1,2})")
_SHOWN_DIGITS = 6  # as many as Excel and C show of a long number by default
_SMALLEST_EXPONENT = 6
_LONGEST = 60

_SAID = {
    "full_width": _("“{before}” was in full-width characters and is {after} now."),
    "point_zero": _("“{before}” was a code stored as a number and is {after} now."),
    "exponent": _("“{before}” was a code stored as a number and is {after} now."),
    "digits_lost": _(
        "“{before}” is a code of which Excel kept the first digits only; format the column as text"
        " and enter it again."
    ),
}
CELL_CHANGES = frozenset(_SAID)
"""Kinds of the findings about single cells."""


def plain_cells(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[int, list[Finding]]]:
    """Make codes and phone numbers plain, and say of which row what was changed.

    Parameters
    ----------
    frame
        Strings as the office wrote them.

    Returns
    -------
    frame, changes
        A copy, and by position of the row what was changed in it. A code whose digits are
        lost stays as written and is said too, as ``"digits_lost"``.

    Examples
    --------
    >>> rows = pd.DataFrame({"电话": ["１３８００１３８０００", "13800138000.0", "1.1E+14"]})
    >>> plain, changes = plain_cells(rows)
    >>> plain["电话"].tolist(), [changes[row][0].kind for row in range(3)]
    (['13800138000', '13800138000', '1.1E+14'], ['full_width', 'point_zero', 'digits_lost'])
    """
    changes: dict[int, list[Finding]] = defaultdict(list)
    columns = []
    for at in range(frame.shape[1]):
        texts = frame.iloc[:, at]
        plain = {text: _plain(text) for text in texts.unique()}
        for row, text in enumerate(texts.tolist()):
            after, kind = plain[text]
            if kind:
                params = {"before": text[:_LONGEST], "after": after[:_LONGEST]}
                changes[row].append(Finding(kind, _SAID[kind], params, (row,)))
        columns.append(texts.map({text: after for text, (after, _kind) in plain.items()}))
    made = pd.concat(columns, axis=1) if columns else frame.copy()
    return made.set_axis(frame.columns, axis=1), dict(changes)


def _plain(text: str) -> tuple[str, str]:
    """Return a text made plain, and what was wrong with it."""
    if _FULL_WIDTH.search(text):
        normal = unicodedata.normalize("NFKC", text).strip()
        if _CODE.fullmatch(normal):
            return _plain(normal)[0], "full_width"
    if found := _POINT_ZERO.fullmatch(text):
        return found[1], "point_zero"
    if found := _EXPONENT.fullmatch(text):
        return _spelled_out(text, found)
    return text, ""


def _spelled_out(text: str, found: re.Match[str]) -> tuple[str, str]:
    """Return the digits of a number with an exponent, where they are all there."""
    digits, exponent = found[1] + (found[2] or ""), int(found[3])
    if exponent < _SMALLEST_EXPONENT:
        return text, ""
    if len(digits) <= _SHOWN_DIGITS:
        return text, "digits_lost"
    whole, rest = digits[: exponent + 1], digits[exponent + 1 :]
    return (whole.ljust(exponent + 1, "0"), "exponent") if not rest.strip("0") else (text, "")
