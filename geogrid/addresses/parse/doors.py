"""The numbered parts of an address as they are written: 12号, 3栋, 2单元, 5-2-301, 7#."""

from __future__ import annotations

import re
from functools import lru_cache

from geogrid.addresses.parse.letters import NUMERALS, arabic

__all__ = ["DOOR", "bare_number", "chain_values", "floor_value", "number_value", "written_number"]

_D = rf"(?:[0-9]+|[{NUMERALS}]+)"
_NOT_BEFORE = "(?<![0-9A-Z])"
_FRESH = "(?:(?<![0-9A-Z])|(?<=[A-Z]{3})(?=[0-9])|(?<=SOHO))"  # MOMA5号楼, 银河SOHOC座
_SIDE = "[东西南北中左右]"
_STREET = "公?路(?![边口旁侧灯上面东西南北])|大?街(?![边口坊上])|巷(?!口)|胡同|大道|道(?![闸口路])"
_COUNTED = (  # what is counted is no room: 3个, 10点, 300米
    "个|床|点|时|分|天|年|月|日|元|块|人|次|辆|台|岁|度|周|小时|平|吨|条(?!街)|件|箱|只|份|位|名|米|公里|千米|KM|M(?![A-Z])|"
    "KG|%|折|万|多|余|左右|路|街|大街|大道|道|巷|弄|支弄|胡同|国道|省道|县道|乡道|环|区|期|组|队|村|里|线|厂|中(?!户|间)|小|"
    "附|局|院|高|连|团|师|营|屯|标|地块|社|超市|网格|广场|国际|大厦|中心|公寓|城(?![东西南北])|社区|小区|花园|街区|创意|艺术|产业|户(?=[人居])|:[0-9]|/[0-9]|-[0-9]+[楼层]"
)

_JUNK = (
    r"(?=[0-9])(?:(?=[0-9]{3,4}-?[0-9]{3})(?:(?<![0-9])1[3-9][0-9]{9}(?![0-9])"
    r"|(?<![0-9])0[0-9]{2,3}-?[0-9]{7,8}(?![0-9])|[0-9]{7,}|(?<![0-9])[1-9][0-9]{5}(?![0-9A-Z#室号房]))"
    r"|[0-9]{2,4}年(?:[0-9]{1,2}月(?:[0-9]{1,2}[日号])?)?|[0-9]{1,2}月(?:[0-9]{1,2}[日号])?"
    r"|20[0-9]{2}[-/][0-9]{1,2}[-/][0-9]{1,2}(?![0-9])|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
    r"|[0-9]+(?:点[半钟多]?|时(?!代)|分|天|年|元|块钱|人|次|个|辆|台|岁|周|小时|平[方米]*|吨|件|只|份)"
    r"|[0-9]{1,2}号线(?![路缆杆上])|(?<![\u4e00-\u9fff])[0-9]{1,2}号(?:[上下中]午|早上|晚上?[上点]|凌晨|当天|那天|开始|[0-9]{1,2}点)"
    r"|(?<=[\u4e00-\u9fff])(?<![栋楼座幢元号路街巷道弄村])[0-9]{1,2}号门(?=[口前旁外内对岗;]|附近|$)"
    r"|(?<=[共有计])[0-9]+[余多]?[户层](?:[0-9]+[余多]?户)?|^[0-9]{1,2}/[0-9]{1,2}(?=[^0-9A-Z/#号栋幢座单楼层-]))"
    rf"|[本每这上]月[0-9]+号|[{NUMERALS}]+(?:点[半钟多]|个)|[{NUMERALS}]{{1,3}}号线"
    r"|K[0-9]{1,4};[0-9]{3}|N/A(?![A-Z])"
)
_DIRECTION = (
    rf"(?:[往向朝以]|靠近?)?正?(?:东南|东北|西南|西北|[东西南北])(?:[侧边面方向走行约大]){{0,4}}{_D}(?:多|余|来)?(?:米|公里|千米|M)"
    rf"|约?(?!千[米公])(?<!千){_D}(?:多|余)?(?:米|公里)"
)
_ENGLISH_STREET = "[A-Z]{2,}(?: [A-Z]+){0,3} (?:ROAD|RD|STREET|ST|AVENUE|AVE|LANE)(?![A-Z])"
_NUMBER = (
    rf"NO; ?[0-9]{{1,4}}[A-Z]?(?![0-9A-Z])|[0-9]{{1,4}}(?= {_ENGLISH_STREET})"
    rf"|[0-9]+之{_D}(?:-[0-9]{{1,2}})?(?:号(?![楼栋幢座]))?(?![0-9]*号[楼栋幢座])|(?<=[路街巷道弄同])[0-9]+-[0-9]{{1,2}}-[0-9]{{1,2}}号(?![楼栋幢座])"
    rf"|(?:[甲乙丙丁附付临]|临时|新|旧|老)?"
    r"(?:[0-9]+[甲乙丙丁][0-9]+|[0-9]+(?:[A-Z]?-[0-9]{1,2}|[、至/][0-9]+)?[A-Z]?"
    rf"|[0-9]{{3,}}-[0-9]+|[{NUMERALS}]+)[甲乙丙丁]?号"
    rf"(?!楼(?![下上梯]|顶(?![楼层]))|栋|幢|座|{_STREET}|线|地铁|公交|桥|塔|码头|馆|公馆|宿舍|公寓楼|厂房|车间|仓库|库(?!房)|"
    "门(?![口前牌面外])|出?口|机|车|柜|电梯|井|地块|单元|房|室|户|铺|商铺|店|档|摊|楼道)"
    rf"(?:(?:附|付){_D}(?:-[0-9]+)?号?|之{_D}|-[0-9]{{1,2}}(?![0-9-]|[栋幢号座#楼层]|单元)|[甲乙丙丁](?!单元|室|座|栋|幢|楼|[0-9]+(?:号|栋|幢)))?(?:门牌|大院|院(?!校|落|士))?"
)
_ENDINGS = "院区园苑号厦城心场舍寓居庭际塔店馆厂"  # of names of compounds
_OF_BUILDING = (
    f"排(?=[0-9{NUMERALS}]|$)|"
    "号楼(?![下上梯]|顶(?![楼层]))|号栋|号幢|号座|号宿舍楼?|号公寓楼|号厂房|号车间|号塔?楼?塔|号仓?库(?!房)|号写字楼|号别墅|"
    "栋楼?|幢楼?|座(?![桥山庙城])楼?|号?塔楼|厂房|车间|宿舍楼|公寓楼|#(?:号?楼|栋|座|幢)?"
)
_BUILDING = (
    rf"(?:(?:{_FRESH}(?:第(?=[0-9]))?|(?<=[{_ENDINGS}])[东西南北](?=[0-9]))(?:[0-9]+[A-Z甲乙丙丁]?|[A-Z]{{1,2}}[0-9]{{0,3}}(?:-[0-9]{{1,2}})?|[0-9]{{1,3}}-[0-9A-Z]{{1,2}}(?=[栋幢座号#]))|第?[{NUMERALS}]+|[甲乙丙丁附][0-9]*)"
    rf"(?:{_OF_BUILDING})"
    rf"|#[0-9]{{1,3}}(?![0-9]|;? ?B[UL])[A-Z]?(?:号?楼|栋|座|幢)?"
    rf"|{_NOT_BEFORE}(?:[A-Z]|[0-9]{{1,2}})(?:塔(?![山寺路街村])|舍(?=[0-9;]|$))|[{NUMERALS}]{{1,3}}舍(?=[0-9;]|$)"
    rf"|塔(?:(?<=[{_ENDINGS}]塔)|(?<![\u4e00-\u9fff]塔))楼?(?:[0-9]{{1,2}}|[A-Z])(?![0-9A-Z号]|{_COUNTED})"
    rf"|(?:{_NOT_BEFORE}|(?<=[{_ENDINGS}])[东西南北])[0-9]{{1,3}}[甲乙丙丁]?楼(?=[0-9{NUMERALS}A-Z]+(?:单元|门))"
    r"|(?:TOWER|BLOCK|BLK|BUILDING|BLDG);?(?: ?NO;)? ?[A-Z0-9]{1,3}(?![A-Z0-9])"
    rf"|(?<=[{_ENDINGS}])(?:[东西南北中主副裙配前后甲乙丙丁]{{1,2}}(?:配楼|塔|楼|栋|座|幢))(?![下上道梯])|(?=[A-Z]楼){_FRESH}[A-Z]楼(?![下上道梯])"
)
_UNIT = (
    rf"(?:{_NOT_BEFORE}(?:第?[0-9]+|[A-Z])|第?[{NUMERALS}]+|[甲乙丙丁]|{_SIDE})"
    r"(?:号单元|单元门?|号?门[洞栋]|号楼道口?|号梯|梯(?!子|形|队))"
    rf"|(?<=[栋楼座幢#号])-?{_D}(?:(?:号门|门)(?![口前面外牌])|[单口](?=[0-9{NUMERALS}]))|(?<=[栋楼座幢])[东西中]门(?=[0-9])|{_NOT_BEFORE}{_D}门(?=[0-9]{{3}})"
    r"|(?:UNIT|单元) ?[0-9]{1,2}(?![0-9])"
)
_FLOOR = (
    rf"负[0-9](?=-[0-9])|(?:地下|负|(?<![0-9A-Z])(?!(?<=[栋幢座元])-{_D}[层楼]-?[0-9]{{3}})[-−])第?{_D}(?:层|楼)|{_NOT_BEFORE}B[1-5](?:层|楼|(?![0-9A-Z座栋幢区#-]))|半?地下室(?:{_D}层)?|负楼|顶[楼层]"
    rf"|(?:{_NOT_BEFORE}第?[0-9]{{1,3}}|第?(?!千)[{NUMERALS}]+)(?:层|楼(?![下上道梯宇盘房群栋](?!水)))(?![高])"
    rf"|{_NOT_BEFORE}[0-9]{{1,3}}/?F(?![A-Z0-9])|{_NOT_BEFORE}F[0-9]{{1,2}}(?![0-9A-Z#栋座幢])"
)
_OF_ROOM = (
    "号?室(?![一二两三]厅)|号房(?!屋)|房间?(?![东子屋产租])|号?户(?![籍外型主口居人])|号?商铺|号?铺[位面]?|号?店铺|号?档口?|号?摊位?|"
    "号?包[间厢]|号门面|号柜台|号?写字间|号(?![楼线口])"
)
_ROOM = (
    rf"{_NOT_BEFORE}(?:[A-Z]{{1,2}}-?)?[0-9]{{1,5}}(?:[A-Z]{{1,2}}[0-9]{{0,2}})?(?:[-、][0-9]{{1,5}}[A-Z]?)?(?:{_OF_ROOM})"
    rf"|{_NOT_BEFORE}[A-Z甲乙丙丁]室|[{NUMERALS}]+(?:号?室(?![一二两三]厅)|号房|号铺|号商铺|号户)"
    r"|(?:[东西南北中左右]{1,2}(?:边|间|手)?|中间)户|(?:(?<=[0-9]楼)|(?<=[0-9]层))[东西中左右]门(?![口前外旁洞])"
    r"|(?:ROOM|RM|室|(?<!平)房间?号?)[ :;]?[A-Z]?[0-9]{2,5}[A-Z]?(?![0-9])"
    r"|第[0-9]{1,5}号?[室房户]|#[0-9]{3,5}(?![0-9A-Z])|(?:FLAT|APT|APARTMENT|SUITE|ROOM|RM)"
    r"(?:[; ]*(?:NO;)? ?[0-9]{1,5}[A-Z]?|[; ]+[A-Z])(?![0-9A-Z])"
)
_CHAIN = (
    rf"{_NOT_BEFORE}(?:[A-Z]{{0,2}}[0-9]{{1,4}}[A-Z]?|[A-Z])(?:[-/](?:[A-Z]?[0-9]{{1,5}}[A-Z]{{0,2}}|[A-Z]|{_SIDE}(?![门侧边面]))){{1,3}}"
    rf"(?:号?室|号?房|户)?(?![0-9A-Z]|[号栋幢座楼层]|{_COUNTED})"
    rf"|{_NOT_BEFORE}[0-9]{{1,3}}-[0-9]{{1,2}}(?=-[0-9]{{1,2}}[楼层])"
)
_BARE = (
    rf"{_NOT_BEFORE}(?:[A-Z]{{0,2}}[0-9]{{1,5}}(?:[A-Z]{{1,2}}[0-9]{{0,3}})?|[A-Z])(?![0-9A-Z#]|{_COUNTED})"
    rf"|(?:[{NUMERALS}]{{3,4}})(?![{NUMERALS}号栋幢座单楼层]|{_COUNTED})"
)

_NAMED = "(?<![路街道巷弄])[0-9]{1,3}号(?:公馆|庄园|府邸)"  # 8号公馆 is a name
_LETTERS = (  # that a numbered part begins with: most letters of names are passed over by this
    f"[0-9A-Z{NUMERALS}#−甲乙丙丁附付临新旧老第往向朝以靠约正东西南北中左右主副裙配前后"
    "本每这上地负半顶单室房号户塔-]"
)
_FIRST = (  # and what follows: 东单元 but not 东路
    f"(?:[0-9A-Z{NUMERALS}#−-]|[附付临新旧老第][0-9{NUMERALS}甲时]"
    f"|[甲乙丙丁][0-9{NUMERALS}单室号门楼栋座幢塔梯车宿公厂排#]"
    "|[往向朝以靠约正东西南北中左右主副裙配前后][东西南北中左右后裙副配]{0,2}"
    f"[0-9{NUMERALS}近正侧边面方向走行约大单号门户梯楼栋座幢塔间手配]"
    "|[本每这上]月|地下|负|半地|顶[楼层]|单元|[室房号户][ :;号间0-9A-Z]|塔[楼0-9A-Z])"
)
DOOR = re.compile(
    rf"(?={_LETTERS})(?={_FIRST})(?!{_NAMED})(?:(?P<junk>{_JUNK})|(?P<direction>{_DIRECTION})|(?P<building>{_BUILDING})|(?P<unit>{_UNIT})"
    rf"|(?P<floor>{_FLOOR})|(?P<number>{_NUMBER})|(?P<room>{_ROOM})|(?P<chain>{_CHAIN})|(?P<bare>{_BARE}))"
)
"""One numbered part; what it is in its place, :mod:`geogrid.addresses.parse.reading` decides."""

_DIGITS = re.compile(rf"[{NUMERALS}]+")
_LEADING = re.compile(r"(?<![0-9A-Z])0+(?=[0-9])")
_CORE = re.compile(
    rf"(?:[甲乙丙丁附东西南北]|[A-Z]{{0,2}}-?)[0-9]+(?:[甲乙丙丁]|[A-Z]{{1,2}}[0-9]{{0,3}})?(?:[-、][0-9]+[A-Z]?)*|[A-Z]{{1,2}}|[{NUMERALS}]+|[甲乙丙丁]"
)
_NOUNS = re.compile("楼|栋|座|幢|塔|号|单元|户|门|梯")
_WORDS = re.compile("TOWER|BLOCK|BLK|BUILDING|BLDG|UNIT|ROOM|RM|FLAT|APARTMENT|APT|SUITE|NO;|[; ]")


@lru_cache(maxsize=1 << 14)
def bare_number(text: str) -> str:
    """Return the number in 3号楼, 第十二栋, Tower A, 东单元: 3, 12, A, 东.

    Examples
    --------
    >>> [bare_number(text) for text in ("3号楼", "第十二栋", "#07", "东单元", "TOWER A")]
    ['3', '12', '7', '东', 'A']
    """
    text = _WORDS.sub("", text) if text[0].isascii() else text
    found = _CORE.search(text)
    if not found:
        return _NOUNS.sub("", text) or text
    core = arabic(found[0]) if found[0][0] in NUMERALS else found[0]
    return _LEADING.sub("", core) or core


@lru_cache(maxsize=1 << 14)
def number_value(text: str) -> str:
    """Return a door number without 号 and 院: 甲3, 12-1, 56附3, 12之1.

    Examples
    --------
    >>> [number_value(text) for text in ("甲三号", "56号付3号", "12号之一", "12号院", "临15号")]
    ['甲3', '56附3', '12之1', '12', '临15']
    """
    text = text.replace("付", "附").replace("门牌", "").replace("大院", "").replace("院", "")
    text = _WORDS.sub("", text).replace("号", "").replace("临时", "临").lstrip("新旧老")
    return _LEADING.sub("", _DIGITS.sub(lambda found: arabic(found[0]), text))


@lru_cache(maxsize=1 << 14)
def written_number(text: str) -> str:
    """Return a room as digits and letters: 501室, 五〇一, A12号铺 are 501, 501, A12."""
    text = _WORDS.sub("", text) if text[0].isascii() else text
    if text[-1] in "户门" and not any(letter.isdigit() for letter in text):
        return text[:-1].rstrip("边间手") or text
    found = _CORE.search(text)
    if not found:
        return text
    return arabic(found[0]) if found[0][0] in NUMERALS else found[0].lstrip("附").replace("、", "-")


_FLOOR_CORE = re.compile(rf"[0-9]+|[{NUMERALS}]+")


@lru_cache(maxsize=1 << 12)
def floor_value(text: str) -> str:
    """Return a floor: 三层 is 3, 负一楼 and B1层 and 地下室 are B1, 顶楼 is 顶.

    Examples
    --------
    >>> [floor_value(text) for text in ("三层", "负一楼", "B2", "地下室", "顶楼", "12F")]
    ['3', 'B1', 'B2', 'B1', '顶', '12']
    """
    if text[0] == "顶":
        return "顶"
    is_below = text[0] in "地负-B半"
    found = _FLOOR_CORE.search(text)
    digits = (arabic(found[0]).lstrip("0") or "0") if found else "1"
    return f"B{digits}" if is_below else digits


_CHAINED = re.compile(rf"[0-9A-Z]+|{_SIDE}")


def chain_values(text: str) -> list[tuple[str, int, int]]:
    """Return the numbers of 5-2-301 with where they start and end in it."""
    return [(found[0], *found.span()) for found in _CHAINED.finditer(text)]
