"""Names of streets as people write them, matched to those of the base data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from geogrid.addresses.spelling import canonical_address

__all__ = ["StreetMatch", "StreetNames"]

_KIND = re.compile(
    r"(?:快速路|高速公路|高速|公路|大道|大街|辅路|干道|路|街|道|巷|里|road|street|avenue)$"
)
_ALIKE = 0.72


@dataclass(frozen=True)
class StreetMatch:
    """A name and the street it most likely is.

    Attributes
    ----------
    asked
        As written.
    street
        Name in the base data, ``""`` when none is alike.
    score
        1 for the same name or an alias, less the more they differ, 0 for none.
    others
        Further streets that are nearly as much alike.
    """

    asked: str
    street: str
    score: float
    others: tuple[str, ...] = ()


class StreetNames:
    """The street names of a place.

    Parameters
    ----------
    names
        Of the base data; empty ones do not count.
    aliases
        Other name to the name in the base data (former names, 俗名).
    """

    def __init__(self, names: Iterable[str], aliases: Mapping[str, str] | None = None) -> None:
        self._names = sorted({name for name in names if name})
        self._spelt = {name: canonical_address(name) for name in self._names}
        self._bare = {name: _KIND.sub("", spelt) for name, spelt in self._spelt.items()}
        self._aliases = {
            canonical_address(alias): name
            for alias, name in (aliases or {}).items()
            if name in self._spelt
        }

    def match(self, asked: str) -> StreetMatch:
        """Return the street that a name most likely is.

        Examples
        --------
        >>> names = StreetNames(["泰然九路", "深南大道", "滨河大道"], {"老深南": "深南大道"})
        >>> names.match("泰然9路").street, names.match("老深南").street, names.match("滨河路").score
        ('泰然九路', '深南大道', 0.9)
        """
        spelt = canonical_address(asked)
        if spelt in self._aliases:
            return StreetMatch(asked, self._aliases[spelt], 1.0)
        scored = sorted(
            ((self._score(spelt, name), name) for name in self._names),
            key=lambda pair: (-pair[0], pair[1]),
        )
        scored = [(score, name) for score, name in scored if score >= _ALIKE]
        if not scored:
            return StreetMatch(asked, "", 0.0)
        best, street = scored[0]
        near = tuple(name for score, name in scored[1:4] if score > best - 0.1 and best < 1.0)
        return StreetMatch(asked, street, round(best, 2), near)

    def _score(self, spelt: str, name: str) -> float:
        known = self._spelt[name]
        if spelt == known:
            return 1.0
        bare, known_bare = _KIND.sub("", spelt), self._bare[name]
        if len(bare) > 1 and bare == known_bare:
            return 0.9
        if len(known) > 2 and known in spelt:
            return 0.85
        numbers = re.findall(r"\d+", spelt), re.findall(r"\d+", known)
        if numbers[0] != numbers[1]:
            return 0.0  # 泰然7路 is not 泰然9路, however alike
        alike = SequenceMatcher(None, bare, known_bare, autojunk=False).ratio()
        return 0.85 * alike if len(bare) > 1 else 0.0
