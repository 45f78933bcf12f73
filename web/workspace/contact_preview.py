"""What would become of every row of an uploaded contact list of party members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from geogrid.contacts import FEWEST, MOST, ContactReport
from geogrid.findings import Finding
from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from geogrid.offices.previews import preview_contact_list
from geogrid.offices.row_fates import NOTHING_READ
from geogrid.store.contact_lists import Member, foresee_contacts, settle_members
from geogrid.store.people import posts_at
from geogrid.store.placed import placed_plan
from geogrid.store.plans import plan_at
from geogrid.store.units import placed_units
from geogrid.tables import Table
from web.workspace.preview_lines import Line, Preview, preview_of

__all__ = ["preview_contacts"]

_WORDS = {
    "no_member": _("No party member: whose list is it on?"),
    "no_unit": _("The list of buildings has none that is certainly this one"),
    "compound": _("The compound is known, but not which building of it"),
    "again": _("On a list already; the first one counts"),
    "too_long": _("Longer than a name or a door can be"),
}
"""Why a home is not taken, by its state."""


def preview_contacts(tables: Sequence[Table], connection: Connection, at: datetime) -> Preview:
    """Read contact lists without storing them.

    Raises
    ------
    PlanMissingError
        No plan is in force.
    """
    placed = placed_plan(connection, plan_at(connection, at))
    units, held = placed_units(connection, at), posts_at(connection, at)
    listed = units.assign(grid=units["listed"])  # as the office writes it
    read = preview_contact_list(tables, placed.grids, listed)
    taken = read.made[read.made["state"] == ""].reset_index(drop=True)
    members = settle_members(taken, held, units)
    shown = units["name"].where(units["name"] != "", units["address"])
    buildings = dict(zip(units["unit_id"], zip(shown, units["grid"], strict=True), strict=True))
    lines = [
        _line(home, read.fates[source], members, buildings, placed.tree)
        for home, source in zip(read.made.itertuples(index=False), read.sources, strict=True)
    ]
    lines += [Line(fate, ("",) * 5, "warn", NOTHING_READ) for fate in read.fates if fate.is_unread]
    foreseen = foresee_contacts(taken, members, held, units, placed.tree)
    findings = [*read.findings, *(_foreseen(foreseen) if len(taken) else [])]
    return preview_of(replace(read, made=taken), lines, findings=findings)


def _line(
    home: Any,
    place: Any,
    members: dict[tuple[str, str], Member],
    buildings: Mapping[str, tuple[str, str]],
    tree: Hierarchy,
) -> Line:
    member = members.get((home.name, home.phone))
    name, code = buildings.get(home.unit_id, ("", ""))
    grid = tree.names.get(code) or code
    fate, words = "good", _("Taken")
    if home.state:
        fate, words = "bad", _WORDS[home.state]
    elif member is not None and member.grid:
        words = _("Taken; becomes party contact, which they were not")
    elif member is not None and member.person_id is None:
        fate, words = "warn", _("Taken, but no grid: the household counts as on no list")
    said = (Finding("again", _("On the list of {name}."), {"name": home.of}),) if home.of else ()
    return Line(place, (home.name, home.phone, name, home.home, grid), fate, words, said)


def _foreseen(report: ContactReport) -> list[Finding]:
    """Return what will be right and wrong once the list is used."""
    states = report.members["state"].value_counts()
    counted = {"covered": report.covered, "all": report.households, "gaps": len(report.gaps)}
    found = [
        Finding(
            "coverage",
            _(
                "With this list {covered} of {all} households have a party member; "
                "{gaps} buildings have some on no list."
            ),
            counted,
            severity="warning" if len(report.gaps) else "note",
        )
    ]
    wrong = {"few": int(states.get("few", 0)), "many": int(states.get("many", 0))}
    if any(wrong.values()):
        found.append(
            Finding(
                "lengths",
                _(
                    "{few} members have fewer than {fewest} households, {many} more than {most}; "
                    "the page of people lists them."
                ),
                wrong | {"fewest": FEWEST, "most": MOST},
                severity="warning",
            )
        )
    return found
