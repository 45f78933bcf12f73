"""What is invented about cases: shares, hours, weekdays, months, words, durations."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CATEGORIES", "DEADLINE_DAYS", "DURATION_HOURS", "REPLY_MINUTES", "SOURCES", "Category"]

_DAY = (1, 1, 1, 1, 1, 1, 2, 5, 9, 10, 10, 9, 6, 6, 8, 9, 9, 8, 7, 6, 5, 4, 3, 2)
_EVENING = (2, 1, 1, 1, 1, 1, 2, 4, 4, 3, 3, 3, 4, 3, 3, 4, 5, 9, 13, 14, 12, 9, 6, 4)
_NIGHT = (12, 8, 4, 2, 1, 2, 3, 3, 3, 3, 3, 3, 5, 5, 3, 3, 3, 3, 4, 7, 12, 16, 18, 16)
_MARKET = (1, 1, 1, 1, 2, 6, 12, 14, 11, 7, 5, 6, 6, 4, 3, 4, 8, 13, 14, 12, 10, 8, 5, 2)
_WORKDAYS = (11, 10, 10, 10, 10, 6, 5)
_WEEKEND = (8, 8, 8, 8, 9, 12, 12)
_EVEN = (10, 10, 10, 10, 10, 9, 9)
_FLAT = (10,) * 12
_SUMMER = (6, 6, 7, 9, 11, 14, 15, 15, 12, 9, 7, 6)
_DRY = (13, 11, 10, 8, 8, 7, 7, 7, 8, 10, 12, 14)


@dataclass(frozen=True)
class Category:
    """One category: share in %, weights by hour, weekday (Monday first) and month, words.

    `street` is the share in % reported in the street and not at a building; `places` raises
    the weight of building styles; `levels` are shares of grid, community, street, joint.
    """

    code: str
    share: int
    hours: tuple[int, ...]
    weekdays: tuple[int, ...]
    months: tuple[int, ...]
    street: int
    places: dict[str, float]
    levels: tuple[int, int, int, int]
    titles: tuple[str, ...]


CATEGORIES: tuple[Category, ...] = (
    Category("environment", 22, _DAY, _EVEN, _SUMMER, 35,
             {"village": 1.8, "market": 6.0, "park": 3.0},
             (78, 14, 7, 1),
             ("垃圾桶满溢未清运", "楼道堆放杂物", "路面有积水和污渍", "绿化带内有垃圾",
              "小广告未清理")),
    Category("parking", 17, _EVENING, _WEEKEND, _FLAT, 40, {"estate": 1.7, "tower": 1.4},
             (66, 20, 11, 3),
             ("车辆占用消防通道", "人行道违规停车", "电动车乱停放堵住楼道口",
              "小区出入口被车辆堵塞")),
    Category("noise", 13, _NIGHT, _WEEKEND, _SUMMER, 15, {"village": 1.6, "plaza": 8},
             (52, 28, 16, 4),
             ("深夜施工噪音", "广场舞音响过大", "楼上装修噪音扰民", "商铺外放音响",
              "夜宵摊噪音扰民")),
    Category("facilities", 12, _DAY, _WORKDAYS, _FLAT, 55, {"park": 4},
             (38, 30, 27, 5),
             ("路灯不亮", "井盖破损松动", "健身器材损坏", "人行道砖破损", "楼道灯不亮")),
    Category("safety", 9, _DAY, _WORKDAYS, _DRY, 5, {"village": 2.6, "industry": 3, "market": 4},
             (60, 18, 12, 10),
             ("电动车进楼充电", "灭火器过期", "疏散通道被堵", "飞线充电", "出租屋未设逃生窗")),
    Category("property", 8, _EVENING, _EVEN, _FLAT, 0,
             {"estate": 2.0, "tower": 3.0, "village": 0.2},
             (40, 45, 12, 3),
             ("电梯故障停运", "物业收费有异议", "门禁损坏未修", "公共区域保洁不到位")),
    Category("peddling", 7, _MARKET, _WEEKEND, _FLAT, 85, {"market": 12, "station": 6},
             (64, 12, 22, 2),
             ("流动摊贩占道经营", "店铺超线经营", "水果摊占用人行道", "早餐摊占道")),
    Category("dispute", 5, _EVENING, _WEEKEND, _FLAT, 0, {"village": 1.5, "estate": 1.2},
             (58, 34, 5, 3),
             ("楼上漏水引发纠纷", "邻里噪音纠纷", "租赁押金纠纷", "宠物扰民纠纷")),
    Category("water_power", 5, _EVENING, _EVEN, _SUMMER, 5, {"village": 1.7},
             (42, 24, 26, 8),
             ("整栋楼停水", "频繁跳闸停电", "水压不足", "下水道堵塞返水", "燃气异味")),
    Category("other", 2, _DAY, _WORKDAYS, _FLAT, 20, {},
             (60, 26, 11, 3),
             ("咨询居住登记办理", "流浪犬出没", "走失老人求助")),
)  # fmt: skip

SOURCES = (("patrol", 46), ("hotline", 24), ("app", 16), ("qr", 10), ("visit", 4))
"""How cases come in, with their share in %."""

DEADLINE_DAYS = {"grid": 2, "community": 3, "street": 5, "joint": 7}

DURATION_HOURS = {
    "grid": (0.1, 0.4, 1.0, 2.0, 4.0, 8.0, 14.0, 22.0, 32.0, 46.0, 90.0),
    "community": (0.5, 2.0, 5.0, 10.0, 18.0, 26.0, 36.0, 48.0, 60.0, 74.0, 150.0),
    "street": (2.0, 8.0, 18.0, 28.0, 42.0, 58.0, 76.0, 92.0, 110.0, 128.0, 260.0),
    "joint": (12.0, 30.0, 48.0, 66.0, 84.0, 100.0, 118.0, 136.0, 156.0, 184.0, 420.0),
}
"""Deciles of the time from report to close."""

REPLY_MINUTES = (2.0, 5.0, 9.0, 14.0, 22.0, 35.0, 60.0, 120.0, 300.0, 720.0, 1400.0)
"""Deciles of the time from report to the first reply."""
