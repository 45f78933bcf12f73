"""One page with everything inside, that nothing from data can break out of."""

from __future__ import annotations

import json
import re

import pytest

from geogrid.layers.onefile import OneFile, compose_onefile
from geogrid.layers.shell import Shell

SHELL = Shell(body='<div id="map_main"></div>', script="var map=1;", files=("leaflet.js",))
PAGE = OneFile(
    language="zh-CN",
    title="甲<b>方案",
    heading="网格一张图",
    date="今天",
    marks=("示例数据", "内部使用"),
    search='找"网格"',
    levels="层级",
    fold="收起",
    noscript="需要 JavaScript",
)


def compose(**changes: object) -> str:
    parts = {
        "shell": SHELL,
        "scripts": ("var L={};", "go();"),
        "style": "body{margin:0}",
        "icons": '<svg><symbol id="search"></symbol></svg>',
        "data": {"name": "甲"},
    }
    return compose_onefile(PAGE, **(parts | changes))  # type: ignore[arg-type]


def scripts(text: str) -> list[str]:
    return re.findall(r"<script>(.*?)</script>", text, re.DOTALL)


def test_leaflet_comes_first_then_the_map_then_ours() -> None:
    assert scripts(compose()) == ["var L={};", "var map=1;", "go();"]


def test_words_are_escaped() -> None:
    text = compose()
    assert "甲&lt;b&gt;方案" in text
    assert "<b>" not in text
    assert 'placeholder="找&#34;网格&#34;"' in text


def test_icons_do_not_take_the_ids_of_the_page() -> None:
    text = compose()
    assert text.count('id="search"') == 1
    assert '<symbol id="icon-search">' in text


@pytest.mark.parametrize(
    "name",
    ["</script><script>alert(1)</script>", "<!--<script>", "&amp;", "a\u2028b", "</SCRIPT >"],
)
def test_data_cannot_end_their_element(name: str) -> None:
    text = compose(data={"name": name})
    (held,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text)
    assert json.loads(held) == {"name": name}
    assert "<" not in held
    assert len(scripts(text)) == 3


def test_scripts_cannot_end_their_element() -> None:
    text = compose(scripts=("var L='</script>';", "go('<!--','<SCRIPT>');\r\n"))
    assert scripts(text) == [
        "var L='\\x3c/script>';",
        "var map=1;",
        "go('\\x3c!--','\\x3cSCRIPT>');\n",
    ]


def test_a_style_sheet_that_ends_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="style"):
        compose(style="a::after{content:'</STYLE>'}")


def test_numbers_that_json_lacks_are_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        compose(data={"lon": float("nan")})


def test_the_policy_changes_with_every_script() -> None:
    policies = {
        re.findall(r'Content-Security-Policy" content="([^"]*)"', text)[0]
        for text in (compose(), compose(scripts=("var L={};", "went();")), compose(style="a{}"))
    }
    assert len(policies) == 3
    assert all("default-src &#39;none&#39;" in each for each in policies)
