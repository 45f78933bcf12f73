"""Names that are cut: their ends tell them apart."""

from __future__ import annotations

import pytest
from web_js import run_js

CUT = (
    "const { cutName, endingOf } = await import('./web/js/lib/names.js');"
    "answer(data.map(([name, room]) => [cutName(name, room), endingOf(name)]));"
)


@pytest.mark.parametrize(
    ("name", "room", "cut"),
    [
        ("甲网格", 15, "甲网格"),
        ("Sarojni Nagar Part 1", 15, "Sarojni Nagar Part 1"),
        ("福田示例街道网格方案（第二稿）", 12, "福田示例街…案（第二稿）"),
        ("", 5, ""),
        ("𠮷𠮷𠮷𠮷𠮷𠮷", 4, "𠮷…𠮷𠮷"),
    ],
)
def test_what_is_cut_is_the_middle(name: str, room: float, cut: str) -> None:
    [[found, [head, ending]]] = run_js(CUT, [[name, room]])  # type: ignore[misc]
    assert found == cut
    assert head + ending == name


def test_names_that_begin_alike_stay_apart() -> None:
    names = [f"The Municipality of Sarojni Nagar, Part {n}" for n in (1, 2)]
    (one, _), (other, _) = run_js(CUT, [[name, 12] for name in names])  # type: ignore[misc]
    assert one != other
    assert max(len(one), len(other)) < len(names[0])
