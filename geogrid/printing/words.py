"""Names as they can be printed: without signs that hide, turn or break a line, and cut to fit.

Names come from files that anybody sent. What the typeface has no glyph for is shown as ``□``, so
that nobody takes the rest for the name, and the caller is told.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from geogrid.printing.fonts import Cut, face

__all__ = ["MISSING", "halves", "is_beginning", "plain", "shortened", "thirds", "wrapped"]

MISSING = "□"
LONGEST = 200
_WORD_END = " -–/·、，（("
_HYPHENS = "-–/"
_NEVER_FIRST = "，。、；：）)》」”’！？,.;:!?"


@lru_cache(maxsize=100_000)
def plain(text: object) -> str:
    r"""Return a name on one line, of signs that there are glyphs for.

    Ends of lines become spaces; other control signs and those that turn the direction of
    writing are left out; a sign without a glyph becomes :data:`MISSING`.

    Examples
    --------
    >>> plain("第一\n网格\u202e 😀")
    '第一 网格 □'
    """
    found: list[str] = []
    for sign in unicodedata.normalize("NFC", str(text))[: LONGEST * 2]:
        kind = unicodedata.category(sign)
        if sign.isspace():
            found.append(" ")
        elif kind in ("Cc", "Cf", "Mn", "Me", "Zl", "Zp"):
            continue  # joiners, marks on a sign and turns of direction have no place of their own
        else:
            found.append(sign if face("regular").has(sign) else MISSING)
    return " ".join("".join(found).split())[:LONGEST]


def shortened(text: str, width: float, size: float, cut: Cut = "regular") -> str:
    """Return a text that is at most `width` mm wide, with ``…`` where it had to be cut."""
    measure = face(cut).width
    if measure(text, size) <= width:
        return text
    kept = 0
    room = width - measure("…", size)
    for sign in text:
        room -= measure(sign, size)
        if room < 0:
            break
        kept += 1
    return text[:kept].rstrip() + "…"


def wrapped(
    text: str, width: float, size: float, *, cut: Cut = "regular", most: int = 2
) -> list[str]:
    """Return a text as at most `most` lines of at most `width` mm; what is left over is cut."""
    lines: list[str] = []
    rest = text
    while rest:
        if len(lines) == most - 1:
            return [*lines, shortened(rest, width, size, cut)]
        end = _fitting(rest, width, size, cut)
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return lines or [""]


def _fitting(text: str, width: float, size: float, cut: Cut) -> int:
    """Return how many signs go on a line; Chinese breaks anywhere, Latin words do not."""
    measure, used = face(cut).width, 0.0
    end = len(text)
    for at, sign in enumerate(text):
        used += measure(sign, size)
        if used > width:
            end = max(at, 1)
            break
    if end == len(text):
        return end
    back = end
    while back > 1 and _holds_together(text[back - 1], text[back]):
        back -= 1
    return back if back > 1 else end


def _holds_together(left: str, right: str) -> bool:
    return _is_in_word(left, right) or right in _NEVER_FIRST


def _is_in_word(left: str, right: str) -> bool:
    """Return whether two signs side by side are of one word; Chinese signs are words alone."""
    if right.isspace() or left in _WORD_END:
        return False
    return all(sign.isascii() or not _is_wide(sign) for sign in (left, right))


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"


def is_beginning(stem: str, name: str) -> bool:
    """Return whether a name begins with a stem and more follows, no word cut in two.

    Examples
    --------
    >>> is_beginning("红树林", "红树林第一网格"), is_beginning("Indira", "Indiranagar East")
    (True, False)
    """
    is_longer = bool(stem) and name.startswith(stem) and len(name) > len(stem)
    return is_longer and not _is_in_word(name[len(stem) - 1], name[len(stem)])


def _may_break(name: str, at: int) -> bool:
    if name[at - 1] in _HYPHENS and min(at, len(name) - at) < 3:
        return False  # a letter or a number alone on a line is no part of a name
    return not _holds_together(name[at - 1], name[at])


def thirds(name: str) -> list[str]:
    """Return a name of three words or more as three lines as short as can be, else nothing.

    Examples
    --------
    >>> thirds("Lala Lajpat Rai Ward"), thirds("Mission Bay"), thirds("红树林第一网格")
    (['Lala', 'Lajpat', 'Rai Ward'], [], [])
    """
    words = name.split(" ")
    ways = [
        [" ".join(words[:one]), " ".join(words[one:two]), " ".join(words[two:])]
        for one in range(1, len(words) - 1)
        for two in range(one + 1, len(words))
    ]
    return min(ways, key=lambda lines: max(map(len, lines)), default=[])


def halves(name: str, stems: Sequence[str]) -> list[str]:
    """Return a name as two lines, broken where a part of it ends.

    A name of letters is broken at a space or after a hyphen, never inside a word: without such a
    place it is one line.

    Parameters
    ----------
    name
        Of a grid.
    stems
        Beginnings that the names of a group share, such as ``"红树林"``.

    Examples
    --------
    >>> halves("红树林第一网格", ["红树林社区", "红树林"])
    ['红树林', '第一网格']
    >>> halves("Mission Bay", []), halves("Shahdatganj", [])
    (['Mission', 'Bay'], ['Shahdatganj'])
    """
    for stem in stems:
        if is_beginning(stem, name):
            return [name[: len(stem)].strip(), name[len(stem) :].strip()]
    middle = len(name) / 2
    wanted = max(int(middle + 0.5), 1)
    if " " in name:
        breaks = [at for at, sign in enumerate(name) if sign == " "]
        wanted = min(breaks, key=lambda at: abs(at - middle))
    elif name.endswith("专属网格") and len(name) > 6:
        wanted = len(name) - 4
    places = [at for at in range(1, len(name)) if _may_break(name, at)]
    if not places:
        return [name]
    half = min(places, key=lambda at: (abs(at - wanted), at))
    return [part for part in (name[:half].strip(), name[half:].strip()) if part]
