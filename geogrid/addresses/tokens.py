"""Address texts as arrays of tokens: what is written and how it sounds."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from geogrid._token_kernels import tokenise
from geogrid.addresses.readings import CHARACTERS, pinyin_readings

__all__ = ["NO_COUNTS", "Tokens", "read_tokens"]

NO_COUNTS = np.zeros(0, dtype=np.int32)

_LONGEST = 500  # characters that are read of a text
_NUMERALS = {letter: value for value, letter in enumerate("零一二三四五六七八九十")}
_UNITS = {"〇": 0, "百": 100, "千": 127}
_NOUNS = "号栋幢座单楼层室房户弄巷门期区村组队路街道里米"
_ONE_LETTER = {ord(odd): plain for odd, plain in zip("號棟樓", "号栋楼", strict=True)}
_SHEET = 200_000  # texts that are folded at once


@dataclass(frozen=True, eq=False)
class Tokens:
    """Texts as tokens.

    Attributes
    ----------
    signs : (k,) int32
        What is written; see `geogrid._token_kernels`.
    sounds : (k,) uint16
        Ids of readings; see :mod:`geogrid.addresses.readings`.
    bounds : (t + 1,) int64
        The first token of each text, and one past the last.
    """

    signs: npt.NDArray[np.int32]
    sounds: npt.NDArray[np.uint16]
    bounds: npt.NDArray[np.int64]

    def lengths(self) -> npt.NDArray[np.int64]:
        """Return how many tokens each text has."""
        return np.diff(self.bounds)


def read_tokens(texts: Sequence[str], counts: npt.NDArray[np.int32] = NO_COUNTS) -> Tokens:
    """Read texts into tokens.

    Width, case, accents, spaces and punctuation do not count; Chinese numerals before a noun are
    numbers, 号楼, 幢, 座 and # after a number are 栋, Latin letters are cut into syllables of
    pinyin where they can be.

    Parameters
    ----------
    texts
        The first 500 characters of each are read.
    counts
        How often pairs of sounds occur in the gazetteer, to tell xi an from xian.
    """
    sheets = [
        _read_sheet(texts[begin : begin + _SHEET], counts) for begin in range(0, len(texts), _SHEET)
    ]
    if len(sheets) == 1:
        return sheets[0]
    before = np.cumsum([0, *(len(sheet.signs) for sheet in sheets)])
    bounds = [sheet.bounds[:-1] + offset for sheet, offset in zip(sheets, before, strict=False)]
    return Tokens(
        np.concatenate([np.zeros(0, np.int32), *(sheet.signs for sheet in sheets)]),
        np.concatenate([np.zeros(0, np.uint16), *(sheet.sounds for sheet in sheets)]),
        np.concatenate([np.zeros(0, np.int64), *bounds, before[-1:]]).astype(np.int64),
    )


def _read_sheet(texts: Sequence[str], counts: npt.NDArray[np.int32]) -> Tokens:
    blob = "\n".join(text[:_LONGEST].replace("\n", " ") for text in texts)
    if not blob.isascii():
        blob = unicodedata.normalize("NFKC", blob)
    codes = _code_points(_without_accents(blob.casefold()).translate(_ONE_LETTER))
    breaks = np.flatnonzero(codes == ord("\n"))
    starts = np.concatenate([[0], breaks + 1]).astype(np.int64)
    stops = np.append(breaks, len(codes)).astype(np.int64)
    nouns, digits, tables = _tables()
    signs = np.zeros(len(codes) + 1, dtype=np.int32)
    sounds = np.zeros(len(codes) + 1, dtype=np.uint16)
    bounds = np.zeros(len(texts) + 1, dtype=np.int64)
    count = tokenise(codes, starts, stops, nouns, digits, tables, counts, signs, sounds, bounds)
    return Tokens(signs[:count].copy(), sounds[:count].copy(), bounds)


def _without_accents(blob: str) -> str:
    """Return the text with ā as a, where such letters occur."""
    accented = {letter for letter in set(blob) if 0xC0 <= ord(letter) < 0x250}
    plain = {ord(letter): unicodedata.normalize("NFD", letter)[0] for letter in accented}
    plain |= {ord(letter): "v" for letter in accented if letter in "üǖǘǚǜ"}
    return blob.translate(plain) if plain else blob


def _code_points(blob: str) -> npt.NDArray[np.int32]:
    return np.frombuffer(blob.encode("utf-32-le", "replace"), dtype=np.int32)


@cache
def _tables() -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int8], Any]:
    readings = pinyin_readings()
    nouns = np.zeros(CHARACTERS, dtype=np.bool_)
    nouns[[ord(letter) for letter in _NOUNS]] = True
    digits = np.full(CHARACTERS, -1, dtype=np.int8)
    for letter, value in {**_NUMERALS, **_UNITS}.items():
        digits[ord(letter)] = value
    tables = (
        readings.syllable,
        readings.pair,
        readings.pair_syllables,
        readings.packed,
        readings.packed_id,
        readings.numeral,
        readings.alike,
    )
    return nouns, digits, tables
