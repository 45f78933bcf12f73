"""Labels of codes and codes of words."""

from __future__ import annotations

import pytest

from geogrid.vocabulary import LABELS, Label, code_of, label


def test_every_code_has_an_english_label():
    for group, codes in LABELS.items():
        for code in codes:
            assert label(group, code) not in ("", code)


def test_unknown_codes_are_shown_as_they_are():
    assert label("post", "巡防员") == "巡防员"
    assert label("level", 7, "zh_CN") == "7"
    assert label("level", 3) == "Grid"


def test_a_label_in_a_sentence():
    assert Label("category", "other").text() == "Other matters"


@pytest.mark.parametrize(
    ("group", "word", "code"),
    [
        ("status", "已办结", "closed"),
        ("status", "未办结", "dispatched"),
        ("status", "自办结", "closed"),
        ("status", "待核查", "handled"),
        ("status", "核查", "verified"),
        ("status", "已回访", "closed"),
        ("status", "已核查", "closed"),
        ("status", "已评价", "closed"),
        ("status", "已归档", "closed"),
        ("status", "Closed", "closed"),
        ("status", "In Progress", "dispatched"),
        ("status", "不明", None),
        ("post", "网格长", "leader"),
        ("post", "微网格长", "micro_leader"),
        ("post", "专职网格员", "full_time"),
        ("post", "网格员", "full_time"),
        ("post", "楼 长", "building_head"),
        ("post", "party_contact", "party_contact"),
        ("post", "Grid leader", "leader"),
        ("kind", "农村网格", "village"),
        ("unit_kind", "小区", "compound"),
        ("category", "垃圾堆放", "environment"),
        ("category", "parking", "parking"),
        ("category", "小区路灯不亮", "facilities"),
        ("category", "养犬", None),
        ("handling_level", "街道", "street"),
    ],
)
def test_codes_of_words(group, word, code):
    assert code_of(group, word) == code
