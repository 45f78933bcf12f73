"""Code patterns and schemes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geogrid.errors import FieldError, GeogridError
from geogrid.rules import code_scheme, parse_pattern

COMMUNITY = "440304001001"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (COMMUNITY + "001", None),
        (COMMUNITY + "01", "code_length"),
        ("440304001002" + "001", "code_characters"),
        (COMMUNITY + "0A1", "code_characters"),
        (COMMUNITY + "00²", "code_characters"),
        (COMMUNITY + "00٣", "code_characters"),
        ("", "code_length"),
    ],
)
def test_the_15_digits_of_beijing(code: str, kind: str | None) -> None:
    fault = code_scheme("DB11/T 2157-2023").patterns[3].fault(code, COMMUNITY)
    assert (None if fault is None else fault.kind) == kind


def test_beijing_codes_of_every_level() -> None:
    patterns = code_scheme("DB11/T 2157").patterns
    codes = ["440304", "440304001", COMMUNITY, COMMUNITY + "001"]
    for level, (code, parent) in enumerate(zip(codes, ["", *codes], strict=False)):
        assert patterns[level].fault(code, parent) is None
        assert patterns[level].fault(code + "1", parent) is not None
    assert patterns[3].fault(COMMUNITY + "001", "440305001") is not None
    assert patterns[3].fault(COMMUNITY + "001", "440304001") is None


def test_the_20_digits_of_cjt_349() -> None:
    pattern = code_scheme("CJ/T 349-2010").patterns[3]
    assert pattern.fault("010100" + COMMUNITY + "00", COMMUNITY) is None
    assert pattern.fault("010100" + COMMUNITY + "07", "440304001002").kind == "code_characters"
    assert pattern.fault(COMMUNITY + "001", COMMUNITY).kind == "code_length"
    with_object = code_scheme("cjt349", object_code="020000").patterns[3]
    assert with_object.code(3, COMMUNITY) == "020000" + COMMUNITY + "03"
    assert with_object.fault("010100" + COMMUNITY + "00", COMMUNITY) is not None
    with pytest.raises(FieldError, match="made up"):
        pattern.code(3, COMMUNITY)
    with pytest.raises(FieldError, match="six digits"):
        code_scheme("CJ/T 349", object_code="12")


def test_own_patterns() -> None:
    pattern = parse_pattern("网{letters:2}-{any:1}/{number:2}")
    assert pattern.fault("网AB-z/07") is None
    assert pattern.fault("网Ab-z/07").text() == (
        "characters 2–3 of the code 网Ab-z/07 should be capital letters"
    )
    assert pattern.fault("网AB-z 07").text("zh_CN") == "编码 网AB-z 07 第 6 位应为“/”"
    open_ = parse_pattern("{parent}{number:3}")
    assert (open_.number("12007", "12"), open_.number("12007"), open_.number("07")) == (7, 7, None)
    assert open_.fault("13007", "12") is not None


@pytest.mark.parametrize(
    "text",
    ["", "{", "}", "{number}", "{number:0}", "{number:12}", "{digits:99}", "{what:3}", "a{parent",
     "{number:2}{number:2}", "{parent}{parent}", "x" * 101, "a\nb", "{digits:}", "{ number:3}"],
)  # fmt: skip
def test_patterns_that_cannot_be(text: str) -> None:
    with pytest.raises(FieldError):
        parse_pattern(text)


@given(st.text(alphabet="ab{}:0123parentumigs", max_size=60), st.text(max_size=60), st.text())
def test_no_pattern_and_no_code_breaks(pattern: str, code: str, parent: str) -> None:
    try:
        parsed = parse_pattern(pattern)
    except GeogridError as error:
        assert error.text("zh_CN")
        return
    fault = parsed.fault(code, parent)
    assert fault is None or fault.text("zh_CN")
    if fault is None:
        rest = parsed.fields(code, parent)
        assert "".join(text for _piece, _at, text in rest) == code


def test_unknown_schemes_are_named() -> None:
    with pytest.raises(FieldError, match="DB11/T 2157-2023"):
        code_scheme("GB 1")
