"""Codes: present, unique, as the scheme says, never used twice, in order."""

from __future__ import annotations

import numpy as np

from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.rules.advice import Advice, Subject
from geogrid.rules.order import reading_order
from geogrid.rules.profile import CodeRules
from geogrid.rules.words import Names

__all__ = ["code_advice"]

_ORDER_OFF = 0.1  # an order that grew over the years is the least of worries


def code_advice(subject: Subject, rules: CodeRules) -> list[Advice]:
    """Return what is to be said of the codes of grids."""
    found = [*_missing(subject), *_double(subject), *_reused(subject, rules.retired)]
    if rules.scheme is None:
        return found
    found += _misfits(subject, rules)
    return found + (_disorder(subject, rules) if rules.in_order else [])


def _missing(subject: Subject) -> list[Advice]:
    rows = np.flatnonzero(subject.rows["is_made"].to_numpy(dtype=bool)).tolist()
    message = _("{grid} has no code")
    return [
        Advice(
            "code", (row,), Finding("missing_code", message, {"grid": subject.names[row]}, (row,))
        )
        for row in rows
    ]


def _double(subject: Subject) -> list[Advice]:
    codes = subject.rows["code"]
    message = _("The code {code} is given to {count} grids.")
    found = []
    for code, rows in codes[codes.duplicated(keep=False)].groupby(codes).groups.items():
        here = tuple(int(row) for row in rows)
        params = {"code": str(code), "count": len(here)}
        found.append(Advice("code", here, Finding("duplicate_code", message, params, here)))
    return found


def _reused(subject: Subject, retired: frozenset[str]) -> list[Advice]:
    message = _("{grid} has the code {code}, which was given up and should not be used again")
    codes = subject.rows["code"]
    return [
        Advice(
            "code",
            (int(row),),
            Finding(
                "retired_code", message, {"grid": subject.names[row], "code": code}, (int(row),)
            ),
        )
        for row, code in codes[codes.isin(retired)].items()
    ]


def _misfits(subject: Subject, rules: CodeRules) -> list[Advice]:
    assert rules.scheme is not None
    rows = subject.rows[~subject.rows["is_made"]]
    known = set(rows["code"])
    found = []
    for row, code, parent, level in zip(
        rows.index, rows["code"], rows["parent"], rows["level"], strict=True
    ):
        pattern = rules.scheme.patterns.get(int(level))
        # a parent given by a name nobody knows says nothing of the code
        above = parent if parent in known or parent.isascii() else ""
        fault = None if pattern is None else pattern.fault(code, above)
        if fault is not None:
            message = _("{grid}: {fault} ({scheme})")
            name = _("the place's own pattern") if rules.scheme.name == "own" else rules.scheme.name
            params = {"grid": subject.names[row], "fault": fault, "scheme": Finding("", name)}
            found.append(
                Advice("code", (int(row),), Finding(fault.kind, message, params, (int(row),)))
            )
    return found


def _disorder(subject: Subject, rules: CodeRules) -> list[Advice]:
    """Return the parents whose grids are not numbered west to east, then north to south."""
    assert rules.scheme is not None
    rows = subject.rows[~subject.rows["is_made"] & ~subject.rows["code"].duplicated(keep=False)]
    message = _("Not numbered from west to east, then from north to south: {grids}")
    found = []
    for (level, parent), group in rows.groupby(["level", "parent"]):
        pattern = rules.scheme.patterns.get(int(level))
        if pattern is None or not pattern.digits:
            continue
        numbers = {int(row): pattern.number(code, parent) for row, code in group["code"].items()}
        here = sorted(row for row, number in numbers.items() if number is not None)
        order = reading_order(subject.polygons[here], subject.crs)
        placed = [here[at] for at in order.tolist()]
        wanted = sorted(placed, key=lambda row: int(numbers[row] or 0))
        wrong = tuple(row for row, other in zip(wanted, placed, strict=True) if row != other)
        if wrong:
            params = {"grids": Names(subject.names[row] for row in wrong)}
            detail = Finding("code_order", message, params, wrong)
            found.append(Advice("code", wrong, detail, _ORDER_OFF, subject=str(parent)))
    return found
