"""Compiled reading of address texts into tokens: characters with their sound, numbers, pinyin.

A token is a pair: what is written (`sign`) and how it is read (`sound`). Signs below 0x20000 are
characters; then come pieces of Latin letters and numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from geogrid._compiled import kernel

__all__ = ["FIRST_LATIN", "FIRST_VALUE", "pair_slot", "tokenise", "value_sound"]

Integers = npt.NDArray[np.int64]
Signs = npt.NDArray[np.int32]
Sounds = npt.NDArray[np.uint16]

FIRST_LATIN = 0x20000
"""Signs from here on are pieces of Latin letters, by the id of their reading."""
FIRST_VALUE = 0x200000
"""Signs from here on are numbers, by their value."""

_CHARACTERS, _FIRST_HAN = 0x20000, 0x3400
_FIRST_OTHER = 900
_FIRST_NUMBER = 1500
_MOST_VALUE, _MOST_READ = 1 << 24, 1 << 40
_NUMBERS = 64_000
_LONGEST = 6  # letters of a syllable
_FAR = 1e9
_BUILDING = ord("栋")


@kernel
def tokenise(
    codes: Signs,
    starts: Integers,
    stops: Integers,
    nouns: npt.NDArray[np.bool_],
    digits: npt.NDArray[np.int8],
    tables: Any,
    counts: npt.NDArray[np.int32],
    signs: Signs,
    sounds: Sounds,
    bounds: Integers,
) -> int:
    """Read texts one after the other; return how many tokens there are.

    Parameters
    ----------
    codes : (c,) code points in one case and width
    starts, stops : (t,) of each text in `codes`
    nouns : (CHARACTERS,) what makes the Chinese numeral before it a number
    digits : (CHARACTERS,) value of Chinese numerals, 10, 100 and 127 (a thousand); -1 for others
    tables : syllable, pair, pair_syllables, packed, packed_id, numeral, alike of `Readings`
    counts : (2**k,) how often pairs of sounds occur, to choose among readings; empty for none
    signs, sounds : (c,) filled
    bounds : (t + 1,) filled: the first token of each text
    """
    at = 0
    for text in range(len(starts)):
        bounds[text] = at
        place = starts[text]
        stop = stops[text]
        while place < stop:
            code = codes[place]
            if 48 <= code <= 57:
                place, at = _number(codes, place, stop, tables, signs, sounds, at)
            elif 97 <= code <= 122:
                end = place
                while end < stop and 97 <= codes[end] <= 122:
                    end += 1
                at = _latin(codes, place, end, tables, counts, signs, sounds, at)
                place = end
            elif code == 0x7B2C and place + 1 < stop and _is_digit(codes[place + 1], digits):
                place += 1  # 第 before a number
            elif code < _CHARACTERS and digits[code] >= 0:
                place, at = _numeral(
                    codes,
                    place,
                    stop,
                    nouns,
                    digits,
                    tables,
                    signs,
                    sounds,
                    at,
                    bounds[text],
                )
            else:
                if code >= _FIRST_HAN:
                    at = _character(codes, place, starts[text], stop, tables, signs, sounds, at)
                    at = _one_noun(signs, sounds, at, bounds[text], tables)
                elif code == 35 and at > bounds[text] and signs[at - 1] >= FIRST_VALUE:
                    signs[at] = _BUILDING  # 3# is 3栋
                    sounds[at] = tables[0][_BUILDING]
                    at += 1
                place += 1
    bounds[len(starts)] = at
    return at


@kernel
def _is_digit(code: int, digits: npt.NDArray[np.int8]) -> bool:
    return 48 <= code <= 57 or (code < _CHARACTERS and digits[code] >= 0)


@kernel
def _put_value(value: int, tables: Any, signs: Signs, sounds: Sounds, at: int) -> int:
    signs[at] = FIRST_VALUE + (value if value < _MOST_VALUE else value % _MOST_VALUE)
    numeral = tables[5]
    sounds[at] = numeral[value] if value <= 10 else value_sound(value)
    return at + 1


@kernel
def value_sound(value: int) -> int:
    """Return the sound of a number above ten."""
    return _FIRST_NUMBER + value % _NUMBERS


@kernel
def _number(
    codes: Signs, place: int, stop: int, tables: Any, signs: Signs, sounds: Sounds, at: int
) -> tuple[int, int]:
    value = 0
    while place < stop and 48 <= codes[place] <= 57:
        value = (value * 10 + codes[place] - 48) % _MOST_READ
        place += 1
    return place, _put_value(value, tables, signs, sounds, at)


@kernel
def _numeral(
    codes: Signs,
    place: int,
    stop: int,
    nouns: npt.NDArray[np.bool_],
    digits: npt.NDArray[np.int8],
    tables: Any,
    signs: Signs,
    sounds: Sounds,
    at: int,
    first: int,
) -> tuple[int, int]:
    """Read a run of Chinese numerals: a number where that is plain, else characters."""
    end = place
    has_units = False
    while end < stop and codes[end] < _CHARACTERS and digits[codes[end]] >= 0:
        has_units |= digits[codes[end]] >= 10
        end += 1
    is_number = end < stop and codes[end] < _CHARACTERS and nouns[codes[end]]
    is_number |= end + 1 < stop and codes[end] == 45 and _is_digit(codes[end + 1], digits)
    if not is_number and has_units and end - place > 1 and _is_spoken(codes, place, end, digits):
        is_apart = end == stop or codes[end] < _FIRST_HAN
        before = signs[at - 1] if at > first else 0
        is_behind = before >= FIRST_LATIN or (before > 0 and nouns[before])
        is_number = end - place > 2 or (is_apart and is_behind)
    if is_number:
        return end, _put_value(
            _value(codes, place, end, digits, has_units), tables, signs, sounds, at
        )
    for each in range(place, end):
        at = _character(codes, each, place, stop, tables, signs, sounds, at)
    return end, at


@kernel
def _is_spoken(codes: Signs, place: int, end: int, digits: npt.NDArray[np.int8]) -> bool:
    """Say whether a run is a number as it is said: 二百零三 and 十五, not 三百百."""
    least = 1000
    was_digit = False
    for each in range(place, end):
        digit = digits[codes[each]]
        if digit >= 10:
            if digit >= least or not (was_digit or (digit == 10 and each == place)):
                return False
            least = digit
            was_digit = False
        elif was_digit:
            return False
        else:
            was_digit = digit > 0
    return True


@kernel
def _value(
    codes: Signs, place: int, end: int, digits: npt.NDArray[np.int8], has_units: bool
) -> int:
    total: Any = 0
    last: Any = 0
    for each in range(place, end):
        digit = np.int64(digits[codes[each]])
        if digit < 10:
            last = (last * 10 + digit) % _MOST_READ if not has_units else digit
        else:
            total += (last if last else 1) * (1000 if digit == 127 else digit)
            last = 0
    return total + last


@kernel
def _character(
    codes: Signs,
    place: int,
    first: int,
    stop: int,
    tables: Any,
    signs: Signs,
    sounds: Sounds,
    at: int,
) -> int:
    """Put one character with the reading that it has beside its neighbours."""
    code = codes[place]
    signs[at] = code if code < _CHARACTERS else code % _CHARACTERS
    sound = tables[0][signs[at]]
    if sound == 0:
        sounds[at] = _FIRST_OTHER + code % (_FIRST_NUMBER - _FIRST_OTHER)
        return at + 1
    pairs, told = tables[1], tables[2]
    if place + 1 < stop:
        found = _find(pairs, code * _CHARACTERS + np.int64(codes[place + 1]))
        if found >= 0:
            sounds[at] = told[found, 0]
            return at + 1
    if place > first:
        found = _find(pairs, np.int64(codes[place - 1]) * _CHARACTERS + code)
        if found >= 0:
            sound = told[found, 1]
    sounds[at] = sound
    return at + 1


@kernel
def _find(keys: Integers, key: Any) -> Any:
    at = np.searchsorted(keys, key)
    return at if at < len(keys) and keys[at] == key else -1


@kernel
def _one_noun(signs: Signs, sounds: Sounds, at: int, first: int, tables: Any) -> int:
    """Write 号楼, 幢 and 座 after a number or letter as 栋; return where tokens go on."""
    sign = signs[at - 1]
    back = 0
    if sign in (0x5E62, 0x5EA7, 0x680B, 0x697C):  # 幢 座 栋 楼
        before = at - 2
        if before > first and signs[before] == 0x53F7:  # 号
            back = 1
            before -= 1
        elif sign == 0x697C:
            return at
        if before >= first and signs[before] >= FIRST_LATIN:
            at -= back
            signs[at - 1] = _BUILDING
            sounds[at - 1] = tables[0][_BUILDING]
    return at


@kernel
def _latin(
    codes: Signs,
    place: int,
    end: int,
    tables: Any,
    counts: npt.NDArray[np.int32],
    signs: Signs,
    sounds: Sounds,
    at: int,
) -> int:
    """Cut a run of letters into as few syllables, beginnings of them and letters as will do.

    Where it is known how often pairs of syllables occur, pairs that never do cost as much as
    two more pieces: 西安路 is typed xianlu.
    """
    length = end - place
    cost = np.full((length + 1, _LONGEST + 1), _FAR)
    back = np.zeros((length + 1, _LONGEST + 1), dtype=np.int64)
    piece = np.zeros((length + 1, _LONGEST + 1), dtype=np.int64)
    cost[0, 0] = 0.0
    for stop in range(1, length + 1):
        for size in range(1, min(_LONGEST, stop) + 1):
            key = np.int64(0)
            for each in range(stop - size, stop):
                key = key * 32 + codes[place + each] - 96
            found = _find(tables[3], key)
            if found < 0:
                continue
            sound = np.int64(tables[4][found])
            own = 1.0 if sound < 500 else 2.2
            for before in range(_LONGEST + 1):
                total = cost[stop - size, before] + own
                if before > 0 and len(counts) > 0 and own == 1.0:
                    last = piece[stop - size, before]
                    slot = pair_slot(tables[6][last], tables[6][sound], len(counts))
                    if last < 500 and counts[slot] == 0:
                        total += 1.5
                if total < cost[stop, size]:
                    cost[stop, size] = total
                    back[stop, size] = before
                    piece[stop, size] = sound
    size = int(np.argmin(cost[length]))
    found_pieces = np.zeros(length, dtype=np.int64)
    many = 0
    stop = length
    while stop > 0:
        found_pieces[many] = piece[stop, size]
        many += 1
        before = back[stop, size]
        stop -= size
        size = before
    return _spelt_numbers(found_pieces[:many][::-1], tables, signs, sounds, at)


@kernel
def _spelt_numbers(
    pieces: Integers,
    tables: Any,
    signs: Signs,
    sounds: Sounds,
    at: int,
) -> int:
    """Put pieces; two or more numerals before hao, lu, dong … are a number: shi er hao."""
    many = len(pieces)
    each = 0
    while each < many:
        stop = each
        while stop < many and _numeral_of(pieces[stop], tables) >= 0:
            stop += 1
        if stop - each > 1 and stop < many and _is_noun_sound(pieces[stop], tables):
            value = _spelt_value(pieces[each:stop], tables)
            if value >= 0:
                at = _put_value(value, tables, signs, sounds, at)
                each = stop
                continue
        signs[at] = FIRST_LATIN + pieces[each]
        sounds[at] = pieces[each]
        at += 1
        each += 1
    return at


@kernel
def _numeral_of(sound: int, tables: Any) -> int:
    """Return 0 … 10, or 100 for bai; -1 for other sounds."""
    for value in range(11):
        if tables[5][value] == sound:
            return value
    return 100 if sound == tables[0][0x767E] else -1


@kernel
def _is_noun_sound(sound: int, tables: Any) -> bool:
    syllable = tables[0]
    return (
        sound == syllable[0x53F7]  # 号
        or sound == syllable[0x8DEF]  # 路
        or sound == syllable[0x5F04]  # 弄 is nong in the tables or long in Shanghai
        or sound == syllable[0x680B]  # 栋
        or sound == syllable[0x5E62]  # 幢
        or sound == syllable[0x5BA4]  # 室
        or sound == syllable[0x697C]  # 楼
        or sound == syllable[0x5C42]  # 层
    )


@kernel
def _spelt_value(pieces: Integers, tables: Any) -> int:
    """Return 12 for shi er, 120 for yi bai er shi, -1 for what is no numeral."""
    has_units = False
    for piece in pieces:
        has_units |= _numeral_of(piece, tables) >= 10
    total = 0
    last = 0
    for piece in pieces:
        digit = _numeral_of(piece, tables)
        if digit < 10:
            if has_units and last > 0:
                return -1
            last = digit if has_units else (last * 10 + digit) % _MOST_READ
        else:
            total += (last if last else 1) * digit
            last = 0
    return total + last


@kernel
def pair_slot(first: int, second: int, slots: int) -> Any:
    """Return the slot of a pair of sounds in a table whose length is a power of two."""
    key = np.uint64(first) * np.uint64(0x9E3779B1) + np.uint64(second)
    key = (key * np.uint64(0xC2B2AE3D27D4EB4F)) >> np.uint64(32)
    return np.int64(key & np.uint64(slots - 1))
