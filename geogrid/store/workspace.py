"""What one server works on: the plan that pages show, its tables, uploads and the secret key.

Plans are in the database. While none is in force, an office tries its own data: each change
makes a new draft that is shown from then on, and one can go back to any of them. Once a plan is
in force that one is shown, new boundaries become drafts for review, and staff, buildings and
cases change without a new plan. Every change is one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Unpack

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection, update

from geogrid.i18n import mark as _
from geogrid.store.addresses import (
    AddressChange,
    prepare_addresses,
    remove_source,
    write_addresses,
)
from geogrid.store.database.engine import writing
from geogrid.store.database.tables import plans
from geogrid.store.drafting import Draft, copy_draft, parts_of, prepare_draft, write_draft
from geogrid.store.errors import ConflictError, PlanMissingError
from geogrid.store.handing_over import clear_sample
from geogrid.store.moving import hold_grids
from geogrid.store.office_data import Listed, prepare_data, write_data
from geogrid.store.place import FormerPlan, Place, drafts
from geogrid.store.plan import Plan, PlanParts
from geogrid.store.plan_tables import TableRow, copy_tables, keep_tables, table_rows
from geogrid.store.plans import PlanRecord, find_plan, note, plan_grids
from geogrid.store.samples import CITY_SAMPLE, sample_folder
from geogrid.store.secret import kept_key
from geogrid.store.shown import Shown, choose, shown_draft, what_is_shown

__all__ = ["FormerPlan", "Workspace", "sample_folder"]

_DESK = 7_310_219


@dataclass(frozen=True, eq=False)
class Workspace(Place):
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

    def use_sample(self, name: str = CITY_SAMPLE) -> Plan:
        """Show the sample `name` and return it.

        Raises
        ------
        ConflictError
            A plan is in force.
        """
        plan = self._plans.load(Shown("sample", name))
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
        draft = prepare_draft(parts)
        kept = set(keep) - set(parts)
        with self.changing() as connection:
            shown = what_is_shown(connection)
            record = write_draft(connection, draft, at=self.now(), by=by)
            if shown.kind == "draft":
                copy_tables(connection, int(shown.ident), record.id, kept)
            elif shown.kind == "sample":
                sample = self._plans.load(shown)
                tables = table_rows({part: getattr(sample, part) for part in kept})
                keep_tables(connection, record.id, tables)
        return self._plans.looked_up(lambda connection: shown_draft(connection, record.id))

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
        draft = prepare_draft(parts)
        return write_draft(connection, draft, at=self.now(), by=by, is_shown=is_shown)

    def use_former(self, plan_id: str) -> Plan:
        """Show a draft of before again and return it.

        Raises
        ------
        PlanMissingError, ConflictError
            There is no such draft, or a plan is in force.
        """
        with self.changing() as connection:
            if plan_id not in {str(plan.id) for plan in drafts(connection)}:
                raise PlanMissingError(_("There is no former plan {plan}."), plan=plan_id)
            _require_none_in_force(connection)
            choose(connection, draft=int(plan_id))
        return self.current()

    def keep_sample(self, *, by: int | None = None) -> Plan:
        """Make a draft of the sample that is shown, so that publication can be tried."""
        with self.changing() as connection:
            shown = what_is_shown(connection)
            if shown.kind == "sample":
                self.add_draft(connection, parts_of(self._plans.load(shown)), by)
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
                self.add_draft(connection, parts_of(self._plans.load(shown), name=name), by)
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

    def place_cases(self, plan: Plan, found: pd.DataFrame, *, by: int | None = None) -> Plan:
        """Give some cases another place; all else of the cases stays as it is.

        Parameters
        ----------
        plan : that is shown
        found : these rows of its cases, with their new place
        by : whose doing it is

        Raises
        ------
        ConflictError
            Another plan is shown by now, or it has changed; nothing was written.
        """
        is_in_force = plan.key.startswith("plan:")
        rows = found if is_in_force else _with_rows(plan.cases, found)
        return self._replace("cases", rows, by, of=plan)

    def add_addresses(self, entries: pd.DataFrame, *, by: int | None = None) -> AddressChange:
        """Make entries of the gazetteer all that their sources say, whichever plan is shown.

        A sample that is shown becomes a draft first.
        """
        rows = prepare_addresses(entries)
        self.keep_sample(by=by)
        with self.changing() as connection:
            who = "" if by is None else by
            return write_addresses(connection, rows, at=self.now(), by=who)

    def remove_addresses(self, source: str, *, by: int | None = None) -> int:
        """Remove all that a source says, and return how many entries that were."""
        with self.changing() as connection:
            who = "" if by is None else by
            return remove_source(connection, source, at=self.now(), by=who)

    def _replace(
        self, part: str, rows: pd.DataFrame, by: int | None, *, of: Plan | None = None
    ) -> Plan:
        """Change one table: of a plan in force as it is, else in a new draft.

        With `of` only where that is shown as it is; its sample cases stay then.
        """
        self.open()
        shown = self._shown.now()
        ready: Any = self._prepared(shown, part, rows, lambda: self._plans.load(shown).grids)
        with self.changing() as connection:
            hold_grids(connection, alone=True)  # no publication between looking and writing
            now = what_is_shown(connection)
            if of is not None and now.key != of.key:
                raise ConflictError(_("The plan or its cases have changed meanwhile. Try again."))
            if (now.kind, now.ident) != (shown.kind, shown.ident):
                ready = self._prepared(now, part, rows, partial(_grids, connection, now))
            if now.kind == "plan":
                self._replace_in_force(connection, int(now.ident), ready, by, is_new=of is None)
            elif now.kind == "draft":
                ident, at = int(now.ident), self.now()
                copy_draft(connection, ident, part, ready, at=at, by=by)
            else:
                write_draft(connection, ready, at=self.now(), by=by)
        return self.current()

    def _prepared(
        self, shown: Shown, part: str, rows: pd.DataFrame, grids: Callable[[], gpd.GeoDataFrame]
    ) -> Listed | Draft | list[TableRow]:
        """Bring a table into the form in which it is kept with what is shown."""
        if shown.kind == "plan":
            return prepare_data(part, rows, grids())
        if shown.kind == "draft":
            return table_rows({part: rows})
        changed: Any = {part: rows}
        return prepare_draft(parts_of(self._plans.load(shown), **changed))

    def _replace_in_force(
        self,
        connection: Connection,
        plan_id: int,
        listed: Listed,
        by: int | None,
        *,
        is_new: bool,
    ) -> None:
        plan, now, who = find_plan(connection, plan_id), self.now(), "" if by is None else by
        if listed.part == "cases" and is_new:  # the other lists take the place of what was there
            clear_sample(connection, plan, at=now, by=who, parts=(listed.part,))
        write_data(connection, listed, at=now, by=who)

    def secret_key(self) -> bytes:
        """Return 32 random bytes that stay the same for this workspace (file mode 0600)."""
        return kept_key(self.folder)

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """Give a connection that writes; of those who change what is shown, one at a time."""
        self._make_ready()
        with writing(self.engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_DESK})")
            yield connection
        self._shown.forget()


def _with_rows(table: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Return a table with some of its rows as found."""
    rows = table.assign(**{name: "" for name in found.columns if name not in table})
    rows.loc[found.index, found.columns] = found
    return rows


def _require_none_in_force(connection: Connection) -> None:
    if what_is_shown(connection).kind == "plan":
        raise ConflictError(
            _("A plan is in force; another one takes its place only when it is published.")
        )


def _grids(connection: Connection, shown: Shown) -> gpd.GeoDataFrame:
    return plan_grids(connection, find_plan(connection, int(shown.ident)))
