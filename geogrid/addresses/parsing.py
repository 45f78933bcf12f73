"""Parts of Chinese addresses, each with how certain it is.

Digits with their nouns (12号, 3栋, 2单元, 5-2-301) are found first, by one pattern; names stand
between them: regions by the official list, then towns, villages, streets, compounds and places by
the words they end with. What a number without a noun is, its neighbours say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geogrid.addresses.parse.beside import answer, read_beside
from geogrid.addresses.parse.letters import compact
from geogrid.addresses.parse.reading import read_pieces
from geogrid.addresses.parse.regions import Regions, official_regions

__all__ = ["PARTS", "AddressPart", "ParsedAddress", "parse_address", "parse_addresses"]

PARTS: tuple[str, ...] = (
    "province", "city", "district", "subdistrict", "community", "street", "number", "compound",
    "building", "unit", "floor", "room", "crossing", "direction", "place", "rest",
)  # fmt: skip
"""Names of the parts, from the largest."""

BESIDE_FROM = 20_000
"""Addresses from which on another process helps: starting it takes a second or two."""


@dataclass(frozen=True, slots=True)
class AddressPart:
    """One part of an address.

    Attributes
    ----------
    part
        One of :data:`PARTS`.
    text
        As written.
    value
        In one spelling: half-width, capital letters, Arabic numerals; number, building, unit,
        floor and room without their nouns, regions by their official names.
    start, end
        Where it stands in the text.
    certainty
        0 to 1.
    """

    part: str
    text: str
    value: str
    start: int
    end: int
    certainty: float


@dataclass(frozen=True, slots=True)
class ParsedAddress:
    """A text and its parts.

    Attributes
    ----------
    text
        As given.
    parts
        In the order of the text.
    """

    text: str
    parts: tuple[AddressPart, ...]

    def value(self, part: str) -> str:
        """Return the value of a part, the first where it is named twice, ``""`` for none."""
        return next((each.value for each in self.parts if each.part == part), "")


def parse_address(text: str, *, regions: Regions | None = None) -> ParsedAddress:
    """Return the parts that a text names.

    Parameters
    ----------
    text
        An address, alone or among other words; 500 letters are read.
    regions
        Official names, see :func:`build_regions`; the provinces, cities and districts of China
        where none are given.

    Examples
    --------
    >>> parsed = parse_address("你好，我住泰然七路12号3栋2单元501，楼道灯坏了")
    >>> [(each.part, each.value) for each in parsed.parts if each.part != "rest"]
    [('street', '泰然7路'), ('number', '12'), ('building', '3'), ('unit', '2'), ('room', '501')]
    """
    short, places = compact(text)
    parts = []
    for part, value, start, end, certainty in read_pieces(short, regions or official_regions()):
        begin = start if places is None else places[start]
        stop = end if places is None else places[end - 1] + 1
        parts.append(AddressPart(part, text[begin:stop], value, begin, stop, certainty))
    return ParsedAddress(text, tuple(parts))


def parse_addresses(
    texts: Iterable[str], *, regions: Regions | None = None
) -> dict[str, npt.NDArray[np.object_]]:
    """Return a column of values for each part, as :func:`parse_address` gives them.

    From 20,000 addresses on, a second process reads a part of them.

    Parameters
    ----------
    texts
        (n,) addresses.
    regions
        As there.

    Returns
    -------
    Each of :data:`PARTS` to its (n,) values, ``""`` where a text does not name it.

    Examples
    --------
    >>> columns = parse_addresses(["泰然七路12号3栋2单元501", "幸福里小区5-2-301"])
    >>> columns["room"].tolist(), columns["compound"].tolist()
    (['501', '301'], ['', '幸福里小区'])
    """
    known = regions or official_regions()
    given = list(texts)
    if len(given) < BESIDE_FROM:
        return _columns(given, known)
    pieces = read_beside(given, known, _columns)
    return {part: np.concatenate([piece[part] for piece in pieces]) for part in PARTS}


def _columns(texts: Sequence[str], regions: Regions) -> dict[str, npt.NDArray[np.object_]]:
    columns = {part: [""] * len(texts) for part in PARTS}
    for row, text in enumerate(texts):
        for part, value, _start, _end, _certainty in reversed(
            read_pieces(compact(text)[0], regions)
        ):
            columns[part][row] = value
    return {part: np.array(values, dtype=object) for part, values in columns.items()}


def read_for_another() -> None:
    """Be the process that reads a part of a large batch."""
    answer(_columns)
