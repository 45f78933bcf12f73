"""The tables of a geogrid database.

What changes with a plan (grids, approved gaps) is kept by the numbers of the plans in which it
holds: a row belongs to every published plan from `since` to before `until`. What changes from
day to day (people, posts, units, cases) has moments of its own. Moments are UTC and intervals
half-open.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from geogrid.store.database.types import Moment, Shape

__all__ = [
    "address_corrections",
    "addresses",
    "approved_gaps",
    "audit",
    "case_events",
    "case_places",
    "case_reporters",
    "cases",
    "contact_households",
    "departments",
    "draft_grids",
    "draft_operations",
    "draft_snapshots",
    "duties",
    "grids",
    "jobs",
    "metadata",
    "people",
    "plan_tables",
    "plans",
    "posts",
    "redraws",
    "settings",
    "streets",
    "tokens",
    "underlays",
    "units",
    "user_scopes",
    "users",
]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _words(name: str, *rest: Any) -> Column[str]:
    """Return a text that may be empty and is never null: there is one way to say nothing."""
    return Column(name, Text, *rest, nullable=False, server_default="")


def _one_of(column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _found_by_place(table: str, column: str = "geometry") -> Index:
    """Return an index of PostGIS; in SQLite the locator's own index answers."""
    index = Index(f"ix_{table}_{column}", column, postgresql_using="gist")
    return index.ddl_if(dialect="postgresql")


def _grid_columns() -> list[Any]:
    return [
        Column("code", String(64), nullable=False),
        _words("name"),
        _words("parent"),
        Column("level", Integer, nullable=False),
        _words("kind"),
        Column("households", Integer),
        Column("people", Integer),
        Column("more", JSON),
        Column("geometry", Shape(), nullable=False),
    ]


users = Table(
    "users",
    metadata,
    _key(),
    Column("name", String(120), nullable=False, unique=True),
    _words("full_name"),
    _words("password_hash"),
    Column("role", String(16), nullable=False),
    _words("language"),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    Column("must_change_password", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", Moment(), nullable=False),
    Column("sessions_since", Moment(), nullable=False),
    _one_of("role", "worker", "supervisor", "planner", "admin"),
)
"""People who sign in; a session names the `sessions_since` it began under, others have ended."""

user_scopes = Table(
    "user_scopes",
    metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("grid", String(64), primary_key=True),
)
"""The grids that a user may see, each with all below it; without any, everything."""

tokens = Table(
    "tokens",
    metadata,
    _key(),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    _words("name"),
    Column("hash", String(64), nullable=False, unique=True),
    Column("start", String(12), nullable=False),
    Column("role", String(16), nullable=False),
    _words("grid"),
    Column("created_at", Moment(), nullable=False),
    Column("expires_at", Moment()),
    Column("revoked_at", Moment()),
    Column("used_at", Moment()),
)
"""Keys of programs: only a hash, and the first letters to know them by."""

plans = Table(
    "plans",
    metadata,
    _key(),
    Column("number", Integer, unique=True),
    Column("name", Text, nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("base_number", Integer),
    _words("approval"),
    _words("note"),
    _words("attribution"),
    _words("source"),
    Column("is_sample", Boolean, nullable=False, server_default=text("false")),
    Column("overrides", JSON),
    Column("region", Shape()),
    Column("created_at", Moment(), nullable=False),
    Column("created_by", ForeignKey("users.id")),
    Column("submitted_at", Moment()),
    Column("submitted_by", ForeignKey("users.id")),
    Column("published_at", Moment()),
    Column("published_by", ForeignKey("users.id")),
    Column("valid_from", Moment(), index=True),
    Column("valid_until", Moment()),
    _one_of("status", "draft", "review", "published", "archived"),
)
"""Plans; `number` counts the published ones, `version` counts the changes of a draft."""

grids = Table(
    "grids",
    metadata,
    _key(),
    *_grid_columns(),
    Column("since", ForeignKey("plans.number"), nullable=False),
    Column("until", ForeignKey("plans.number")),
    UniqueConstraint("code", "since"),
    Index("ix_grids_until_since", "until", "since"),
    _found_by_place("grids"),
)
"""The grids of all published plans, each row from plan `since` to before plan `until`."""

draft_grids = Table(
    "draft_grids",
    metadata,
    Column("plan_id", ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    *_grid_columns(),
    UniqueConstraint("plan_id", "code"),
    _found_by_place("draft_grids"),
)
"""The grids of drafts, in the order of their file."""

redraws = Table(
    "redraws",
    metadata,
    Column("plan_id", ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, nullable=False, server_default="0"),
    Column("drawn", Integer, nullable=False, server_default="0"),
    Column("grids", Integer),
    Column("locked", JSON, nullable=False),
    Column("origin_id", ForeignKey("plans.id", ondelete="SET NULL")),
    Column("origin_number", Integer),
)
"""Drafts that are redrawn: their last operation, the one up to which `draft_grids` follows, how
many grids there are, labels of locked ones, of which draft after which operation one is a copy."""

draft_operations = Table(
    "draft_operations",
    metadata,
    Column("plan_id", ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("action", String(8), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("target", Integer, nullable=False),
    Column("is_undone", Boolean, nullable=False, server_default=text("false")),
    Column("latest", Integer, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("about", JSON, nullable=False),
    Column("at", Moment(), nullable=False),
    Column("user_id", ForeignKey("users.id")),
    Column("record", Text, nullable=False),
    _one_of("action", "do", "undo", "redo"),
)
"""What was done to a draft, in order; `number` is the version of the draft that it led to.

`target` is the operation that is done, undone or redone; for that one `is_undone` and `latest`,
the number of its last undoing or redoing, say how it stands. `seen` is what the planner saw.
"""

draft_snapshots = Table(
    "draft_snapshots",
    metadata,
    Column("plan_id", ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)
"""Whole drafts, compressed, as they were after an operation."""

plan_tables = Table(
    "plan_tables",
    metadata,
    Column("plan_id", ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("part", String(16), primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""Staff, buildings, cases and streets that came with a draft, until it is published."""

settings = Table(
    "settings",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", JSON, nullable=False),
)
"""What a place has chosen; ``shown`` is the draft or sample to show while no plan is in force."""

approved_gaps = Table(
    "approved_gaps",
    metadata,
    _key(),
    Column("plan_id", ForeignKey("plans.id", ondelete="CASCADE"), nullable=False, index=True),
    _words("reason"),
    Column("approved_by", ForeignKey("users.id")),
    Column("approved_at", Moment(), nullable=False),
    Column("geometry", Shape(), nullable=False),
    _found_by_place("approved_gaps"),
)

streets = Table(
    "streets",
    metadata,
    _key(),
    _words("name"),
    _words("highway"),
    Column("geometry", Shape(), nullable=False),
    _found_by_place("streets"),
)

units = Table(
    "units",
    metadata,
    _key(),
    Column("unit_id", String(64), nullable=False, unique=True),
    _words("kind"),
    _words("parent"),
    _words("name"),
    _words("compound"),
    _words("street"),
    _words("number"),
    _words("building"),
    _words("entrance"),
    _words("address"),
    Column("households", Integer),
    Column("people", Integer),
    Column("listed_grid", String(64), nullable=False, server_default="", index=True),
    Column("more", JSON),
    Column("geometry", Shape()),
    _found_by_place("units"),
)
"""Buildings, entrances, compounds; `listed_grid` is what the office's list says."""

addresses = Table(
    "addresses",
    metadata,
    _key(),
    _words("kind"),
    _words("name"),
    Column("address", Text, nullable=False),
    _words("region"),
    _words("aliases"),
    Column("source", Text, nullable=False, server_default="", index=True),
    _words("dated"),
    _words("spelling"),
    Column("unit_id", String(64), nullable=False, server_default=""),
    Column("listed_grid", String(64), nullable=False, server_default=""),
    Column("grid_now", String(64), nullable=False, server_default="", index=True),
    Column("geometry", Shape()),
    _found_by_place("addresses"),
)
"""The gazetteer, as each source's list says; `unit_id` and `listed_grid` are what the list says,
whether or not there is such a unit, `grid_now` is where the point is in the plan in force.
`spelling` is by what entries of several sources are known to mean the same."""

address_corrections = Table(
    "address_corrections",
    metadata,
    _key(),
    Column("asked", Text, nullable=False),
    _words("means"),
    Column("unit_id", String(64), nullable=False, server_default=""),
    Column("grid", String(64), nullable=False, server_default=""),
    Column("geometry", Shape()),
    _words("note"),
    Column("status", String(16), nullable=False, index=True),
    Column("created_at", Moment(), nullable=False),
    Column("created_by", ForeignKey("users.id")),
    Column("decided_at", Moment()),
    Column("decided_by", ForeignKey("users.id")),
    _words("decision"),
    _one_of("status", "open", "confirmed", "refused"),
)
"""What somebody in the field says an address means: the entry that `means` names, a unit, a grid
or a point; the confirmed ones are laid over the gazetteer whenever it is read."""

departments = Table(
    "departments",
    metadata,
    _key(),
    Column("name", String(200), nullable=False, unique=True),
    _words("phone"),
)

duties = Table(
    "duties",
    metadata,
    _key(),
    Column("department_id", ForeignKey("departments.id", ondelete="CASCADE"), nullable=False),
    Column("duty", Text, nullable=False),
)

people = Table(
    "people",
    metadata,
    _key(),
    Column("name", String(120), nullable=False, index=True),
    _words("phone"),
    Column("department_id", ForeignKey("departments.id", ondelete="SET NULL")),
)

posts = Table(
    "posts",
    metadata,
    _key(),
    Column("post_id", String(64), nullable=False, index=True),
    Column("grid", String(64), nullable=False, index=True),
    Column("post", String(64), nullable=False),
    Column("person_id", ForeignKey("people.id"), index=True),
    Column("deputy_id", ForeignKey("people.id"), index=True),
    Column("valid_from", Moment()),
    Column("valid_until", Moment()),
    Column("more", JSON),
    Index(
        "uq_posts_open",
        "post_id",
        unique=True,
        sqlite_where=text("valid_until IS NULL"),
        postgresql_where=text("valid_until IS NULL"),
    ),
)
"""Who held a post of a grid and when, one row each; without a person it was vacant."""

contact_households = Table(
    "contact_households",
    metadata,
    _key(),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("unit_id", ForeignKey("units.id", ondelete="CASCADE"), nullable=False, index=True),
    _words("home"),
    UniqueConstraint("unit_id", "home"),
)
"""The homes that each party member keeps contact with (联户); a home has one member."""

cases = Table(
    "cases",
    metadata,
    _key(),
    Column("case_id", String(64), nullable=False, unique=True),
    Column("reported_at", Moment(), index=True),
    Column("category", String(64), nullable=False, server_default=""),
    Column("status", String(16), nullable=False, index=True),
    _words("handling_level"),
    _words("source"),
    _words("title"),
    _words("address"),
    Column("replied_at", Moment()),
    Column("deadline", Moment()),
    Column("closed_at", Moment()),
    _words("satisfied"),
    Column("grid_at_report", String(64), nullable=False, server_default=""),
    Column("grid_now", String(64), nullable=False, server_default="", index=True),
    Column("more", JSON),
    _one_of("status", "reported", "accepted", "dispatched", "handled", "verified", "closed"),
)
"""Cases; `grid_now` moves with the plans, `grid_at_report` never."""

case_places = Table(
    "case_places",
    metadata,
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column("geometry", Shape(), nullable=False),
    _found_by_place("case_places"),
)
"""Where exactly a case is: kept apart, because it may be somebody's door."""

case_reporters = Table(
    "case_reporters",
    metadata,
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    _words("name"),
    _words("phone"),
    Column("delete_after", Moment(), index=True),
)
"""Who reported a case: kept apart, shown by role and deleted on time."""

case_events = Table(
    "case_events",
    metadata,
    _key(),
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Moment(), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("user_id", ForeignKey("users.id")),
    _words("note"),
    Column("detail", JSON),
)

audit = Table(
    "audit",
    metadata,
    _key(),
    Column("at", Moment(), nullable=False, index=True),
    Column("user_id", ForeignKey("users.id")),
    _words("actor"),
    Column("action", String(64), nullable=False),
    Column("subject", String(32), nullable=False),
    Column("subject_id", String(64), nullable=False),
    Column("detail", JSON),
    Index("ix_audit_subject_subject_id", "subject", "subject_id"),
)
"""Everything that changed a plan, a case or a user; rows are only added."""

jobs = Table(
    "jobs",
    metadata,
    _key(),
    Column("kind", String(64), nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("progress", Float, nullable=False, server_default="0"),
    Column("stage", JSON),
    Column("given", JSON),
    Column("result", JSON),
    Column("error", JSON),
    Column("user_id", ForeignKey("users.id")),
    Column("created_at", Moment(), nullable=False),
    Column("started_at", Moment()),
    Column("ended_at", Moment()),
    Column("is_cancelled", Boolean, nullable=False, server_default=text("false")),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("losses", Integer, nullable=False, server_default="0"),
    Column("beats", Integer, nullable=False, server_default="0"),
    _one_of("status", "waiting", "running", "done", "failed", "cancelled"),
)
"""Long work; `attempts` says which run owns it, `beats` counts while that one lives."""

underlays = Table(
    "underlays",
    metadata,
    _key(),
    Column("plan_id", ForeignKey("plans.id", ondelete="CASCADE"), nullable=False, index=True),
    _words("name"),
    Column("kind", String(16), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("corners", JSON, nullable=False),
    Column("rms_m", Float, nullable=False),
    Column("points", JSON, nullable=False),
    Column("media_type", String(32), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", Moment(), nullable=False),
    Column("created_by", ForeignKey("users.id")),
)
"""Pictures placed under drafts, gone with them; `corners` are degrees on WGS 84."""
