"""How characters are read: pinyin without tones, as tables for compiled code.

Readings are those of pypinyin's dictionaries. A character with several gets the one of the
word it stands in (重 in 重庆 is *chong*), as far as two characters decide that; all its readings
are kept beside, because people type the one they know.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

__all__ = [
    "ALTERNATIVES",
    "CHARACTERS",
    "FIRST_NUMBER",
    "FIRST_OTHER",
    "FIRST_PREFIX",
    "Readings",
    "pinyin_readings",
]

CHARACTERS = 0x20000
"""Characters beyond have no reading."""
ALTERNATIVES = 4
FIRST_PREFIX = 500
"""Ids from here on are beginnings of syllables, letters among them."""
FIRST_OTHER = 900
"""Ids from here on stand for characters without a reading, by their code."""
FIRST_NUMBER = 1500
"""Ids from here on stand for numbers above ten, by their value."""

_PACKED_BITS = 5
_NUMERALS = "零一二三四五六七八九十"


@dataclass(frozen=True, eq=False)
class Readings:
    """Tables of readings.

    Attributes
    ----------
    syllable : (CHARACTERS,) uint16
        Id of the usual reading of each character, 0 for none.
    others : (CHARACTERS, ALTERNATIVES) uint16
        All readings of each character.
    pair : (p,) int64
        Ascending; first character · CHARACTERS + second, where a word decides.
    pair_syllables : (p, 2) uint16
        The readings in that pair.
    packed : (s,) int64
        Ascending; the letters of each syllable and beginning of one, five bits a letter.
    packed_id : (s,) uint16
        Their ids.
    alike : (FIRST_OTHER,) uint16
        Id of the syllable for those that are often mistaken for each other (zh and z, ing and in).
    initial : (FIRST_OTHER,) uint8
        1 for a … 26 for z.
    begins : (FIRST_OTHER, FIRST_PREFIX) bool
        Whether the letters of the one begin those of the other.
    numeral : (11,) uint16
        The readings of 0 to 10.
    """

    syllable: npt.NDArray[np.uint16]
    others: npt.NDArray[np.uint16]
    pair: npt.NDArray[np.int64]
    pair_syllables: npt.NDArray[np.uint16]
    packed: npt.NDArray[np.int64]
    packed_id: npt.NDArray[np.uint16]
    alike: npt.NDArray[np.uint16]
    initial: npt.NDArray[np.uint8]
    begins: npt.NDArray[np.bool_]
    numeral: npt.NDArray[np.uint16]


@cache
def pinyin_readings() -> Readings:
    """Return the tables, made once per process."""
    read = {code: _plain(marked) for code, marked in PINYIN_DICT.items() if code < CHARACTERS}
    read = {code: spelt for code, spelt in read.items() if spelt}
    names = sorted({name for spelt in read.values() for name in spelt})
    number = {name: at for at, name in enumerate(names, start=1)}
    starts = {name[:stop] for name in names for stop in range(1, len(name))}
    starts |= {chr(letter) for letter in range(ord("a"), ord("z") + 1)}
    beginnings = {name: FIRST_PREFIX + at for at, name in enumerate(sorted(starts - set(names)))}
    syllable = np.zeros(CHARACTERS, dtype=np.uint16)
    others = np.zeros((CHARACTERS, ALTERNATIVES), dtype=np.uint16)
    for code, spelt in read.items():
        syllable[code] = number[spelt[0]]
        others[code, : len(spelt)] = [number[name] for name in spelt[:ALTERNATIVES]]
    pair, pair_syllables = _pairs(read, number)
    packed, packed_id = _packed(number | beginnings)
    return Readings(
        syllable=syllable,
        others=others,
        pair=pair,
        pair_syllables=pair_syllables,
        packed=packed,
        packed_id=packed_id,
        alike=_alike(number),
        initial=_initials(number | beginnings),
        begins=_beginnings(number, beginnings),
        numeral=syllable[[ord(letter) for letter in _NUMERALS]],
    )


def _plain(marked: str) -> list[str]:
    """Return readings without tones, each once, the usual first: lǜ is lu, as typed."""
    names = (_bare(each) for each in marked.split(","))
    return list(dict.fromkeys(name for name in names if name.isascii() and name.isalpha()))


def _bare(marked: str) -> str:
    letters = unicodedata.normalize("NFD", marked.replace("ɡ", "g"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _pairs(
    read: Mapping[int, list[str]], number: Mapping[str, int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint16]]:
    """Return the pairs of characters in words that are not read as each is alone."""
    seen: dict[tuple[int, int], Counter[tuple[int, int]]] = defaultdict(Counter)
    for characters, names in _words(PHRASES_DICT):
        for at in range(len(characters) - 1):
            codes = (characters[at], characters[at + 1])
            spelt = (names[at], names[at + 1])
            if all(code in read for code in codes) and all(name in number for name in spelt):
                seen[codes][number[spelt[0]], number[spelt[1]]] += 1
    usual = {code: number[spelt[0]] for code, spelt in read.items()}
    told = {
        codes[0] * CHARACTERS + codes[1]: found.most_common(1)[0][0]
        for codes, found in seen.items()
        if found.most_common(1)[0][0] != (usual[codes[0]], usual[codes[1]])
    }
    keys = sorted(told)
    return (
        np.array(keys, dtype=np.int64),
        np.array([told[key] for key in keys], dtype=np.uint16).reshape(-1, 2),
    )


def _words(phrases: Mapping[str, Any]) -> Iterator[tuple[list[int], list[str]]]:
    for word, marked in phrases.items():
        if len(word) == len(marked) and all(ord(letter) < CHARACTERS for letter in word):
            yield [ord(letter) for letter in word], [_bare(each[0]) for each in marked]


def _packed(ids: Mapping[str, int]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint16]]:
    spelt = {_pack(name): at for name, at in ids.items()}
    for name, at in ids.items():  # 绿 is typed lv, lyu or lu
        if name in ("lu", "nu", "lue", "nue"):
            spelt.setdefault(_pack(name[0] + "v" + name[2:]), at)
    keys = sorted(spelt)
    values = np.array([spelt[key] for key in keys], dtype=np.uint16)
    return np.array(keys, dtype=np.int64), values


def _pack(name: str) -> int:
    key = 0
    for letter in name:
        key = (key << _PACKED_BITS) | (ord(letter) - ord("a") + 1)
    return key


def _alike(number: Mapping[str, int]) -> npt.NDArray[np.uint16]:
    same = np.arange(FIRST_OTHER, dtype=np.uint16)
    first: dict[str, int] = {}
    for name, at in number.items():
        key = name[0] + name[2:] if name[:2] in ("zh", "ch", "sh") else name
        key = key.removesuffix("g") if key.endswith(("ang", "eng", "ing")) else key
        same[at] = first.setdefault(key, at)
    return same


def _initials(ids: Mapping[str, int]) -> npt.NDArray[np.uint8]:
    initial = np.zeros(FIRST_OTHER, dtype=np.uint8)
    for name, at in ids.items():
        initial[at] = ord(name[0]) - ord("a") + 1
    return initial


def _beginnings(number: Mapping[str, int], beginnings: Mapping[str, int]) -> npt.NDArray[np.bool_]:
    begins = np.zeros((FIRST_OTHER, FIRST_PREFIX), dtype=np.bool_)
    for name, at in number.items():
        for stop in range(1, len(name) + 1):
            begins[number.get(name[:stop], beginnings.get(name[:stop], 0)), at] = True
    return begins
