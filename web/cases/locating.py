"""Put an uploaded list into the grids, in the background: results go to the list's folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from geogrid.findings import Finding
from geogrid.i18n import LANGUAGES
from geogrid.offices.case_lists import read_cases
from geogrid.placing import FindAddress, locate_rows
from geogrid.placing.datum_evidence import DATUM_NAMES, DatumName, sharpened
from geogrid.placing.rows import doubt_by_addresses
from geogrid.tables import Table, read_table
from web.cases.by_address import AddressLookup
from web.cases.choice import Choice
from web.cases.list import CaseList, in_languages
from web.cases.result import MISSING
from web.current import CurrentPlan

__all__ = ["locate_list"]

Progress = Callable[[float], None]

AT_ONCE = 500
MOST_FINDINGS = 12


def locate_list(
    cases: CaseList,
    choice: Choice,
    current: CurrentPlan,
    progress: Progress,
    *,
    time_zone: str,
) -> None:
    """Locate the rows; write what was found and the cases they make.

    Parameters
    ----------
    cases, choice
        The list and what a person confirmed about it.
    current
        The plan to locate in.
    progress
        Told the share of the work done.
    time_zone
        Of times that name no offset.

    Raises
    ------
    FormatError, FieldError, CrsError
        The list cannot be read as confirmed.
    """
    upload = cases.upload
    table = read_table(upload.path, filename=upload.name, sheet=choice.sheet or None)
    progress(0.1)
    find = AddressLookup(current)
    located = _locate(table, choice, current, _reporting(find, progress, start=0.1, end=0.75))
    column = choice.fields["address"]
    texts = table.frame[column] if column else pd.Series([""] * len(located), dtype="str")
    added = located.iloc[:, len(table.frame.columns) :]
    added = find.say_doubts(find.settle(added, texts), texts)
    findings = _doubts(table, choice, find, located.attrs["findings"])
    found, noted = read_cases(
        table.frame.assign(wgs84_lon=added["wgs84_lon"], wgs84_lat=added["wgs84_lat"]),
        fields=_case_fields(choice),
        time_zone=time_zone,
    )
    progress(0.8)
    found = found.assign(
        matched_address=added["matched_address"].astype("str"),
        matched_unit=added["matched_unit"],
        address_certainty=added["certainty"].where(added["matched_address"] != "", ""),
    )
    found.to_parquet(cases.cases)
    _row_table(table, choice, added).to_parquet(cases.located)
    cases.write("result", _summary(added, current) | _said(findings, noted))


def _locate(table: Table, choice: Choice, current: CurrentPlan, find: FindAddress) -> pd.DataFrame:
    return locate_rows(
        table.frame,
        current.plan.grids,
        datum=choice.datum or None,
        lon=choice.fields["lon"],
        lat=choice.fields["lat"],
        address=choice.fields["address"],
        find_address=find,
    )


def _named(finding: Finding) -> Finding:
    """Return `finding` with the plain names of datums in place of their codes."""
    names = {
        key: DatumName(value)
        for key, value in finding.params.items()
        if isinstance(value, str) and value in DATUM_NAMES
    }
    return replace(finding, params={**finding.params, **names})


def _reporting(find: FindAddress, progress: Progress, *, start: float, end: float) -> FindAddress:
    """Return `find` in portions, with the share of them done."""

    def portions(texts: Sequence[str]) -> list[tuple[float, float, str] | None]:
        found: list[tuple[float, float, str] | None] = []
        for at in range(0, len(texts), AT_ONCE):
            found += find(texts[at : at + AT_ONCE])
            progress(start + (end - start) * len(found) / len(texts))
        return found

    return portions


def _doubts(
    table: Table, choice: Choice, find: FindAddress, found: Sequence[Finding]
) -> list[Finding]:
    """Return what is odd about the positions."""
    named = [_named(finding) for finding in found]
    return sharpened(named, doubt_by_addresses(table.frame, choice.fields, choice.datum, find))


def _case_fields(choice: Choice) -> dict[str, str]:
    """Return the columns for reading cases; positions are those that were found."""
    return choice.fields | {"lon": "", "lat": ""}


def _row_table(table: Table, choice: Choice, added: pd.DataFrame) -> pd.DataFrame:
    """Return what the page shows and the download adds, one row per row of the list."""
    blank = pd.Series([""] * len(table.frame), dtype="str")

    def text(field: str) -> pd.Series:
        column = choice.fields[field]
        return table.frame[column].reset_index(drop=True) if column else blank

    position = (text("lon") + ", " + text("lat")).str.strip(" ,")
    number = text("case_id")
    first = text("address").where(text("address") != "", position)
    return pd.DataFrame(
        {
            "row": table.row_numbers,
            "said": first.where(first != "", number),
            "said_more": number.where(first != "", ""),
            **{f"reason_{language}": _reasons(added, language) for language in LANGUAGES},
            **{name: added[name] for name in added.columns if name != "reason"},
        }
    )


def _reasons(added: pd.DataFrame, language: str) -> list[str]:
    return ["" if reason is None else reason.text(language) for reason in added["reason"]]


def _summary(added: pd.DataFrame, current: CurrentPlan) -> dict[str, Any]:
    counts = {str(key): int(count) for key, count in added["status"].value_counts().items()}
    missing = sum(counts.get(status, 0) for status in MISSING)
    by_address = int((added["matched_address"] != "").sum())
    doubtful = int((added["suggested"] != "").sum())
    inside = added[added["grid_code"] != ""]
    located = inside[["wgs84_lon", "wgs84_lat"]].astype("float64").dropna()
    return {
        "rows": len(added),
        "found": len(added) - missing,
        "missing": missing,
        "by_address": by_address,
        "doubtful": doubtful,
        "counts": counts
        | {"": len(added), "missing": missing, "address": by_address, "doubtful": doubtful},
        "bounds": [*located.min().tolist(), *located.max().tolist()] if len(located) else None,
        "plan_name": current.plan.name,
        "places": current.places,
    }


def _said(findings: Sequence[Finding], noted: Sequence[Finding]) -> dict[str, Any]:
    """Return what was noticed: about the positions, and about the rows as cases."""

    def texts(many: Sequence[Finding]) -> list[dict[str, Any]]:
        return [
            {"kind": each.kind, "severity": each.severity, "text": in_languages(each)}
            for each in many[:MOST_FINDINGS]
        ]

    return {"findings": texts(findings), "notes": texts(noted)}
