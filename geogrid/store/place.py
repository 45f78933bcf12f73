"""What one server shows: the plans of its database and the samples; nothing here changes them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, Engine

from geogrid.i18n import mark as _
from geogrid.store.database.engine import reading
from geogrid.store.errors import PlanMissingError
from geogrid.store.opening import is_there, make_ready, named_database
from geogrid.store.plan import Plan
from geogrid.store.plan_tables import count_rows
from geogrid.store.plans import PlanRecord, find_plan, list_plans, plan_at
from geogrid.store.reading_plans import PlanReader, written_moment
from geogrid.store.samples import CITY_SAMPLE, RURAL_SAMPLE
from geogrid.store.shown import Shown, ShownPlan, shown_draft, shown_plan
from geogrid.store.uploads import Uploads

__all__ = ["FormerPlan", "Place", "drafts"]


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class FormerPlan:
    """A draft that one can go back to: its id for :meth:`Workspace.use_former`, and its label.

    Attributes
    ----------
    rows
        Part of the plan to its number of rows, for those that it has.
    """

    plan_id: str
    name: str
    created_at: str
    is_sample: bool
    rows: dict[str, int]


@dataclass(frozen=True, eq=False)
class Place:
    """The plans of one server; parameters are those of :class:`geogrid.store.Workspace`."""

    folder: Path
    now: Callable[[], datetime] = _utc_now
    database: str = ""
    _guard: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @cached_property
    def engine(self) -> Engine:
        """The database; it is opened when it is needed."""
        return named_database(self.database, self.folder)

    def open(self) -> None:
        """Bring a database that is there to this release; done before it is first used."""
        if is_there(self.engine):
            self._make_ready()

    def _make_ready(self) -> None:
        with self._guard:
            if "_is_ready" not in vars(self):
                make_ready(self.engine)
                vars(self)["_is_ready"] = True

    @cached_property
    def _shown(self) -> ShownPlan:
        self.open()
        return ShownPlan(self.engine)

    @cached_property
    def _plans(self) -> PlanReader:
        return PlanReader(self.engine)

    @property
    def digest(self) -> str:
        """Changes when another plan or another table is shown; costs two small look-ups."""
        return self._shown.now().key

    @property
    def is_in_force(self) -> bool:
        """Whether a plan was published, so that what is shown is official."""
        return self._shown.now().kind == "plan"

    @property
    def uploads(self) -> Uploads:
        """The spool of uploaded files."""
        return Uploads(self.folder / "uploads")

    def current(self) -> Plan:
        """Return the plan that is shown, the sample when none was chosen; kept until it changes.

        Raises
        ------
        PlanMissingError, FormatError, FieldError, StoreError
            It is gone, damaged or cannot be read; :meth:`use_sample` still works.
        """
        return self._plans.load(self._shown.now())

    def current_digest(self) -> str:
        """Return the digest of :meth:`current`, without reading a plan that may have changed."""
        return self._plans.digest(self._shown.now())

    def plan_at(self, moment: datetime) -> Plan:
        """Return the plan that was in force at a moment, with who held its posts then.

        Raises
        ------
        PlanMissingError
            None was.
        """
        if not is_there(self.engine):
            raise PlanMissingError(_("No plan was in force on {moment}."), moment=moment)

        def look(connection: Connection) -> Shown:
            return shown_plan(connection, plan_at(connection, moment), moment)

        return self._plans.looked_up(look, moment)

    def sample(self) -> Plan:
        """Return the city sample."""
        return self._plans.load(Shown("sample", CITY_SAMPLE))

    def rural_sample(self) -> Plan:
        """Return the rural sample."""
        return self._plans.load(Shown("sample", RURAL_SAMPLE))

    def find_plan(self, plan_id: str) -> Plan:
        """Return a draft, or a plan that is or was in force, with the data of today.

        Raises
        ------
        PlanMissingError
            There is none of this id.
        """
        if not (plan_id.isascii() and plan_id.isdigit() and len(plan_id) < 10) or not is_there(
            self.engine
        ):
            raise PlanMissingError(_("There is no plan {plan}."), plan=plan_id)

        def look(connection: Connection) -> Shown:
            record = find_plan(connection, int(plan_id))
            if record.number is None:
                return shown_draft(connection, record.id)
            return shown_plan(connection, record)

        return self._plans.looked_up(look)

    def former(self) -> list[FormerPlan]:
        """List the drafts that one can go back to, the newest first."""
        if not is_there(self.engine):
            return []
        self._make_ready()
        with reading(self.engine) as connection:
            found = drafts(connection)
            rows = count_rows(connection, [plan.id for plan in found])
        return [
            FormerPlan(
                str(plan.id),
                plan.name,
                written_moment(plan.created_at),
                plan.is_sample,
                rows[plan.id],
            )
            for plan in found
        ]


def drafts(connection: Connection) -> list[PlanRecord]:
    """Return the drafts that one can go back to, the newest first."""
    return [plan for plan in list_plans(connection) if plan.status == "draft"]
