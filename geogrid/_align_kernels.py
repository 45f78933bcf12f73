"""Compiled alignment of a query with the ways to write an entry: what differs, and why.

A spelling is one way to write an entry: its region, its address and its name or one alias. Each
is taken token by token; what is left out, said twice or said otherwise has its cost and its reason.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from geogrid._compiled import kernel
from geogrid._token_kernels import FIRST_LATIN, FIRST_VALUE

__all__ = [
    "MARKS",
    "align",
    "alike_sound",
    "has_beginnings",
    "least_costs",
    "least_of",
    "query_of",
    "token_cost",
]

Signs = npt.NDArray[np.int32]
Sounds = npt.NDArray[np.uint16]
Weights = npt.NDArray[np.float32]

_FIRST_PREFIX, _FIRST_OTHER = 500, 900
_FIRST_SIGN = 1 << 16  # where marks of signs begin, after those of sounds
MARKS = _FIRST_SIGN + FIRST_LATIN
_FAR = 1e9

HOMOPHONE = 1
TYPO = 2
PINYIN = 4
INITIALS = 8
NO_DOOR = 16
NO_WORD = 32
FINER = 64
NO_INNER = 128
NAMED = 256
ADDRESSED = 512
NO_BUILDING = 1024
OMITTED = 2048
NAME_PART = 4096

_BUILDING = ord("栋")
_TOWN_ENDS = (ord("镇"), ord("乡"))
_STREET_ENDS = (ord("路"), ord("街"), ord("道"), ord("巷"), ord("弄"))
_SIDES = (ord("东"), ord("南"), ord("西"), ord("北"), ord("中"))
_DOORS = (ord("号"), ord("弄"))
_NUMERALS = tuple(ord(letter) for letter in "零一二三四五六七八九十")
_UNSPOKEN_WEIGHT = 0.15  # 号
_MOVED_DIGIT = 0.9


@kernel
def alike_sound(sound: int, alike: Sounds) -> Any:
    return np.int64(alike[sound]) if sound < _FIRST_OTHER else np.int64(sound)


@kernel
def token_cost(  # noqa: PLR0911 (a table of cases)
    sign: int,
    sound: int,
    other: int,
    other_sound: int,
    alike: Sounds,
    begins_with: Any,
    others: Any,
    is_last: bool,
) -> tuple[float, int]:
    """Return what it costs to take one token of a query for one of a spelling, and why.

    0 is the same token, 1 another one altogether. `is_last` allows the query to break off
    inside the token, as while typing.
    """
    if sign == other:
        return 0.0, 0
    if sign >= FIRST_VALUE and other >= FIRST_VALUE:
        return _number_cost(sign - FIRST_VALUE, other - FIRST_VALUE, is_last)
    if sign >= FIRST_VALUE or other >= FIRST_VALUE:
        if sound == other_sound:
            return 0.05, _why_number(min(sign, other))
        is_letter = FIRST_LATIN <= sign < FIRST_VALUE and other_sound < 500
        if is_letter and begins_with[sound, other_sound]:
            return 0.15, INITIALS
        return 1.0, TYPO
    if FIRST_LATIN <= sign < FIRST_VALUE:
        return _latin_cost(sound, other, other_sound, alike, begins_with, others, is_last)
    if sound == other_sound:
        return 0.25, HOMOPHONE
    if sound < _FIRST_OTHER and other_sound < _FIRST_OTHER and alike[sound] == alike[other_sound]:
        return 0.35, HOMOPHONE
    return 0.8, TYPO


@kernel
def _why_number(sign: int) -> int:
    """Return why what is not written in digits was taken for a number."""
    if sign >= FIRST_LATIN:
        return PINYIN
    return 0 if sign in _NUMERALS else HOMOPHONE


@kernel
def _latin_cost(  # noqa: PLR0911 (a table of cases)
    sound: int,
    other: int,
    other_sound: int,
    alike: Sounds,
    begins_with: Any,
    others: Any,
    is_last: bool,
) -> tuple[float, int]:
    if other_sound >= _FIRST_OTHER:
        return 1.0, TYPO
    if sound == other_sound:
        return 0.02, PINYIN
    if other < FIRST_LATIN and sound < 500:
        for each in range(others.shape[1]):
            if others[other, each] == sound:
                return 0.1, PINYIN
    if alike[sound] == alike[other_sound]:
        return 0.2, PINYIN
    if other_sound < 500 and other < FIRST_LATIN and begins_with[sound, other_sound]:
        if sound >= 500:
            return 0.15, INITIALS
        if is_last:
            return 0.15, PINYIN
    return 1.0, TYPO


@kernel
def _number_cost(asked: int, other: int, is_last: bool) -> tuple[float, int]:
    """Return the cost of taking a number for another, less where a digit slipped."""
    if is_last:
        shorter = other
        while shorter > asked:
            shorter //= 10
        if shorter == asked and asked > 0:
            return 0.3, FINER
    if _is_slip(asked, other) or _is_slip(other, asked):
        return 0.95, NO_DOOR
    return 1.6, NO_DOOR


@kernel
def _is_slip(longer: int, shorter: int) -> bool:
    """Say whether a number is another one with a digit left out, or with two digits swapped."""
    scale = 1
    while scale <= longer:
        if longer // (scale * 10) * scale + longer % scale == shorter and longer >= 10:
            return True
        first = longer // scale % 10
        second = longer // (scale * 10) % 10
        swapped = longer + (second - first) * scale + (first - second) * scale * 10
        if longer >= scale * 10 and swapped == shorter:
            return True
        scale *= 10
    return False


@kernel
def query_of(signs: Signs, sounds: Sounds, weights: Weights, is_door: Any, alike: Sounds) -> Any:
    """Return what aligning reads of a query.

    That is its signs, sounds, weights, sounds with those mistaken for each other as one, the cost
    of leaving each token out with the reason, and why another number was found in its place.
    """
    many = len(signs)
    mixed = np.empty(many, dtype=np.int64)
    skip = np.empty(many, dtype=np.float64)
    skipped = np.zeros(many, dtype=np.int64)
    number = np.empty(many, dtype=np.int64)
    for j in range(many):
        mixed[j] = alike_sound(sounds[j], alike)
        is_building = j + 1 < many and signs[j + 1] == _BUILDING
        number[j] = NO_DOOR if is_door[j] else (NO_BUILDING if is_building else NO_INNER)
        skip[j] = weights[j]
        if j > 0 and signs[j] == signs[j - 1]:
            skip[j] *= 0.3
            skipped[j] = TYPO
        elif signs[j] >= FIRST_VALUE or (is_building and signs[j] >= FIRST_LATIN):
            skipped[j] = number[j]
        elif weights[j] > 0.3 or signs[j] in _SIDES:
            skipped[j] = NO_WORD
    return signs, sounds, weights, mixed, skip, skipped, number


@kernel
def _core(signs: Signs, kind: int) -> tuple[int, int]:
    """Return the span of a field that a query has to name: street and number, a whole name.

    Of an address without the town ahead of its street and what follows its last number.
    """
    begin, stop = 0, len(signs)
    if kind != 1:
        return begin, stop
    for place in range(len(signs) - 1, -1, -1):
        if signs[place] >= FIRST_VALUE:
            stop = min(len(signs), place + 2)
            break
    for place in range(1, stop - 1):
        if signs[place] in _TOWN_ENDS and signs[place + 1] not in _STREET_ENDS:
            begin = place + 1
    return begin, stop


@kernel
def _unnamed(flags: Any, words: int, numbers: int, kind: int) -> Any:
    """Return `flags` with what it means that a query leaves out so much of a core.

    One word of an address is a slip of the writer, the second one is not.
    """
    if kind == 0 or (words == 0 and numbers == 0):
        return flags
    if kind == 2:
        return flags | NAME_PART
    if numbers > 0 or words > 1 or flags & OMITTED:
        return flags | FINER
    return flags | OMITTED


@kernel
def _is_moved_digit(first: int, second: int, whole: int) -> bool:
    """Say whether the digits of two numbers, one after the other, are those of the third."""
    scale = 10
    while scale <= second:
        scale *= 10
    return first * scale + second == whole


@kernel
def _counted(sign: int, weight: float) -> tuple[int, int]:
    """Return how many words and numbers (or sides of a street) a token of a core is."""
    if sign >= FIRST_VALUE or sign in _SIDES:
        return 0, 1
    return (1 if weight > _UNSPOKEN_WEIGHT else 0), 0


@kernel
def _through_field(  # noqa: PLR0912, PLR0915 (one loop, compiled)
    query: Any,
    text_signs: Signs,
    text_sounds: Sounds,
    kind: int,
    weight_of: Weights,
    alike: Sounds,
    begins_with: Any,
    others: Any,
    typing: bool,
    cost: Any,
    flags: Any,
) -> None:
    """Lead all beginnings of the query through one field of a spelling, or past it.

    Row 0 of `cost` and `flags` holds, per count of tokens of the query, the least cost so far
    and why; it is brought up to date. The other rows are scratch. `kind` is 0 for a region, 1 for
    an address, 2 for a name. What a pair of tokens costs stands in the loop: a kernel of its own,
    which is given the query as a tuple of arrays, takes several times as long.
    """
    signs, sounds, weights, mixed, skip, skipped, number = query
    many = len(signs)
    size = len(text_signs)
    whole = 0.0
    begin, stop = _core(text_signs, kind)
    words, numbers = 0, 0
    for place in range(size):
        whole += weight_of[text_sounds[place]]
        if begin <= place < stop:
            own_word, own_number = _counted(text_signs[place], weight_of[text_sounds[place]])
            words += own_word
            numbers += own_number
    words_ahead, numbers_ahead = 0, 0
    past = min(0.1, 0.01 * whole) if kind > 0 else 0.0
    out, above, older, now = 1, 2, 3, 4
    for j in range(many + 1):
        cost[out, j] = cost[0, j] + past
        flags[out, j] = flags[0, j]
        cost[above, j] = _FAR
        flags[above, j] = 0
        cost[older, j] = _FAR
    tail_rate = 0.0 if kind == 0 else (0.02 if typing else 0.12)
    rate = 0.05 if kind == 0 else 0.4
    mark = ADDRESSED if kind == 1 else (NAMED if kind == 2 else 0)
    passed = 0.0
    for place in range(size):
        sign = text_signs[place]
        sound = text_sounds[place]
        own_mixed = alike_sound(sound, alike)
        weight = weight_of[sound]
        left_out = rate * weight
        own_word, own_number = 0, 0
        if begin <= place < stop:
            own_word, own_number = _counted(sign, weight)
        head = 0.0 if kind == 0 else 0.15 * passed
        passed += weight
        tail = tail_rate * (whole - passed)
        for j in range(many + 1):
            if cost[0, j] + head < cost[above, j]:  # the field is entered here
                cost[above, j] = cost[0, j] + head
                flags[above, j] = _unnamed(flags[0, j], words_ahead, numbers_ahead, kind)
        words_ahead += own_word
        numbers_ahead += own_number
        for j in range(many + 1):
            least = cost[above, j] + left_out
            why = _unnamed(flags[above, j], own_word, own_number, kind)
            if j > 0:
                asked = signs[j - 1]
                reason = 0
                if asked == sign:
                    own = 0.0
                elif asked < FIRST_LATIN and sign < FIRST_LATIN:
                    if sounds[j - 1] == sound:
                        own, reason = 0.25, HOMOPHONE
                    elif mixed[j - 1] == own_mixed:
                        own, reason = 0.35, HOMOPHONE
                    else:
                        own, reason = 0.8, TYPO
                        if flags[above, j - 1] & TYPO or (asked in _SIDES and sign in _SIDES):
                            reason = TYPO | NO_WORD
                        if asked in _DOORS and sign in _DOORS:
                            reason = TYPO | NO_DOOR
                else:
                    own, reason = token_cost(
                        asked,
                        sounds[j - 1],
                        sign,
                        sound,
                        alike,
                        begins_with,
                        others,
                        typing and j == many,
                    )
                    if reason == NO_DOOR:
                        reason = number[j - 1]
                total = cost[above, j - 1] + own * max(weight, weights[j - 1])
                if total <= least:
                    least = total
                    why = flags[above, j - 1] | reason | mark
                total = cost[now, j - 1] + skip[j - 1]
                if total < least:
                    least = total
                    why = flags[now, j - 1] | skipped[j - 1]
                if j > 1 and place > 0 and sign == signs[j - 2]:
                    is_number = sign >= FIRST_VALUE
                    total = cost[older, j - 2] + (_MOVED_DIGIT if is_number else 0.4)
                    if text_signs[place - 1] == asked and total < least:
                        least = total
                        why = flags[older, j - 2] | TYPO | mark | (NO_DOOR if is_number else 0)
                if j > 2 and place > 0 and sign >= FIRST_VALUE and asked >= FIRST_VALUE:
                    total = cost[older, j - 3] + _MOVED_DIGIT
                    if (
                        total < least
                        and text_signs[place - 1] == signs[j - 2]
                        and signs[j - 3] >= FIRST_VALUE
                        and _is_moved_digit(
                            signs[j - 3] - FIRST_VALUE, asked - FIRST_VALUE, sign - FIRST_VALUE
                        )
                    ):
                        least = total
                        why = flags[older, j - 3] | TYPO | NO_DOOR | mark
            cost[now, j] = least
            flags[now, j] = why
            if j > 0 and least + tail < cost[out, j]:
                cost[out, j] = least + tail
                flags[out, j] = _unnamed(why, words - words_ahead, numbers - numbers_ahead, kind)
        older, above, now = above, now, older
    cost[0, 0] = cost[out, 0]
    flags[0, 0] = flags[out, 0]
    for j in range(1, many + 1):
        cost[0, j] = cost[out, j]
        flags[0, j] = flags[out, j]
        if cost[0, j - 1] + skip[j - 1] < cost[0, j]:
            cost[0, j] = cost[0, j - 1] + skip[j - 1]
            flags[0, j] = flags[0, j - 1] | skipped[j - 1]


@kernel
def align(
    query: Any, spelling: int, index: Any, typing: bool, cost: Any, flags: Any
) -> tuple[float, int]:
    """Return what a query lacks in a spelling, in weights of tokens, and why.

    Parameters
    ----------
    query : of `query_of`
    spelling : its position
    index : a `SearchIndex`
    typing : whether the query may break off
    cost, flags : (5, tokens + 1) scratch
    """
    many = len(query[0])
    skip, skipped = query[4], query[5]
    cost[0, 0] = 0.0
    flags[0, 0] = 0
    for j in range(1, many + 1):
        cost[0, j] = cost[0, j - 1] + skip[j - 1]
        flags[0, j] = flags[0, j - 1] | skipped[j - 1]
    region = index.regions[spelling]
    for kind in (2, 0, 1, 2):
        if kind == 0:
            begin, stop = index.region_bounds[region], index.region_bounds[region + 1]
            signs, sounds = index.region_signs[begin:stop], index.region_sounds[begin:stop]
        else:
            begin = index.starts[spelling] if kind == 1 else index.middles[spelling]
            stop = index.middles[spelling] if kind == 1 else index.stops[spelling]
            signs, sounds = index.signs[begin:stop], index.sounds[begin:stop]
        if begin < stop:
            _through_field(
                query,
                signs,
                sounds,
                kind,
                index.weights,
                index.alike,
                index.begins_with,
                index.others,
                typing,
                cost,
                flags,
            )
    return cost[0, many], flags[0, many]


@kernel
def least_costs(query: Any, index: Any) -> Any:
    """Return what each token of a query costs at least in a spelling that has nothing like it.

    Zero where that cannot be told: of letters that may begin a syllable. A digit that moved
    between two numbers costs once for both of them.
    """
    signs, sounds, weights, _mixed, skip, _skipped, _number = query
    least = np.empty(len(signs))
    for j in range(len(signs)):
        if signs[j] >= FIRST_VALUE:
            least[j] = min(skip[j], 0.5 * _MOVED_DIGIT)
            continue
        least[j] = min(skip[j], 0.8 * weights[j])
        if signs[j] >= FIRST_LATIN:
            may_begin = sounds[j] >= _FIRST_PREFIX
            for numeral in _NUMERALS:  # li begins 6
                spoken = index.others[numeral, 0]
                may_begin |= not may_begin and index.begins_with[sounds[j], spoken]
            if may_begin:
                least[j] = 0.0
    return least


@kernel
def _mark(signs: Signs, sounds: Sounds, index: Any, marks: Any, mark: int) -> None:
    """Write `mark` at all that tokens of a spelling may be taken for."""
    for place in range(len(signs)):
        sign = signs[place]
        marks[alike_sound(sounds[place], index.alike)] = mark
        if sign < FIRST_LATIN:
            marks[_FIRST_SIGN + sign] = mark
            for each in range(index.others.shape[1]):
                marks[alike_sound(index.others[sign, each], index.alike)] = mark


@kernel
def least_of(query: Any, least: Any, spelling: int, index: Any, marks: Any, mark: int) -> float:
    """Return a cost that aligning a query with a spelling cannot come below.

    Parameters
    ----------
    query : of `query_of`
    least : of `least_costs`
    spelling : its position
    index : a `SearchIndex`
    marks : (MARKS,) int32 scratch without `mark`
    mark : another one for each call
    """
    region = index.regions[spelling]
    begin, stop = index.region_bounds[region], index.region_bounds[region + 1]
    _mark(index.region_signs[begin:stop], index.region_sounds[begin:stop], index, marks, mark)
    begin, stop = index.starts[spelling], index.stops[spelling]
    _mark(index.signs[begin:stop], index.sounds[begin:stop], index, marks, mark)
    signs, mixed = query[0], query[3]
    total = 0.0
    for j in range(len(signs)):
        is_there = marks[mixed[j]] == mark
        if signs[j] < FIRST_LATIN:
            is_there |= marks[_FIRST_SIGN + signs[j]] == mark
        if not is_there:
            total += least[j]
    return total


@kernel
def has_beginnings(query: Any) -> bool:
    """Say whether the query has letters that only begin a syllable, as in trql."""
    signs, sounds = query[0], query[1]
    for j in range(len(signs)):
        if FIRST_LATIN <= signs[j] < FIRST_VALUE and sounds[j] >= _FIRST_PREFIX:
            return True
    return False
