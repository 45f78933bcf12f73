"""What one server works on: the plan that pages show, its tables, uploads and the secret key.

Plans are in the database. While none is in force, an office tries its own data: each change
makes a new draft that is shown from then on, and one can go back to any of them. Once a plan is
in force that one is shown, new boundaries become drafts for review, and staff, buildings and
cases change without a new plan. Every change is one transaction.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Unpack, cast

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Connection, Engine, insert, literal, select, update

from geogrid.errors import CrsError, FieldError
from geogrid.hierarchy import fill_levels
from geogrid.i18n import mark as _
from geogrid.store.data_memory import remembered, remembered_grids
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.tables import approved_gaps, draft_grids, plans
from geogrid.store.errors import ConflictError, PlanMissingError, explains_disk_errors
from geogrid.store.handing_over import clear_sample
from geogrid.store.lock import exclusive
from geogrid.store.moving import hold_grids
from geogrid.store.office_data import read_data, replace_data
from geogrid.store.opening import is_there, make_ready, named_database
from geogrid.store.plan import Plan, PlanParts, complete_grids, load_plan
from geogrid.store.plan_memory import PlanMemory
from geogrid.store.plan_tables import PARTS, copy_tables, count_rows, keep_tables, tables_of
from geogrid.store.plans import (
    PlanRecord,
    add_draft,
    find_plan,
    list_plans,
    new_plan_id,
    note,
    plan_at,
    plan_grids,
)
from geogrid.store.samples import CITY_SAMPLE, RURAL_SAMPLE, sample_folder
from geogrid.store.secret import make_key, read_key
from geogrid.store.shown import (
    Shown,
    ShownPlan,
    choose,
    shown_draft,
    shown_plan,
    what_is_shown,
)
from geogrid.store.uploads import Uploads

__all__ = ["FormerPlan", "Workspace", "sample_folder"]

_DESK = 7_310_219
_ABOUT = ("note", "attribution", "source", "is_sample")


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
class Workspace:
    """One server's plans; several processes may share `folder` and database.

    Parameters
    ----------
    folder
        Created when first written to.
    now
        The clock.
    database
        ``GEOGRID_DATABASE_URL``; empty for one file in `folder`, made when first written to.
    """

    folder: Path
    now: Callable[[], datetime] = _utc_now
    database: str = ""
    _memory: PlanMemory = field(default_factory=PlanMemory, repr=False)
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
        return self._load(self._shown.now())

    def plan_at(self, moment: datetime) -> Plan:
        """Return the plan that was in force at a moment, with who held its posts then.

        Raises
        ------
        PlanMissingError
            None was.
        """
        if not is_there(self.engine):
            raise PlanMissingError(_("No plan was in force at {moment}."), moment=moment)

        def look(connection: Connection) -> Shown:
            return shown_plan(connection, plan_at(connection, moment), moment)

        return self._looked_up(look, moment)

    def sample(self) -> Plan:
        """Return the city sample."""
        return self._load(Shown("sample", CITY_SAMPLE))

    def rural_sample(self) -> Plan:
        """Return the rural sample."""
        return self._load(Shown("sample", RURAL_SAMPLE))

    def use_sample(self, name: str = CITY_SAMPLE) -> Plan:
        """Show the sample `name` and return it.

        Raises
        ------
        ConflictError
            A plan is in force.
        """
        plan = self._load(Shown("sample", name))
        with self.changing() as connection:
            _require_none_in_force(connection)
            choose(connection, sample=name)
        return plan

    def use(
        self, *, keep: Collection[str] = (), by: int | None = None, **parts: Unpack[PlanParts]
    ) -> Plan:
        """Make a new draft and return it; it is shown while no plan is in force.

        Parameters
        ----------
        keep
            Tables to take over from the plan that is shown: ``"posts"``, ``"units"``,
            ``"cases"``; those of a plan in force stay anyway.
        by
            The user.
        **parts
            See :class:`geogrid.store.plan.PlanParts`.

        Raises
        ------
        StoreError
            The database cannot be written; nothing was changed.
        FieldError, CrsError
            The parts do not make a plan.
        """
        with self.changing() as connection:
            shown = what_is_shown(connection)
            if shown.kind != "plan":
                now = self._read(connection, shown) if keep else None
                parts = cast("PlanParts", {part: getattr(now, part) for part in keep} | parts)
            record = self.add_draft(connection, parts, by)
        return self._draft(record)

    def add_draft(
        self, connection: Connection, parts: PlanParts, by: int | None, *, is_shown: bool = True
    ) -> PlanRecord:
        """Write a draft with what comes with it.

        Parameters
        ----------
        connection : of :meth:`changing`
        parts, by : as for :meth:`use`
        is_shown : whether it is shown from then on, unless a plan is in force
        """
        if "grids" not in parts:
            raise FieldError(_("A plan needs grids with a column “code”."))
        layer = complete_grids(parts["grids"])
        if layer.crs is None:
            raise CrsError(_("The layer “{part}” of a plan needs a CRS."), part="grids")
        about: dict[str, Any] = {name: parts[name] for name in _ABOUT if name in parts}  # type: ignore[literal-required]
        record = add_draft(
            connection,
            parts.get("name", ""),
            layer.to_crs("EPSG:4326"),
            at=self.now(),
            by=by,
            region=_outline(parts.get("region")),
            **about,
        )
        keep_tables(connection, record.id, parts)
        if is_shown and what_is_shown(connection).kind != "plan":
            choose(connection, draft=record.id)
        return record

    def use_former(self, plan_id: str) -> Plan:
        """Show a draft of before again and return it.

        Raises
        ------
        PlanMissingError, ConflictError
            There is no such draft, or a plan is in force.
        """
        with self.changing() as connection:
            if plan_id not in {str(plan.id) for plan in _drafts(connection)}:
                raise PlanMissingError(_("There is no former plan {plan}."), plan=plan_id)
            _require_none_in_force(connection)
            choose(connection, draft=int(plan_id))
        return self.current()

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

        return self._looked_up(look)

    def former(self) -> list[FormerPlan]:
        """List the drafts that one can go back to, the newest first."""
        if not is_there(self.engine):
            return []
        self._make_ready()
        with reading(self.engine) as connection:
            drafts = _drafts(connection)
            rows = count_rows(connection, [plan.id for plan in drafts])
        return [
            FormerPlan(
                str(plan.id), plan.name, _stamp(plan.created_at), plan.is_sample, rows[plan.id]
            )
            for plan in drafts
        ]

    def keep_sample(self, *, by: int | None = None) -> Plan:
        """Make a draft of the sample that is shown, so that publication can be tried."""
        with self.changing() as connection:
            shown = what_is_shown(connection)
            if shown.kind == "sample":
                self._copy_sample(connection, shown, by)
        return self.current()

    def rename(self, name: str, *, by: int | None = None) -> Plan:
        """Give the draft or the sample that is shown another name and return it.

        Raises
        ------
        ConflictError
            A plan is in force, which nobody changes any more.
        """
        with self.changing() as connection:
            hold_grids(connection, alone=True)  # no publication between looking and writing
            shown = what_is_shown(connection)
            if shown.kind == "plan":
                raise ConflictError(
                    _(
                        "The plan in force keeps the name under which it was published. "
                        "Give the next draft another name."
                    )
                )
            if shown.kind == "sample":
                self._copy_sample(connection, shown, by, name=name)
            else:
                plan_id = int(shown.ident)
                values = {"name": name, "version": plans.c.version + 1}
                connection.execute(update(plans).where(plans.c.id == plan_id).values(values))
                note(connection, "plan.renamed", plan_id, at=self.now(), by=by, name=name)
        return self.current()

    def add_posts(self, posts: pd.DataFrame, *, by: int | None = None) -> Plan:
        """Replace the posts of the plan that is shown."""
        return self._replace("posts", posts, by)

    def add_units(self, units: pd.DataFrame, *, by: int | None = None) -> Plan:
        """Replace the units of the plan that is shown."""
        return self._replace("units", units, by)

    def add_cases(self, cases: pd.DataFrame, *, by: int | None = None) -> Plan:
        """Replace the cases of a draft; add to those of a plan in force, which are never lost."""
        return self._replace("cases", cases, by)

    def _replace(self, part: str, rows: pd.DataFrame, by: int | None) -> Plan:
        """Change one table: of a plan in force as it is, else in a new draft."""
        with self.changing() as connection:
            hold_grids(connection, alone=True)  # no publication between looking and writing
            shown = what_is_shown(connection)
            if shown.kind == "plan":
                self._replace_in_force(connection, int(shown.ident), part, rows, by)
            elif shown.kind == "sample":
                self._copy_sample(connection, shown, by, **{part: rows})
            else:
                self._copy_draft(connection, int(shown.ident), part, rows, by)
        return self.current()

    def _replace_in_force(
        self, connection: Connection, plan_id: int, part: str, rows: pd.DataFrame, by: int | None
    ) -> None:
        plan, now, who = find_plan(connection, plan_id), self.now(), "" if by is None else by
        if part == "cases":  # the other lists take the place of what was there
            clear_sample(connection, plan, at=now, by=who, parts=(part,))
        grids = plan_grids(connection, plan)
        replace_data(connection, part, rows, grids=grids, at=now, by=who)

    def _copy_sample(
        self, connection: Connection, shown: Shown, by: int | None, **changed: Any
    ) -> None:
        sample = self._load(shown)
        names = ("name", "grids", *PARTS, *_ABOUT)
        parts = cast("PlanParts", {name: getattr(sample, name) for name in names} | changed)
        self.add_draft(connection, parts, by)

    def _copy_draft(
        self, connection: Connection, plan_id: int, part: str, rows: pd.DataFrame, by: int | None
    ) -> None:
        record, now = find_plan(connection, plan_id), self.now()
        values = {name: getattr(record, name) for name in (*_ABOUT, "name", "base_number")}
        values |= {"region": record.region, "status": "draft", "created_at": now, "created_by": by}
        values |= new_plan_id(connection)
        added = insert(plans).values(values).returning(plans.c.id)
        copy = int(connection.scalar(added))
        for table in (draft_grids, approved_gaps):
            names = [each.name for each in table.c if each.name not in ("id", "plan_id")]
            asked = select(literal(copy), *(table.c[name] for name in names))
            mine = asked.where(table.c.plan_id == plan_id)
            connection.execute(insert(table).from_select(["plan_id", *names], mine))
        copy_tables(connection, plan_id, copy)
        keep_tables(connection, copy, {part: rows})
        note(connection, "plan.drafted", copy, at=now, by=by, changed=part)
        choose(connection, draft=copy)

    def secret_key(self) -> bytes:
        """Return 32 random bytes that stay the same for this workspace (file mode 0600)."""
        path = self.folder / "secret_key"
        if not read_key(path):
            with explains_disk_errors(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True)
                with exclusive(self.folder / "lock"):
                    if not read_key(path):  # no other process was faster
                        make_key(path)
        return read_key(path)

    def _load(self, shown: Shown) -> Plan:
        return self._remembered(shown, what_is_shown)

    def _looked_up(
        self, look: Callable[[Connection], Shown], moment: datetime | None = None
    ) -> Plan:
        with reading(self.engine) as connection:
            shown = look(connection)
        return self._remembered(shown, look, moment)

    def _remembered(
        self, shown: Shown, look: Callable[[Connection], Shown], moment: datetime | None = None
    ) -> Plan:
        def read() -> Plan:
            if shown.kind == "sample":
                return load_plan(sample_folder(shown.ident), shown.key)
            with reading(self.engine) as connection:
                return self._read(connection, look(connection), moment)

        return self._memory.get(shown.key, read)

    def _draft(self, record: PlanRecord) -> Plan:
        return self._looked_up(lambda connection: shown_draft(connection, record.id))

    def _read(self, connection: Connection, shown: Shown, moment: datetime | None = None) -> Plan:
        if shown.kind == "sample":
            return self._load(shown)
        record = find_plan(connection, int(shown.ident))
        if shown.kind == "draft":
            grids = fill_levels(plan_grids(connection, record))
            tables: dict[str, Any] = Plan.empty_tables() | tables_of(connection, record.id)
        else:
            grids = remembered_grids(connection, record)
            tables = {"posts": read_data(connection, "posts", moment)}
            for part in ("units", "cases", "streets"):
                tables[part] = remembered(connection, part, partial(read_data, part=part))
        outline = tables.pop("region", None)
        if outline is None and record.region is not None:
            outline = gpd.GeoDataFrame(geometry=[record.region], crs="EPSG:4326")
        return Plan(
            key=shown.key,
            name=record.name,
            is_sample=record.is_sample,
            note=record.note,
            attribution=record.attribution,
            source=record.source,
            created_at=_stamp(record.published_at or record.created_at),
            grids=grids,
            region=outline,
            digest=sha256(shown.key.encode()).hexdigest()[:32],
            **tables,
        )

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """Give a connection that writes; of those who change what is shown, one at a time."""
        self._make_ready()
        with writing(self.engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_DESK})")
            yield connection
        self._shown.forget()


def _drafts(connection: Connection) -> list[PlanRecord]:
    return [plan for plan in list_plans(connection) if plan.status == "draft"]


def _require_none_in_force(connection: Connection) -> None:
    if what_is_shown(connection).kind == "plan":
        raise ConflictError(
            _("A plan is in force; another one takes its place only when it is published.")
        )


def _outline(region: gpd.GeoDataFrame | None) -> shapely.Geometry | None:
    """Return what a plan must fill as one geometry, with the coordinates that it has."""
    if region is None or not len(region):
        return None
    if region.crs is None:
        raise CrsError(_("The layer “{part}” of a plan needs a CRS."), part="region")
    shapes = region.to_crs("EPSG:4326").geometry.to_numpy()
    return shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
