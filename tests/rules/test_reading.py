"""Profiles from TOML that may be anything: values, or an error with key, line and fix."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geogrid.errors import FieldError, FormatError, GeogridError, LimitError
from geogrid.i18n import LANGUAGES
from geogrid.rules import Profile, builtin_profiles, parse_profile, profile_text, read_profile
from geogrid.rules.profile import CodeRules, Range, ShapeRules, SizeRule, StaffRule


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("name", list(builtin_profiles()))
def test_what_is_written_reads_back(name: str, language: str, tmp_path: Path) -> None:
    profile = builtin_profiles()[name]
    text = profile_text(profile, language)
    assert parse_profile(text) == profile
    assert ("网格规模" in text) == (language == "zh_CN")
    (tmp_path / "p.toml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_profile(tmp_path / "p.toml") == profile


def test_every_setting() -> None:
    text = """
name = "我的规范"
default_kind = "农村网格"
one_community = false
community_level = 1
no_vacancy = false
[[size]]
levels = [3, 4]
kinds = ["专属网格", "community", "旅游网格"]
households = {min = 1, max = 2}
people = {max = 5}
area_km2 = {min = 0.5}
[[staff]]
posts = ["网格长", "巡防员"]
at_least = 2
most_grids = 3
[shape]
one_part = false
compactness = 0.25
[code]
scheme = "own"
in_order = true
retired = ["1", "2"]
[code.patterns]
3 = "{parent}{number:3}"
"""
    profile = parse_profile(text)
    assert profile.codes.scheme is not None
    assert profile == Profile(
        name="我的规范",
        default_kind="village",
        sizes=(
            SizeRule(
                (3, 4), ("dedicated", "community", "旅游网格"), Range(1, 2), Range(high=5),
                Range(low=0.5),
            ),
        ),
        staff=(StaffRule((), (), ("leader", "巡防员"), 2, 3),),
        shape=ShapeRules(False, 0.25),
        no_vacancy=False,
        one_community=False,
        community_level=1,
        codes=CodeRules(profile.codes.scheme, True, frozenset({"1", "2"})),
    )  # fmt: skip
    for language in LANGUAGES:
        assert parse_profile(profile_text(profile, language)) == profile


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('nmae = "x"', "p.toml, line 1: There is no setting nmae; did you mean name?"),
        ("[[size]]\nhousehold = {min = 1}", "line 2: There is no setting size.household"),
        ("[[size]]\nlevels = [3]\n[[size]]\nlevels = [10]", "line 4: size.levels"),
        ("[[size]]\nhouseholds = [1, 2]", "line 2: size.households must be written {min"),
        ("[[size]]\nhouseholds = {min = 9, max = 1}", "the min 9 is larger than the max 1"),
        ("[[size]]\nhouseholds = {max = inf}", "from 0 to 1e+09"),
        ("[[size]]\nhouseholds = {max = nan}", "from 0 to 1e+09"),
        ("[[size]]\nhouseholds = {max = -1}", "from 0 to 1e+09"),
        ("[[size]]\nhouseholds = {max = true}", "from 0 to 1e+09"),
        ("[[size]]\nhouseholds = {}", "must be written"),
        ("size = 3", "line 1: size must be tables"),
        ("size = [1]", "line 1: size must be tables"),
        ("shape = 1", "line 1: shape must be a table"),
        ('no_vacancy = "yes"', "line 1: no_vacancy must be true or false, not yes"),
        ("community_level = true", "whole number from 0 to 9"),
        ("community_level = 2.0", "whole number from 0 to 9"),
        ("name = 1979-05-27", "name must be a text in quotes"),
        ('name = "a\\u001b[31m"', "not a\N{REPLACEMENT CHARACTER}[31m"),
        ("[shape]\ncompactness = 2", "line 2: shape.compactness must be a number from 0 to 1"),
        ('[[size]]\nkinds = ["vilage"]', "line 2: size.kinds: “vilage” is unknown"),
        ('[[staff]]\nposts = ["boss"]', "full_time"),
        ("[[staff]]\nat_least = 1", 'such as posts = ["leader"]'),
        ('[[staff]]\nposts = ["leader"]\nmost_grids = 0', "line 3: staff.most_grids"),
        ('[code]\nscheme = "X"', "line 2: There is no code scheme “X”"),
        ('[code]\nscheme = "own"', 'below it 3 = "{parent}{number:3}"'),
        ('[code]\nscheme = "own"\n[code.patterns]\n3 = "{nubmer:3}"', "line 4: The pattern"),
        ('[code]\nscheme = "own"\n[code.patterns]\nx = "1"', "line 4: code.patterns.x"),
        ('[code]\nscheme = "CJ/T 349"\nobject = "1"', "line 3: The managed object"),
        ("[code]\nretired = [1]", "line 2: code.retired must be a text"),
        ('[code]\nscheme = "DB11/T 2157"\nobject = "010100"', "line 3: code.object counts only"),
        ("[code]\n[code.patterns]\n3 = '{number:3}'", "line 2: code.patterns counts only"),
        ("a = ", "line 1, column 5 is not TOML"),
        ("a = 1\na = 2", "line 2: this setting stands there twice"),
        ("name = [", "not TOML"),
        ("a = " + "[" * 5000, "nests lists too deeply"),
        ("a = " + "9" * 5000, "number or date"),
        ("x" * 10_001, "line 1 is longer"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_line_and_fix(text: str, said: str) -> None:
    with pytest.raises(GeogridError) as caught:
        parse_profile(text, file="p.toml")
    assert said in caught.value.text("en")
    chinese = caught.value.text("zh_CN")
    assert "p.toml" in chinese
    assert any("一" <= letter <= "龥" for letter in chinese)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be opened"):
        read_profile(tmp_path / "none.toml")
    with pytest.raises(FormatError, match="cannot be opened"):
        read_profile(tmp_path)
    (tmp_path / "gbk.toml").write_bytes('name = "规范"'.encode("gbk"))
    with pytest.raises(FormatError, match="UTF-8"):
        read_profile(tmp_path / "gbk.toml")
    (tmp_path / "large.toml").write_bytes(b"#\n" * 500_001)
    with pytest.raises(LimitError, match="1,000,000"):
        read_profile(tmp_path / "large.toml")


def test_a_list_too_long() -> None:
    items = "\n".join('"1",' for _ in range(100_001))
    with pytest.raises(FieldError, match="at most 100,000 items"):
        parse_profile(f"[code]\nretired = [\n{items}\n]")


VALUES = st.recursive(
    st.booleans().map(str).map(str.lower)
    | st.integers().map(str)
    | st.floats().map(repr)
    | st.sampled_from(
        ['"leader"', '"own"', '"CJ/T 349"', '"{number:3}"', "1979-05-27", '"\\u0000"']
    )
    | st.text(st.characters(codec="utf-8", exclude_characters='"\\'), max_size=12).map(
        '"{}"'.format
    ),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.tuples(st.sampled_from(["min", "max", "x"]), inner).map(
            lambda p: f"{{{p[0]} = {p[1]}}}"
        )
    ),
    max_leaves=4,
)
KEYS = st.sampled_from(
    ["name", "default_kind", "levels", "kinds", "households", "people", "area_km2", "posts",
     "at_least", "most_grids", "one_part", "compactness", "scheme", "object", "retired", "3",
     "patterns", "size", "staff", "shape", "code", "in_order", "community_level", '"a b"', "a.b"]
)  # fmt: skip
LINES = st.one_of(
    st.tuples(KEYS, VALUES).map(" = ".join),
    st.sampled_from(["[[size]]", "[[staff]]", "[shape]", "[code]", "[code.patterns]", "[size]"]),
    st.text(max_size=20),
)


@settings(max_examples=max(500, settings.default.max_examples))
@given(st.lists(LINES, max_size=8).map("\n".join))
@example("[[size]]\nlevels=[3]\n[[staff]]\nposts=['leader']")
def test_hostile_text_is_a_profile_or_an_error(text: str) -> None:
    try:
        profile = parse_profile(text, file="p.toml")
    except GeogridError as error:
        for language in LANGUAGES:
            assert "p.toml" in error.text(language)
            assert error.text(language).isprintable()
        return
    assert parse_profile(profile_text(profile, "zh_CN")) == profile
