"""四至: what bounds an area to the east, south, west and north, as offices write it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["SIDES", "FourBounds", "parse_four_bounds"]

SIDES = ("east", "south", "west", "north")

_LONGEST = 2000
_OF_WORD = {"东": "east", "南": "south", "西": "west", "北": "north"}
_OPPOSITE = {"east": "west", "west": "east", "north": "south", "south": "north"}
_VERB = (
    r"(?:分别|各)?(?:侧|面|边|部|端|界|方向?|向|侧面)?\s*(?:(?:边)?界(?:线)?)?\s*"
    r"(?:起自|起于|起点为|始于|止于|止至|止到|以|至|到|达|抵|起|止|临近|临|邻近|邻|毗邻|毗连|靠近|紧靠|靠"
    r"|接壤|相接|连接|接|依|傍|与|和|沿|为|是|:|—+|-+|~|=|\s|(?<=界))\s*(?:至|到|于|:)?\s*"
)
_START = re.compile(rf"(?<![\u3400-\u9fff])(?P<several>(?:[东南西北][、和及与,]?)+){_VERB}")
_INSIDE = re.compile(
    r"(?P<several>[东南西北])(?:侧|面|边|界)?(?:起自|起于|始于|止于|至|临近|临|邻|毗邻|靠近|靠|接|抵|止|起)"
    r"(?=[\u3400-\u9fffA-Za-z0-9])"
)
_BEYOND = re.compile(
    r"(?P<name>[^,;。:、\s]+?)(?:的)?以(?P<side>[东南西北])(?=$|[,;。、\s]|的|区域|范围|围合)"
)
_ENGLISH = re.compile(
    r"\b(?P<several>east|south|west|north)(?:ern)?(?:\s+(?:side|boundary|bound))?"
    r"\s*(?::|-|=|\b(?:to|by|at|along|is|of)\b)\s*",
    re.IGNORECASE,
)
_LISTED = re.compile(r"[、,/+&]|(?<=[路街道巷河渠墙线桥])(?:和|及|与|以及|—|-)|\s+and\s+")
_REMARK = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
_TAIL = re.compile(
    r"(?:(?:的)?(?:道路)?(?:中心线|中线|红线|边线|边缘|沿线|一线|一带|路边|道边|街边|东侧|西侧|南侧|北侧|侧)"
    r"|为界|相邻|相接|接壤|交界处?|交汇处?|止|处|围合(?:的)?(?:区域|范围)?)+$"
)
_HEAD = re.compile(r"^(?:以|至|到|于|自|为|与|和|沿|临|靠|接|起|止|:|-|—|~)+(?=.{2})")
_END = re.compile(r"[;。\n!]")


class _Mark(NamedTuple):
    """Where sides are named in a text; `is_each` where the first name is of the first (分别)."""

    start: int
    end: int
    sides: tuple[str, ...]
    is_each: bool


@dataclass(frozen=True)
class FourBounds:
    """What bounds an area.

    Attributes
    ----------
    east, south, west, north
        Names as written, without the words around them; several where one side runs along
        several; empty where the text says nothing of a side.
    """

    east: tuple[str, ...] = ()
    south: tuple[str, ...] = ()
    west: tuple[str, ...] = ()
    north: tuple[str, ...] = ()

    def side(self, side: str) -> tuple[str, ...]:
        """Return the names of one of :data:`SIDES`."""
        names: tuple[str, ...] = getattr(self, side)
        return names

    @property
    def missing(self) -> tuple[str, ...]:
        """The sides of which nothing is said."""
        return tuple(side for side in SIDES if not self.side(side))


def parse_four_bounds(text: str) -> FourBounds:
    """Read a description of bounds (四至).

    Parameters
    ----------
    text
        ``东至…，南至…``, ``东起…西止…``, ``东临…``, ``东以…为界``, ``东：…``, ``东、南至…``,
        ``…以东、…以南`` (then the street is the western and northern bound), and English
        ``east to …; south: …``.

    Returns
    -------
    FourBounds

    Examples
    --------
    >>> parse_four_bounds("东至泰然九路，南至滨河大道（不含），西以香蜜湖路为界，北临车公庙")
    ... # doctest: +NORMALIZE_WHITESPACE
    FourBounds(east=('泰然九路',), south=('滨河大道',), west=('香蜜湖路',),
               north=('车公庙',))
    >>> parse_four_bounds("东起海滨路西止南山大道").west
    ('南山大道',)
    """
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).replace("——", "—")
    plain = _REMARK.sub("", plain)
    found: dict[str, list[str]] = {side: [] for side in SIDES}
    marks = _marks(plain)
    if not marks:
        _read_beyond(plain, found)
    for at, mark in enumerate(marks):
        until = marks[at + 1].start if at + 1 < len(marks) else len(plain)
        for position, name in enumerate(_names(plain[mark.end : until])):
            one = mark.sides[min(position, len(mark.sides) - 1)]
            for side in (one,) if mark.is_each else mark.sides:
                if name not in found[side]:
                    found[side].append(name)
    return FourBounds(**{side: tuple(names) for side, names in found.items()})


def _marks(text: str) -> list[_Mark]:
    """Return where sides are named, in the order of the text."""
    marks: list[_Mark] = []
    for pattern in (_START, _INSIDE, _ENGLISH):
        for match in pattern.finditer(text):
            if any(mark.start < match.end() and match.start() < mark.end for mark in marks):
                continue
            sides = _sides_of(match["several"])
            is_each = "分别" in match[0] and len(sides) > 1
            marks.append(_Mark(match.start(), match.end(), sides, is_each))
    return sorted(marks)


def _sides_of(words: str) -> tuple[str, ...]:
    if words.lower() in SIDES:
        return (words.lower(),)
    return tuple(dict.fromkeys(_OF_WORD[word] for word in words if word in _OF_WORD))


def _names(piece: str) -> list[str]:
    names = []
    for raw in _LISTED.split(_END.split(piece, maxsplit=1)[0]):
        name = _clean(raw)
        if name:
            names.append(name)
    return names


def _clean(raw: str) -> str:
    name = raw.strip(" \t,.;:。、-—~")
    before = None
    while before != name:
        before = name
        name = _HEAD.sub("", _TAIL.sub("", name)).strip(" ,.;:。、")
    return name


def _read_beyond(text: str, found: dict[str, list[str]]) -> None:
    """Read ``A以东``: the area lies east of A, which is its western bound."""
    for match in _BEYOND.finditer(text):
        name = _clean(match["name"])
        if name:
            found[_OPPOSITE[_OF_WORD[match["side"]]]].append(name)
