"""Search a gazetteer: typos, homophones, pinyin, aliases; many texts at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid import _align_kernels as why
from geogrid import _search_kernels as kernels
from geogrid._threads import chunks, in_threads, workers
from geogrid._token_kernels import FIRST_VALUE
from geogrid.addresses.certainty import certainty_of, reasons_of
from geogrid.addresses.gazetteer import as_entries
from geogrid.addresses.search_index import SearchIndex, build_search_index
from geogrid.addresses.streets import (
    Estimate,
    StreetNumbers,
    build_street_numbers,
    estimate_number,
)
from geogrid.addresses.tokens import Tokens, read_tokens
from geogrid.crs import metres_per_degree

__all__ = [
    "AddressCandidate",
    "Gazetteer",
    "build_gazetteer",
    "match_addresses",
    "search_addresses",
    "suggest_addresses",
]

_BUDGET, _BATCH_BUDGET = 60_000, 8_000
_ALIGNED, _BATCH_ALIGNED = 64, 12
_LEAST_SCORE = 0.6
_NEAR_WORTH, _NEAR_M = 0.5, 1_000.0
_APART_M = 50.0
_DOORS = (ord("号"), ord("弄"))
_INNER = tuple(ord(letter) for letter in "栋单元室层楼房户")
_INNER_WORTH = 0.2


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Entries that can be searched; see :func:`build_gazetteer`.

    Attributes
    ----------
    entries
        Columns of entries, then a row of kind ``street`` for every street of their addresses.
    index
        Arrays of their spellings.
    spelling_entry : (s,) int64
        The entry of each spelling.
    is_alias : (s,) bool
        Whether the spelling is by another or former name.
    streets
        Known door numbers by street.
    first_street
        Row of the first street in `entries`.
    """

    entries: pd.DataFrame
    index: SearchIndex = field(repr=False)
    spelling_entry: npt.NDArray[np.int64]
    is_alias: npt.NDArray[np.bool_]
    streets: StreetNumbers = field(repr=False)
    first_street: int

    @cached_property
    def has_address(self) -> npt.NDArray[np.bool_]:
        """Whether each entry has an address; else its name is all there is."""
        return (self.entries["address"] != "").to_numpy(dtype=np.bool_)

    @cached_property
    def metres(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Where the entry of each spelling is, east and north in metres."""
        lon, lat = (self.entries[name].to_numpy() for name in ("lon", "lat"))
        per_x, per_y = metres_per_degree(float(lat.mean()) if len(lat) else 0.0)
        rows = self.spelling_entry
        return (lon * float(per_x))[rows], (lat * float(per_y))[rows]


@dataclass(frozen=True)
class AddressCandidate:
    """One place that a text may mean.

    Attributes
    ----------
    row
        In ``Gazetteer.entries``.
    kind, name, address, region, source, dated
        Of the entry.
    lon, lat
        Degrees, WGS 84; between known door numbers when `certainty` is ``"estimated"``.
    certainty
        ``"exact"``: all of the text is in the entry, and its street and number (its name where it
        has no address) are in the text; ``"similar"``: written otherwise, nothing else differs;
        ``"building"``: the room, unit or floor is not listed; ``"compound"``: only the compound or
        place, by its whole name without street and number, or its building is not listed;
        ``"estimated"``: same street, between two known numbers; ``"street"``: the number is
        unknown; ``"partial"``: parts differ, to be checked.
    reasons
        Codes: homophone, typo, pinyin, initials, number_unknown, building_unknown,
        inner_number_unknown, words_unknown, finer (the entry says more than the text), alias,
        several (other places fit as well), near.
    score
        Share of the text that was found, 1 for all.
    distance_m
        From the position given, None without one.
    """

    row: int
    kind: str
    name: str
    address: str
    region: str
    lon: float
    lat: float
    source: str
    dated: str
    certainty: str
    reasons: tuple[str, ...]
    score: float
    distance_m: float | None


def build_gazetteer(frame: pd.DataFrame) -> Gazetteer:
    """Index entries for search.

    Parameters
    ----------
    frame
        From :func:`geogrid.addresses.gazetteer.read_gazetteer` or with these columns; lon and
        lat in WGS 84. Only lon, lat and one of address and name are needed.
    """
    own = as_entries(frame)
    names, regions = np.unique(own["region"].to_numpy(dtype=object), return_inverse=True)
    streets = build_street_numbers(own, regions)
    entries = pd.concat([own, _street_entries(own, regions, names, streets)], ignore_index=True)
    region = np.concatenate([regions, streets.regions])
    address, name, owner, is_alias = _spellings(entries)
    is_street = (entries["kind"] == "street").to_numpy()[owner]
    length = np.array([len(a) + len(b) for a, b in zip(address, name, strict=True)])
    prior = 0.05 * is_street + 0.1 * ~is_alias * ~is_street - 0.003 * np.minimum(length, 60)
    index = build_search_index(
        address, name, region[owner].astype(np.int32), names.tolist(), prior.astype(np.float32)
    )
    return Gazetteer(entries, index, owner, is_alias, streets, len(own))


def _street_entries(
    own: pd.DataFrame,
    regions: npt.NDArray[np.int64],
    names: npt.NDArray[np.object_],
    streets: StreetNumbers,
) -> pd.DataFrame:
    """Return an entry per street, at the middle one of its known numbers."""
    middle = (streets.bounds[:-1] + streets.bounds[1:]) // 2
    has_number = streets.bounds[1:] > streets.bounds[:-1]
    at = np.minimum(middle, max(len(streets.numbers) - 1, 0))
    lon, lat = np.zeros(len(middle)), np.zeros(len(middle))
    if len(streets.numbers):
        lon, lat = streets.lon[at], streets.lat[at]
    center = own.assign(region=regions).groupby("region")[["lon", "lat"]].median()
    rough = center.reindex(streets.regions)
    return as_entries(
        pd.DataFrame(
            {
                "kind": "street",
                "address": list(streets.names),
                "region": names[streets.regions] if len(middle) else [],
                "lon": np.where(has_number, lon, rough["lon"].to_numpy()),
                "lat": np.where(has_number, lat, rough["lat"].to_numpy()),
            }
        )
    )


def _spellings(
    entries: pd.DataFrame,
) -> tuple[list[str], list[str], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return address and name of every spelling, its entry and whether it is an alias."""
    address, name = entries["address"].tolist(), entries["name"].tolist()
    owner = list(range(len(entries)))
    aliases = entries["aliases"].to_numpy(dtype=object)
    for row in np.flatnonzero(aliases != "").tolist():
        for alias in aliases[row].split("\n"):
            is_address = "号" in alias and address[row] != alias
            address.append(alias if is_address else address[row])
            name.append(name[row] if is_address else alias)
            owner.append(row)
    is_alias = np.arange(len(owner)) >= len(entries)
    return address, name, np.array(owner, dtype=np.int64), is_alias


def search_addresses(
    gazetteer: Gazetteer, text: str, *, near: tuple[float, float] | None = None, limit: int = 10
) -> list[AddressCandidate]:
    """Return what `text` may mean, the best first; nothing where nothing fits.

    Parameters
    ----------
    gazetteer
        From :func:`build_gazetteer`.
    text
        As people write it, or in pinyin, or its first letters.
    near
        Longitude and latitude, WGS 84; of equals the nearer comes first.
    limit
        At most so many.
    """
    return _search(gazetteer, text, near, limit, is_typing=False)


def suggest_addresses(
    gazetteer: Gazetteer, typed: str, *, near: tuple[float, float] | None = None, limit: int = 10
) -> list[AddressCandidate]:
    """Return what somebody may be about to type; as :func:`search_addresses`."""
    return _search(gazetteer, typed, near, limit, is_typing=True)


def match_addresses(gazetteer: Gazetteer, texts: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    """Return the best entry for each of many texts, as columns.

    Returns
    -------
    columns
        ``row`` int64, -1 where nothing fits; ``lon`` and ``lat`` degrees WGS 84, NaN there;
        ``score`` float64; ``certainty`` str as in `AddressCandidate`, ``"none"`` where nothing
        fits; ``flags`` int64 for :func:`geogrid.addresses.certainty.reasons_of`; ``is_several``
        bool, other places fit as well, so the certainty is ``"partial"``.
    """
    index = gazetteer.index
    tokens = read_tokens(list(texts), index.counts)
    weights = _weights(index, tokens)
    parts = (tokens.signs, tokens.sounds, tokens.bounds, weights, _is_door(tokens))
    found = np.full(len(texts), -1, dtype=np.int64)
    cost = np.zeros(len(texts))
    flags = np.zeros(len(texts), dtype=np.int64)
    apart_m = np.zeros(len(texts))
    x, y = gazetteer.metres

    def run(begin: int, stop: int) -> None:
        scratch = np.zeros(len(index.regions), dtype=np.float32)
        filled: tuple[Any, ...] = (found, cost, flags, x, y, apart_m)
        kernels.match_run(
            begin, stop, parts, index, _BATCH_BUDGET, _BATCH_ALIGNED, scratch, *filled
        )

    in_threads(run, chunks(len(texts), parts=workers()))
    sums = np.concatenate([[0.0], np.cumsum(weights, dtype=np.float64)])
    whole = np.maximum(sums[tokens.bounds[1:]] - sums[tokens.bounds[:-1]], 1e-9)
    score = np.clip(1 - cost / whole, 0, 1)
    fits = (found >= 0) & (score >= _LEAST_SCORE)
    row = np.where(fits, gazetteer.spelling_entry[found], -1)
    lon, lat = (
        np.where(fits, gazetteer.entries[name].to_numpy()[row], np.nan) for name in ("lon", "lat")
    )
    is_several = fits & (apart_m > _APART_M)
    certainty, estimates = _certainties(gazetteer, row, flags, is_several, tokens)
    for at, estimate in estimates.items():
        lon[at], lat[at] = estimate.lon, estimate.lat
    return {
        "row": row,
        "lon": lon,
        "lat": lat,
        "score": np.where(fits, score, 0.0),
        "certainty": certainty,
        "flags": np.where(fits, flags, 0),
        "is_several": is_several,
    }


def _certainties(
    gazetteer: Gazetteer,
    row: npt.NDArray[np.int64],
    flags: npt.NDArray[np.int64],
    is_several: npt.NDArray[np.bool_],
    tokens: Tokens,
) -> tuple[npt.NDArray[np.object_], dict[int, Estimate]]:
    """Return the code of each text, ``"none"`` where `row` is -1, and the estimates by text."""
    alike = np.stack([flags, row >= gazetteer.first_street, gazetteer.has_address[row], row < 0])
    _kinds, first, kind = np.unique(alike, axis=1, return_index=True, return_inverse=True)
    codes = np.array(
        [
            "none" if row[at] < 0 else _certainty(gazetteer, int(row[at]), int(flags[at]))
            for at in first.tolist()
        ],
        dtype=object,
    )
    certainty = codes[kind.ravel()]
    estimates = {}
    for at in np.flatnonzero(certainty == "estimated").tolist():
        numbers = tokens.signs[tokens.bounds[at] : tokens.bounds[at + 1]]
        estimate = _estimated(gazetteer, int(row[at]), numbers)
        if estimate is None:
            certainty[at] = "street"
        elif not is_several[at]:
            estimates[at] = estimate
    certainty[is_several & (certainty != "street")] = "partial"
    return certainty, estimates


def _is_door(tokens: Tokens) -> npt.NDArray[np.bool_]:
    """Say of each number whether it is a door's: before 号 or 弄, or last where none is."""
    is_strict = _is_before(tokens, _DOORS)
    is_last = np.zeros(len(tokens.signs) + 1, dtype=np.bool_)
    is_last[tokens.bounds[1:] - 1] = True
    is_last = is_last[: len(tokens.signs)] & (tokens.signs >= FIRST_VALUE)
    return np.asarray(is_strict | (is_last & ~_is_after_door(tokens, is_strict)))


def _is_before(tokens: Tokens, signs: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    following = np.append(tokens.signs[1:], 0)[: len(tokens.signs)]
    return np.asarray((tokens.signs >= FIRST_VALUE) & np.isin(following, signs))


def _is_after_door(tokens: Tokens, is_strict: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Say of each token whether its text has a door number before it."""
    before = np.concatenate([[0], np.cumsum(is_strict)])
    begin = np.repeat(before[tokens.bounds[:-1]], tokens.lengths())
    return np.asarray(before[:-1] > begin)


def _weights(index: SearchIndex, tokens: Tokens) -> npt.NDArray[np.float32]:
    """Return what each token of a query counts for; buildings and rooms behind a door little."""
    weights = index.weights[tokens.sounds].copy()
    is_behind = _is_after_door(tokens, _is_before(tokens, _DOORS))
    is_inner = is_behind & ((tokens.signs >= FIRST_VALUE) | np.isin(tokens.signs, _INNER))
    weights[is_inner] = np.minimum(weights[is_inner], _INNER_WORTH)
    return weights


def _search(
    gazetteer: Gazetteer,
    text: str,
    near: tuple[float, float] | None,
    limit: int,
    *,
    is_typing: bool,
) -> list[AddressCandidate]:
    index = gazetteer.index
    tokens = read_tokens([text], index.counts)
    if not len(tokens.signs):
        return []
    weights = _weights(index, tokens)
    query = why.query_of(tokens.signs, tokens.sounds, weights, _is_door(tokens), index.alike)
    region_score = np.zeros(len(index.region_bounds) - 1, dtype=np.float32)
    kernels.score_regions(tokens.sounds, index, region_score)
    distance = None if near is None else _distances_m(gazetteer, near)
    closeness = np.zeros(0, dtype=np.float32)
    if distance is not None:
        worth = _NEAR_WORTH / (1 + distance / _NEAR_M)
        closeness = worth.astype(np.float32)[gazetteer.spelling_entry]
    best, costs, flags = _aligned(query, index, region_score, closeness, is_typing)
    whole = max(float(weights.sum()), 1e-9)
    # what cannot be told apart by spelling is ordered by nearness, then by what it is
    order = costs / whole - 0.02 * index.prior[best]
    if len(closeness):
        order -= 0.1 * closeness[best]
    is_several = _is_several(gazetteer, best, costs, flags)
    answers: list[AddressCandidate] = []
    known: set[int] = set()
    for at in np.argsort(order, kind="stable").tolist():
        row = int(gazetteer.spelling_entry[best[at]])
        score = max(0.0, 1 - float(costs[at]) / whole)
        if score < _LEAST_SCORE or row in known or len(answers) >= limit:
            continue
        known.add(row)
        away = None if distance is None else float(distance[row])
        more = ["alias"] if gazetteer.is_alias[best[at]] else []
        more += ["several"] if is_several[at] else []
        answers.append(_candidate(gazetteer, row, int(flags[at]), tokens.signs, score, more, away))
    return answers


def _is_several(
    gazetteer: Gazetteer,
    best: npt.NDArray[np.int32],
    costs: npt.NDArray[np.float64],
    flags: npt.NDArray[np.int64],
) -> npt.NDArray[np.bool_]:
    """Say of each candidate whether one somewhere else fits as well."""
    x, y = (metres[best] for metres in gazetteer.metres)
    apart = np.hypot(x[:, None] - x, y[:, None] - y) > _APART_M
    alike = (costs[:, None] == costs) & (flags[:, None] == flags)
    return np.asarray((apart & alike).any(axis=1))


def _aligned(
    query: Any,
    index: SearchIndex,
    region_score: npt.NDArray[np.float32],
    closeness: npt.NDArray[np.float32],
    is_typing: bool,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return spellings that may be meant, what each lacks and why."""
    best = np.zeros(_ALIGNED, dtype=np.int32)
    costs, flags = np.zeros(_ALIGNED), np.zeros(_ALIGNED, dtype=np.int64)
    count = len(index.regions)
    uses_starts = is_typing or len(query[0]) < 3 or why.has_beginnings(query)
    many = kernels.best_of(
        query,
        index,
        region_score,
        closeness,
        uses_starts,
        is_typing,
        _BUDGET,
        np.zeros(count, dtype=np.float32),
        np.empty(count, dtype=np.int32),
        best,
        costs,
        flags,
    )
    return best[:many], costs[:many], flags[:many]


def _distances_m(gazetteer: Gazetteer, near: tuple[float, float]) -> npt.NDArray[np.float64]:
    per_x, per_y = (float(scale) for scale in metres_per_degree(near[1]))
    lon, lat = (gazetteer.entries[name].to_numpy() for name in ("lon", "lat"))
    return np.asarray(np.hypot((lon - near[0]) * per_x, (lat - near[1]) * per_y))


def _candidate(
    gazetteer: Gazetteer,
    row: int,
    flags: int,
    signs: npt.NDArray[np.int32],
    score: float,
    more: list[str],
    distance_m: float | None,
) -> AddressCandidate:
    entry = gazetteer.entries.iloc[row]
    certainty = _certainty(gazetteer, row, flags)
    estimate = _estimated(gazetteer, row, signs) if certainty == "estimated" else None
    if certainty == "estimated" and estimate is None:
        certainty = "street"
    if "several" in more and certainty != "street":
        certainty, estimate = "partial", None
    reasons = reasons_of(flags) + more
    reasons += ["near"] if distance_m is not None and distance_m <= _NEAR_M else []
    return AddressCandidate(
        row=row,
        kind=str(entry["kind"]),
        name=str(entry["name"]),
        address=str(entry["address"]),
        region=str(entry["region"]),
        lon=float(entry["lon"]) if estimate is None else estimate.lon,
        lat=float(entry["lat"]) if estimate is None else estimate.lat,
        source=str(entry["source"]),
        dated=str(entry["dated"]),
        certainty=certainty,
        reasons=tuple(reasons),
        score=score,
        distance_m=distance_m,
    )


def _certainty(gazetteer: Gazetteer, row: int, flags: int) -> str:
    """Return the code; ``"estimated"`` where that is left to :func:`_estimated`."""
    inner = why.NO_BUILDING | why.NO_INNER
    is_unknown = flags & (why.NO_DOOR | inner) and not flags & why.FINER
    if row >= gazetteer.first_street and is_unknown:
        is_only_door = flags & why.NO_DOOR and not flags & (why.NO_WORD | inner)
        return "estimated" if is_only_door else "street"
    return certainty_of(flags, has_address=bool(gazetteer.has_address[row]))


def _estimated(gazetteer: Gazetteer, row: int, signs: npt.NDArray[np.int32]) -> Estimate | None:
    numbers = signs[signs >= FIRST_VALUE] - FIRST_VALUE
    doors = [number for number in numbers.tolist() if number > 0]
    street = row - gazetteer.first_street
    return estimate_number(gazetteer.streets, street, doors[-1]) if doors else None
