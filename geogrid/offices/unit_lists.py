"""Read an office's list of buildings (楼栋清单, 网格—楼栋对照表) into the units of a plan."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geogrid.addresses.spelling import canonical_address, split_address
from geogrid.fields import UNIT_FIELDS, recognise_fields
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.offices.lists import columns_not_kept, read_positions, text_of
from geogrid.vocabulary import code_of

__all__ = ["read_units"]

_PARTS = ("street", "number", "compound", "building", "entrance")


def read_units(
    frame: pd.DataFrame,
    datum: str | None = None,
    *,
    fields: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read a list of compounds, buildings or entrances.

    Parameters
    ----------
    frame
        Strings as the office wrote them.
    datum
        Of the columns with longitude and latitude.
    fields
        Canonical field to column, overriding recognition.

    Returns
    -------
    units
        One row per row of `frame`, in order; columns of a plan's units. Without a column
        for the kind, a row with an entrance is an entrance, one with a building or a door
        number a building, and any other a compound; so is a compound with nothing but an
        address. ``grid`` is as the office wrote it.
    findings
        What could not be read, with rows.

    Raises
    ------
    CrsError
        There are positions and no `datum`.
    FieldError
        `fields` names a column that does not exist.
    """
    rows = frame.reset_index(drop=True)
    found = recognise_fields(rows.columns, UNIT_FIELDS, chosen=fields)
    found.pop("entrances", None)  # a number of entrances says nothing of their addresses
    texts = {name: text_of(rows, found, name) for name in UNIT_FIELDS}
    findings: list[Finding] = []
    lon, lat = read_positions(rows, found, datum, findings)
    units = pd.DataFrame({**_complete_parts(texts), "lon": lon, "lat": lat})
    units["households"] = _count(texts["households"], found.get("households", ""), findings)
    units["people"] = _count(texts["people"], found.get("people", ""), findings)
    units["unit_id"] = _ids(texts["unit_id"], findings)
    units["kind"] = _kinds(texts, units, findings)
    made = (units["compound"] + units["building"]).where(units["compound"] != "", "")
    units["name"] = texts["name"].where(texts["name"] != "", made)
    units["address"] = texts["address"].where(texts["address"] != "", _addresses(units))
    units["parent"] = texts["parent"]
    units["grid"] = texts["grid"]
    nameless = np.flatnonzero((units["address"] == "") & (units["name"] == ""))
    if nameless.size:
        findings.append(
            Finding(
                "no_address",
                _("Rows {rows}: no address and no name; they cannot be looked up."),
                rows=tuple(map(int, nameless)),
            )
        )
    return units, findings + columns_not_kept(rows, found)


def _complete_parts(texts: Mapping[str, pd.Series]) -> dict[str, pd.Series]:
    """Fill the parts a row does not say from its address; in the office's nouns or ours."""
    nouns = {"number": "号", "building": "号楼", "entrance": "单元"}
    written = [split_address(text) for text in texts["address"]]
    has_no_street = texts["street"] == ""
    has_no_place = has_no_street & (texts["compound"] == "")
    is_other_number = (texts["number"] != "") & ~has_no_place  # perhaps of the compound
    usable = {
        "street": has_no_street & ~is_other_number,
        "number": has_no_street,
        "compound": has_no_place,
    }
    parts = {}
    for name in _PARTS:
        told = pd.Series([getattr(one, name) for one in written], dtype="str")
        told = told.where(told == "", told + nouns.get(name, ""))
        is_usable = usable.get(name, texts[name] == "")
        parts[name] = texts[name].where((texts[name] != "") | ~is_usable, told).astype("str")
    is_compound = parts["street"].map(canonical_address) == parts["compound"].map(canonical_address)
    parts["street"] = parts["street"].where(~(is_compound & has_no_street), "")
    parts["number"] = parts["number"].str.replace(r"号$", "", regex=True)
    return parts


def _addresses(units: pd.DataFrame) -> pd.Series:
    """Write an address from the parts."""
    number = units["number"].where(units["number"] == "", units["number"] + "号")
    building = _with_noun(units["building"], "栋", "号楼")
    entrance = _with_noun(units["entrance"], "单元", "单元")
    return units["street"] + number + units["compound"] + building + entrance


def _with_noun(texts: pd.Series, noun: str, written: str) -> pd.Series:
    """Append `written` to bare numbers; "3号楼" and "东座" have their noun."""
    bare = texts.map(lambda text: bool(text) and not canonical_address(text).endswith(noun))
    return texts.where(~bare.astype("bool"), texts + written)


def _count(texts: pd.Series, column: str, findings: list[Finding]) -> pd.Series:
    cleaned = texts.str.replace(r"[,，\s]|[户人]$", "", regex=True)
    numbers = pd.to_numeric(cleaned, errors="coerce")
    whole = numbers.where((numbers >= 0) & (numbers % 1 == 0)).astype("Int64")
    bad = np.flatnonzero((whole.isna() & (texts != "")).to_numpy(dtype=np.bool_))
    if bad.size:
        findings.append(
            Finding(
                "unreadable_number",
                _("{column}: “{example}” is not a whole number (rows {rows}); left empty."),
                {"column": column, "example": texts[int(bad[0])]},
                rows=tuple(map(int, bad)),
            )
        )
    return whole


def _ids(texts: pd.Series, findings: list[Finding]) -> pd.Series:
    """Return the office's ids, or new ones where they are missing or used before."""
    twice = texts.duplicated() & (texts != "")
    if twice.any():
        findings.append(
            Finding(
                "duplicate_code",
                _("Rows {rows}: the building code was used before; they get a new one."),
                rows=tuple(map(int, np.flatnonzero(twice))),
            )
        )
    made = pd.Series([f"U{row:06d}" for row in range(1, len(texts) + 1)], dtype="str")
    return texts.where((texts != "") & ~twice, made)


def _kinds(
    told: Mapping[str, pd.Series], units: pd.DataFrame, findings: list[Finding]
) -> pd.Series:
    texts = told["kind"]
    by_parts = pd.Series("compound", index=texts.index, dtype="str")
    is_door = (told["number"] != "") | ((units["number"] != "") & (told["compound"] == ""))
    by_parts = by_parts.mask((units["building"] != "") | is_door, "building")
    by_parts = by_parts.mask(units["entrance"] != "", "entrance")
    known = {word: code_of("unit_kind", word) for word in texts.unique() if word}
    unknown = texts.isin([word for word, code in known.items() if code is None])
    if unknown.any():
        findings.append(
            Finding(
                "unknown_unit_kind",
                _("Rows {rows}: we do not know the kind “{example}”; the address tells instead."),
                {"example": texts[unknown].iloc[0]},
                rows=tuple(map(int, np.flatnonzero(unknown))),
                severity="note",
            )
        )
    return texts.map(known).astype("str").fillna(by_parts)
