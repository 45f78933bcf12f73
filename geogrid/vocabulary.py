"""The codes that plans use (kinds, levels, posts, statuses …), their labels and usual words.

One source for pages, exports and readers: :func:`label` turns a code into what people read,
:func:`code_of` turns what an office wrote into a code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from geogrid.i18n import mark as _
from geogrid.i18n import translate

__all__ = ["LABELS", "Label", "code_of", "label", "post_words"]

LABELS: Mapping[str, Mapping[str, str]] = {
    "level": {
        "0": _("District"),
        "1": _("Subdistrict"),
        "2": _("Community"),
        "3": _("Grid"),
        "4": _("Micro-grid"),
    },
    "kind": {
        "community": _("Community grid"),
        "village": _("Village grid"),
        "dedicated": _("Dedicated grid"),
    },
    "unit_kind": {
        "compound": _("Compound"),
        "building": _("Building"),
        "entrance": _("Entrance"),
        "street": _("Road"),
        "grid": _("Grid"),
        "address": _("Address"),
        "place": _("Place"),
    },
    "post": {
        "full_time": _("Full-time grid worker"),
        "leader": _("Grid leader"),
        "part_time": _("Part-time grid worker"),
        "micro_leader": _("Micro-grid leader"),
        "building_head": _("Building head"),
        "street_cadre": _("Responsible street cadre"),
        "seconded": _("Seconded department staff"),
        "party_contact": _("Party contact household"),
    },
    "status": {
        "reported": _("Reported"),
        "accepted": _("Accepted"),
        "dispatched": _("Dispatched"),
        "handled": _("Handled"),
        "verified": _("Verified"),
        "closed": _("Closed"),
    },
    "handling_level": {
        "grid": _("By the grid"),
        "community": _("By the community"),
        "street": _("By the street office"),
        "joint": _("Several departments together"),
    },
    "category": {
        "environment": _("Cleanliness"),
        "parking": _("Illegal parking"),
        "noise": _("Noise"),
        "facilities": _("Public facilities"),
        "safety": _("Fire safety"),
        "dispute": _("Disputes between neighbours"),
        "property": _("Property management"),
        "peddling": _("Street vending"),
        "water_power": _("Water, power and gas"),
        "other": _("Other matters"),
    },
    "certainty": {
        "exact": _("Exact match"),
        "similar": _("This address, written otherwise"),
        "building": _("Building known, door or room not"),
        "compound": _("Compound known, building not"),
        "estimated": _("Same street, position estimated between known numbers"),
        "street": _("Road known, number not"),
        "partial": _("Similar, please check"),
        "none": _("Nothing fits"),
        "picked": _("Picked by hand"),
    },
    "map_app": {
        "amap": _("AMap"),
        "baidu": _("Baidu Maps"),
        "tencent": _("Tencent Maps"),
        "tianditu": _("Tianditu"),
        "google": _("Google Maps"),
        "apple": _("Apple Maps"),
        "osm": _("OpenStreetMap"),
        "geo": _("a geo: link"),
        "": _("another page"),
    },
    "search_reason": {
        "homophone": _("a character that sounds alike"),
        "typo": _("a slip in writing"),
        "pinyin": _("in pinyin"),
        "initials": _("by first letters"),
        "number_unknown": _("the door number is not listed"),
        "building_unknown": _("the building is not listed"),
        "inner_number_unknown": _("the unit, floor or room is not listed"),
        "words_unknown": _("some words were not found"),
        "finer": _("the listed address says more"),
        "alias": _("by another or former name"),
        "several": _("other places fit as well"),
        "spread": _("its buildings or entrances are in several grids"),
        "near": _("nearby"),
    },
}
"""Group to code to English label, the key of its translations; in the order to show them."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "kind": {
        "community": "社区网格 城市网格 城市社区 社区 基础网格 居民网格",
        "village": "农村网格 村网格 行政村 村 农村 乡村网格",
        "dedicated": "专属网格 专门网格 特殊网格 专属",
    },
    "unit_kind": {
        "compound": "小区 楼院 院落 住宅小区 小区楼院 自然村",
        "building": "楼栋 楼 栋 幢 楼宇 建筑 建筑物 大厦",
        "entrance": "单元 门洞 楼门 单元门",
    },
    "post": {
        "full_time": "专职网格员 专职 网格员 全职网格员 专职社工 A岗",
        "leader": "网格长 大网格长 网格支部书记 网格党支部书记 网格组长",
        "part_time": "兼职网格员 兼职 志愿网格员",
        "micro_leader": "微网格长 微网格员 微网格负责人",
        "building_head": "楼栋长 楼长 楼门长 单元长 楼组长 楼院长",
        "street_cadre": (
            "包片领导 包片干部 责任领导 包联领导 街道包片领导 包保领导 挂点领导 联系领导"
        ),
        "seconded": "下沉人员 下沉干部 下沉部门人员 下沉党员",
        "party_contact": "党员中心户 党员联系户 联户党员 党员联户",
    },
    "status": {
        "reported": "上报 已上报 待受理 未受理 新建 待签收 新工单 登记 open new pending",
        "accepted": "受理 已受理 待派单 待派遣 已签收 待分派 assigned",
        "dispatched": (
            "派遣 已派遣 派单 已派单 待处置 待处理 待办 处置中 处理中 办理中 在办 未办结"
            " 未完成 未结案 inprogress started"
        ),
        "handled": "处置 已处置 已处理 处理完成 处置完成 待核查 待回访 已反馈 已回复 待结案",
        "verified": "核查 核查中 回访 回访中 verified",
        # What a hotline does after 办结 (回访, 评价, 归档) is no open work any more.
        "closed": (
            "办结 已办结 自办结 结案 已结案 归档 已归档 关闭 已关闭 完成 已完成 完结 已完结 办毕"
            " 销号 已销号 已核查 核查通过 核查完成 已回访 回访通过 回访完成 已评价 评价完成"
            " closed done completed resolved"
        ),
    },
    "handling_level": {
        "grid": "网格 网格级 网格处置",
        "community": "社区 村 社区村 社区级 村级 社区处置",
        "street": "街道 乡镇 镇 镇街 街道级 街道处置",
        "joint": "部门 部门协同 部门联动 协同 联动 吹哨 吹哨报到 区级",
    },
    "category": {},
}

_HINTS: Mapping[str, str] = {
    "parking": "停车|车位|僵尸车|占用车道|挪车",
    "noise": "噪音|噪声|扰民|广场舞",
    "safety": "消防|飞线|电动车充电|火灾|安全隐患|高空抛物|疏散通道",
    "dispute": "纠纷|邻里|调解|矛盾",
    "property": "物业|业委会|电梯",
    "peddling": "占道经营|摆摊|摊贩|流动商贩|店外经营|出店经营",
    "water_power": "供水|停水|漏水|水管|供电|停电|燃气|煤气|供暖|暖气|水电",
    "facilities": "路灯|井盖|设施|路面|道路破损|健身器材|护栏|绿化",
    "environment": "环境|卫生|垃圾|保洁|污水|油烟|异味|乱堆|小广告|市容",
}


def _key(word: str) -> str:
    text = unicodedata.normalize("NFKC", word).casefold()
    return "".join(letter for letter in text if letter.isalnum())


@cache
def _index(group: str) -> dict[str, str]:
    known = {_key(word): code for code, words in _WORDS[group].items() for word in words.split()}
    for code, english in LABELS[group].items():
        for word in (code, english, translate(english, "zh_CN")):
            known.setdefault(_key(word), code)
    return known


def label(group: str, code: object, language: str = "en") -> str:
    """Return what people read for `code`; an unknown code is shown as it is.

    Parameters
    ----------
    group
        A key of :data:`LABELS`, such as ``"post"``.
    code
        The code; a level may be a number.
    language
        ``"zh_CN"`` or ``"en"``.

    Examples
    --------
    >>> label("level", 3), label("post", "巡防员")
    ('Grid', '巡防员')
    """
    known = LABELS[group].get(str(code))
    return str(code) if known is None else translate(known, language)


@dataclass(frozen=True)
class Label:
    """A code as a field of a sentence: shown in the sentence's language."""

    group: str
    code: str

    def text(self, language: str = "en") -> str:
        """Return the label in `language`."""
        return label(self.group, self.code, language)


def code_of(group: str, word: str) -> str | None:
    """Return the code an office's `word` means, or None.

    Width, case, spaces and punctuation do not count. A category is also known by what it
    mentions ("路灯不亮" is about facilities).

    Examples
    --------
    >>> code_of("status", "已 办结"), code_of("category", "垃圾清运不及时")
    ('closed', 'environment')
    >>> code_of("post", "巡防员") is None
    True
    """
    found = _index(group).get(_key(word))
    if found is None and group == "category":
        return next((code for code, hint in _HINTS.items() if re.search(hint, word)), None)
    return found


@cache
def post_words() -> tuple[tuple[str, str], ...]:
    """Return the words for posts with their codes, the longest word first."""
    return tuple(sorted(_index("post").items(), key=lambda item: (-len(item[0]), item[0])))
