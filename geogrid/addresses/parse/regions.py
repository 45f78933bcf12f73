"""Official names of regions, found in a text by their first two letters."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from geogrid.errors import GeogridError
from geogrid.i18n import mark as _

__all__ = ["LEVEL_OF", "Name", "Regions", "RegionsError", "build_regions", "official_regions"]

LEVEL_OF = {2: "province", 4: "city", 6: "district", 9: "subdistrict", 12: "community"}
"""Digits of a code to the part it names."""


class RegionsError(GeogridError):
    """A list of official names cannot be used; the message names row, field and fix."""


@dataclass(frozen=True, slots=True)
class Name:
    """A way to write a region.

    Attributes
    ----------
    text
        As written in addresses.
    part
        ``province`` to ``community``.
    official
        Its name in full.
    codes
        Of all regions that are written so.
    is_whole
        Whether it says what it is (西安市, not 西安).
    """

    text: str
    part: str
    official: str
    codes: tuple[str, ...]
    is_whole: bool


@dataclass(frozen=True, eq=False)
class Regions:
    """Names of regions; see :func:`build_regions`.

    Attributes
    ----------
    by_start
        First two letters to the names that begin with them, longest first.
    """

    by_start: Mapping[str, tuple[Name, ...]]


_ETHNIC = (
    "(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|"
    "景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|普米|塔吉克|怒|鄂温克|裕固|保安|独龙|鄂伦春|"
    "各|高山)族"
)
_KIND = re.compile(
    rf"(?:{_ETHNIC})*(?:特别行政区|(?:壮族|回族|维吾尔)?自治区|自治州|自治县|自治旗|地区|林区|新区|省|市|区|县|盟|旗)$"
)
_OFFICE = re.compile(r"(?:居民委员会|村民委员会|村委会|居委会|办事处)$")
_FORMER = {  # names that were in use within living memory, to codes of today
    "襄樊市": "4206", "思茅市": "5308", "崇文区": "110101", "宣武区": "110102", "闸北区": "310106",
    "卢湾区": "310101", "南汇区": "310115", "下城区": "330105", "江干区": "330102",
    "塘沽区": "120116", "汉沽区": "120116", "大港区": "120116", "东山区": "440104",
    "芳村区": "440103", "萝岗区": "440112", "白下区": "320104", "下关区": "320106",
    "平江区": "320508", "沧浪区": "320508", "金阊区": "320508", "北塘区": "320213",
    "崇安区": "320213", "南长区": "320213", "长寿县": "500115", "江东区": "330212",
}  # fmt: skip
_SIDES = frozenset("东西南北中城市郊矿")


def build_regions(*tables: pd.DataFrame, official: bool = True) -> Regions:
    """Return the names that addresses are read with.

    Parameters
    ----------
    tables
        A place's own names: columns ``code`` (2, 4, 6, 9 or 12 digits: province, city, district,
        subdistrict, community or village) and ``name``; other columns do not matter.
    official
        Whether the provinces, cities and districts of China are added.

    Raises
    ------
    RegionsError
        A column is missing, or a code is no code.
    """
    rows = list(_official_rows()) if official else []
    for table in tables:
        rows += _rows(table)
    known = dict(rows)
    spellings: dict[tuple[str, str, str, bool], list[str]] = defaultdict(list)
    for code, name in known.items():
        part = LEVEL_OF[len(code)]
        value, ways = _ways(name, part)
        for text, is_whole in ways:
            spellings[text, part, value, is_whole].append(code)
    if official:
        for former, code in _FORMER.items():
            if code in known:
                spellings[former, LEVEL_OF[len(code)], known[code], True].append(code)
    return Regions(_by_start(spellings))


def _by_start(
    spellings: Mapping[tuple[str, str, str, bool], list[str]],
) -> dict[str, tuple[Name, ...]]:
    """Return the names by their first two letters; a whole name hides a short one."""
    by_start: dict[str, list[Name]] = defaultdict(list)
    for (text, part, value, is_whole), codes in spellings.items():
        by_start[text[:2]].append(Name(text, part, value, tuple(dict.fromkeys(codes)), is_whole))
    order = list(LEVEL_OF.values())
    return {
        start: tuple(
            sorted(
                names,
                key=lambda name: (
                    -len(name.text),
                    not name.is_whole,
                    name.text != name.official,
                    order.index(name.part),
                ),
            )
        )
        for start, names in by_start.items()
    }


def _ways(name: str, part: str) -> tuple[str, dict[tuple[str, bool], None]]:
    """Return the value of a name, and the ways to write it with whether they are whole."""
    ways = {(name, True): None}
    if part in ("subdistrict", "community"):
        bare = _OFFICE.sub("", name)
        if part == "community" and not bare.endswith(("社区", "村", "居", "场")):
            bare = f"{bare}村" if "村民委员会" in name or "村委会" in name else f"{bare}社区"
        return bare, ways | {(bare, True): None}
    short = _KIND.sub("", name)
    if len(short) > 1 and short != name:
        ways[short, False] = None
        if part == "district" and not name.endswith("旗"):  # 双流县 became 双流区
            ways |= {(short + kind, True): None for kind in "区县市"}
    return name, {way: None for way in ways if len(way[0]) > 1}


def _official_rows() -> Iterator[tuple[str, str]]:
    package = Path(__file__).parents[2]
    for root in (package / "official_names", package.parent / "data" / "names"):
        file = root / "china.csv"
        if file.is_file():
            lines = file.read_text(encoding="utf-8").split()
            yield from (tuple(line.split(",", 1)) for line in lines[1:])  # type: ignore[misc]
            return
    raise RegionsError(_("The list of official names is not installed; install geogrid again."))


def _rows(table: pd.DataFrame) -> list[tuple[str, str]]:
    for column in ("code", "name"):
        if column not in table.columns:
            raise RegionsError(
                _("The list of official names has no column “{column}”; add it."), column=column
            )
    rows = []
    pairs = zip(table["code"].astype("str"), table["name"].astype("str"), strict=True)
    for row, (code, name) in enumerate(pairs, start=2):
        if len(code) not in LEVEL_OF or not code.isdecimal():
            raise RegionsError(
                _(
                    "Row {row}: the code “{code}” has not 2, 4, 6, 9 or 12 digits;"
                    " correct the column “code” and keep it as text."
                ),
                row=row,
                code=code,
            )
        rows.append((code, name.strip()))
    return rows


@cache
def official_regions() -> Regions:
    """Return the provinces, cities and districts of China."""
    return build_regions()


_NOUN = (
    "(?:大道|大街|门[内外]?大街|[路街巷道桥弄]|胡同|小区|花园|家园|新村|小学|中学|大学|"
    "医院|广场|大厦|宾馆|酒店|饭店|国际|公寓|花苑|[苑园里坊村]|家属院|超市|站|银行|公园|城|中心|府|湾|面馆|"
    "火车|机场|社区|街道|镇(?!.{1,6}村)|乡)"
)
_ROAD = re.compile(f"[东西南北中新老一二三四五六七八九十0-9]{{0,3}}{_NOUN}")
_SHORT_ROAD = re.compile(f"[东西南北中新老一二三四五六七八九十0-9]?{_NOUN}")
"""What makes a short name part of another one: 西安路, 西安东路; below its own city 武昌中南路."""
_NOT_REGION = re.compile(  # 超市场, 市民中心, 区内, 区政府
    "(?<=市)(?:场|民(?:中心|广场|公园|之家|活动|服务)|政(?!区))|(?<=[市区县])(?:内|政府)"
)
_BEFORE = frozenset(";:,在到住")
_ABOVE = re.compile("[\u4e00-\u9fff]{1,4}[市区县]")
_LOCAL = re.compile("(?![山河江湖])[\u4e00-\u9fff]{2,6}?(?:大道|大街|[路街区]|街道)")


def find_region(regions: Regions, text: str, at: int, above: str, is_next: bool) -> Name | None:
    """Return the region named at a position.

    Parameters
    ----------
    text, at
        The compact text and where to look.
    above
        Code of a region named before, ``""`` for none.
    is_next
        Whether that one ends here.
    """
    found: Name | None = None
    for name in regions.by_start.get(text[at : at + 2], ()):
        if found and len(name.text) < len(found.text):
            break
        if text.startswith(name.text, at) and _is_meant(regions, name, text, at, above, is_next):
            if _fits(name, above):
                return name
            found = found or name
    return found


def _fits(name: Name, above: str) -> bool:
    """Return whether a region lies in another one, or holds it."""
    return any(code.startswith(above) or above.startswith(code) for code in name.codes)


def code_of(name: Name, above: str) -> str:
    """Return the code of a name below another region, ``above`` where none or several fit."""
    inside = [code for code in name.codes if code.startswith(above) or above.startswith(code)]
    if len(inside) == 1:
        return inside[0]
    return inside[0] if inside and above else above


def _is_before_region(regions: Regions, name: Name, text: str, end: int) -> bool:
    """Return whether a region of it in full follows, as in 北京西城区."""
    return any(
        below.is_whole
        and text.startswith(below.text, end)
        and any(code.startswith(above) for code in below.codes for above in name.codes)
        for below in regions.by_start.get(text[end : end + 2], ())
    )


def _is_meant(regions: Regions, name: Name, text: str, at: int, above: str, is_next: bool) -> bool:
    end = at + len(name.text)
    fits = bool(above) and any(code.startswith(above[: len(code)]) for code in name.codes)
    if name.is_whole:
        if len(name.text) == 2 and name.part == "district":
            return is_next and fits
        return not _NOT_REGION.match(text, end)
    fits_next = is_next and fits
    if _is_other_name(regions, name, text, end, _SHORT_ROAD if fits_next else _ROAD):
        return False
    if fits_next or (above and name.part != "district"):
        return fits_next
    begins = at == 0 or text[at - 1] in _BEFORE
    if name.part != "district":
        return begins or bool(_ABOVE.match(text, end))
    return begins and not above and len(name.codes) == 1 and bool(_LOCAL.match(text, end))


def _is_other_name(
    regions: Regions, name: Name, text: str, end: int, road: re.Pattern[str]
) -> bool:
    """Return whether a short name begins another one: 西安路, or 西安市场, no city in full."""
    if end < len(text) and text[end] in "市区县":
        return True
    return bool(road.match(text, end)) and not _is_before_region(regions, name, text, end)
