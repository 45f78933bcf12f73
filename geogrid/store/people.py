"""Who holds which post, and who answers here: now, or on any day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, or_, select

from geogrid.errors import InputError
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.offices.rosters import POST_COLUMNS
from geogrid.posts import Answer, office_of, responsible, why_answers
from geogrid.posts import who_answers as who_answers_of
from geogrid.store.database.tables import grids, people, posts
from geogrid.store.placed import placed_plan
from geogrid.store.plans import PlanRecord, plan_at

__all__ = [
    "GridMissingError",
    "GridStep",
    "WhoAnswers",
    "grid_chain",
    "holds_at",
    "posts_at",
    "who_answers",
]

_AT_ONCE = 500
_COLUMNS = (
    "id", "post_id", "grid", "post", "holder", "deputy", "phone", "deputy_phone",
    "person_id", "deputy_id", "valid_from", "valid_until", "more",
)  # fmt: skip


class GridMissingError(InputError):
    """There is no such grid, or none at this place."""


@dataclass(frozen=True)
class GridStep:
    """A grid on the way from a place to the top."""

    code: str
    name: str
    level: int


@dataclass(frozen=True)
class WhoAnswers:
    """Who answers for a place at a moment.

    Attributes
    ----------
    at
        The moment.
    chain
        The grid of the place and those above it, finest first.
    answers
        All posts along the chain in the order to ask, each with the person to turn to.
    first
        Whom to turn to; ``via`` is ``"nobody"`` only when no person is registered at all.
    office
        The grid whose office has to fill posts that nobody holds: the subdistrict, else the
        coarsest.
    why
        In words, why it is this person.
    """

    at: datetime
    chain: tuple[GridStep, ...]
    answers: tuple[Answer, ...]
    first: Answer
    office: GridStep
    why: Finding


def who_answers(
    connection: Connection, where: str | tuple[float, float], *, at: datetime
) -> WhoAnswers:
    """Return who answers here: never nobody while anybody is registered here or above.

    The order is that of :func:`geogrid.posts.who_answers`. Grids, posts and people are those
    of the moment.

    Parameters
    ----------
    connection : of the database
    where : code of a grid of any level; or longitude and latitude in degrees, WGS 84
    at : now, or a moment in the past, in UTC

    Raises
    ------
    PlanMissingError
        No plan was in force.
    GridMissingError
        The plan has no such grid, or the place is outside of it.
    """
    plan = plan_at(connection, at)
    code = where if isinstance(where, str) else _code_at(connection, plan, *where)
    chain = grid_chain(connection, plan, code)
    codes = [step.code for step in chain]
    held = posts_at(connection, at, codes)[list(POST_COLUMNS)]
    answers = tuple(who_answers_of(held, codes))
    first = responsible(answers)
    assert first is not None  # a chain has a grid, and a grid an answer
    office = office_of(codes, {step.code: step.level for step in chain})
    names = {step.code: step.name for step in chain}
    why = why_answers(first, code, names, office)
    return WhoAnswers(at, chain, answers, first, chain[codes.index(office)], why)


def _code_at(connection: Connection, plan: PlanRecord, lon: float, lat: float) -> str:
    code = placed_plan(connection, plan).code_at(lon, lat)
    if not code:
        raise GridMissingError(
            _("The place {lon}, {lat} is outside of the plan “{name}”."),
            lon=f"{lon:.6f}",
            lat=f"{lat:.6f}",
            name=plan.name,
        )
    return code


def grid_chain(connection: Connection, plan: PlanRecord, code: str) -> tuple[GridStep, ...]:
    """Return a grid of a published plan and those above it, finest first.

    Raises
    ------
    GridMissingError
        The plan has no such grid.
    """
    holds = (
        grids.c.since <= plan.number,
        or_(grids.c.until.is_(None), grids.c.until > plan.number),
    )
    found: dict[str, GridStep] = {}
    step = "" if "\0" in code else code  # which PostgreSQL takes for no text
    while step and step not in found:
        asked = select(grids.c.code, grids.c.name, grids.c.level, grids.c.parent)
        row = connection.execute(asked.where(grids.c.code == step, *holds)).first()
        if row is None:
            break
        found[step] = GridStep(row.code, row.name, row.level)
        step = row.parent
    if not found:
        raise GridMissingError(
            _("The plan “{name}” has no grid {code}."), name=plan.name, code=code[:64]
        )
    return tuple(found.values())


def posts_at(
    connection: Connection, at: datetime, codes: Collection[str] | None = None
) -> pd.DataFrame:
    """Return who held which post at a moment.

    Parameters
    ----------
    connection : of the database
    at : in UTC
    codes : of grids; None for all

    Returns
    -------
    DataFrame
        Columns post_id, grid, post, holder, deputy, phone, deputy_phone as rosters have them
        (an empty holder is a vacancy), and id, person_id, deputy_id, valid_from, valid_until
        and more of the row; in the order in which they were written down.
    """
    deputies = people.alias()
    asked = (
        select(
            posts.c.id, posts.c.post_id, posts.c.grid, posts.c.post,
            people.c.name.label("holder"), deputies.c.name.label("deputy"),
            people.c.phone, deputies.c.phone.label("deputy_phone"),
            posts.c.person_id, posts.c.deputy_id, posts.c.valid_from, posts.c.valid_until,
            posts.c.more,
        )
        .outerjoin(people, people.c.id == posts.c.person_id)
        .outerjoin(deputies, deputies.c.id == posts.c.deputy_id)
        .where(*holds_at(at))
        .order_by(posts.c.id)
    )  # fmt: skip
    if codes is None:
        rows = list(connection.execute(asked))
    else:
        listed = sorted(set(codes))
        some = [listed[begin : begin + _AT_ONCE] for begin in range(0, len(listed), _AT_ONCE)]
        rows = [
            row for part in some for row in connection.execute(asked.where(posts.c.grid.in_(part)))
        ]
    values = zip(*rows, strict=True) if rows else ((),) * len(_COLUMNS)
    frame = pd.DataFrame(dict(zip(_COLUMNS, map(list, values), strict=True)))
    texts = ["holder", "deputy", "phone", "deputy_phone"]
    keys = ["person_id", "deputy_id"]
    frame = frame.assign(**{name: frame[name].astype("Int64") for name in keys})
    return frame.assign(**{name: frame[name].fillna("").astype("str") for name in texts})


def holds_at(at: datetime) -> tuple[Any, Any]:
    """Return the conditions of rows of :data:`posts` that hold at a moment."""
    return (
        or_(posts.c.valid_from.is_(None), posts.c.valid_from <= at),
        or_(posts.c.valid_until.is_(None), posts.c.valid_until > at),
    )
