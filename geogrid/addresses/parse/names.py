"""The names of an address: regions, towns, villages, streets, compounds, places, directions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from geogrid.addresses.parse.letters import NUMERALS, arabic, name_value
from geogrid.addresses.parse.regions import Regions, code_of, find_region

__all__ = ["Piece", "direction_value", "read_names"]

Piece = tuple[str, str, int, int, float]
"""Part, value, start, end, certainty."""

_SIDE = "[东西南北中]"
_ORGANISATION = (
    "小学|中学|大学|学校|学院|幼儿园|医院|卫生|社区|街道|派出所|市场|公园|地铁|小区|家属|宿舍|花园|广场|大厦|商场|超市|支行|"
    "店|桥|工业|公寓|家园|花苑|新村|公司|[1-9一二三四五六七八九]小|[苑院站城厂]"
)
_AT = (
    "(?:斜?对[面过]|对门|旁边?|附近|隔壁|周边|周围|[东西南北]?门[口前外旁]|[东西南北]门对面|前面?|后面?|背后|院[内里]|里面?|内|楼[下上底](?!漏)|"
    "十字路口|交叉路?口|交汇处|路口|街口|巷口|[路街]边|处|"
    "(?:[往向靠以朝]|路)?(?:东南|东北|西南|西北|[东西南北])(?!大?[路街道巷](?!口))(?:[侧边面角头]|方向|路口|口)?)"
)
_AFTER_NAME = rf"(?=$|[;:,/-]|{_SIDE}?[1-9A-Z一二三四五六七八九东西南北]?[区期组]|小区|{_AT}|的)"
_NAME = re.compile(
    r"(?P<head>[\u4e00-\u9fffA-Z0-9]{1,14}?)(?:"
    r"(?P<subdistrict>(?<!小区)街道(?:办事处|办)?|办事处|(?<![小古集特])镇(?!街道|中心?小?学|政府|医院|卫生|派出|小学|[江海平安宁原远赉坪巴雄康沅]|[东西南北](?:[路街村巷门头侧边]|大[街道]|$))"
    r"|(?<![故水新家老城还])乡(?!街|政府|中学|小学|镇|村|下|卫生|宁|城)|苏木|(?:农场|林场|牧场)(?=.{1,5}[村队]))"
    r"|(?P<community>(?<!小区)社区(?:居民?委员?会|居委会|居委)?(?!医院|卫生|服务|中心|工作|民警|网格|的?小?广场)|(?:村民|居民)委员会|居委会|"
    r"(?<![新度中农山山乡])村(?:民?委员?会|村?委会|村委)?(?!路|[东西南北中]?[大小]?街|大道|道|巷|小区|民|镇|口|小学|东路|西路|南路|北路|中路|花园|里有))"
    r"|(?P<street>(?:大道|大街|胡同|[0-9一二三四五六七八九十]*支弄|里弄|国道|省道|县道|乡道|高速|环路|(?<=[东西南北内外][一二三四五六])环(?!路|城|球|保)"
    r"|(?<![道铁走过网线电水思半通公])路|(?<=[\u4e00-\u9fff][水通线过半])路(?=$|[口与和、])|(?<=[\u4e00-\u9fff])(?<!大)公路|(?<![步])街(?!道|坊|心|区|边)|(?<!小)巷|(?<=[0-9一二三四五六七八九十百])弄"
    r"|(?<![街人行通隧楼管车频报知河渠水消味国省县乡大轨赛航])道(?!路|口|闸|边|理|歉|具|上))"
    rf"(?:{_SIDE}段|[0-9一二三四五六七八九十]段|(?<=大[道街]){_SIDE}(?=[0-9;]|$)|(?<=路){_SIDE}(?=[0-9{NUMERALS}]+号)|(?<=[0-9一二三四五六七八九十]弄)[0-9一二三四五六七八九十]+支?弄)?"
    rf"(?!(?:{_ORGANISATION})(?![路街]|大道)|{_SIDE}[路街区]|{_SIDE}段|村(?![里头内上下口])|灯|面(?!馆)|过|人|况|障|政|牌))"
    r"|(?P<compound>(?:小区|花园|花苑|家园|佳园|佳苑|嘉园|嘉苑|雅苑|名苑|家属[院楼区]|公寓|大厦|广场|中心|庄园|别墅|公馆|宿舍[区楼]?|山庄|新村|新城|工业[园区]区?|"
    r"工业园|科技园|产业园|创业园|软件园|物流园|生态园|创意园|园区|大院|楼院|商城|商贸城|国际|生活区|住宅[区楼]|安置[区房]|商住楼|写字楼|综合楼|办公楼|教学楼|实验楼|"
    r"公租房|廉租房|经适房|基地|小镇|华庭|豪庭|名邸|雅居|丽景|名都|世家|新居|新苑|村委大院|干休所|"
    rf"[A-Z0-9一二三四五六七八九东西南北][区期](?=$|[;:,-]|{_SIDE}门|[A-Z0-9一二三四五六七八九][区期])|(?<!开发)(?<!山)(?<!市)(?<!地)[东西南北中ABCD一二三四五六][区](?=$)|"
    r"[0-9一二三四五六七八九十]+[组队](?![长员织])|(?<=[\u4e00-\u9fff])组(?![长员织合成团])(?=$|[;:,0-9])|(?<=[0-9一二三四五六七八九十])[组队](?![长员织列合成])|(?<=[\u4e00-\u9fff])[屯寨庄堡沟营坪湾坳岗](?=$|[;:,0-9])|"
    rf"[园苑城府郡湾居轩阁台邸庭墅院厂里坊寓都墩](?<!公园)(?<!医院)(?<!学院)(?<!法院)(?<!剧院)(?<!影院)(?<!检察院)(?<!幼儿园)(?<![家楼区屋这那哪电舞]里){_AFTER_NAME}"
    rf")(?:[0-9一二三四五六七八九十A-Z]期|[A-Z0-9一二三四五六七八九东西南北]{{1,2}}[区苑院]|第?[0-9一二三四五六七八九]+[组](?!长))*"
    rf"(?!{_SIDE}?(?:路|街(?!坊)|大道|大街|巷)|[一二三四五六七八九0-9]+(?:路|街|道|巷)|小学|中学|幼儿园|社区|街道|派出所|地铁|小区|家属|公寓|超市|物业|工业|花园|新村|宿舍))"
    r"|(?P<place>(?:小学|中学|大学|学院|学校|幼儿园|医院|卫生[院室所站]|卫生服务[中心站]+|诊所|超市|便利店|银行|派出所|[公安税务城管司法供电环保工商教育]局|公园|地铁站|车站|火车站|"
    r"公交站台?|加油站|充电站|停车场|市场|菜场|饭店|酒店|宾馆|网吧|KTV|小卖部|菜鸟驿站|面馆|药店|药房|商店|商场|大桥|桥头|教堂|博物馆|图书馆|体育馆|文化宫|电影院|公司|集团|门诊部?|"
    rf"政府|党校|法院|检察院|物流园|垃圾[站桶]|售楼部|岗亭|亭|店(?=$|[;]|{_AT})|[东西南北大正侧]{{1,2}}大?门(?![口前外]))"
    r"(?![家宿附小中区校]|社区|[村镇庄]|属|东路|西路|南路|北路|[街路巷])(?:[东西南北]{1,2}(?:广场|校区|门))?)"
    r")"
)
_LEAD = re.compile(
    r"(?:.*(?=[帮看一我家人者住地位居所送发寄请麻反投举建转本快放就是想问您你师老现来到在于附诉事收户单报关称:])"
    r"(?:帮我(?:看看|查一?下)?|看看|一下|我们?家?住?在|我们?家住?|我们?住|家住在?|[人者]住(?![宅宿房户所])|住[在址]|地[址点]是?|位于|居住[在于的]|所[住在]的?|住于|送[到往至]|发[到往]|寄[到往]|请[到来去]|麻烦[来到去]?|反映(?:人|其)?称?|"
    r"投诉|举报|建议|转告|本人系?|快递放|放[在到]|就是|是不是|(?:请|想)?问(?:一下|下)|请问|您好|你好|师傅|老师|现[住在]|就在|是在|来自|[到在于]|我们?是|附近的|我们|"
    r"来电人?|诉求|事发地?点?|[收送发]货|户籍|单位|反应|报修|关于|称|:)|[是的从去来我其住])"
)
_JOIN = re.compile("[与和跟及同、/交-]")
_POSITION = re.compile(_AT)
_CROSSING = re.compile(
    r"(?:的|相)?(?:交叉路?口|十字路口|交[汇会](?:处|口)?|交界处?|交口|丁字路口|路口|相交|(?<=路)口|(?<=街)口|(?<=道)口)处?"
)
_ZONE = re.compile(
    r"(?:国家级?)?(?:[\u4e00-\u9fff]{0,4}?(?:高新技术产业开发区|经济技术开发区|经济开发区|高新区|经开区|开发区|保税区|新区|自贸区|示范区|高新技术开发区)"
    r"|[\u4e00-\u9fff]{2,4}?工业园区|(?:高新|经开)(?=[\u4e00-\u9fff]{2,5}(?:路|街|大道)))"
)
_ZONES = frozenset(("高新区", "经开区", "开发区", "保税区", "经济开发区", "经济技术开发区"))
_SEPARATOR = frozenset(";:,/- 、")
_SEPARATED = re.compile(f"[{re.escape(''.join(sorted(_SEPARATOR)))}]")
_LANE = re.compile("(?!校)[\u4e00-\u9fff][园苑]里")  # 花园里12号, not 丽景花园里12号楼
_ONLY_NUMERAL = re.compile(rf"[0-9{NUMERALS}]+")
_LINKS = "与和跟及同、/-"
_GIVEN = re.compile("[和与及同](?:平|谐|顺|兴|睦|美|泰|县|田|硕|静|林|善|布|合)")


@dataclass(slots=True)
class Above:
    """What regions were named so far.

    Attributes
    ----------
    regions
        Names to look for.
    code
        Of the last one, ``""`` for none.
    end
        Where it ended.
    """

    regions: Regions
    code: str = ""
    end: int = -1


def direction_value(text: str) -> str:
    """Return 向北300米 and 往南走一百五十米 as 北300米 and 南150米.

    Examples
    --------
    >>> direction_value("向北约300多米"), direction_value("对面")
    ('北300米', '对面')
    """
    bare = re.sub(
        "[往向朝以约大走行余多方来靠正]|(?<!附)近|左右|(?<=[东西南北])[侧边面](?=[0-9一二三四五六七八九])",
        "",
        text,
    )
    bare = re.sub(f"[{NUMERALS}]+(?=米|公里|千米)", lambda found: arabic(found[0]), bare)
    return re.sub("(?<=[0-9])M", "米", bare) or text


def read_names(
    text: str, begin: int, end: int, before_door: str, above: Above, pieces: list[Piece]
) -> None:
    """Append the names between two numbered parts.

    Parameters
    ----------
    text
        The compact text.
    begin, end
        Where the names may be.
    before_door
        What follows: ``number``, ``building`` …, ``""`` for nothing or what is no door.
    above
        Regions named so far; is brought forward.
    pieces
        Parts read so far.
    """
    at = begin
    while at < end:
        if text[at] in _SEPARATOR:
            if above.end == at:  # 广东 深圳 福田
                above.end += 1
            at += 1
            continue
        at = _read_one(text, at, end, before_door, above, pieces)


def _read_one(
    text: str, at: int, end: int, before_door: str, above: Above, pieces: list[Piece]
) -> int:
    """Append the name at a position; return where it ends."""
    is_next = above.end == at
    found = find_region(above.regions, text, at, above.code, is_next)
    if found and at + len(found.text) <= end:
        stop = at + len(found.text)
        certainty = 0.98 if found.is_whole else 0.85
        pieces.append((found.part, found.official, at, stop, certainty))
        above.code, above.end = code_of(found, above.code), stop
        return stop
    zone = _ZONE.match(text, at, end)
    if zone and (
        (is_next and len(above.code) in (2, 4))
        or (zone[0] in _ZONES and (at == 0 or text[at - 1] in _SEPARATOR))
    ):
        pieces.append(("district", zone[0], at, zone.end(), 0.85))
        above.end = zone.end()
        return zone.end()
    if (pieces and pieces[-1][3] == at) or not pieces:
        if pieces and (crossing := _crossing(text, at, end, pieces)):
            return crossing
        position = _POSITION.match(text, at, end)
        if position and (pieces or at > 0) and _stands_alone(text, position, end):
            pieces.append(("direction", direction_value(position[0]), at, position.end(), 0.85))
            return position.end()
    return _read_name(text, at, end, before_door, above, pieces)


def _stands_alone(text: str, position: re.Match[str], end: int) -> bool:
    """Return whether 东 or 前 is a position here, not the start of a name such as 东路."""
    return (
        position.end() - position.start() > 1
        or position.end() == end
        or (text[position.end()] in _SEPARATOR)
    )


def _crossing(text: str, at: int, end: int, pieces: list[Piece]) -> int:
    """Mark the last street as crossing the one before; return where the words for it end, or 0."""
    if pieces[-1][0] != "street":
        return 0
    mark = _CROSSING.match(text, at, end)
    if not mark:
        return 0
    if len(pieces) > 1 and pieces[-2][0] == "street":
        _part, value, start, _stop, certainty = pieces.pop()
        pieces.append(("crossing", value, start, mark.end(), certainty))
    else:
        pieces.append(("direction", "路口", at, mark.end(), 0.8))
    return mark.end()


def _read_name(
    text: str, at: int, end: int, before_door: str, above: Above, pieces: list[Piece]
) -> int:
    """Append the name by its noun, or what is left over; return where it ends."""
    stop = _segment_end(text, at, end)
    found = _NAME.match(text, at, stop)
    later = _region_later(text, at, found.end() if found else stop, above)
    if later:
        return later
    if not found:
        _leftover(text, at, stop, before_door if stop == end else "", pieces)
        return stop
    part = _part_of(found)
    start = _start_of(text, at, found, pieces)
    if start == at and before_door and _LANE.fullmatch(text, at, end):
        _append(text, at, end, "compound", pieces)
        return end
    linked = start > at and text[at] in _LINKS and bool(pieces) and pieces[-1][0] == "street"
    if part == "street" and (linked or _is_linked(text, start, pieces)):
        pieces.append(("crossing", name_value(text[start : found.end()]), start, found.end(), 0.9))
        mark = _CROSSING.match(text, found.end(), end)
        if mark:
            pieces[-1] = (*pieces[-1][:3], mark.end(), 0.95)
        return mark.end() if mark else found.end()
    _append(text, start, found.end(), part, pieces)
    return found.end()


def _is_linked(text: str, start: int, pieces: list[Piece]) -> bool:
    """Return whether the street before is followed by 、 or / and this one."""
    return bool(
        pieces
        and pieces[-1][0] == "street"
        and start - pieces[-1][3] == 1
        and text[start - 1] in "、/-"
    )


def _segment_end(text: str, at: int, end: int) -> int:
    found = _SEPARATED.search(text, at, end)
    return found.start() if found else end


def _part_of(found: re.Match[str]) -> str:
    return found.lastgroup if found.lastgroup != "head" else "place"  # type: ignore[return-value]


def _start_of(text: str, at: int, found: re.Match[str], pieces: list[Piece]) -> int:
    """Return where a name begins, after words such as 我住在 and 与."""
    start = at
    head_end = found.end("head")
    if pieces and pieces[-1][3] == at:
        if (
            pieces[-1][0] == "street"
            and text[at] in _LINKS
            and head_end - at > 1
            and not _GIVEN.match(text, at)
        ):
            return at + 1
        if text[at] == "的" and head_end - at > 1:
            return at + 1
    lead = _LEAD.match(text, at, head_end)
    if lead and lead.end() < head_end + (found.end() - head_end > 2):
        start = lead.end()
    return start


def _region_later(text: str, at: int, stop: int, above: Above) -> int:
    """Return where a region begins inside words that were taken for one name, or 0."""
    for place in range(at + 1, stop - 1):
        if text[place : place + 2] in above.regions.by_start:
            found = find_region(above.regions, text, place, above.code, False)
            if not (found and found.is_whole and len(found.text) > 2):
                continue
            is_upper = found.part in ("province", "city")
            if is_upper or text[at:place].isascii() or _is_lead(text, at, place):
                return place
    return 0


def _is_lead(text: str, at: int, place: int) -> bool:
    lead = _LEAD.match(text, at, place)
    return bool(lead and lead.end() == place)


def _append(text: str, start: int, stop: int, part: str, pieces: list[Piece]) -> None:
    """Append a name, joined to the one it belongs to."""
    value = _value_of(text[start:stop], part)
    if pieces and pieces[-1][3] == start:
        last_part, _last, last_start, _stop, _certainty = pieces[-1]
        is_lane = part == "street" and last_part == "street" and text[stop - 1] in "巷弄同"
        is_piece = part in ("compound", "place") and last_part in ("compound", "place")
        if is_lane or (is_piece and not text[last_start:start].endswith("组")):
            pieces[-1] = (part, name_value(text[last_start:stop]), last_start, stop, 0.85)
            return
    certainty = {"place": 0.75, "compound": 0.85}.get(part, 0.9)
    pieces.append((part, value, start, stop, certainty))


_OFFICE = re.compile("办事处$|(?<=街道)办$")
_COMMITTEE = re.compile("(?:居民委员会|居委会|居委|村民委员会|村委会|村委)$")


def _value_of(text: str, part: str) -> str:
    if part == "subdistrict":
        bare = _OFFICE.sub("", text)
        return bare if bare[-1] in "道镇乡场木" else f"{bare}街道"
    if part == "community":
        bare = _COMMITTEE.sub("", text)
        return bare if bare[-1] in "区村" else f"{bare}{'村' if '村' in text[-5:] else '社区'}"
    return name_value(text)


def _leftover(text: str, at: int, stop: int, before_door: str, pieces: list[Piece]) -> None:
    """Append what no noun explains: before a door it is a compound, else nothing is known."""
    lead = _LEAD.match(text, at, stop)
    start = lead.end() if lead else at
    if pieces and pieces[-1][3] == at and text[start : start + 1] == "的":
        start += 1
    words = text[start:stop]
    if before_door and len(words) > 1 and not _ONLY_NUMERAL.fullmatch(words):
        part, certainty = "compound", 0.6
        if pieces and pieces[-1][3] == start and pieces[-1][0] in ("compound", "place"):
            start = pieces.pop()[2]
        pieces.append((part, name_value(text[start:stop]), start, stop, certainty))
    else:
        pieces.append(("rest", text[at:stop], at, stop, 0.3))
