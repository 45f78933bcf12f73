"""The arrays that a search reads: spellings as tokens, lists of their pairs, their beginnings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geogrid._search_kernels import count_pairs, fill_pairs, start_keys
from geogrid.addresses.readings import pinyin_readings
from geogrid.addresses.tokens import Tokens, read_tokens

__all__ = ["SearchIndex", "build_search_index", "token_weights"]

Integers = npt.NDArray[np.int64]
Positions = npt.NDArray[np.int32]

_FEWEST_SLOTS, _MOST_SLOTS = 12, 22
_FROM_DOCUMENTS = 50.0  # so many texts count as known besides, or small gazetteers know no rarity
_LEAST_WEIGHT = 0.25
_TOWN_ENDS = "镇乡"
_TOWN_WITHIN = 6  # tokens
_UNSPOKEN = "号"


class SearchIndex(NamedTuple):
    """Arrays of spellings; see :func:`build_search_index`.

    Attributes
    ----------
    signs, sounds : (k,)
        Tokens of all spellings, of each its address, then its name.
    starts, middles, stops : (s,) int64
        Where the address begins, where the name does and where it ends.
    begins, listed : (slots + 1,) int64 and int32
        Lists of spellings by pair of sounds.
    counts : (slots,) int32
        How long these lists are.
    uses : (slots,) int32
        How often the pair occurs with the regions of all spellings counted in; total at most.
    regions : (s,) int32
        Region of each spelling.
    region_signs, region_sounds, region_bounds
        Tokens of the regions.
    region_begins, region_listed
        Lists of regions by pair of sounds.
    prior : (s,) float32
        What a spelling is worth when nothing else decides.
    keys, key_start, key_text
        First letters at each beginning, ascending, its first token and its spelling.
    weights : (65,536,) float32
        What a token counts for by its sound: rare ones more.
    alike, initial, begins_with, others
        Of :class:`geogrid.addresses.readings.Readings`.
    """

    signs: npt.NDArray[np.int32]
    sounds: npt.NDArray[np.uint16]
    starts: Integers
    middles: Integers
    stops: Integers
    begins: Integers
    listed: Positions
    counts: Positions
    uses: Positions
    regions: Positions
    region_signs: npt.NDArray[np.int32]
    region_sounds: npt.NDArray[np.uint16]
    region_bounds: Integers
    region_begins: Integers
    region_listed: Positions
    prior: npt.NDArray[np.float32]
    keys: Integers
    key_start: Integers
    key_text: Positions
    weights: npt.NDArray[np.float32]
    alike: npt.NDArray[np.uint16]
    initial: npt.NDArray[np.uint8]
    begins_with: npt.NDArray[np.bool_]
    others: npt.NDArray[np.uint16]


def build_search_index(
    addresses: Sequence[str],
    names: Sequence[str],
    regions: npt.NDArray[np.int32],
    region_names: Sequence[str],
    prior: npt.NDArray[np.float32],
) -> SearchIndex:
    """Index spellings.

    Parameters
    ----------
    addresses, names : (s,) texts
    regions : (s,) position in `region_names`
    region_names : (r,) texts
    prior : (s,) what each spelling is worth when nothing else decides, less than one
    """
    readings = pinyin_readings()
    tokens, middles = _joined(read_tokens(addresses), read_tokens(names))
    areas = read_tokens(region_names)
    begins, listed = _pair_lists(tokens)
    region_begins, region_listed = _pair_lists(areas)
    counts = np.diff(begins).astype(np.int32)
    uses = counts.copy()
    members = np.bincount(regions, minlength=len(region_names)).astype(np.int32)
    count_pairs(areas.sounds, areas.bounds, readings.alike, members, uses)
    keys, key_start, key_text = _beginnings(tokens, middles)
    return SearchIndex(
        signs=tokens.signs,
        sounds=tokens.sounds,
        starts=tokens.bounds[:-1],
        middles=middles,
        stops=tokens.bounds[1:],
        begins=begins,
        listed=listed,
        counts=counts,
        uses=np.minimum(uses, len(regions)).astype(np.int32),
        regions=regions.astype(np.int32),
        region_signs=areas.signs,
        region_sounds=areas.sounds,
        region_bounds=areas.bounds,
        region_begins=region_begins,
        region_listed=region_listed,
        prior=prior.astype(np.float32),
        keys=keys,
        key_start=key_start,
        key_text=key_text,
        weights=token_weights(tokens, areas, regions),
        alike=readings.alike,
        initial=readings.initial,
        begins_with=readings.begins,
        others=readings.others,
    )


def _joined(first: Tokens, second: Tokens) -> tuple[Tokens, Integers]:
    """Return the tokens of each text of `first` with those of `second` after them, and where."""
    ahead, behind = first.lengths(), second.lengths()
    bounds = np.concatenate([[0], np.cumsum(ahead + behind)])
    signs = np.empty(int(bounds[-1]), dtype=np.int32)
    sounds = np.empty(int(bounds[-1]), dtype=np.uint16)
    middles = bounds[:-1] + ahead
    for part, begin in ((first, bounds[:-1]), (second, middles)):
        place = np.repeat(begin - part.bounds[:-1], part.lengths()) + np.arange(len(part.signs))
        signs[place] = part.signs
        sounds[place] = part.sounds
    return Tokens(signs, sounds, bounds), middles


def _pair_lists(tokens: Tokens) -> tuple[Integers, Positions]:
    alike = pinyin_readings().alike
    # with fewer, a rare pair shares its list with common ones and tells nothing
    slots = 1 << min(max(len(tokens.signs).bit_length(), _FEWEST_SLOTS), _MOST_SLOTS)
    counts = np.zeros(slots, dtype=np.int32)
    once = np.ones(len(tokens.bounds) - 1, dtype=np.int32)
    count_pairs(tokens.sounds, tokens.bounds, alike, once, counts)
    begins = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    listed = np.empty(int(begins[-1]), dtype=np.int32)
    fill_pairs(tokens.sounds, tokens.bounds, alike, begins.copy(), listed)
    return begins, listed


def token_weights(
    tokens: Tokens, areas: Tokens, regions: npt.NDArray[np.int32]
) -> npt.NDArray[np.float32]:
    """Return what a token counts for by its sound, 1 for the rarest; numbers always count 1.

    A region counts once for every spelling in it, since queries name it as often.
    """
    count = np.bincount(tokens.sounds, minlength=1 << 16).astype(np.float64)
    used = np.bincount(regions, minlength=len(areas.bounds) - 1)
    count += np.bincount(areas.sounds, weights=np.repeat(used, areas.lengths()), minlength=1 << 16)
    total = len(tokens.bounds) - 1 + _FROM_DOCUMENTS
    weight = np.log(total / (count + 5.0)) / np.log(total / 5.0)
    readings = pinyin_readings()
    weights = np.clip(weight * 1.2, _LEAST_WEIGHT, 1.0).astype(np.float32)
    weights[1500:] = 1.0
    weights[readings.numeral] = np.maximum(weights[readings.numeral], 0.8)
    weights[readings.syllable[ord(_UNSPOKEN)]] = 0.1
    return weights


def _beginnings(tokens: Tokens, middles: Integers) -> tuple[Integers, Integers, Positions]:
    """Return where people begin to type: an address, the street after the town, a name."""
    begins, stops = tokens.bounds[:-1], tokens.bounds[1:]
    text = np.arange(len(begins), dtype=np.int64)
    places = [begins[begins < middles], middles[middles < stops]]
    texts = [text[begins < middles], text[middles < stops]]
    ends_town = np.flatnonzero(np.isin(tokens.signs, [ord(letter) for letter in _TOWN_ENDS]))
    owner = np.searchsorted(begins, ends_town, side="right") - 1
    is_ahead = (ends_town + 1 < middles[owner]) & (ends_town - begins[owner] < _TOWN_WITHIN)
    places.append(ends_town[is_ahead] + 1)
    texts.append(owner[is_ahead])
    start, whose = np.concatenate(places), np.concatenate(texts)
    keys = np.empty(len(start), dtype=np.int64)
    initial = pinyin_readings().initial
    start_keys(tokens.signs, tokens.sounds, start, stops[whose], initial, keys)
    order = np.argsort(keys, kind="stable")
    return keys[order], start[order], whose[order].astype(np.int32)
