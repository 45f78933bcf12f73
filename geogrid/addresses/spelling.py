"""One spelling for address texts, and the parts an address names.

``泰然七路１２号 第三幢 02单元`` and ``泰然7路12号3栋2单元`` become the same text. A deep parser
is a later work; this one knows numbers with their usual nouns, and leaves the rest alone.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

__all__ = [
    "NUMERAL",
    "AddressParts",
    "canonical_address",
    "folded_address",
    "normalise_address",
    "spelling_rules",
    "split_address",
]

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹘~〜", "-") | {"號": "号", "棟": "栋", "樓": "楼"})
_LONGEST = 500  # characters that are read of a text; the rules are slow on endless digits
_DROPPED = re.compile(r"[^\w#-]|_")
NUMERAL = "零〇一二三四五六七八九十百两"
"""Letters of Chinese numerals."""

_DIGIT_OF = {letter: str(at) for at, letter in enumerate("零一二三四五六七八九")} | {
    "〇": "0",
    "两": "2",
}
_NUMBERED = (
    "号|栋|幢|座|单元|楼|层|室|房|户|弄|巷|门|期|区|村|组|队|路|街|道|大道|胡同|里|社区|网格|微网格"
)
_PERSON_NUMERALS = re.compile(rf"([{NUMERAL}]+)(?={_NUMBERED})")
_BUILDING = r"[0-9]+[a-z]?|[a-z][0-9]*|[东西南北中主副]"

# Each rule sees the text the one before left; order matters. A rule is tried only on texts
# with the letter it starts from.
_RULES: tuple[tuple[str, re.Pattern[str], str], ...] = tuple(
    (letter, re.compile(pattern), replacement)
    for letter, pattern, replacement in (
        ("第", r"第+(?=[0-9])", ""),
        ("0", r"(?<![0-9])0+(?=[0-9]+(?:号|栋|幢|座|单元|#))", ""),
        ("#", r"#(?=单元|门|室|房)", ""),
        ("#", r"(?<![0-9a-z])#([0-9]+)(?:号?楼|栋|座|幢)?", r"\1栋"),
        ("#", r"([0-9a-z]+)#(?:号?楼|栋|座|幢)?", r"\1栋"),
        ("#", r"#+", ""),
        (
            "",
            rf"(?<![0-9a-z])({_BUILDING})(?:号楼|号栋|号幢|号座|栋楼|幢楼|栋|幢|座)-?",
            r"\1栋",
        ),
        ("楼", r"(?<![0-9])([0-9]+)楼(?=[0-9a-z]+单元)", r"\1栋"),
        ("门", r"(?<=栋)([0-9]+)门(?![牌])", r"\1单元"),
        ("", r"([0-9]+|[a-z])(?:号单元|单元门|号门洞|门洞|单元)-?", r"\1单元"),
        ("-", r"(?<=栋)0?([0-9]{1,2})-([0-9]{3,4})(?![0-9-]|号)", r"\1单元\2室"),
        (
            "-",
            r"(?<![0-9a-z-])0*([0-9]{1,3}|[a-z])-0*([0-9]{1,2})-([0-9]{3,4})(?![0-9-]|号)",
            r"\1栋\2单元\3室",
        ),
        ("-", r"(?<![0-9a-z-])0*([0-9]{1,3}|[a-z])-([0-9]{3,4})(?![0-9-]|号)", r"\1栋\2室"),
        (
            "-",
            r"(?<![0-9a-z-])0*([0-9]{1,3}|[a-z])-0*([0-9]{1,2})(?![0-9a-z-]|号|栋|幢|座|楼|室|层|单元)",
            r"\1栋\2单元",
        ),
        ("-", r"(?<![0-9a-z-])0*([0-9]{1,3}|[a-z])-0*([0-9]{1,2})(?=单元)", r"\1栋\2"),
        ("-", r"(?<![0-9a-z])-|-(?![0-9a-z])", ""),
    )
)

_HAN = "[\u3400-\u9fff]"
# 区, 市 … end a prefix only where they are not part of 小区, 超市 …
_REGION = re.compile(
    rf"(?:中国)?(?:{_HAN}{{2,7}}?(?:省|自治区|特别行政区))?"
    rf"(?:{_HAN}{{1,6}}(?<![超城夜菜股早])市(?![场民政口]))?"
    rf"(?:{_HAN}{{1,6}}(?<![小园校社院景片厂住库业东西南北中宅新])(?:区|县)(?![委府政域]))?"
)
_TOWN = re.compile(
    rf"(?:{_HAN}{{1,8}}?(?:街道办事处|街道|镇))?"
    rf"(?:{_HAN}{{1,8}}?(?:社区居委会|社区|居委会|村委会))?"
)


@dataclass(frozen=True)
class AddressParts:
    """What an address names, each part in its one spelling; empty when not named.

    Attributes
    ----------
    street, number, compound, building, entrance
        ``泰然7路``, ``12``, ``泰然苑``, ``3``, ``2``.
    room
        Floor and room as written.
    """

    street: str = ""
    number: str = ""
    compound: str = ""
    building: str = ""
    entrance: str = ""
    room: str = ""


@lru_cache(maxsize=1 << 16)
def canonical_address(text: str) -> str:
    """Return `text` in one spelling, with every prefix kept.

    Width, case, spaces and punctuation do not count; ``第``, numerals and the nouns of
    buildings (号楼, 幢, 座, #) are written one way, and ``3-2-501`` is written out.

    Examples
    --------
    >>> canonical_address("泰然七路 １２ 号，第三号楼２单元")
    '泰然7路12号3栋2单元'
    >>> canonical_address("泰然苑3-2-501")
    '泰然苑3栋2单元501室'
    """
    spelling, before = _respell(text), text
    for _again in range(4):
        if spelling == before:
            break
        spelling, before = _respell(spelling), spelling
    return spelling


def _fold(text: str) -> str:
    text = text[:_LONGEST]
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _DROPPED.sub("", folded.translate(_DASHES))


def _respell(text: str) -> str:
    spelling = _fold(text)
    spelling = _PERSON_NUMERALS.sub(lambda found: _number_of(found[1]), spelling)
    for letter, pattern, replacement in _RULES:
        if letter in spelling:
            spelling = pattern.sub(replacement, spelling)
    return spelling


def _number_of(numeral: str) -> str:
    """Return the digits of a Chinese numeral: 二十三 is 23, and so is 二三."""
    if "十" not in numeral and "百" not in numeral:
        return "".join(_DIGIT_OF[letter] for letter in numeral)
    total, digit = 0, 0
    for letter in numeral:
        if letter in "十百":
            unit = 10 if letter == "十" else 100
            total += (digit or 1) * unit
            digit = 0
        else:
            digit = int(_DIGIT_OF[letter])
    return str(total + digit)


def normalise_address(text: str) -> str:
    """Return :func:`canonical_address` without the province, city, district and subdistrict.

    Examples
    --------
    >>> normalise_address("广东省深圳市福田区沙头街道泰然七路12号")
    '泰然7路12号'
    """
    spelling = canonical_address(text)
    start = region_end(spelling)
    return canonical_address(spelling[start:]) if start < len(spelling) else spelling


def folded_address(text: str) -> str:
    """Return `text` as written but for width, case, punctuation and the prefix.

    Half a name cannot be respelled: the numeral of ``沙嘴第一`` has lost its noun.

    Examples
    --------
    >>> folded_address("福田区 沙嘴第一")
    '沙嘴第一'
    """
    folded = _fold(text)
    return folded[region_end(folded) :] or folded


def region_end(spelling: str) -> int:
    """Return where the prefix of 省, 市, 区, 街道 and 社区 ends in a canonical text."""
    region = _REGION.match(spelling)
    end = region.end() if region else 0
    town = _TOWN.match(spelling, end)
    return town.end() if town else end


def spelling_rules() -> dict[str, object]:
    """Return the rules of :func:`normalise_address` as data, for a page that has no server.

    ``web/js/lib/address-text.js`` runs them: every pattern means the same in JavaScript.
    """
    return {
        "letters": {chr(odd): plain for odd, plain in _DASHES.items()},
        "digits": _DIGIT_OF,
        "numerals": _PERSON_NUMERALS.pattern,
        "rules": [
            [pattern.pattern, replacement.replace("\\", "$")]
            for _letter, pattern, replacement in _RULES
        ],
        "prefixes": [_REGION.pattern, _TOWN.pattern],
    }


# 号 is a door number's but in 四号路 and 十七号街; 12号路边 is a door again.
_OF_ROAD = "公?路(?![边口旁侧灯])|大?街(?![边口坊])|巷(?!口)|胡同|大道|道(?![闸口路])"
_TOKEN = re.compile(
    rf"(?P<number>(?<![0-9a-z-])[甲乙丙丁]?[0-9]+(?:-[0-9]+)?[a-z]?号(?!{_OF_ROAD})"
    r"(?:附[0-9]+号|之[0-9]+|[甲乙丙丁](?![0-9]))?)(?:大?院)?"
    r"|(?P<lane>(?<![0-9])[0-9]+弄)"
    rf"|(?P<building>(?<![0-9a-z])(?:{_BUILDING})栋)"
    r"|(?P<entrance>(?:(?<![0-9])[0-9]+|(?<![0-9a-z])[a-z])单元)"
    r"|(?P<room>(?<![0-9])(?:[0-9]{1,2}[楼层])?[0-9]{3,4}(?:号?房|室|户|号)?(?![0-9a-z栋弄])"
    r"|(?<![0-9])[0-9]{1,2}[楼层])"
)
_STREET_END = re.compile(rf"(?:{_HAN}|[0-9])+?(?:大道|胡同|路|街|道|巷|里|径|弄)$")


@dataclass(frozen=True)
class Pieces:
    """A canonical text cut into numbered parts and what is left between them.

    Attributes
    ----------
    parts
        Number, building, entrance and room; street and compound are left empty.
    before, between, after
        Text before the first, between and after the last numbered part.
    """

    parts: AddressParts
    before: str
    between: str
    after: str


def cut(spelling: str) -> Pieces:
    """Cut a canonical text at its numbered parts; a part named twice is left as text."""
    named: dict[str, str] = {}
    rest: list[str] = []
    last = 0
    for token in _TOKEN.finditer(spelling):
        kind = _kind(token, named)
        if not kind:
            continue
        rest.append(spelling[last : token.start()])
        named[kind] = _bare(token, kind)
        last = token.end()
    rest.append(spelling[last:])
    before, between = (rest[0], "".join(rest[1:-1])) if len(rest) > 1 else (rest[0], "")
    return Pieces(AddressParts(**named), before, between, rest[-1] if len(rest) > 1 else "")


def _kind(token: re.Match[str], named: dict[str, str]) -> str:
    """Return which part `token` is here, ``""`` when it is none."""
    kind = token.lastgroup or ""
    if kind == "number" and "number" in named:
        kind = "room" if {"building", "entrance"} & named.keys() else "building"
    if kind == "room" and not named:
        return ""  # digits before anything else are no room
    return "" if kind in named or kind == "lane" else kind


def _bare(token: re.Match[str], kind: str) -> str:
    text = token[token.lastgroup or 0]
    if kind == "room":
        return text
    return text.removesuffix("单元").removesuffix("栋").removesuffix("号")


def split_address(text: str) -> AddressParts:
    """Return the parts `text` names, by its nouns alone.

    What stands before the door number is the street (when it ends like one), what follows
    the number or stands alone is the compound.

    Examples
    --------
    >>> parts = split_address("福田区泰然七路12号泰然苑3号楼2单元501")
    >>> parts.street, parts.number, parts.compound, parts.building, parts.entrance, parts.room
    ('泰然7路', '12', '泰然苑', '3', '2', '501')
    """
    pieces = cut(normalise_address(text))
    street, compound = "", pieces.before
    if pieces.parts.number or _STREET_END.search(pieces.before):
        street, compound = pieces.before, pieces.between
    return replace(pieces.parts, street=street, compound=compound)
