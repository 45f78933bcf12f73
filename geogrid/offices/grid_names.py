"""Find grids by what people write for them: a code, a name, a number, a list of these."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from geogrid.addresses.spelling import canonical_address
from geogrid.hierarchy import Hierarchy, build_hierarchy

__all__ = ["GridNames", "build_grid_names", "split_grid_list"]

_NOUN = re.compile(r"(?:微网格|网格|社区|街道|村)$")
_DIGITS = re.compile(r"[0-9]+")
_LIST = re.compile(r"[、，,;；/\n]|\s+|及|和")
_RANGE = re.compile(r"^(.*?)([0-9]+)\s*(?:[-~－—–～至到])\s*(.*?)([0-9]+)(.*)$")
_LONGEST_RANGE = 100
_LONGEST_NAME = 200
_LONGEST_ITEM = 80  # characters; longer text is no range, and slow to ask
_GRID_LEVEL = 3


@dataclass(frozen=True)
class GridNames:
    """Codes by their usual spellings; see :func:`build_grid_names`."""

    hierarchy: Hierarchy
    by_code: Mapping[str, str]
    by_name: Mapping[str, tuple[str, ...]]

    def find(self, text: str, *, within: str = "") -> list[str]:
        """Return the codes `text` may mean; one when it is certain, none when unknown.

        Parameters
        ----------
        text
            A code, a name ("第三网格"), a name with the names above it
            ("泰安社区第三网格") or the number in a name ("3").
        within
            Name or code of a grid above, such as the community of the row.
        """
        key = canonical_address(text) if len(text) <= _LONGEST_NAME else ""
        if not key:
            return []
        if key in self.by_code:
            return [self.by_code[key]]
        found = self.by_name.get(key) or self.by_name.get(_NOUN.sub("", key), ())
        above = set(self.find(within)) if within else set()
        inside = [code for code in found if above & set(self.hierarchy.chain(code)[1:])]
        likely = inside or list(found)
        if key.isdecimal():  # a bare number means a grid (网格) rather than a micro-grid
            plain = [code for code in likely if self.hierarchy.levels[code] == _GRID_LEVEL]
            return plain or likely
        return likely


def build_grid_names(grids: pd.DataFrame) -> GridNames:
    """Index the codes and names of `grids`.

    Examples
    --------
    >>> frame = pd.DataFrame({"code": ["1", "101"], "name": ["泰安社区", "第三网格"],
    ...                       "parent": ["", "1"], "level": [2, 3]})
    >>> names = build_grid_names(frame)
    >>> names.find("泰安3网格"), names.find("三"), names.find("101")
    (['101'], [], ['101'])
    """
    tree = build_hierarchy(grids)
    spellings: dict[str, dict[str, None]] = {}
    for code in tree.parents:
        for spelling in _spellings(tree, code):
            spellings.setdefault(spelling, {})[code] = None
    return GridNames(
        hierarchy=tree,
        by_code={canonical_address(code): code for code in reversed(list(tree.parents))},
        by_name={spelling: tuple(codes) for spelling, codes in spellings.items()},
    )


def _spellings(tree: Hierarchy, code: str) -> set[str]:
    own, *above = [canonical_address(tree.names[step]) for step in tree.chain(code)]
    short = _NOUN.sub("", own)
    spellings = {own, short}
    for name in above:
        spellings |= {name + own, name + short, _NOUN.sub("", name) + own}
    if digits := _DIGITS.findall(own):
        spellings.add(digits[-1])
        spellings.add(digits[-1].lstrip("0"))
    return spellings - {""}


def split_grid_list(text: str, names: GridNames) -> list[str]:
    """Split "101、102" and "101-103" into single grids; a known name is never split.

    Examples
    --------
    >>> nothing = build_grid_names(pd.DataFrame(columns=["code", "name", "parent", "level"]))
    >>> split_grid_list("101、103-105网格", nothing)
    ['101', '103网格', '104网格', '105网格']
    """
    if names.find(text):
        return [text.strip()]
    single: list[str] = []
    for item in _LIST.split(text):
        if item:
            single += [item] if names.find(item) else _spread(item)
    return single


def _spread(item: str) -> list[str]:
    ends = _RANGE.match(item) if len(item) <= _LONGEST_ITEM else None
    if ends is None or ends[3] not in ("", ends[1]):
        return [item]
    first, last = int(ends[2]), int(ends[4])
    if not first <= last < first + _LONGEST_RANGE:
        return [item]
    digits = len(ends[2])
    return [f"{ends[1]}{number:0{digits}d}{ends[5]}" for number in range(first, last + 1)]
