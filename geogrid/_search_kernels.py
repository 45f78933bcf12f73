"""Compiled search: lists of texts per pair of sounds, and the candidates that they name.

A spelling is one way to write an entry: its region, its address and its name or one alias. Pairs
of sounds at most one token apart are listed, so that a dropped, doubled or swapped character
leaves most pairs in place. What the lists find is then aligned token by token.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from geogrid._align_kernels import (
    MARKS,
    align,
    alike_sound,
    has_beginnings,
    least_costs,
    least_of,
    query_of,
    token_cost,
)
from geogrid._compiled import kernel
from geogrid._token_kernels import FIRST_LATIN, FIRST_VALUE, pair_slot, value_sound

__all__ = [
    "best_of",
    "candidates",
    "count_pairs",
    "fill_pairs",
    "match_run",
    "score_regions",
    "start_keys",
]

Integers = npt.NDArray[np.int64]
Positions = npt.NDArray[np.int32]
Signs = npt.NDArray[np.int32]
Sounds = npt.NDArray[np.uint16]
Weights = npt.NDArray[np.float32]

_FIRST_OTHER = 900
_MOST_PAIRS = 256
_LETTERS_OF_KEY = 12
_PRIOR_WORTH, _MOST_PRIOR = 0.02, 0.02  # of a candidate, in weights of tokens
_FIRST_DIGIT = 27  # values of five bits from here on stand for numbers


@kernel
def count_pairs(
    sounds: Sounds, bounds: Integers, alike: Sounds, times: Positions, counts: Positions
) -> None:
    """Add to `counts` how often each pair of sounds occurs in the texts, each text `times`."""
    slots = len(counts)
    for text in range(len(bounds) - 1):
        for first in range(bounds[text], bounds[text + 1] - 1):
            one = alike_sound(sounds[first], alike)
            for second in range(first + 1, min(first + 3, bounds[text + 1])):
                counts[pair_slot(one, alike_sound(sounds[second], alike), slots)] += times[text]


@kernel
def fill_pairs(
    sounds: Sounds, bounds: Integers, alike: Sounds, begins: Integers, listed: Positions
) -> None:
    """Write the number of each text into the lists of its pairs.

    Parameters
    ----------
    sounds, bounds : of `Tokens`
    alike : of `Readings`
    begins : (slots + 1,) where each list begins; used up
    listed : (all pairs,) filled
    """
    slots = len(begins) - 1
    for text in range(len(bounds) - 1):
        for first in range(bounds[text], bounds[text + 1] - 1):
            one = alike_sound(sounds[first], alike)
            for second in range(first + 1, min(first + 3, bounds[text + 1])):
                slot = pair_slot(one, alike_sound(sounds[second], alike), slots)
                listed[begins[slot]] = text
                begins[slot] += 1


@kernel
def start_keys(
    signs: Signs, sounds: Sounds, starts: Integers, stops: Integers, initial: Any, keys: Integers
) -> None:
    """Fill the first letters of what begins at each start, five bits each, for prefix look-ups."""
    for row in range(len(starts)):
        key = np.int64(0)
        for each in range(_LETTERS_OF_KEY):
            at = starts[row] + each
            key = key * 32 + (initial_of(signs[at], sounds[at], initial) if at < stops[row] else 0)
        keys[row] = key


@kernel
def initial_of(sign: int, sound: int, initial: Any) -> Any:
    """Return 1 … 26 for what is read with that letter, other values up to 31 for the rest."""
    if sound < _FIRST_OTHER and initial[sound] > 0:
        return np.int64(initial[sound])
    return _FIRST_DIGIT + np.int64(sign) % 5


@kernel
def _slots_of(
    signs: Signs, sounds: Sounds, alike: Sounds, begins: Integers, slots: Integers
) -> int:
    """Fill the lists of a query's pairs, the shortest first, none twice; return how many.

    Of 6路19 also that of 路619, from which one digit went astray.
    """
    many = 0
    size = len(begins) - 1
    for first in range(len(sounds) - 1):
        one = alike_sound(sounds[first], alike)
        for second in range(first + 1, min(first + 3, len(sounds))):
            slot = pair_slot(one, alike_sound(sounds[second], alike), size)
            many = _add_slot(slot, begins, slots, many)
        if first + 2 < len(signs) and signs[first + 1] < FIRST_LATIN:
            whole = _joined(signs[first], signs[first + 2])
            if whole > 10:
                word = alike_sound(sounds[first + 1], alike)
                many = _add_slot(pair_slot(word, value_sound(whole), size), begins, slots, many)
    return many


@kernel
def _joined(sign: int, other: int) -> Any:
    """Return the number with the digits of two, -1 where one is none or it is too long."""
    if sign < FIRST_VALUE or other < FIRST_VALUE:
        return np.int64(-1)
    first, second = np.int64(sign) - FIRST_VALUE, np.int64(other) - FIRST_VALUE
    scale = np.int64(10)
    while scale <= second:
        scale *= 10
    return first * scale + second if first * scale < 100_000 else np.int64(-1)


@kernel
def _add_slot(slot: int, begins: Integers, slots: Integers, many: int) -> int:
    """Put a list among others by its length, unless it is empty or there; return how many."""
    length = begins[slot + 1] - begins[slot]
    if length == 0 or many >= len(slots):
        return many
    for each in range(many):
        if slots[each] == slot:
            return many
    at = many
    while at > 0 and begins[slots[at - 1] + 1] - begins[slots[at - 1]] > length:
        slots[at] = slots[at - 1]
        at -= 1
    slots[at] = slot
    return many + 1


@kernel
def _gather(
    slots: Integers,
    many: int,
    begins: Integers,
    listed: Positions,
    uses: Positions,
    budget: int,
    total: int,
    score: Weights,
    touched: Positions,
) -> int:
    """Add up the weights of a query's pairs per text; return how many texts were touched.

    The shortest lists are read first; once `budget` places were read the rest are too common
    to tell texts apart.
    A pair that mostly names regions counts less: it says the region of the text, not the text.
    """
    count = 0
    read = 0
    for rank in range(many):
        begin = begins[slots[rank]]
        stop = begins[slots[rank] + 1]
        if rank > 0 and read + (stop - begin) > budget:
            break
        read += stop - begin
        own = min(1.0, (stop - begin) / uses[slots[rank]])
        weight = np.float32((np.log((total + 1.0) / uses[slots[rank]]) + 0.1) * own)
        last = -1
        for place in range(begin, stop):
            text = listed[place]
            if text == last:
                continue
            last = text
            if score[text] == 0 and count < len(touched):
                touched[count] = text
                count += 1
            score[text] += weight
    return count


@kernel
def _best(
    touched: Positions, count: int, rank: Weights, best: Positions, best_rank: Weights
) -> int:
    """Keep the texts with the highest rank, ties by position; return how many."""
    kept = 0
    for each in range(count):
        text = touched[each]
        value = rank[each]
        if kept == len(best) and (
            value < best_rank[kept - 1] or (value == best_rank[kept - 1] and text > best[kept - 1])
        ):
            continue
        at = kept if kept < len(best) else kept - 1
        while at > 0 and (
            best_rank[at - 1] < value or (best_rank[at - 1] == value and best[at - 1] > text)
        ):
            best[at] = best[at - 1]
            best_rank[at] = best_rank[at - 1]
            at -= 1
        best[at] = text
        best_rank[at] = value
        kept = min(kept + 1, len(best))
    return kept


@kernel
def candidates(
    signs: Signs,
    sounds: Sounds,
    index: Any,
    region_score: Weights,
    near: Weights,
    uses_starts: bool,
    budget: int,
    score: Weights,
    touched: Positions,
    best: Positions,
) -> int:
    """Fill the spellings that may be meant by a query; return how many.

    Parameters
    ----------
    signs, sounds : tokens of the query
    index : a `SearchIndex`
    region_score : (regions,) what a region named in the query adds
    near : (spellings,) what being near adds; empty for nothing
    uses_starts : whether spellings that begin like the query are found as well
    budget : how many places of lists are read
    score : (spellings,) zeros; zeros again afterwards
    touched : (spellings,) scratch
    best : (limit,) filled, the best first
    """
    begins, listed, alike = index.begins, index.listed, index.alike
    slots = np.empty(_MOST_PAIRS, dtype=np.int64)
    many = _slots_of(signs, sounds, alike, begins, slots)
    count = _gather(slots, many, begins, listed, index.uses, budget, len(score), score, touched)
    if uses_starts and len(signs) > 0:
        count = _gather_starts(signs, sounds, index, score, touched, count)
    regions, prior = index.regions, index.prior
    rank = np.empty(count, dtype=np.float32)
    for each in range(count):
        text = touched[each]
        rank[each] = score[text] + region_score[regions[text]] + prior[text]
        if len(near) > 0:
            rank[each] += near[text]
        score[text] = 0
    return _best(touched, count, rank, best, np.empty(len(best), dtype=np.float32))


@kernel
def _gather_starts(
    signs: Signs, sounds: Sounds, index: Any, score: Weights, touched: Positions, count: int
) -> int:
    """Add the spellings in which something begins with the tokens of the query."""
    keys, initial, stops = index.keys, index.initial, index.stops
    many = min(len(signs), _LETTERS_OF_KEY)
    low = np.int64(0)
    for each in range(many):
        low = low * 32 + initial_of(signs[each], sounds[each], initial)
    low *= np.int64(1) << (5 * (_LETTERS_OF_KEY - many))
    high = low + (np.int64(1) << (5 * (_LETTERS_OF_KEY - many)))
    for row in range(np.searchsorted(keys, low), np.searchsorted(keys, high)):
        start = index.key_start[row]
        text = index.key_text[row]
        if start + len(signs) > stops[text]:
            continue
        is_alike = True
        for each in range(len(signs)):
            cost, _ = token_cost(
                signs[each],
                sounds[each],
                index.signs[start + each],
                index.sounds[start + each],
                index.alike,
                index.begins_with,
                index.others,
                each == len(signs) - 1,
            )
            if cost > 0.5:
                is_alike = False
                break
        if is_alike:
            if score[text] == 0 and count < len(touched):
                touched[count] = text
                count += 1
            score[text] += np.float32(2.0 * len(signs))
    return count


@kernel
def best_of(
    query: Any,
    index: Any,
    region_score: Weights,
    near: Weights,
    uses_starts: bool,
    typing: bool,
    budget: int,
    score: Weights,
    touched: Positions,
    best: Positions,
    costs: npt.NDArray[np.float64],
    flags: Integers,
) -> int:
    """Find candidates and align them; return how many, unsorted.

    Parameters are those of `candidates` and `align`; `costs` and `flags` (limit,) are filled.
    """
    many = candidates(
        query[0],
        query[1],
        index,
        region_score,
        near,
        uses_starts,
        budget,
        score,
        touched,
        best,
    )
    cost = np.empty((5, len(query[0]) + 1))
    why = np.zeros((5, len(query[0]) + 1), dtype=np.int64)
    for each in range(many):
        costs[each], flags[each] = align(query, best[each], index, typing, cost, why)
    return many


@kernel
def _align_in_turn(
    query: Any,
    index: Any,
    best: Positions,
    many: int,
    marks: Positions,
    mark: int,
    costs: npt.NDArray[np.float64],
    flags: Integers,
) -> None:
    """Align candidates; those that can be no better than one before have an endless cost.

    Of one that fits but for a detail all are looked at that may fit as well, so that a name of
    several places is not taken for that of one.
    """
    least = least_costs(query, index)
    cost = np.empty((5, len(query[0]) + 1))
    why = np.zeros((5, len(query[0]) + 1), dtype=np.int64)
    lowest = np.inf
    for each in range(many):
        costs[each] = np.inf
        if each > 0:
            bound = least_of(query, least, best[each], index, marks, mark + each)
            if bound > lowest + _MOST_PRIOR:
                continue
        costs[each], flags[each] = align(query, best[each], index, False, cost, why)
        lowest = min(lowest, costs[each])


@kernel
def match_run(
    begin: int,
    stop: int,
    tokens: Any,
    index: Any,
    budget: int,
    limit: int,
    score: Weights,
    found: Integers,
    cost: npt.NDArray[np.float64],
    flags: Integers,
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    apart_m: npt.NDArray[np.float64],
) -> None:
    """Find the one best spelling for each of many queries.

    Parameters
    ----------
    begin, stop : the queries of this run
    tokens : signs, sounds, bounds, weights, is_door of all queries
    index : a `SearchIndex`
    budget, limit : places of lists read and candidates aligned per query
    score : (spellings,) zeros
    found, cost, flags : (queries,) filled; found is -1 where nothing was found
    x, y : (spellings,) metres
    apart_m : (queries,) filled; how far away the farthest is that fits as well as the one found
    """
    signs, sounds, bounds, weights, is_door = tokens
    touched = np.empty(len(score), dtype=np.int32)
    best = np.empty(limit, dtype=np.int32)
    costs = np.empty(limit)
    whys = np.zeros(limit, dtype=np.int64)
    marks = np.zeros(MARKS, dtype=np.int32)
    near = np.empty(0, dtype=np.float32)
    region_score = np.zeros(len(index.region_bounds) - 1, dtype=np.float32)
    prior = index.prior
    for text in range(begin, stop):
        low, high = bounds[text], bounds[text + 1]
        query = query_of(
            signs[low:high], sounds[low:high], weights[low:high], is_door[low:high], index.alike
        )
        score_regions(query[1], index, region_score)
        uses_starts = has_beginnings(query)
        many = candidates(
            query[0], query[1], index, region_score, near, uses_starts, budget, score, touched, best
        )
        mark = text * limit + 1
        _align_in_turn(query, index, best, many, marks, mark, costs, whys)
        found[text] = -1
        cost[text] = raw = 1e9
        for each in range(many):
            own = costs[each] - _PRIOR_WORTH * prior[best[each]]
            if own < cost[text] or (own == cost[text] and best[each] < found[text]):
                found[text] = best[each]
                cost[text] = own
                flags[text] = whys[each]
                raw = costs[each]
        apart_m[text] = 0
        for each in range(many):
            if costs[each] == raw and whys[each] == flags[text]:
                one, other = best[each], found[text]
                apart_m[text] = max(apart_m[text], np.hypot(x[one] - x[other], y[one] - y[other]))


@kernel
def score_regions(sounds: Sounds, index: Any, region_score: Weights) -> None:
    """Fill how many pairs of sounds of each region the query has, half a point each."""
    region_score[:] = 0
    alike, begins, listed = index.alike, index.region_begins, index.region_listed
    slots = len(begins) - 1
    for first in range(len(sounds) - 1):
        one = alike_sound(sounds[first], alike)
        for second in range(first + 1, min(first + 3, len(sounds))):
            slot = pair_slot(one, alike_sound(sounds[second], alike), slots)
            for place in range(begins[slot], begins[slot + 1]):
                if region_score[listed[place]] < 3:
                    region_score[listed[place]] += np.float32(0.5)
