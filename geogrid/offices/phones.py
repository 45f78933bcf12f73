"""Phone numbers of a staff list: the 0 that Excel drops, and what cannot be a phone."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid.findings import Finding
from geogrid.i18n import mark as _

__all__ = ["check_phones", "restore_zero"]

_SEPARATOR = re.compile(r"[、,，;；/\n]+")
_FILLING = re.compile(r"[\s()（）+.\-‐-―－]+")
_EXTENSION = re.compile(r"(?:转|ext|#)\d{1,6}$", re.IGNORECASE)
# Area codes have two digits (10, 20 to 29) or three; 400 and 800 are numbers of services.
_WITHOUT_ZERO = re.compile(r"(?:10|2\d)\d{8}|(?!400|800)[3-9]\d{2}\d{7,8}")
_PHONE = re.compile(
    r"(?:86|0086)?1[3-9]\d{9}"
    r"|(?:86|0086)?0?(?:(?:10|2\d)\d{8}|[3-9]\d{2}\d{7,8})"
    r"|\d{7,8}"
    r"|\d{3,6}"  # an emergency number, or a short number within the office
)
_COLUMNS = ("phone", "deputy_phone")


def restore_zero(text: str) -> str:
    """Return phone numbers with the 0 before the area code, where only that is missing.

    Examples
    --------
    >>> restore_zero("75500000366"), restore_zero("755-0000-0366、1000000366")
    ('075500000366', '0755-0000-0366、01000000366')
    >>> restore_zero("13800000366"), restore_zero("4000000366"), restore_zero("00000366")
    ('13800000366', '4000000366', '00000366')
    """
    for one in _numbers(text):
        if _WITHOUT_ZERO.fullmatch(_digits(one)):
            text = re.sub(rf"(?<!\d){re.escape(one)}(?!\d)", "0" + one, text)
    return text


def check_phones(
    posts: pd.DataFrame, rows: Sequence[int]
) -> tuple[pd.DataFrame, list[Finding], list[int]]:
    """Put back the zeros before area codes, and say which phones need a look.

    A number stored as a number in Excel has lost its leading 0: 0755-0000-0366 became
    75500000366, which no telephone dials.

    Parameters
    ----------
    posts
        Columns phone and deputy_phone; one cell may hold several numbers.
    rows
        The row of the list each post was read from.

    Returns
    -------
    posts, findings, doubtful
        A copy with the zeros; ``"phone_zero"`` and ``"not_a_phone"``; the positions in
        `posts` of both.
    """
    fixed = posts.assign(**{name: posts[name].map(restore_zero) for name in _COLUMNS})
    is_fixed = np.zeros(len(posts), np.bool_)
    is_odd = np.zeros(len(posts), np.bool_)
    for name in _COLUMNS:
        is_fixed |= (fixed[name] != posts[name]).to_numpy(np.bool_)
        is_odd |= np.array([not _can_be_phone(text) for text in fixed[name]], np.bool_)
    examples = _examples(posts, fixed)
    findings = [
        Finding(kind, message, params, rows=_rows_of(mask, rows))
        for kind, message, params, mask in (
            ("phone_zero", _ZERO_LOST, examples, is_fixed),
            ("not_a_phone", _NO_PHONE, {"words": ", ".join(_odd(fixed))}, is_odd),
        )
        if mask.any()
    ]
    return fixed, findings, np.flatnonzero(is_fixed | is_odd).tolist()


_ZERO_LOST = _(
    "Rows {rows}: the phone number had lost the 0 before its area code, as numbers do in Excel;"
    " we put it back ({before} is {after} now). Please have a look."
)
_NO_PHONE = _("Rows {rows}: {words} cannot be a phone number; it is kept as written.")


def _rows_of(mask: npt.NDArray[np.bool_], rows: Sequence[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(rows[at] for at in np.flatnonzero(mask).tolist()))


def _examples(posts: pd.DataFrame, fixed: pd.DataFrame) -> dict[str, str]:
    """Return one number as it was and as it is now."""
    for name in _COLUMNS:
        changed = (fixed[name] != posts[name]).to_numpy(np.bool_)
        if changed.any():
            at = int(np.argmax(changed))
            return {"before": str(posts[name].iloc[at]), "after": str(fixed[name].iloc[at])}
    return {}


def _odd(posts: pd.DataFrame, most: int = 6) -> list[str]:
    words = [text for name in _COLUMNS for text in posts[name] if not _can_be_phone(text)]
    odd = list(dict.fromkeys(words))
    return odd[:most] + (["…"] if len(odd) > most else [])


def _can_be_phone(text: str) -> bool:
    """Return whether every number of a cell can be dialled; an empty cell holds none."""
    return all(_PHONE.fullmatch(_digits(one)) for one in _numbers(text))


def _numbers(text: str) -> list[str]:
    return [one.strip() for one in _SEPARATOR.split(text) if one.strip()]


def _digits(text: str) -> str:
    return _FILLING.sub("", _EXTENSION.sub("", _FILLING.sub("", text)))
