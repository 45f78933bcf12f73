"""The attributes of a boundary file as the columns every grid has."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from geogrid.fields import GRID_FIELDS, recognise_fields
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.reading.attribute_values import (
    MOST_EXACT,
    read_counts,
    read_kinds,
    read_levels,
    read_texts,
)
from geogrid.vocabulary import LABELS

__all__ = ["grid_attributes"]

_NUMBERS = {"level": read_levels, "households": read_counts, "people": read_counts}
_LABELS = {
    "level": _("the level"),
    "households": _("the number of households"),
    "people": _("the number of people"),
}
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+\d+")


def grid_attributes(
    attributes: pd.DataFrame, chosen: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame, list[Finding], dict[str, str]]:
    """Turn the attributes of a boundary file into the columns every grid has.

    Parameters
    ----------
    attributes
        As the file has them.
    chosen
        Canonical field to column, overriding recognition by name.

    Returns
    -------
    frame, findings, fields
        `frame` has code, name, parent (str, ``""`` where empty), level (Int64), kind
        (str), households, people (Int64), then the file's other columns, renamed where
        they would have one of these names. `fields` is canonical field to column.

    Raises
    ------
    FieldError
        `chosen` names a field or column that does not exist.
    """
    names = _free_names(pd.Index([str(column) for column in attributes.columns]), set())
    source = attributes.set_axis(names, axis=1)
    fields = recognise_fields(source.columns, GRID_FIELDS, chosen=chosen)
    findings: list[Finding] = []
    columns: dict[str, pd.Series] = {}
    for field in GRID_FIELDS:
        values = source[fields[field]] if field in fields else None
        columns[field] = _column(field, values, len(source), findings)
    if "code" not in fields:
        columns["code"] = pd.Series([str(row + 1) for row in range(len(source))], dtype="str")
        findings.append(_made_codes())
    else:
        findings += _code_findings(columns["code"])
        columns["parent"] = _parent_codes(columns)
    others = source.drop(columns=list(fields.values())).reset_index(drop=True)
    frame = pd.DataFrame(columns)
    others.columns = pd.Index(_free_names(others.columns, {*frame.columns, "geometry"}))
    return pd.concat([frame, others], axis=1), findings, fields


def _free_names(names: pd.Index, taken: set[str]) -> list[str]:
    """Return the names, those that are taken with ``_original`` behind."""
    free: list[str] = []
    for name in names:
        while name in taken:
            name += "_original"  # noqa: PLW2901
        taken.add(name)
        free.append(name)
    return free


def _column(field: str, values: pd.Series | None, count: int, findings: list[Finding]) -> pd.Series:
    if field in _NUMBERS:
        if values is None:
            return pd.Series([pd.NA] * count, dtype="Int64")
        numbers, bad = _NUMBERS[field](values)
        findings += _unreadable(field, values, bad)
        return numbers
    if values is None:
        return pd.Series([""] * count, dtype="str")
    if field == "kind":
        kinds = read_kinds(values)
        findings += _unknown_kinds(kinds)
        return kinds
    texts = read_texts(values)
    if field == "code":
        findings += _lost_digits(values, texts)
    return texts


def _rows(is_concerned: pd.Series) -> list[int]:
    return [int(row) for row in np.flatnonzero(is_concerned.to_numpy(dtype=bool))]


def _unknown_kinds(kinds: pd.Series) -> list[Finding]:
    unknown = sorted({text for text in kinds if text and text not in LABELS["kind"]})
    if not unknown:
        return []
    return [
        Finding(
            "unknown_kind",
            _("Kinds kept as they are written, being none of the three known: {kinds}."),
            {"kinds": ", ".join(unknown[:5]) + ("…" if len(unknown) > 5 else "")},
            severity="note",
        )
    ]


def _unreadable(field: str, values: pd.Series, rows: list[int]) -> list[Finding]:
    if not rows:
        return []
    return [
        Finding(
            "unreadable_value",
            _("Row {rows}: “{value}” is not {field}; left empty."),
            {
                "value": str(values.iloc[rows[0]])[:20],
                "field": Finding("", _LABELS[field]),
            },
            rows=tuple(rows),
        )
    ]


def _made_codes() -> Finding:
    return Finding(
        "made_codes",
        _(
            "No column of codes was recognised; the grids are numbered 1, 2, 3 … in the order of"
            " the file. Name the column with fields={{'code': …}} (--field code=…)."
        ),
        severity="note",
    )


def _code_findings(codes: pd.Series) -> list[Finding]:
    findings = []
    missing = codes == ""
    if missing.any():
        findings.append(
            Finding("missing_code", _("Row {rows}: no code."), rows=tuple(_rows(missing)))
        )
    double = codes.duplicated(keep=False) & ~missing
    if double.any():
        named = codes[double].drop_duplicates().tolist()
        findings.append(
            Finding(
                "duplicate_code",
                _(
                    "Row {rows}: the same code as another row (“{codes}”). They can be checked and"
                    " repaired, but only codes used once make a plan."
                ),
                {"codes": ", ".join(named[:5]) + ("…" if len(named) > 5 else "")},
                rows=tuple(_rows(double)),
                severity="error",
            )
        )
    return findings


def _lost_digits(values: pd.Series, texts: pd.Series) -> list[Finding]:
    is_float = values.map(lambda value: isinstance(value, float) and abs(value) >= MOST_EXACT)
    is_lost = is_float.to_numpy(dtype=bool) | texts.str.fullmatch(_SCIENTIFIC).to_numpy(dtype=bool)
    if not is_lost.any():
        return []
    return [
        Finding(
            "lost_digits",
            _(
                "Row {rows}: the code was saved as a number and lost digits ({code}). Format the"
                " column as text where the file was made."
            ),
            {"code": texts[is_lost].iloc[0]},
            rows=tuple(np.flatnonzero(is_lost).tolist()),
            severity="error",
        )
    ]


def _parent_codes(columns: Mapping[str, pd.Series]) -> pd.Series:
    """Return parents as codes where they are given by a name only one grid has."""
    codes, names, parents = columns["code"], columns["name"], columns["parent"]
    only = names[(names != "") & ~names.duplicated(keep=False)]
    by_name = dict(zip(only, codes[only.index], strict=True))
    resolved = parents.map(by_name)
    is_name = resolved.notna() & ~parents.isin(codes) & (resolved != codes)
    return parents.where(~is_name, resolved).astype("str")
