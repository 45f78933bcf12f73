"""导出一张图: everything inside, no phone numbers, names that stay text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from small_plan import HOSTILE, posts, use_small_plan

from web.current import current_plan

LIMIT_BYTES = 3_000_000


class Reader(HTMLParser):
    """What a browser would find in the page: elements, scripts and links."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {"script": [], "style": [], "title": [], "h1": []}
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in self.texts:
            self.inside = tag
            self.texts[tag].append("")

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[self.inside][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == self.inside:
            self.inside = ""


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader


def data_of(reader: Reader) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reader.texts["script"][0])
    return found


@pytest.fixture(scope="module")
def sample(app: Flask) -> str:
    """Give the file of the sample."""
    answer = app.test_client().get("/share/map.html")
    assert answer.status_code == 200
    return answer.text


@pytest.fixture
def small(own_app: Flask) -> FlaskClient:
    use_small_plan(own_app.config["WORKSPACE"])
    return own_app.test_client()


def test_it_comes_as_a_download_with_its_chinese_name(client: FlaskClient) -> None:
    answer = client.get("/share/map.html")
    assert answer.mimetype == "text/html"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=grid-map.html; "
        "filename*=UTF-8''%E7%BD%91%E6%A0%BC%E4%B8%80%E5%BC%A0%E5%9B%BE.html"
    )


def test_the_sample_stays_small(sample: str) -> None:
    assert 200_000 < len(sample.encode()) < LIMIT_BYTES


def test_nothing_is_asked_of_anybody(sample: str) -> None:
    reader = read(sample)
    assert [tag for tag, _ in reader.tags if tag in {"link", "img", "iframe", "base"}] == []
    links = [
        value
        for _, attributes in reader.tags
        for name, value in attributes.items()
        if name in {"src", "href", "action", "data", "srcset"} and value
    ]
    assert {link[0] for link in links} == {"#"}
    assert re.findall(r"url\((?!\"?data:|#)[^)]*\)", reader.texts["style"][0]) == []
    assert "@import" not in reader.texts["style"][0]


def test_its_policy_names_every_script_and_style(sample: str) -> None:
    reader = read(sample)
    first = [attributes for tag, attributes in reader.tags if tag == "meta"][1]
    assert first["http-equiv"] == "Content-Security-Policy"
    policy = dict(part.split(" ", 1) for part in str(first["content"]).split("; "))
    assert policy["default-src"] == "'none'"
    assert "unsafe" not in str(first["content"])
    for kind, texts in (("script", reader.texts["script"][1:]), ("style", reader.texts["style"])):
        hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()) for text in texts]
        assert policy[f"{kind}-src"].split() == [f"'sha256-{each.decode()}'" for each in hashes]


def test_nobody_s_phone_number_is_in_it(sample: str, app: Flask, small: FlaskClient) -> None:
    with app.test_request_context():
        known = current_plan().plan.posts
    numbers = (set(known["phone"]) | set(known["deputy_phone"])) - {""}
    assert len(numbers) > 500
    assert [number for number in numbers if number in sample] == []
    own = small.get("/share/map.html").text
    assert posts()["holder"].iloc[0] in own
    assert "0755-" not in own


def test_it_says_what_it_is(sample: str, app: Flask) -> None:
    reader = read(sample)
    assert reader.texts["title"] == ["福田示例街道网格方案 · 网格一张图"]
    assert re.search(r"20\d\d年\d+月\d+日制作", reader.texts["h1"][0])
    assert sample.count('<span class="mark-note">示例数据</span>') == 1
    assert sample.count('<span class="mark-note">内部使用</span>') == 1
    attribution = data_of(reader)["plan"]["attribution"]
    assert "ODbL" in attribution
    assert "示例数据" in attribution


def test_it_carries_the_whole_plan(sample: str, app: Flask) -> None:
    data = data_of(read(sample))
    with app.test_request_context():
        current = current_plan()
        plan = current.plan
    assert [row[0] for row in data["grids"]] == list(current.by_code.index)
    drawn = sum(len(level["features"]) for level in data["levels"].values())
    assert drawn == len(plan.grids)
    assert len(data["units"]["address"]) == len(plan.units)
    assert data["streets"]["major"]["lines"]
    assert data["streets"]["minor"]["lines"]
    by_code = dict(zip(plan.grids["code"], plan.grids["name"], strict=True))
    code, name, level, _, parent, *_ = data["grids"][-1]
    assert (by_code[code], plan.hierarchy.parents[code], plan.hierarchy.levels[code]) == (
        name,
        parent,
        level,
    )


def test_people_are_named_and_the_first_to_ask_is_marked(small: FlaskClient) -> None:
    data = data_of(read(small.get("/share/map.html").text))
    codes = [row[0] for row in data["grids"]]
    first = dict(zip(codes, data["first"], strict=True))
    assert data["answers"]["111"][0] == ["专职网格员", "甲一员", "甲一副", ""]
    assert data["answers"]["112"][0][:2] == ["专职网格员", "甲二副"]
    assert "空缺" in data["answers"]["112"][0][3]
    assert "121" not in data["answers"]
    assert (first["111"], first["112"], first["121"]) == (0, 0, 0)


def test_units_stand_in_the_grid_their_list_gives(small: FlaskClient) -> None:
    data = data_of(read(small.get("/share/map.html").text))
    codes = [row[0] for row in data["grids"]]
    units = data["units"]
    grid_of = dict(zip(units["name"], units["grid"], strict=True))
    assert codes[grid_of["错列楼"]] == "111"
    assert codes[grid_of["旧码楼"]] == "121"
    assert codes[grid_of["上级楼"]] == "121"
    assert codes[grid_of["无坐标楼"]] == "112"
    assert units["lon"][units["name"].index("无坐标楼")] is None
    assert grid_of["界外楼"] == -1
    assert data["grids"][codes.index("1")][8] == 8


def test_names_from_data_stay_text(small: FlaskClient) -> None:
    text = small.get("/share/map.html").text
    assert HOSTILE not in text
    reader = read(text)
    assert "img" not in {tag for tag, _ in reader.tags}
    assert HOSTILE in [row[1] for row in data_of(reader)["grids"]]


def test_a_title_stays_text(own_app: Flask, small: FlaskClient) -> None:
    workspace = own_app.config["WORKSPACE"]
    name = "</title></script><script>alert(1)</script>"
    workspace.use(name=name, grids=workspace.current().grids)
    reader = read(small.get("/share/map.html").text)
    assert reader.texts["title"][0].startswith(name)
    assert not any("alert(1)" in text for text in reader.texts["script"][1:])


def test_a_plan_without_tables_is_exported(own_app: Flask) -> None:
    use_small_plan(own_app.config["WORKSPACE"], has_tables=False)
    data = data_of(read(own_app.test_client().get("/share/map.html").text))
    assert data["units"]["name"] == []
    assert data["plan"]["streets"] is None
    assert len(data["grids"]) == 6


def test_the_map_note_replaces_the_internal_mark(own_app: Flask) -> None:
    use_small_plan(own_app.config["WORKSPACE"])
    settings = own_app.config["SETTINGS"]
    own_app.config["SETTINGS"] = type(settings)(
        workspace=settings.workspace, map_note="审图号：粤S（2026）001号"
    )
    text = own_app.test_client().get("/share/map.html").text
    assert '<span class="mark-note">审图号：粤S（2026）001号</span>' in text
    assert "内部使用</span>" not in text


def test_it_is_written_in_english_too(client: FlaskClient) -> None:
    text = client.get("/share/map.html?lang=en").text
    assert '<html lang="en"' in text
    assert "window.geogridStrings" not in re.sub(r"window\.geogridStrings\|\|", "", text)
    assert ">Sample data<" in text
