"""Attribute values as offices write them: codes, counts, levels and kinds of grids."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from geogrid.fields import GRID_FIELDS, field_key, recognise_fields
from geogrid.findings import Finding
from geogrid.i18n import mark as _

__all__ = ["KINDS", "LEVELS", "grid_attributes", "read_counts", "read_texts"]

LEVELS: Mapping[str, int] = {
    "区": 0, "县": 0, "区县": 0, "市辖区": 0, "district": 0,
    "街道": 1, "镇": 1, "乡": 1, "乡镇": 1, "街镇": 1, "街道办": 1, "一级": 1, "一级网格": 1,
    "大网格": 1, "subdistrict": 1, "street": 1, "town": 1,
    "社区": 2, "村": 2, "社区村": 2, "村社区": 2, "行政村": 2, "二级": 2, "二级网格": 2,
    "中网格": 2, "community": 2, "village": 2,
    "网格": 3, "基础网格": 3, "单元网格": 3, "专属网格": 3, "三级": 3, "三级网格": 3, "小网格": 3,
    "grid": 3,
    "微网格": 4, "微格": 4, "四级": 4, "四级网格": 4, "microgrid": 4,
}  # fmt: skip
"""What a level is called to its number; spaces, case and punctuation do not matter."""

KINDS: Mapping[str, str] = {
    "社区网格": "community", "社区": "community", "城市社区网格": "community",
    "城市网格": "community", "居民网格": "community", "community": "community",
    "农村网格": "village", "农村": "village", "村网格": "village", "村": "village",
    "乡村网格": "village", "village": "village", "rural": "village",
    "专属网格": "dedicated", "专属": "dedicated", "专业网格": "dedicated",
    "特殊网格": "dedicated", "专门网格": "dedicated", "dedicated": "dedicated",
    "单位网格": "dedicated", "园区网格": "dedicated", "商圈网格": "dedicated",
}  # fmt: skip
"""What a kind is called to its name here."""

_WHOLE_FLOAT = re.compile(r"[+-]?\d+\.0+")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+\d+")
_COUNT = re.compile(r"约?([+-]?\d+(?:\.\d+)?)[户人口名个余多]*")
_EXACT_FLOAT = 2.0**53
_TEXTS = ("code", "name", "parent")
_COUNTS = ("households", "people")


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
    if field in _COUNTS:
        if values is None:
            return pd.Series([pd.NA] * count, dtype="Int64")
        counts, bad = read_counts(values)
        findings += _unreadable(field, values, bad)
        return counts
    texts = read_texts(values) if values is not None else pd.Series([""] * count, dtype="str")
    if field == "level":
        return _levels(texts, findings)
    if field == "kind":
        return _kinds(texts, findings)
    if field == "code" and values is not None:
        findings += _lost_digits(values, texts)
    return texts


def _distinct(values: pd.Series, meaning: Callable[[object], object]) -> list[object]:
    """Return the meaning of every value, asked once per distinct value."""
    objects = values.astype(object)
    try:
        positions, distinct = pd.factorize(objects)
    except TypeError:  # lists and the like, which some Parquet files hold
        positions, distinct = pd.factorize(objects.map(repr))
    meanings = [*(meaning(value) for value in distinct), meaning(None)]
    return [meanings[position] for position in positions.tolist()]


def read_texts(values: pd.Series) -> pd.Series:
    """Return values as stripped text; whole numbers without decimals, nothing as ``""``.

    Examples
    --------
    >>> read_texts(pd.Series([440304003001.0, None, " A1 ", 7], dtype=object)).tolist()
    ['440304003001', '', 'A1', '7']
    """
    texts = pd.Series(_distinct(values, _text), dtype="str").fillna("")
    filled = texts[texts != ""]
    if len(filled) and filled.str.fullmatch(_WHOLE_FLOAT).all():
        texts = texts.str.replace(r"\.0+$", "", regex=True)
    return texts


def _text(value: object) -> str:
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, float | np.floating):
        if not np.isfinite(value):
            return ""
        return str(int(value)) if value == int(value) else repr(float(value))
    text = str(value).encode("utf-8", "replace").decode()
    return text.replace("\x00", "").strip()


def read_counts(values: pd.Series) -> tuple[pd.Series, list[int]]:
    """Return counts as Int64 and the rows that have something which is none.

    Examples
    --------
    >>> counts, bad = read_counts(pd.Series(["1,234户", "约 20", "若干", "", "-3"]))
    >>> counts.tolist(), bad
    ([1234, 20, <NA>, <NA>, <NA>], [2, 4])
    """
    texts = read_texts(values)
    counts = pd.Series(_distinct(texts, _count), dtype="Int64")
    return counts, _rows(counts.isna() & (texts != ""))


def _count(text: object) -> object:
    plain = unicodedata.normalize("NFKC", str(text)).replace(",", "").replace(" ", "")
    found = _COUNT.fullmatch(plain)
    if found is None:
        return pd.NA
    number = float(found[1])
    return int(number) if 0 <= number < _EXACT_FLOAT and number == int(number) else pd.NA


def _levels(texts: pd.Series, findings: list[Finding]) -> pd.Series:
    def level(text: object) -> object:
        if text is None:
            return pd.NA
        key = field_key(text)
        plain = key.removesuffix("级")
        if plain.isdecimal() and len(plain) == 1:
            return int(plain)
        return LEVELS.get(key, LEVELS.get(plain, pd.NA))

    levels = pd.Series(_distinct(texts, level), dtype="Int64")
    findings += _unreadable("level", texts, _rows(levels.isna() & (texts != "")))
    return levels


def _kinds(texts: pd.Series, findings: list[Finding]) -> pd.Series:
    kinds = pd.Series(
        _distinct(texts, lambda text: KINDS.get(field_key(text), text or "")), dtype="str"
    )
    unknown = sorted({text for text in kinds if text and text not in KINDS.values()})
    if unknown:
        findings.append(
            Finding(
                "unknown_kind",
                _("Kinds kept as they are written, being none of the three known: {kinds}."),
                {"kinds": ", ".join(unknown[:5]) + ("…" if len(unknown) > 5 else "")},
                severity="note",
            )
        )
    return kinds


def _rows(is_concerned: pd.Series) -> list[int]:
    return [int(row) for row in np.flatnonzero(is_concerned.to_numpy(dtype=bool))]


def _unreadable(field: str, values: pd.Series, rows: list[int]) -> list[Finding]:
    if not rows:
        return []
    return [
        Finding(
            "unreadable_value",
            _("Row {rows}: “{value}” is no value for {field}; left empty."),
            {"value": str(values.iloc[rows[0]])[:20], "field": field},
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
                _("Row {rows}: the same code as another row ({codes})."),
                {"codes": ", ".join(named[:5]) + ("…" if len(named) > 5 else "")},
                rows=tuple(_rows(double)),
                severity="error",
            )
        )
    return findings


def _lost_digits(values: pd.Series, texts: pd.Series) -> list[Finding]:
    is_float = values.map(lambda value: isinstance(value, float) and abs(value) >= _EXACT_FLOAT)
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
