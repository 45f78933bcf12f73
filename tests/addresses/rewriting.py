"""Addresses as people get them wrong: typos, dropped levels, other digits, pinyin. Seeded."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from pypinyin import lazy_pinyin

__all__ = ["pinyin", "rewritten"]

_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_NUMERALS = "零一二三四五六七八九"
_HAN = re.compile("[\u4e00-\u9fff]")
_COUNTED = re.compile("(?<![0-9.-])[0-9]{1,2}(?=[号弄栋幢楼层室村])")
_TOWN = re.compile("^[\u4e00-\u9fff]{2,4}?[镇乡](?=.{4})")


@cache
def _sounding_alike() -> dict[str, list[str]]:
    """Return the 3,755 common characters of GB 2312 by their reading."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in range(0xB0, 0xD8):
        for letter in bytes(each for cell in range(0xA1, 0xFF) for each in (row, cell)).decode(
            "gb2312", "ignore"
        ):
            found[lazy_pinyin(letter)[0]].append(letter)
    return found


def _homophone(letter: str, rng: random.Random) -> str:
    others = [one for one in _sounding_alike()[lazy_pinyin(letter)[0]] if one != letter]
    return rng.choice(others) if others else ""


def _with_typo(text: str, rng: random.Random) -> str:
    """Change one Chinese character: a homophone, dropped, doubled or swapped with the next."""
    places = [found.start() for found in _HAN.finditer(text) if text[found.start()] not in "号弄"]
    if len(places) < 3:
        return text
    at = rng.choice(places)
    kind = rng.choice(["homophone", "homophone", "dropped", "doubled", "swapped"])
    before, letter, after = text[:at], text[at], text[at + 1 :]
    if kind == "homophone":
        return before + _homophone(letter, rng) + after
    if kind == "doubled":
        return before + letter * 2 + after
    if kind == "swapped" and after and _HAN.match(after):
        return before + after[0] + letter + after[1:]
    return before + after


def _in_numerals(text: str) -> str:
    def han(found: re.Match[str]) -> str:
        tens, ones = divmod(int(found[0]), 10)
        head = "" if tens == 0 else ("十" if tens == 1 else f"{_NUMERALS[tens]}十")
        return head + (_NUMERALS[ones] if ones or not tens else "")

    return _COUNTED.sub(han, text)


def rewritten(address: str, levels: Iterable[str], rng: random.Random) -> str:
    """Return an address with a typo, some upper levels, and digits written otherwise.

    Parameters
    ----------
    address : below the district
    levels : city, district
    rng : of a seed
    """
    text = _with_typo(address, rng)
    if rng.random() < 0.3:
        text = _TOWN.sub("", text)
    if rng.random() < 0.3:
        text = _in_numerals(text)
    if rng.random() < 0.3:
        text = text.translate(_WIDE)
    kept = [level for level in levels if rng.random() < 0.5]
    return "".join(kept) + text


def pinyin(address: str, rng: random.Random) -> str:
    """Return an address in pinyin, together or syllable by syllable."""
    return rng.choice(["", " "]).join(lazy_pinyin(address))
