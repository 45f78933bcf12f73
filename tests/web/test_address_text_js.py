"""The one-file map spells addresses as the library does: same rules, run by JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest
from web_js import run_js

from geogrid.addresses.spelling import folded_address, normalise_address, spelling_rules

ROOT = Path(__file__).parents[2]
WRITTEN = [
    "广东省深圳市福田区沙头街道泰然七路 １２ 号，第三号楼２单元",
    "泰然七路12号#3楼2单元",
    "泰然苑3-2-501",
    "泰然苑03栋02单元1204室",
    "竹子林三路1号1号楼1单元",
    "第二十三栋",
    "一百零二号",
    "3號樓",
    "上沙椰树路3号A座",
    "福田区政府大楼",
    "东海小区8栋",
    "４４０３０４０９０００１",
    "农轩路③号",
    "<img src=x onerror=alert(1)>",
    "Ⅲ号楼",
    "四号路２号",
    "沙嘴第一",
    "福田区沙嘴第",
    "福田区",
    "　",
]


@pytest.fixture(scope="module")
def addresses() -> list[str]:
    lines = (ROOT / "data/boundaries/futian/units.csv").read_text(encoding="utf-8").splitlines()
    return [field for line in lines[1::5] for field in line.split(",")[3:10] if field]


def test_addresses_are_spelt_alike(addresses: list[str]) -> None:
    texts = WRITTEN + addresses
    spelt = run_js(
        "import { speller } from './web/js/lib/address-text.js';"
        "const spell = speller(data.rules); answer(data.texts.map(spell));",
        {"rules": spelling_rules(), "texts": texts},
    )
    assert spelt == [normalise_address(text) for text in texts]


def test_addresses_are_folded_alike(addresses: list[str]) -> None:
    texts = WRITTEN + addresses
    folded = run_js(
        "import { folder } from './web/js/lib/address-text.js';"
        "const fold = folder(data.rules); answer(data.texts.map(fold));",
        {"rules": spelling_rules(), "texts": texts},
    )
    assert folded == [folded_address(text) for text in texts]


ENTRIES = [
    {
        "label": "泰然七路12号3号楼",
        "detail": "车公庙社区",
        "texts": ["泰然苑3号楼", "泰然七路12号3号楼"],
    },
    {"label": "泰然七路112号", "texts": ["泰然七路112号"]},
    {"label": "泰然七路12号", "texts": ["泰然苑", "泰然七路12号"]},
    {"label": "第07网格", "texts": ["第07网格", "440304090001007"]},
    {"label": "沙嘴第一网格", "texts": ["沙嘴第一网格", "440304090011001"]},
    {"label": "沙嘴第二网格", "texts": ["沙嘴第二网格", "440304090011002"]},
    {"label": "沙嘴第十二网格", "texts": ["沙嘴第十二网格", "440304090011012"]},
    {"label": "四号路2号", "texts": ["", "广东省深圳市福田区四号路2号"]},
    {"label": "<img src=x onerror=alert(1)>", "texts": ["<img src=x onerror=alert(1)>"]},
]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("泰然７路12号", ["泰然七路12号", "泰然七路12号3号楼"]),
        ("福田区泰然七路12号", ["泰然七路12号", "泰然七路12号3号楼"]),
        ("12号", ["泰然七路12号", "泰然七路12号3号楼", "泰然七路112号"]),
        ("泰然苑3栋2单元501室", ["泰然七路12号3号楼"]),
        ("440304090001007", ["第07网格"]),
        ("沙嘴第一", ["沙嘴第一网格"]),
        ("沙嘴第", ["沙嘴第一网格", "沙嘴第二网格", "沙嘴第十二网格"]),
        ("第二网", ["沙嘴第二网格"]),
        ("二网格", ["沙嘴第二网格", "沙嘴第十二网格"]),
        ("沙嘴第1", ["沙嘴第一网格", "沙嘴第十二网格"]),
        ("四号路2号", ["四号路2号"]),
        ("４号路2号702室", ["四号路2号"]),
        ("泰然七", ["泰然七路12号", "泰然七路112号", "泰然七路12号3号楼"]),
        ("onerror", ["<img src=x onerror=alert(1)>"]),
        ("12号，泰然苑", ["泰然七路12号", "泰然七路12号3号楼"]),
        ("3栋 泰然苑", ["泰然七路12号3号楼"]),
        ("车公庙 泰然苑", ["泰然七路12号3号楼"]),
        ("车公庙 社区", []),
        ("莲花山", []),
        ("，", []),
        ("太然七路12号", ["泰然七路12号", "泰然七路12号3号楼"]),
        ("泰七然路12号3栋2单元501", ["泰然七路12号3号楼"]),
        ("泰然路12号", ["泰然七路12号", "泰然七路12号3号楼"]),
        ("沙咀第二网格", ["沙嘴第二网格"]),
        ("太然七路13号", []),
        ("沙嘴第三网格", []),
    ],
)
def test_matches_are_ranked(asked: str, expected: list[str]) -> None:
    labels = run_js(
        "import { localSearch } from './web/js/lib/local-search.js';"
        "const find = localSearch(data.entries, data.rules);"
        "answer((await find(data.asked)).map((entry) => entry.label));",
        {"rules": spelling_rules(), "entries": ENTRIES, "asked": asked},
    )
    assert labels == expected


@pytest.mark.parametrize(
    ("asked", "label", "certainty"),
    [
        ("泰然七路12号", "泰然七路12号", "exact"),
        ("泰然苑3栋2单元501室", "泰然七路12号3号楼", "building"),
        ("泰然苑9栋", "泰然七路12号", "compound"),
        ("泰然苑3", "泰然七路12号3号楼", "partial"),
        ("shl2h", "四号路2号", "partial"),
        ("太然七路12号", "泰然七路12号", "partial"),
    ],
)
def test_matches_say_how_certain_they_are(asked: str, label: str, certainty: str) -> None:
    entries = [*ENTRIES[:7], {**ENTRIES[7], "initials": ["gdsszsftqshl2h"]}]
    found = run_js(
        "import { localSearch } from './web/js/lib/local-search.js';"
        "const find = localSearch(data.entries, data.rules);"
        "answer((await find(data.asked)).map((entry) => [entry.label, entry.certainty])[0]);",
        {"rules": spelling_rules(), "entries": entries, "asked": asked},
    )
    assert found == [label, certainty]
