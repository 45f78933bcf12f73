"""Recognise the columns of a staff list, also where each post has its own columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from geogrid.fields import POST_FIELDS, field_key
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.vocabulary import post_words

__all__ = ["PersonColumns", "RosterColumns", "recognise_roster"]

_TWICE = re.compile(r"[._ ](?:[0-9]+)$|[(（][0-9]+[)）]$")
_PHONE = re.compile(
    r"(?:联系|办公|手机)?(?:电话|手机|方式|号码)(?:号码|号)?|手机号码?|phone|mobile|tel"
)
_SECOND = re.compile(r"[ab]岗|[ab]角|副岗|代理人|替补|deputy")
_NAME = re.compile(r"姓名|名字|人员|名单|name")


@dataclass
class PersonColumns:
    """Positions of the columns about one person; `post` is ``""`` when a column says it."""

    post: str
    holder: int
    phone: int | None = None
    deputy: int | None = None
    deputy_phone: int | None = None


@dataclass
class RosterColumns:
    """Positions of the columns of a staff list."""

    grid: list[int]
    community: int | None = None
    post: int | None = None
    people: list[PersonColumns] = field(default_factory=list)


def recognise_roster(columns: Sequence[str]) -> tuple[RosterColumns | None, list[Finding]]:
    """Find the columns of a staff list by name and place.

    A phone or B岗 column belongs to the person before it, unless its name says which post.

    Returns
    -------
    columns
        None when there is no grid or no person in the list.
    findings
        Columns not used, or what is missing.
    """
    keys = [field_key(_own_name(_TWICE.sub("", name))) for name in columns]
    known = _known_columns(keys)
    people, used = _people(keys, known)
    grid = [at for at, role in known.items() if role == "grid"]
    found = RosterColumns(
        grid=sorted(grid, key=lambda at: _rank("grid", keys[at])),
        community=next((at for at, role in known.items() if role == "community"), None),
        post=next((at for at, role in known.items() if role == "post"), None),
        people=people,
    )
    if not people or (not grid and found.community is None):
        return None, [
            Finding(
                "no_roster",
                _(
                    "This does not look like a staff list: it needs a column with the grid and "
                    "one with names. The columns are: {columns}."
                ),
                {"columns": ", ".join(columns)},
                severity="error",
            )
        ]
    used |= {at for at, role in known.items() if role in ("grid", "community", "post", "post_id")}
    return found, _notes(columns, found, used)


def _own_name(name: str) -> str:
    """Return a name without the title above it (人员信息 姓名), unless that says whose it is."""
    title, _space, own = name.rpartition(" ")
    says_whose = _post_in(field_key(title))[0] or _SECOND.search(field_key(title))
    return name if not title or says_whose else own


def _notes(columns: Sequence[str], found: RosterColumns, used: set[int]) -> list[Finding]:
    notes = []
    if found.post is None and not found.people[0].post:
        notes.append(
            Finding(
                "no_post",
                _("There is no column with the post; everybody counts as a full-time grid worker."),
                severity="note",
            )
        )
    unused = [name for at, name in enumerate(columns) if at not in used]
    if unused:
        notes.append(
            Finding(
                "columns_not_kept",
                _("Columns not kept: {columns}."),
                {"columns": ", ".join(unused)},
                severity="note",
            )
        )
    return notes


def _rank(role: str, key: str) -> int:
    return [field_key(alias) for alias in POST_FIELDS[role]].index(key)


def _known_columns(keys: Sequence[str]) -> dict[int, str]:
    """Return which columns hold the grid, community or post, in the file's order."""
    roles: dict[int, str] = {}
    for role in ("post_id", "grid", "community", "post"):
        aliases = {field_key(alias) for alias in POST_FIELDS[role]}
        roles |= {at: role for at, key in enumerate(keys) if key in aliases and at not in roles}
    return dict(sorted(roles.items()))


def _people(keys: Sequence[str], known: dict[int, str]) -> tuple[list[PersonColumns], set[int]]:
    is_long = "post" in known.values()
    people: list[PersonColumns] = []
    used: set[int] = set()
    for at, key in enumerate(keys):
        if at in known:
            continue
        post, rest = ("", key) if is_long else _post_in(key)
        owner = _owner(people, post)
        role = _role(rest, has_post=bool(post))
        if role == "holder" and not (is_long and people):
            people.append(PersonColumns(post, at))
        elif role and role != "holder" and owner is not None and getattr(owner, role) is None:
            setattr(owner, role, at)
        else:
            continue
        used.add(at)
    return people, used


def _owner(people: Sequence[PersonColumns], post: str) -> PersonColumns | None:
    """Return the person a phone or deputy column is about."""
    if post:
        return next((person for person in reversed(people) if person.post == post), None)
    return people[-1] if people else None


def _post_in(key: str) -> tuple[str, str]:
    """Return the post a column's name begins with, and the rest of the name."""
    for word, code in post_words():
        if key.startswith(word):
            return code, key.removeprefix(word)
    return "", key


def _role(rest: str, *, has_post: bool) -> str:
    is_second, is_phone = bool(_SECOND.search(rest)), bool(_PHONE.search(rest))
    if is_second:
        return "deputy_phone" if is_phone else "deputy"
    if is_phone:
        return "phone"
    if has_post:
        return "holder" if not rest or _NAME.fullmatch(rest) else ""
    return "holder" if rest in {field_key(alias) for alias in POST_FIELDS["holder"]} else ""
