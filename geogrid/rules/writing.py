"""Write a profile as TOML with comments in the user's language, for people to change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.rules.builtin import profile_label
from geogrid.rules.profile import CodeRules, Profile, Range, SizeRule, StaffRule

__all__ = ["profile_text"]


def profile_text(profile: Profile, language: str) -> str:
    """Return `profile` as a commented TOML text that :func:`parse_profile` reads back.

    Parameters
    ----------
    profile
        Such as one of :func:`builtin_profiles`.
    language
        Of the comments, ``"zh_CN"`` or ``"en"``.

    Examples
    --------
    >>> from geogrid.rules import builtin_profiles, parse_profile
    >>> city = builtin_profiles()["city"]
    >>> parse_profile(profile_text(city, "zh_CN")) == city
    True
    """
    lines = [*_head(profile, language), *_sizes(profile.sizes, language)]
    lines += [*_staff(profile.staff, language), *_shape(profile, language)]
    return "\n".join([*lines, *_codes(profile.codes, language)]) + "\n"


def _comment(message: str, language: str, **params: object) -> Iterator[str]:
    for line in translate(message, language, **params).splitlines():
        yield f"# {line}"


def _head(profile: Profile, language: str) -> Iterator[str]:
    title = profile_label(profile, language)
    yield from _comment(_("Rules for grids: {title}"), language, title=title)
    yield from _comment(
        _(
            "What differs from these rules is advice, never an error.\nA line that begins with #"
            " is a remark; remove the # to use it, change numbers as your place needs."
        ),
        language,
    )
    yield f"name = {_text(profile.name)}"
    yield ""
    yield from _comment(
        _(
            "The kind of grids that say none: community, village or dedicated; empty where they"
            " are mixed."
        ),
        language,
    )
    yield f"default_kind = {_text(profile.default_kind)}"
    yield from _comment(
        _("Every grid belongs to exactly one community; the level of communities."), language
    )
    yield f"one_community = {_flag(profile.one_community)}"
    yield f"community_level = {profile.community_level}"
    yield from _comment(_("Say where a post has neither a holder nor a deputy."), language)
    yield f"no_vacancy = {_flag(profile.no_vacancy)}"


def _sizes(rules: Sequence[SizeRule], language: str) -> Iterator[str]:
    yield ""
    yield from _comment(
        _(
            "How large grids should be. Of these tables the first that fits a grid counts.\n"
            "Levels: 1 subdistrict, 2 community, 3 grid, 4 micro-grid. Either end of a range may"
            " be left out."
        ),
        language,
    )
    yield "#   people = {min = 500, max = 1500}"
    yield "#   area_km2 = {max = 2.5}"
    for rule in rules:
        yield ""
        yield "[[size]]"
        yield from _scope(rule)
        for name in ("households", "people", "area_km2"):
            advised: Range | None = getattr(rule, name)
            if advised is not None:
                yield f"{name} = {_range(advised)}"


def _staff(rules: Sequence[StaffRule], language: str) -> Iterator[str]:
    yield ""
    yield from _comment(
        _(
            "Who should work in a grid: at least so many people in one of these posts, and one"
            " person in at most so many grids (most_grids; leave it out for any number).\nPosts:"
            " leader, full_time, part_time, micro_leader, building_head, or your own word."
        ),
        language,
    )
    for rule in rules:
        yield ""
        yield "[[staff]]"
        yield from _scope(rule)
        yield f"posts = {_texts(rule.posts)}"
        yield f"at_least = {rule.at_least}"
        if rule.most_grids is not None:
            yield f"most_grids = {rule.most_grids}"


def _shape(profile: Profile, language: str) -> Iterator[str]:
    yield ""
    yield "[shape]"
    yield from _comment(_("A grid is one piece."), language)
    yield f"one_part = {_flag(profile.shape.one_part)}"
    yield from _comment(
        _(
            "The least compactness (Polsby–Popper: 1 for a circle, 0.79 for a square, small for"
            " what is long or ragged); 0 for none."
        ),
        language,
    )
    yield f"compactness = {profile.shape.compactness!r}"


def _codes(rules: CodeRules, language: str) -> Iterator[str]:
    yield ""
    yield "[code]"
    yield from _comment(
        _(
            'How grids are coded: "none", "DB11/T 2157-2023" (15 digits), "CJ/T 349-2010" (20'
            ' digits; object = "010100" is the managed object), or "own" with patterns below.'
        ),
        language,
    )
    scheme = rules.scheme
    yield f"scheme = {_text(scheme.name if scheme else 'none')}"
    if scheme and scheme.object_code:
        yield f"object = {_text(scheme.object_code)}"
    yield from _comment(
        _("Say where numbers do not run from west to east, then from north to south."), language
    )
    yield f"in_order = {_flag(rules.in_order)}"
    yield from _comment(_("Codes used once and given up; they are not used again."), language)
    yield from _retired(sorted(rules.retired))
    yield ""
    yield from _comment(
        _(
            "Your own patterns by level. Fields: {{parent}} the code above, {{number:3}} the"
            " running number, {{digits:6}}, {{letters:2}}, {{any:2}}."
        ),
        language,
        title="",
    )
    is_own = scheme is not None and scheme.name == "own"
    yield "[code.patterns]" if is_own else "# [code.patterns]"
    if not is_own:
        yield '# 3 = "{parent}{number:3}"'
    elif scheme is not None:
        for level, pattern in sorted(scheme.patterns.items()):
            yield f"{level} = {_text(pattern.text)}"


def _retired(codes: Sequence[str]) -> Iterator[str]:
    if not codes:
        yield "retired = []"
        return
    yield "retired = ["
    yield from (f"    {_text(code)}," for code in codes)
    yield "]"


def _scope(rule: SizeRule | StaffRule) -> Iterator[str]:
    if rule.levels:
        yield f"levels = [{', '.join(map(str, rule.levels))}]"
    if rule.kinds:
        yield f"kinds = {_texts(rule.kinds)}"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _texts(values: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _range(value: Range) -> str:
    ends = (("min", value.low), ("max", value.high))
    return "{" + ", ".join(f"{name} = {end!r}" for name, end in ends if end is not None) + "}"
