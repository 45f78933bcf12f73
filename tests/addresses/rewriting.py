"""Addresses as people write them: with slips, without city and district, in pinyin; seeded.

Nothing here knows how the search reads a text: homophones and readings are pypinyin's, characters
of a similar shape a list written for these tests.
"""

import random
from collections import defaultdict
from collections.abc import Callable
from functools import cache

from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PINYIN_DICT

ALIKE = (
    "口日目曰 木本未末术 大太犬天夭 土士王玉主 人入八 己已巳 千干于 田由甲申 东车 西酉 "
    "方万 刀力 白百 午牛 今令 石右 马鸟 乌鸟 贝见 古吉 化华 宁守 江红虹 河何 海梅 清青情 "
    "浦铺埔 杨扬 陈阵 龙尤 新亲 路跑 场扬汤 园圆 苑宛 厦夏 楼搂 徐除 汇江 昌冒 明朋 长张 "
    "安女 平苹 金全 兰三 光先 林材 虹红 桥娇 港巷 洋羊 州洲 兴光 北比 南幸 复夏 淮准 泗四 "
    "川州 真直 普晋 桂佳 宝玉 莲连 花化 莘辛 闵闽 泾径 浜滨 漕槽 塘糖"
)
NUMERALS = "零一二三四五六七八九"
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@cache
def homophones() -> dict[str, str]:
    """Return the common characters that sound like each, tones aside."""
    by_sound = defaultdict(list)
    for code in PINYIN_DICT:
        if 0x4E00 <= code <= 0x9FA5 and is_common(chr(code)):
            by_sound[lazy_pinyin(chr(code))[0]].append(chr(code))
    return {letter: "".join(group) for group in by_sound.values() for letter in group}


def is_common(letter: str) -> bool:
    """Say whether a character is one of GB 2312's, which every keyboard offers."""
    try:
        return len(letter.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


@cache
def lookalikes() -> dict[str, str]:
    """Return the characters of a similar shape for those that have some here."""
    found: dict[str, str] = {}
    for group in ALIKE.split():
        for letter in group:
            found[letter] = found.get(letter, "") + group.replace(letter, "")
    return found


def characters(text: str) -> list[int]:
    """Return where Chinese characters stand."""
    return [at for at, letter in enumerate(text) if "\u4e00" <= letter <= "\u9fa5"]


def homophone(text: str, chance: random.Random) -> str:
    """Return the text with one character written as another with its sound."""
    return replaced(text, homophones(), chance)


def similar_shape(text: str, chance: random.Random) -> str:
    """Return the text with one character written as another that looks like it."""
    return replaced(text, lookalikes(), chance)


def replaced(text: str, others: dict[str, str], chance: random.Random) -> str:
    """Return the text with one character replaced by one of `others`, where one can be."""
    places = [at for at in characters(text) if others.get(text[at], text[at]) != text[at]]
    if not places:
        return text
    at = chance.choice(places)
    other = chance.choice([letter for letter in others[text[at]] if letter != text[at]])
    return text[:at] + other + text[at + 1 :]


def dropped(text: str, chance: random.Random) -> str:
    """Return the text with one character left out."""
    places = characters(text)
    at = chance.choice(places) if places else len(text)
    return text[:at] + text[at + 1 :]


def doubled(text: str, chance: random.Random) -> str:
    """Return the text with one character written twice."""
    places = characters(text)
    at = chance.choice(places) if places else len(text)
    return text[:at] + text[at : at + 1] + text[at:]


def swapped(text: str, chance: random.Random) -> str:
    """Return the text with one character and the one after it in the wrong order."""
    places = [at for at in characters(text) if at + 1 < len(text)]
    if not places:
        return text
    at = chance.choice(places)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def wrong_digit(text: str, chance: random.Random) -> str:
    """Return the text with one digit mistyped."""
    places = [at for at, letter in enumerate(text) if letter in "0123456789"]
    if not places:
        return text
    at = chance.choice(places)
    return text[:at] + chance.choice("0123456789") + text[at + 1 :]


SLIPS: tuple[Callable[[str, random.Random], str], ...] = (
    homophone, similar_shape, dropped, doubled, swapped,
)  # fmt: skip


def numeral(number: int) -> str:
    """Return a number below 10,000 in Chinese numerals as spoken: 一百零三."""
    if number == 0:
        return NUMERALS[0]
    said, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            said += (NUMERALS[0] if gap and said else "") + NUMERALS[digit] + name
        gap = not digit
    return said[1:] if 10 <= number < 20 else said


def in_numerals(text: str) -> str:
    """Return the text with its numbers in Chinese numerals."""
    written, digits = "", ""
    for letter in text + "\0":
        if letter in "0123456789":
            digits += letter
            continue
        written += numeral(int(digits)) if digits and len(digits) < 5 else digits
        digits = ""
        written += letter
    return written[:-1]


def rewritten(address: str, name: str, region: str, chance: random.Random) -> str:
    """Return an address as somebody may write it.

    With its name half of the time; with city and district, the district alone or neither; with a
    slip three times in four, in a number one time in fifty; with full-width digits or Chinese
    numerals one time in five each.
    """
    text = address + (name if chance.random() < 0.5 else "")
    kind = chance.random()
    if kind < 0.02:
        text = wrong_digit(text, chance)
    elif kind < 0.75:
        text = chance.choice(SLIPS)(text, chance)
    width = chance.random()
    if width < 0.2:
        text = text.translate(FULL_WIDTH)
    elif width < 0.4:
        text = in_numerals(text)
    return chance.choice((region, region[3:], "")) + text


def in_pinyin(address: str, name: str, chance: random.Random) -> str:
    """Return an address in pinyin without tones, with its name and spaced half of the time."""
    text = address + (name if chance.random() < 0.5 else "")
    return (" " if chance.random() < 0.5 else "").join(lazy_pinyin(text))


def in_initials(text: str) -> str:
    """Return the first letter of each character; digits and letters stay."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER))
