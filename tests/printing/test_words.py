"""Names on two and three lines: never broken inside a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geogrid.printing.names import _forms
from geogrid.printing.words import halves, is_beginning, thirds, wrapped


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Shahdatganj", ["Shahdatganj"]),
        ("Haidar Ganj 2nd", ["Haidar", "Ganj 2nd"]),
        ("Saint-Maurice", ["Saint-", "Maurice"]),
        ("Ward-7", ["Ward-7"]),
        ("Châteauneuf", ["Châteauneuf"]),
        ("红树林第一网格", ["红树林第", "一网格"]),
        ("竹园社区专属网格", ["竹园社区", "专属网格"]),
        ("科技园专属网格", ["科技园", "专属网格"]),
        ("科技园R2D2专属网格", ["科技园R2D2", "专属网格"]),
        ("竹园 第三网格", ["竹园", "第三网格"]),
        ("甲", ["甲"]),
    ],
)
def test_names_are_broken_where_a_part_ends(name: str, expected: list[str]) -> None:
    assert halves(name, []) == expected


@given(st.lists(st.text("abcdefgÄéß", min_size=1, max_size=9), min_size=1, max_size=5))
def test_no_word_of_letters_is_broken(words: list[str]) -> None:
    name = " ".join(words)
    for lines in (halves(name, []), thirds(name)):
        assert " ".join(lines).split() in ([], words)


def test_a_stem_is_no_part_of_a_longer_word() -> None:
    assert not is_beginning("Indira", "Indiranagar East")
    assert is_beginning("Indira", "Indira East")
    assert halves("Indiranagar East", ["Indira"]) == ["Indiranagar", "East"]
    assert halves("Indira East Ward", ["Indira"]) == ["Indira", "East Ward"]


def test_a_long_word_gets_smaller_and_stays_whole() -> None:
    forms = _forms("Shahdatganj", [], 20.0, 14.0)
    assert {form.lines for form in forms} == {("Shahdatganj",)}
    assert [form.size for form in forms] == pytest.approx([20, 14, 14 * 0.86, 14 * 0.72])
    three = _forms("Guru Govind Singh Ward", [], 14.0, 14.0)
    assert ("Guru", "Govind", "Singh Ward") in {form.lines for form in three}


def test_chinese_names_keep_their_forms() -> None:
    forms = _forms("红树林第一网格", ["红树林"], 14.0, 14.0)
    assert {form.lines for form in forms} == {
        ("红树林第一网格",), ("红树林", "第一网格"), ("第一网格",), ("第一", "网格"),
    }  # fmt: skip
    assert min(form.size for form in forms) == pytest.approx(14 * 0.86)


def test_lines_of_a_table_keep_words_whole() -> None:
    assert wrapped("Zürich Altstetten", 20.0, 10.0) == ["Zürich", "Altstetten"]
