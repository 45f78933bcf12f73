"""Letters of addresses: one width, one case, spaces that mean nothing left out, numerals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["LONGEST", "NUMERALS", "arabic", "compact", "name_value"]

LONGEST = 500
"""Characters that are read of a text."""

NUMERALS = "零〇一二三四五六七八九十百廿卅"
"""Letters of Chinese numerals."""

_DIGIT_OF = {letter: at for at, letter in enumerate("零一二三四五六七八九")} | {"〇": 0}
_TENS_OF = {"十": 10, "廿": 20, "卅": 30}


def _table() -> dict[int, str]:
    wide = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table = {code: letter.upper() for code, letter in wide.items()}
    table |= {code: chr(code).upper() for code in range(ord("a"), ord("z") + 1)}
    table |= {ord(odd): "-" for odd in "‐‑‒–—―−﹘~〜～－"}
    table |= dict(zip(map(ord, "號棟樓層單門區縣鎮鄉東"), "号栋楼层单门区县镇乡东", strict=True))
    table |= {ord("①") + at: str(at + 1) for at in range(9)}
    table |= {ord(odd): "/" for odd in "\\／|｜"}
    table |= {ord(odd): "#" for odd in "＃♯"}
    separators = ",.。，；!！?？\"'“”‘’()（）[]【】「」『』《》<>…·•*&^%$@=+_`{}〔〕"
    table |= dict.fromkeys(map(ord, separators), ";")
    table |= dict.fromkeys(map(ord, ":："), ":")
    table |= {code: table.get(ord(letter), table[code]) for code, letter in wide.items()}
    return table | dict.fromkeys(map(ord, "\t\r\n\v\f\u00a0\u3000\u2002\u2003\u200b\ufeff"), " ")


_TABLE = _table()
_SPACES = re.compile(" +")
_HAN = "[\u4e00-\u9fff]"
_SPREAD = re.compile(
    rf"(?<![^ ;:]){_HAN}(?: +{_HAN}(?!{_HAN})){{2,}}"
    rf"(?: +(?:{_HAN}(?!{_HAN})|[0-9A-Z](?=(?: +[0-9A-Z])*(?: +{_HAN}|$))))*"
)
_PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]")


def compact(text: str) -> tuple[str, Sequence[int] | None]:
    """Return `text` in one width and case without meaningless spaces, and where letters were.

    A space between digits or Latin letters stays; between Chinese letters it separates, except
    where three and more of them stand alone (泰 然 七 路).

    Returns
    -------
    The compact text, and for each of its letters the position in `text`; None where these
    are the same.

    Examples
    --------
    >>> compact("泰然七路 １２ 号")
    ('泰然七路12号', (0, 1, 2, 3, 5, 6, 8))
    """
    folded = _PICTURES.sub(";", text[:LONGEST].translate(_TABLE))
    if " " not in folded:
        return folded, None
    letters: list[str] = []
    places: list[int] = []
    last = 0
    spread = [found.span() for found in _SPREAD.finditer(folded)]
    for space in _SPACES.finditer(folded):
        start, end = space.span()
        letters.append(folded[last:start])
        places.extend(range(last, start))
        between = _between(folded[start - 1 : start], folded[end : end + 1])
        if between and not any(first < start < stop for first, stop in spread):
            letters.append(between)
            places.append(start)
        last = end
    letters.append(folded[last:])
    places.extend(range(last, len(folded)))
    return "".join(letters), tuple(places)


def _between(before: str, after: str) -> str:
    """Return what a space between two letters means."""
    if not before or not after:
        return ""
    if before.isascii() and after.isascii():
        return " " if before.isalnum() and after.isalnum() else ""
    if before.isascii() or after.isascii():
        return ""
    return ";"


@lru_cache(maxsize=1 << 14)
def arabic(numeral: str) -> str:
    """Return the digits of a numeral: 二十三 and 廿三 are 23, 三〇一 is 301, 007 is 007.

    Examples
    --------
    >>> arabic("一百零五"), arabic("廿"), arabic("二〇一"), arabic("12")
    ('105', '20', '201', '12')
    """
    if numeral.isascii():
        return numeral
    if not any(letter in "十百廿卅" for letter in numeral):
        return "".join(str(_DIGIT_OF.get(letter, letter)) for letter in numeral)
    total, digit = 0, 0
    for letter in numeral:
        if letter == "百":
            total += (digit or 1) * 100
            digit = 0
        elif letter in _TENS_OF:
            total += digit * 10 if letter == "十" and digit else _TENS_OF[letter]
            digit = 0
        else:
            digit = _DIGIT_OF.get(letter, 0)
    return str(total + digit)


_ORDINAL = re.compile(
    rf"([{NUMERALS}]+)(?=马?路|号(?:路|大?街|巷|线)|[东西南北]路|段|大?街|大道|巷|弄|支弄|环|期|区|组|队|村$|道街?)"
)


@lru_cache(maxsize=1 << 16)
def name_value(text: str) -> str:
    """Return a name with the numerals of numbered streets, phases, groups as digits.

    五一路 and 八一大道 are dates, not numbers, and stay.

    Examples
    --------
    >>> name_value("泰然七路"), name_value("翡翠城二期"), name_value("五一路")
    ('泰然7路', '翡翠城2期', '五一路')
    """
    return _ORDINAL.sub(_ordinal, text.replace(";", "").replace(" ", ""))


def _ordinal(found: re.Match[str]) -> str:
    numeral = found[1]
    is_date = len(numeral) > 1 and not any(letter in "十百廿卅" for letter in numeral)
    return numeral if is_date or numeral in ("百", "零") else arabic(numeral)
