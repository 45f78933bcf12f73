"""Who answers for a place: the posts along its chain of grids, with the rule for vacancies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from geogrid.findings import Finding, Severity
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.offices.rosters import read_roster
from geogrid.vocabulary import LABELS, Label, label

__all__ = [
    "Answer",
    "PostsByGrid",
    "office_of",
    "posts_by_grid",
    "read_roster",
    "responsible",
    "who_answers",
    "why_answers",
]

Via = Literal["holder", "deputy", "grid", "parent", "nobody"]

_ORDER = {post: at for at, post in enumerate(LABELS["post"])}
_STREET = 1
_Row = Mapping[str, str]
PostsByGrid = Mapping[str, Sequence[Mapping[str, str]]]
"""Grid code to its posts in the order to answer; see :func:`posts_by_grid`."""


@dataclass(frozen=True)
class Answer:
    """One post and the person to turn to.

    Attributes
    ----------
    post
        Code or the office's own word; ``""`` when no post is registered at all.
    grid
        Code of the grid the post belongs to.
    name, phone
        The person to turn to; empty only when `via` is ``"nobody"``.
    via
        ``"holder"``; when the post is vacant its ``"deputy"``, another person of the same
        ``"grid"`` (its leader, if it has one) or of a ``"parent"``; ``"nobody"`` when none of
        them is registered.
    vacant
        Whether the post has no holder.
    from_grid, from_post, from_deputy
        Which post this person holds, or is the deputy of; empty for nobody.
    deputy, deputy_phone
        The second person (B岗) behind a holder.
    """

    post: str
    grid: str
    name: str
    phone: str
    via: Via
    vacant: bool
    from_grid: str = ""
    from_post: str = ""
    from_deputy: bool = False
    deputy: str = ""
    deputy_phone: str = ""


def who_answers(posts: pd.DataFrame | PostsByGrid, chain: Sequence[str]) -> list[Answer]:
    """Return who answers for a place, the finest grid first.

    At each grid the full-time worker comes first, then the leader, then the other posts. A
    vacant post is answered by its deputy, else by the leader of its grid, else by the people of
    the nearest grid above that has any, its leader first, else by whoever is left in its own
    grid: never by nobody while anybody is registered.

    Parameters
    ----------
    posts
        Columns grid, post, holder, deputy, phone, deputy_phone; an empty holder is vacant.
        For many places, :func:`posts_by_grid` of it.
    chain
        Grid codes from the finest to the coarsest; empty for a place outside every grid.

    Returns
    -------
    list of Answer
        Empty for an empty chain; otherwise at least one.

    Examples
    --------
    >>> rows = {"grid": ["11", "1"], "post": ["full_time", "leader"], "holder": ["", "王"],
    ...         "deputy": "", "phone": ["", "1-1"], "deputy_phone": ""}
    >>> answer = who_answers(pd.DataFrame(rows), ["11", "1"])[0]
    >>> answer.name, answer.via, answer.vacant
    ('王', 'parent', True)
    """
    if isinstance(posts, pd.DataFrame):
        posts = posts_by_grid(posts[posts["grid"].isin(list(chain))])
    by_grid = {grid: posts.get(grid, ()) for grid in chain}
    answers = [
        _answer(row, by_grid, chain[level + 1 :])
        for level, grid in enumerate(chain)
        for row in by_grid[grid]
    ]
    if chain and not answers:
        return [Answer("", chain[0], "", "", "nobody", vacant=True)]
    return answers


def responsible(answers: Sequence[Answer]) -> Answer | None:
    """Return the one to turn to first.

    That is who answers as full-time worker, else as leader, of the finest grid that has either
    post; else whoever comes first.
    """
    reachable = [answer for answer in answers if answer.via != "nobody"] or list(answers)
    in_charge = [answer for answer in reachable if answer.post in ("full_time", "leader")]
    if in_charge:
        finest = in_charge[0].grid
        return min(
            (answer for answer in in_charge if answer.grid == finest),
            key=lambda answer: _ORDER[answer.post],
        )
    return reachable[0] if reachable else None


def office_of(chain: Sequence[str], levels: Mapping[str, int]) -> str:
    """Return the grid whose office fills the posts of a chain: the subdistrict, else the top."""
    return next((code for code in chain if levels.get(code) == _STREET), chain[-1])


def why_answers(answer: Answer, asked: str, names: Mapping[str, str], office: str) -> Finding:
    """Say why it is this person whom one turns to; of kind :attr:`Answer.via`.

    Parameters
    ----------
    answer
        As :func:`responsible` gives it.
    asked
        Code of the grid that was asked about.
    names
        Grid code to name.
    office
        Code of the grid whose office has to fill posts that nobody holds.
    """

    def called(code: str) -> str:
        return names.get(code) or code

    message = _WHY[answer.via]
    if answer.via == "holder" and answer.grid != asked:
        message = _HOLDER_ABOVE
    elif answer.via == "nobody" and not answer.post:
        message = _NO_POST
    params = {
        "name": answer.name,
        "asked": called(asked),
        "post": Label("post", answer.post),
        "grid": called(answer.grid),
        "other": _Held(answer.from_post, answer.from_deputy),
        "above": called(answer.from_grid),
        "office": called(office),
    }
    severity: Severity = "error" if answer.via == "nobody" else "note"
    return Finding(answer.via, message, params, severity=severity)


_WHY: Mapping[Via, str] = {
    "holder": _("{name} holds the post “{post}” in {grid}."),
    "deputy": _("The post “{post}” in {grid} is vacant; {name} is the deputy."),
    "grid": _(
        "The post “{post}” in {grid} is vacant and has no deputy; "
        "{name} answers, who is “{other}” there."
    ),
    "parent": _(
        "The post “{post}” in {grid} is vacant and has no deputy; "
        "{name} answers, who is “{other}” in {above} above it."
    ),
    "nobody": _(
        "The post “{post}” in {grid} is vacant, and nobody is registered there or above. "
        "It is for the office of {office} to fill it."
    ),
}
_HOLDER_ABOVE = _(
    "{asked} has no full-time worker and no leader of its own; "
    "{name} holds the post “{post}” in {grid} above it."
)
_NO_POST = _(
    "Nobody is registered for {asked} or above it. "
    "It is for the office of {office} to name somebody."
)


@dataclass(frozen=True)
class _Held:
    """A post as a field of a sentence, or its deputy."""

    post: str
    is_deputy: bool

    def text(self, language: str) -> str:
        shown = label("post", self.post, language)
        return translate(_("deputy for {post}"), language, post=shown) if self.is_deputy else shown


def posts_by_grid(posts: pd.DataFrame) -> PostsByGrid:
    """Return the rows of each grid, full-time workers first, then leaders, then the others."""
    found: dict[str, list[_Row]] = {}
    rows = posts.fillna("").astype("str").to_dict("records")
    for row in sorted(rows, key=lambda row: _ORDER.get(row["post"], len(_ORDER))):
        found.setdefault(row["grid"], []).append(row)
    return found


def _answer(row: _Row, by_grid: PostsByGrid, above: Sequence[str]) -> Answer:
    post, grid = row["post"], row["grid"]
    if row["holder"]:
        return Answer(
            post,
            grid,
            row["holder"],
            row["phone"],
            "holder",
            vacant=False,
            from_grid=grid,
            from_post=post,
            deputy=row["deputy"],
            deputy_phone=row["deputy_phone"],
        )
    for other in _in_turn(row, by_grid, above):
        name, phone = _person(other)
        if name:
            via: Via = "parent" if other["grid"] != grid else "deputy" if other is row else "grid"
            whose = other["grid"], other["post"], not other["holder"]
            return Answer(post, grid, name, phone, via, True, *whose)
    return Answer(post, grid, "", "", "nobody", vacant=True)


def _in_turn(row: _Row, by_grid: PostsByGrid, above: Sequence[str]) -> Iterator[_Row]:
    """Yield the posts whose people answer for a vacant one, in order."""
    yield row
    own = by_grid[row["grid"]]
    yield from (other for other in own if other["post"] == "leader")
    for code in above:
        yield from sorted(by_grid[code], key=lambda other: other["post"] != "leader")
    yield from own


def _person(row: _Row) -> tuple[str, str]:
    if row["holder"]:
        return row["holder"], row["phone"]
    return row["deputy"], row["deputy_phone"] or row["phone"]
