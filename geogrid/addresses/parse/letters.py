"""Letters of addresses: one width, one case, spaces that mean nothing left out, numerals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["LONGEST", "NUMERALS", "arabic", "compact", "name_value"]

LONGEST = 500
"""Characters that are read of a text."""

NUMERALS = "零〇一二三四五六七八九十百千廿卅"
"""Letters of Chinese numerals."""

_DIGIT_OF = {letter: at for at, letter in enumerate("零一二三四五六七八九")} | {"〇": 0}
_TENS_OF = {"十": 10, "廿": 20, "卅": 30}


_TRADITIONAL = (
    "號棟樓層單門區縣鎮鄉東後對臨處裡裏廣陽園麗華龍鳳橋灣廈場國際時運榮興慶寧營業慧業豐濱濟蘭瀋寶聯發達銀錦鐘鏡鐵鋼錢長張陳劉趙黃吳"
    "衛師學醫書館術藝圖電視臺灘漢漁溫淺潔澤溝滙匯遠連進邊蓮蘇蘿萬葉雲靈島峽嶺莊廟廳庫萊藍親觀護農買賣質車輪軍轉術機構"
    "樹橫檢權歡歷歸內兩個側偉倉億優劃勝勞勵協參雙員問間閣開關陸陰際隊階險雜離難頂順須預領頭題類風飛飯餘館馬駐騰驛鮮鳥鷺麥齊齡"
)
_SIMPLIFIED = (
    "号栋楼层单门区县镇乡东后对临处里里广阳园丽华龙凤桥湾厦场国际时运荣兴庆宁营业慧业丰滨济兰沈宝联发达银锦钟镜铁钢钱长张陈刘赵黄吴"
    "卫师学医书馆术艺图电视台滩汉渔温浅洁泽沟汇汇远连进边莲苏萝万叶云灵岛峡岭庄庙厅库莱蓝亲观护农买卖质车轮军转术机构"
    "树横检权欢历归内两个侧伟仓亿优划胜劳励协参双员问间阁开关陆阴际队阶险杂离难顶顺须预领头题类风飞饭余馆马驻腾驿鲜鸟鹭麦齐龄"
)


def _table() -> dict[int, str]:
    wide = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table = {code: letter.upper() for code, letter in wide.items()}
    table |= {code: chr(code).upper() for code in range(ord("a"), ord("z") + 1)}
    table |= {ord(odd): "-" for odd in "‐‑‒–—―−﹘~〜～－"}
    table |= dict(zip(map(ord, _TRADITIONAL), _SIMPLIFIED, strict=True))
    table |= {ord("①") + at: str(at + 1) for at in range(9)}
    table |= {ord(odd): "/" for odd in "\\／|｜"}
    table |= {ord(odd): "#" for odd in "＃♯"}
    separators = ",.。，；!！?？\"'“”‘’()（）[]【】「」『』《》<>…·•*&^%$@=+_`{}〔〕"
    table |= dict.fromkeys(map(ord, separators), ";")
    table |= dict.fromkeys(map(ord, ":："), ":")
    table |= {code: table.get(ord(letter), table[code]) for code, letter in wide.items()}
    return table | dict.fromkeys(map(ord, "\t\r\n\v\f\u00a0\u3000\u2002\u2003\u200b\ufeff"), " ")


_TABLE = _table()
_SPACES = re.compile(" +")
_NOUN = re.compile("[号栋幢楼座单室房户层米元国省县弄#铺]|$|[ -~]")
_ROOM_BEFORE = re.compile("(?:^|[-栋幢座号楼层元室])[ ]*[0-9]{3,5}$")
_HAN = "[\u4e00-\u9fff]"
_SPREAD = re.compile(
    rf"(?<![^ ;:]){_HAN}(?: +{_HAN}(?!{_HAN})){{2,}}"
    rf"(?: +(?:{_HAN}(?!{_HAN})|[0-9A-Z](?=(?: +[0-9A-Z])*(?: +{_HAN}|$))))*"
)
_FORMAL = re.compile(  # 伍楼村 is a name
    "[壹贰貳叁參肆伍陆陸柒捌玖零拾]+(?=号楼|栋|幢|座|单元|室|层|楼(?![村镇乡庄组小中社路街]|$))"
)
_PLAIN = str.maketrans("壹贰貳叁參肆伍陆陸柒捌玖拾", "一二二三三四五六六七八九十")
_PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]")
_ODD = re.compile(  # what most texts have none of
    f"[ 壹贰貳叁參肆伍陆陸柒捌玖拾{re.escape(''.join(map(chr, _TABLE)))}"
    "\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]"
)


def compact(text: str) -> tuple[str, Sequence[int] | None]:
    """Return `text` in one width and case without meaningless spaces, and where letters were.

    A space between digits or Latin letters stays; between Chinese letters it separates, except
    where three and more of them stand alone (泰 然 七 路).

    Returns
    -------
    The compact text, and for each of its letters the position in `text`; None where these
    are the same.

    Examples
    --------
    >>> compact("泰然七路 １２ 号")
    ('泰然七路12号', (0, 1, 2, 3, 5, 6, 8))
    """
    folded = text[:LONGEST]
    if not _ODD.search(folded):
        return folded, None
    folded = _PICTURES.sub(";", folded.translate(_TABLE))
    folded = _FORMAL.sub(lambda found: found[0].translate(_PLAIN), folded)
    if " " not in folded:
        return folded, None
    letters: list[str] = []
    places: list[int] = []
    last = 0
    spread = [found.span() for found in _SPREAD.finditer(folded)]
    for space in _SPACES.finditer(folded):
        start, end = space.span()
        letters.append(folded[last:start])
        places.extend(range(last, start))
        between = _between(folded[start - 1 : start], folded[end : end + 1])
        if not between and folded[max(0, start - 3) : start].isdecimal() and start > 2:
            is_room = _ROOM_BEFORE.search(folded[max(0, start - 8) : start])
            between = ";" if is_room and not _NOUN.match(folded, end) else ""  # 501 人民路
        if between and not any(first < start < stop for first, stop in spread):
            letters.append(between)
            places.append(start)
        last = end
    letters.append(folded[last:])
    places.extend(range(last, len(folded)))
    return "".join(letters), tuple(places)


def _between(before: str, after: str) -> str:
    """Return what a space between two letters means."""
    if not before or not after:
        return ""
    if before.isascii() and after.isascii():
        return " " if before.isalnum() and after.isalnum() else ""
    if before.isascii() or after.isascii():
        return ""
    return ";"


@lru_cache(maxsize=1 << 14)
def arabic(numeral: str) -> str:
    """Return the digits of a numeral: 二十三 and 廿三 are 23, 三〇一 is 301, 007 is 007.

    Examples
    --------
    >>> arabic("一百零五"), arabic("廿"), arabic("二〇一"), arabic("12")
    ('105', '20', '201', '12')
    """
    if numeral.isascii():
        return numeral
    if not any(letter in "十百千廿卅" for letter in numeral):
        return "".join(str(_DIGIT_OF.get(letter, letter)) for letter in numeral)
    total, digit = 0, 0
    for letter in numeral:
        if letter in "百千":
            total += (digit or 1) * (100 if letter == "百" else 1000)
            digit = 0
        elif letter in _TENS_OF:
            total += digit * 10 if letter == "十" and digit else _TENS_OF[letter]
            digit = 0
        else:
            digit = _DIGIT_OF.get(letter, 0)
    return str(total + digit)


_ORDINAL = re.compile(
    rf"([{NUMERALS}]+)(?=马?路|号(?:路|大?街|巷|线)|[东西南北]路|段|大?街|大道|巷|弄|支弄|环|期|区|组|队|村$|道街?)"
)


@lru_cache(maxsize=1 << 16)
def name_value(text: str) -> str:
    """Return a name with the numerals of numbered streets, phases, groups as digits.

    五一路 and 八一大道 are dates, not numbers, and stay.

    Examples
    --------
    >>> name_value("泰然七路"), name_value("翡翠城二期"), name_value("五一路")
    ('泰然7路', '翡翠城2期', '五一路')
    """
    return _ORDINAL.sub(_ordinal, text.replace(";", "").replace(" ", ""))


def _ordinal(found: re.Match[str]) -> str:
    numeral = found[1]
    is_date = len(numeral) > 1 and not any(letter in "十百千廿卅" for letter in numeral)
    return numeral if is_date or numeral in ("百", "千", "零") else arabic(numeral)
