"""The tables of a written report, as plain values: a workbook shows numbers, a letter words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geogrid.coverage.measure import SEVERITIES
from geogrid.coverage.report_data import KIND_WORDS, SEVERITY_WORDS, kind_word, remark_text
from geogrid.coverage.verdict import length_text
from geogrid.i18n import mark as _
from geogrid.reading.survey_systems import crs_name
from geogrid.reports.comparison import CheckComparison
from geogrid.reports.record import CheckRecord
from geogrid.vocabulary import label

__all__ = [
    "Column",
    "ReportTable",
    "change_table",
    "count_table",
    "defect_table",
    "facts",
    "pair_table",
    "sum_table",
]

_LONGEST_LIST = 200


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name
        English message of its heading.
    kind
        What it holds: ``text``, ``count``, ``area`` (m²), ``length`` (m) or ``degrees``.
    width
        In characters, in a workbook.
    """

    name: str
    kind: str
    width: int


@dataclass(frozen=True)
class ReportTable:
    """A table: columns, and rows of plain values, None for what is not known."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]


_NUMBER = Column(_("No."), "count", 7)
_KIND = Column(_("Problem"), "text", 16)
_SEVERITY = Column(_("Severity"), "text", 12)
_AREA = Column(_("Area (m²)"), "area", 14)
_HOMES = (
    Column(_("Households"), "count", 12),
    Column(_("Buildings"), "count", 12),
)


def facts(record: CheckRecord) -> list[tuple[str, str]]:
    """Return what was checked, as label and value."""
    say, report = record.say, record.report
    return [
        (say(_("File")), record.title or "–"),
        *([(say(_("Date of the check")), record.date)] if record.date else []),
        (say(_("Number of grids")), _grids_text(record)),
        (say(_("Reference system")), crs_name(report.defects.crs, record.language)),
        (
            say(_("Outline to fill")),
            say(_("given, and checked against"))
            if report.has_region
            else say(_("not given: the outer edge was not checked")),
        ),
        (say(_("Narrower than this is tiny")), length_text(report.tolerance_m, record.language)),
        (
            say(_("Boundary edges")),
            say(
                _("{edges}, of which {matched} match their neighbour exactly"),
                edges=f"{report.edges:,}",
                matched=f"{report.matched_edges:,}",
            ),
        ),
    ]


def _grids_text(record: CheckRecord) -> str:
    counts = [
        f"{label('level', str(level), record.language)} {count:,}"
        for level, count in record.levels.items()
    ]
    total = f"{record.report.grids:,}"
    if not counts:
        return total
    if record.is_chinese:
        return f"{total}（{'，'.join(counts)}）"
    return f"{total} ({', '.join(counts)})"


def sum_table(record: CheckRecord) -> ReportTable:
    """Return the areas of each level so that they add up from top to bottom, in m²."""
    report = record.report
    region = (
        _("The area to fill") if report.has_region else _("The area they enclose, holes filled")
    )
    levels = list(report.sums_by_level.items())
    sums = [each for _level, each in levels]
    lines: list[tuple[str, list[float]]] = [
        (region, [each.region_m2 for each in sums]),
        (_("+ covered more than once"), [each.overlap_m2 for each in sums]),
        (_("+ beyond the outline"), [each.spill_m2 for each in sums]),
        (_("− left out"), [each.gap_m2 for each in sums]),
        (
            _("= expected sum of the grids"),
            [each.region_m2 + each.overlap_m2 + each.spill_m2 - each.gap_m2 for each in sums],
        ),
        (_("Sum of the grids as drawn"), [each.grids_m2 for each in sums]),
        (_("Difference (rounding)"), [each.residual_m2 for each in sums]),
    ]
    heads = [
        Column(record.say(_("All grids")) if level is None else _level(level, record), "area", 20)
        for level, _sums in levels
    ]
    item = Column(_("Areas in m²"), "text", 34)
    return ReportTable([item, *heads], [[record.say(name), *values] for name, values in lines])


def _level(level: int, record: CheckRecord) -> str:
    return label("level", str(level), record.language)


def count_table(record: CheckRecord) -> ReportTable:
    """Return the number of defects by kind and severity, and their area; all kinds last."""
    rows = record.report.defects
    counted = rows.groupby(["kind", "severity"]).size()
    areas = rows.groupby("kind")["area_m2"].sum()
    kinds = [kind for kind in KIND_WORDS if kind in set(rows["kind"])]
    table: list[list[Any]] = [
        [
            kind_word(kind, record.language),
            *(int(counted.get((kind, severity), 0)) for severity in SEVERITIES),
            float(areas[kind]),
        ]
        for kind in kinds
    ]
    if len(table) > 1:
        total = [sum(row[at] for row in table) for at in range(1, len(SEVERITIES) + 1)]
        table.append([record.say(_("All")), *total, None])
    severities = [Column(SEVERITY_WORDS[one], "count", 12) for one in SEVERITIES]
    return ReportTable([_KIND, *severities, _AREA], table)


def defect_table(record: CheckRecord, most: int | None = None) -> ReportTable:
    """Return the defects, the gravest first, numbered from 1.

    Parameters
    ----------
    record : the check
    most : rows at most; all when left out
    """
    columns = (
        _NUMBER,
        _KIND,
        _SEVERITY,
        Column(_("Level"), "text", 12),
        Column(_("Grids"), "text", 36),
        Column(_("Grid codes"), "text", 36),
        _AREA,
        Column(_("Width (m)"), "length", 12),
        *_HOMES,
        Column(_("Longitude"), "degrees", 14),
        Column(_("Latitude"), "degrees", 14),
        Column(_("Remark"), "text", 60),
        Column(_("Stable number"), "text", 22),
    )
    rows = record.report.defects
    listed = rows if most is None else rows.head(most)
    return ReportTable(
        columns,
        [
            [
                number,
                kind_word(row.kind, record.language),
                record.say(SEVERITY_WORDS[row.severity]),
                "" if pd.isna(row.level) else _level(row.level, record),
                record.listed(row.grids, _LONGEST_LIST),
                ";".join(row.grids),
                *(row.area_m2, row.width_m, row.households, row.buildings, row.lon, row.lat),
                remark_text(row.detail, record.names, record.language),
                row.id,
            ]
            for number, row in enumerate(listed.itertuples(index=False), start=1)
        ],
    )


def pair_table(record: CheckRecord, most: int | None = None) -> ReportTable:
    """Return what lies between each two neighbours, the gravest first.

    Parameters
    ----------
    record : the check
    most : rows at most; all when left out
    """
    columns = (
        Column(_("Grid"), "text", 30),
        Column(_("Neighbour"), "text", 30),
        _KIND,
        _SEVERITY,
        Column(_("Number"), "count", 10),
        Column(_("Length (m)"), "length", 14),
        _AREA,
        *_HOMES,
    )
    edge = record.say(_("the outer edge"))
    pairs = record.report.by_neighbours()
    listed = pairs if most is None else pairs.head(most)
    return ReportTable(
        columns,
        [
            [
                record.name(pair.one) if pair.one else edge,
                record.name(pair.other) if pair.other else edge,
                kind_word(pair.kind, record.language),
                record.say(SEVERITY_WORDS[pair.severity]),
                *(pair.defects, pair.length_m, pair.area_m2, pair.households, pair.buildings),
            ]
            for pair in listed.itertuples(index=False)
        ],
    )


def change_table(record: CheckRecord, comparison: CheckComparison) -> ReportTable:
    """Return what is new, what remains and what was fixed since an earlier check.

    Parameters
    ----------
    record : the later check
    comparison : of the two
    """
    columns = (
        Column(_("Change"), "text", 12),
        _KIND,
        _SEVERITY,
        Column(_("Severity before"), "text", 14),
        Column(_("Grids"), "text", 36),
        _AREA,
        Column(_("Area before (m²)"), "area", 16),
        Column(_("Longitude"), "degrees", 14),
        Column(_("Latitude"), "degrees", 14),
        Column(_("Stable number"), "text", 22),
    )
    rows: list[list[Any]] = []
    for word, defects in (
        (_("New"), comparison.new),
        (_("Remaining"), comparison.remaining),
        (_("Fixed"), comparison.fixed),
    ):
        for row in defects.itertuples(index=False):
            was, area = row.severity, row.area_m2
            if word == "Remaining":
                was, area = row.severity_before, row.area_before_m2
            rows.append(
                [
                    record.say(word),
                    kind_word(row.kind, record.language),
                    None if word == "Fixed" else record.say(SEVERITY_WORDS[row.severity]),
                    None if word == "New" else record.say(SEVERITY_WORDS[was]),
                    record.listed(row.grids, _LONGEST_LIST),
                    None if word == "Fixed" else row.area_m2,
                    None if word == "New" else area,
                    *(row.lon, row.lat, row.id),
                ]
            )
    return ReportTable(columns, rows)
