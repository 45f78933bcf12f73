"""Staffing: enough people per grid, not too many grids per person, no vacancy without a deputy."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from geogrid.findings import Finding
from geogrid.hierarchy import build_hierarchy
from geogrid.i18n import mark as _
from geogrid.posts import PostsByGrid, posts_by_grid, who_answers
from geogrid.rules.advice import Advice, Subject
from geogrid.rules.profile import Profile, StaffRule
from geogrid.rules.words import PostWords

__all__ = ["staff_advice"]

_COLUMNS = ("grid", "post", "holder", "deputy", "phone", "deputy_phone")
_Person = tuple[str, str]
_People = Mapping[str, set[_Person]]


def staff_advice(subject: Subject, profile: Profile, posts: pd.DataFrame | None) -> list[Advice]:
    """Return which grids lack people, and who holds a post in too many grids.

    Parameters
    ----------
    subject, profile
        The grids and what is expected of them.
    posts
        As :func:`geogrid.posts.read_roster` gives them; None where nothing is known, and
        then nothing is said. A post without holder counts when it has a deputy. Two rows
        with the same name and phone are one person.
    """
    if posts is None:
        return []
    table = posts.reindex(columns=list(_COLUMNS)).astype("object")
    table = table.where(table.notna(), "").astype("str").reset_index(drop=True)
    found: list[Advice] = []
    said: set[tuple[str, str]] = set()
    for rule in profile.staff:
        here = _rows_of(subject, rule)
        people = _people(table, rule)
        for row, code in here.items():
            count = len(people.get(code, ()))
            if count < rule.at_least:
                said |= {(code, post) for post in rule.posts}
                found.append(_shortage(subject, row, rule, count))
        found += _overload(rule, here, people)
    return found + (_vacancies(subject, table, said) if profile.no_vacancy else [])


def _rows_of(subject: Subject, rule: StaffRule) -> dict[int, str]:
    """Return row and code of the grids a rule is for; of rows with one code the first."""
    rows = subject.rows
    is_here = ~rows["code"].duplicated()
    if rule.levels:
        is_here &= rows["level"].isin(rule.levels)
    if rule.kinds:
        is_here &= rows["kind"].isin(rule.kinds)
    chosen = rows.loc[is_here, "code"]
    return {int(row): str(code) for row, code in chosen.items()}


def _people(table: pd.DataFrame, rule: StaffRule) -> _People:
    """Return grid to the people in these posts, a deputy for a vacant one."""
    people: dict[str, set[_Person]] = {}
    for post in table[table["post"].isin(rule.posts)].itertuples():
        name = post.holder or post.deputy
        if name:
            phone = post.phone if post.holder else post.deputy_phone
            people.setdefault(post.grid, set()).add((name, phone))
    return people


def _shortage(subject: Subject, row: int, rule: StaffRule, count: int) -> Advice:
    params = {
        "grid": subject.names[row],
        "posts": PostWords(rule.posts),
        "count": count,
        "least": rule.at_least,
    }
    if count:
        message = _("{grid} has {count} of {least} advised: {posts}")
    else:
        message = _("{grid} has nobody as {posts}")
    detail = Finding("staff_shortage", message, params, rows=(row,))
    off = math.log((rule.at_least + 1) / (count + 1))
    return Advice("scale", (row,), detail, off, subject="/".join(rule.posts))


def _overload(rule: StaffRule, here: Mapping[int, str], people: _People) -> list[Advice]:
    """Return the people who hold these posts in more grids than advised."""
    if rule.most_grids is None:
        return []
    held: dict[_Person, list[int]] = {}
    for row, code in here.items():
        for person in people.get(code, ()):
            held.setdefault(person, []).append(row)
    message = _("{name} is {posts} of {count} grids; advised are {most} at most")
    found = []
    for person, rows in held.items():
        if len(rows) > rule.most_grids:
            params = {
                "name": person[0],
                "posts": PostWords(rule.posts),
                "count": len(rows),
                "most": rule.most_grids,
            }
            detail = Finding("staff_overload", message, params, rows=tuple(rows))
            off = math.log(len(rows) / rule.most_grids)
            found.append(Advice("scale", tuple(rows), detail, off, subject=person[0]))
    return found


def _vacancies(subject: Subject, table: pd.DataFrame, said: set[tuple[str, str]]) -> list[Advice]:
    """Return the vacant posts without a deputy, and who answers for them."""
    rows = subject.rows
    first = {str(code): int(row) for row, code in rows["code"].drop_duplicates().items()}
    is_vacant = (table["holder"] == "") & (table["deputy"] == "") & table["grid"].isin(first)
    vacant = table.loc[is_vacant, ["grid", "post"]].drop_duplicates()
    if not len(vacant):
        return []
    by_grid, tree = posts_by_grid(table), build_hierarchy(rows)
    return [
        _vacancy(subject, first[post.grid], post.post, by_grid, tree.chain(post.grid))
        for post in vacant.itertuples()
        if (post.grid, post.post) not in said
    ]


def _vacancy(
    subject: Subject, row: int, post: str, by_grid: PostsByGrid, chain: list[str]
) -> Advice:
    answers = who_answers(by_grid, chain)
    answer = next(one for one in answers if one.post == post and one.vacant and one.via != "deputy")
    params: dict[str, object] = {"grid": subject.names[row], "posts": PostWords((post,))}
    if answer.via == "grid":
        message = _("{grid}: the post {posts} is vacant and has no deputy; {name} there answers")
        params["name"] = answer.name
    elif answer.via == "parent":
        message = _("{grid}: the post {posts} is vacant and has no deputy; {name} answers above it")
        params["name"] = answer.name
    else:
        message = _("{grid}: the post {posts} is vacant, has no deputy, and nobody above answers")
    detail = Finding("vacancy", message, params, rows=(row,))
    return Advice("scale", (row,), detail, subject=post)
