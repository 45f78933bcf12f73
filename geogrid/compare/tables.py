"""The tables of a written comparison, as plain values."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geogrid.compare.kinship import KINDS
from geogrid.compare.record import (
    FORMER,
    KIND_WORDS,
    MEASURE_WORDS,
    NEW,
    TOLD_WORDS,
    ComparisonRecord,
)
from geogrid.compare.things import MEASURES
from geogrid.coverage.verdict import area_text, length_text
from geogrid.i18n import mark as _
from geogrid.reading.survey_systems import crs_name
from geogrid.reports.tables import Column, ReportTable
from geogrid.vocabulary import label

__all__ = [
    "THING_WORDS",
    "change_table",
    "changed_grid_table",
    "count_table",
    "facts",
    "grid_table",
    "move_table",
    "thing_table",
]

THING_WORDS = {
    "unit": _("Buildings"),
    "address": _("Addresses"),
    "case": _("Open cases"),
    "post": _("Staff"),
}
"""Kind of thing to the name of its list."""

_NUMBER = Column(_("No."), "count", 7)
_LEVEL = Column(_("Level"), "text", 12)
_KIND = Column(_("Change"), "text", 14)
_FROM = Column(_("From grid"), "text", 46)
_TO = Column(_("To grid"), "text", 46)
_MOST_LISTED = 200
_SIDES = {
    "before": _("{measure}, before"),
    "after": _("{measure}, after"),
    "out": _("{measure}, handed on"),
    "in": _("{measure}, taken over"),
}


def facts(record: ComparisonRecord) -> list[tuple[str, str]]:
    """Return what was compared, as label and value."""
    say, of = record.say, record.comparison
    return [
        (say(FORMER), _plan_text(record, 0)),
        (say(NEW), _plan_text(record, 1)),
        *([(say(_("Date")), record.date)] if record.date else []),
        (say(_("Reference system")), crs_name(of.before.crs, record.language)),
        (
            say(_("Narrower than this does not count")),
            length_text(of.tolerance_m, record.language),
        ),
    ]


def _plan_text(record: ComparisonRecord, side: int) -> str:
    plan = (record.comparison.before, record.comparison.after)[side]
    name = record.called(side)
    comma, left, right = ("，", "（", "）") if record.is_chinese else (", ", " (", ")")
    levels = comma.join(
        f"{_level(int(level), record)} {count:,}"
        for level, count in plan["level"].value_counts().sort_index().items()
    )
    return f"{name}{left}{levels}{right}" if name else levels


def _level(level: int, record: ComparisonRecord) -> str:
    return label("level", str(level), record.language)


def count_table(record: ComparisonRecord) -> ReportTable:
    """Return how many changes of each kind there are, level by level."""
    of = record.comparison
    counts = {level: of.counts(level) for level in of.levels}
    kinds = [kind for kind in KINDS if any(each[kind] for each in counts.values())]
    return ReportTable(
        [_LEVEL, *(Column(KIND_WORDS[kind], "count", 12) for kind in kinds)],
        [[_level(level, record), *(counts[level][kind] for kind in kinds)] for level in of.levels],
    )


def change_table(record: ComparisonRecord, most: int | None = None) -> ReportTable:
    """Return what became of which grids, level by level.

    Parameters
    ----------
    record : the comparison
    most : rows at most; all when left out
    """
    comma = "、" if record.is_chinese else ", "
    rows = record.comparison.changes
    listed = rows if most is None else rows.head(most)
    return ReportTable(
        [
            _NUMBER,
            _LEVEL,
            _KIND,
            Column(_("Former grids"), "text", 40),
            Column(_("New grids"), "text", 40),
            Column(_("Former area (m²)"), "area", 16),
            Column(_("New area (m²)"), "area", 16),
            Column(_("Changes hands (m²)"), "area", 16),
            Column(_("Also differs"), "text", 18),
        ],
        [
            [
                row.number,
                _level(row.level, record),
                record.say(KIND_WORDS[row.kind]),
                record.listed(row.before, 0),
                record.listed(row.after, 1),
                row.area_before_m2 if row.before else None,
                row.area_after_m2 if row.after else None,
                row.moved_m2,
                comma.join(record.say(TOLD_WORDS[name]) for name in row.told),
            ]
            for row in listed.itertuples(index=False)
        ],
    )


def grid_table(record: ComparisonRecord) -> ReportTable:
    """Return every grid with its area and what it has, before, after, handed on, taken over."""
    rows = record.comparison.grids
    counted = [(name, side) for name in MEASURES for side in _SIDES if _is_known(rows, name, side)]
    columns = [
        _NUMBER, _LEVEL, _KIND, _FROM, _TO,
        *(Column(name, "area", 16) for name in (
            _("Former area (m²)"), _("New area (m²)"), _("Handed on (m²)"), _("Taken over (m²)"),
        )),
        *(Column(_heading(record, *pair), "count", 12) for pair in counted),
    ]  # fmt: skip
    areas = ("area_before_m2", "area_after_m2", "lost_m2", "gained_m2")
    return ReportTable(
        columns,
        [
            [
                row["change"] or None,
                _level(row["level"], record),
                record.say(KIND_WORDS[row["kind"]]),
                record.grid(row["code_before"], 0, full=True),
                record.grid(row["code_after"], 1, full=True),
                *(row[name] for name in areas),
                *(row[f"{name}_{side}"] for name, side in counted),
            ]
            for row in rows.to_dict("records")
        ],
    )


def _heading(record: ComparisonRecord, name: str, side: str) -> str:
    return record.say(_SIDES[side], measure=record.say(MEASURE_WORDS[name]))


def _is_known(rows: pd.DataFrame, name: str, side: str) -> bool:
    return bool(rows[f"{name}_{side}"].notna().any())


def changed_grid_table(record: ComparisonRecord, most: int) -> ReportTable:
    """Return the changed grids with what they have before → after, for a page that is narrow.

    Parameters
    ----------
    record : the comparison
    most : rows at most
    """
    rows = record.comparison.grids
    rows = rows[rows["change"] > 0].head(most)
    names = [
        name for name in MEASURES
        if _is_known(rows, name, "before") or _is_known(rows, name, "after")
    ]  # fmt: skip
    return ReportTable(
        [
            _NUMBER, _KIND, Column(_("Grid"), "text", 40), Column(_("Area"), "text", 20),
            *(Column(MEASURE_WORDS[name], "text", 12) for name in names),
        ],
        [
            [
                row["change"],
                record.say(KIND_WORDS[row["kind"]]),
                _arrow(
                    record.grid(row["code_before"], 0, full=True),
                    record.grid(row["code_after"], 1, full=True),
                ),
                _arrow(*(_area(row[f"area_{side}_m2"], record) for side in ("before", "after"))),
                *(
                    _arrow(*(_count(row[f"{name}_{side}"]) for side in ("before", "after")))
                    for name in names
                ),
            ]
            for row in rows.to_dict("records")
        ],
    )  # fmt: skip


def _arrow(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _area(value: float, record: ComparisonRecord) -> str:
    return "–" if pd.isna(value) else area_text(value, record.language).replace(" ", "\u00a0")


def _count(value: Any) -> str:
    return "–" if pd.isna(value) else f"{value:,}"


def move_table(record: ComparisonRecord, most: int | None = None) -> ReportTable:
    """Return who moves: from which grid to which, with what.

    Parameters
    ----------
    record : the comparison
    most : rows at most; all when left out
    """
    of = record.comparison
    rows = of.moves if most is None else of.moves.head(most)
    has_place = bool(rows["lon"].notna().any())
    place = (Column(_("Longitude"), "degrees", 14), Column(_("Latitude"), "degrees", 14))
    columns = [_NUMBER, _LEVEL, _FROM, _TO, Column(_("Area (m²)"), "area", 16)]
    columns += [Column(MEASURE_WORDS[name], "count", 12) for name in of.measures]
    columns += place if has_place else ()
    return ReportTable(
        columns,
        [
            [
                number,
                _level(row["level"], record),
                record.grid(row["from"], 0, full=True),
                record.grid(row["to"], 1, full=True),
                row["area_m2"],
                *(row[name] for name in of.measures),
                *((row["lon"], row["lat"]) if has_place else ()),
            ]
            for number, row in enumerate(rows.drop(columns="geometry").to_dict("records"), start=1)
        ],
    )


def thing_table(
    record: ComparisonRecord, what: str, most: int | None = None, *, first: int = 0
) -> ReportTable:
    """Return what moves, one by one.

    Parameters
    ----------
    record : the comparison
    what : ``"unit"``, ``"address"``, ``"case"`` or ``"post"``
    most : rows at most; all when left out
    first : rows to leave out before
    """
    things = record.comparison.things
    rows: Any = things[things["what"] == what]
    rows = rows.iloc[first : None if most is None else first + most]
    heads = {
        "unit": [_("Number of the building"), _("Address")],
        "address": [_("Address"), _("Note")],
        "case": [_("Number of the case"), _("Title")],
        "post": [_("Post"), _("Person")],
    }[what]
    columns = [_NUMBER, *(Column(head, "text", 26) for head in heads), _FROM, _TO]
    homes = ["households", "people"] if what == "unit" else []
    columns += [Column(MEASURE_WORDS[name], "count", 12) for name in homes]
    return ReportTable(
        columns,
        [
            [
                number,
                label("post", row["id"], record.language) if what == "post" else row["id"],
                row["label"],
                record.grid(row["from"], 0, full=True),
                _destination(record, row["from"], row["to"], what),
                *(row[name] for name in homes),
            ]
            for number, row in enumerate(pd.DataFrame(rows).to_dict("records"), start=first + 1)
        ],
    )


def _destination(record: ComparisonRecord, one: str, other: str, what: str) -> str:
    """Return where something goes; staff whose grid is gone fall to the grid above it."""
    if what == "post":
        was, now = record.levels[0].get(one, 0), record.levels[1].get(other, -1)
        if not other:
            return record.say(_("to be decided"))
        if one and now < was:
            return record.say(_("to be decided by {grid}"), grid=record.grid(other, 1, full=True))
    return record.grid(other, 1, full=True)
