"""Contact lists in words, for the page and for the workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.propose import ContactProposal, contact_summary

__all__ = ["ListInWords", "lists_in_words"]


@dataclass(frozen=True)
class ListInWords:
    """One contact list.

    Attributes
    ----------
    grid, number
        The grid it is of, and its number there.
    member
        Who keeps contact, ``""`` for nobody yet.
    households, walk_m
        How many, and the straight way from their middle to the farthest.
    homes
        Per building: name, address, which homes (in words), and how many.
    rows
        Positions in the table of the proposal.
    """

    grid: str
    number: int
    member: str
    households: int
    walk_m: int
    homes: list[dict[str, Any]]
    rows: list[int]


def lists_in_words(
    made: ContactProposal, names: Mapping[int, str], homes: pd.DataFrame, language: str
) -> list[ListInWords]:
    """Return all lists in their order.

    Parameters
    ----------
    made, names
        Of :func:`web.proposals.contact_asked.made_lists`.
    homes
        With unit_id and address.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    rows = made.lists
    if rows.empty:
        return []
    addresses = dict(zip(homes["unit_id"], homes["address"].fillna(""), strict=True))
    parts = rows.groupby("list", sort=True).indices
    return [
        ListInWords(
            grid=str(each.grid),
            number=int(each.number),
            member="" if pd.isna(each.person_id) else names.get(int(each.person_id), ""),
            households=int(each.households),
            walk_m=round(each.walk_m),
            homes=[
                _home(row, addresses.get(row.unit_id, ""), language)
                for row in rows.iloc[parts[each.list]].itertuples()
            ],
            rows=parts[each.list].tolist(),
        )
        for each in contact_summary(rows).itertuples()
    ]


def _home(row: Any, address: str, language: str) -> dict[str, Any]:
    if row.households == row.of:
        which = translate(_("all {n} households"), language, n=row.of)
    elif row.first == row.last:
        which = translate(_("household {first} of {n}"), language, first=row.first, n=row.of)
    else:
        which = translate(
            _("households {first}–{last} of {n}"),
            language, first=row.first, last=row.last, n=row.of,
        )  # fmt: skip
    name = row.name or address or row.unit_id
    return {
        "name": name,
        "address": "" if address == name else address,
        "which": which,
        "households": int(row.households),
    }
