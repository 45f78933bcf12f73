"""Which texts the card of a look-up offers to tell the supervisors."""

from __future__ import annotations

import pytest
from web_js import run_js

DOUBTED = (
    "globalThis.window = globalThis;"
    "globalThis.document = { documentElement: { lang: 'en' }, querySelector: () => null };"
    "const { doubtedText } = await import('./web/js/map/lookup-correction.js');"
    "answer(doubtedText({ kind: 'place', certainty: 'similar' }, data));"
)


@pytest.mark.parametrize("text", ["老王铺子", "9号楼 2单元"])
def test_a_name_is_offered(text: str) -> None:
    assert run_js(DOUBTED, text) == text


@pytest.mark.parametrize(
    "text", ["老王 13812345678", "老王 １３８１２３４５６７８", "0755-1234 567", "很" * 61]
)
def test_what_may_be_somebodys_number_or_words_is_not(text: str) -> None:
    assert run_js(DOUBTED, text) == ""
