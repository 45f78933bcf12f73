"""The slow steps of a list of addresses, in the background: read it, look it up, write it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from geogrid.addresses.lists.answers import (
    count_groups,
    look_up,
    suggest,
    suggest_doubtful,
    with_picks,
)
from geogrid.addresses.lists.bare import keep_first_address
from geogrid.addresses.lists.columns import find_address_columns, join_addresses
from geogrid.addresses.lists.file import write_list
from geogrid.addresses.lists.words import Words, added_columns, sheet_to_check
from geogrid.addresses.place_found import PlaceFound
from geogrid.errors import FormatError
from geogrid.i18n import LANGUAGES
from geogrid.i18n import mark as _
from geogrid.tables import read_table
from geogrid.tabular.sheets import sheet_names
from web.current import CurrentPlan
from web.lookup_list.folder import AddressList
from web.scope import phones_seen_by

__all__ = ["answers_of", "read_list", "search_list", "suggested", "summary", "write_answers"]

Progress = Callable[[float], None]

SHOWN_ROWS = 5
SHOWN_COLUMNS = 60
LONGEST_CELL = 60
OFFERED = 6
"""Suggestions that a person may pick from, by their position."""


def read_list(addresses: AddressList, sheet: str | None, progress: Progress) -> None:
    """Read a list; write its rows and ``preview.json``.

    Raises
    ------
    FormatError, FieldError, LimitError
        The file cannot be read.
    """
    progress(0.05)
    addresses.forget_result()
    upload = addresses.upload
    table = keep_first_address(read_table(upload.path, filename=upload.name, sheet=sheet))
    if table.source == "geojson" or not len(table.frame):
        raise FormatError(_("{file} has no rows."), file=upload.name)
    progress(0.8)
    addresses.keep_table(table)
    frame = table.frame.iloc[:, :SHOWN_COLUMNS]
    head = frame.head(SHOWN_ROWS)
    addresses.write(
        "preview",
        {
            "rows": len(table.frame),
            "sheet": table.sheet,
            "sheets": sheet_names(upload.path),
            "source": table.source,
            "header_rows": list(table.header_rows),
            "columns": [str(name) for name in frame.columns],
            "chosen": list(find_address_columns(frame)),
            "first_rows": [[_cut(text) for text in row] for row in head.to_numpy().tolist()],
            "findings": [
                {language: finding.text(language) for language in LANGUAGES}
                for finding in table.findings
                if finding.kind != "other_sheets"  # the page offers the choice itself
            ],
        },
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def search_list(addresses: AddressList, current: CurrentPlan, progress: Progress) -> None:
    """Look the rows up as confirmed; write the answers and ``result.json``."""
    texts = join_addresses(addresses.table().frame, addresses.need("choice")["columns"])
    progress(0.02)
    answers = look_up(
        texts,
        current.finder,
        current.layer,
        current.plan.hierarchy,
        lambda share: progress(0.02 + 0.93 * share),
    )
    answers.to_parquet(addresses.answers)
    addresses.write(
        "result", {"rows": len(answers), "plan": current.plan.name, "places": current.places}
    )


def answers_of(addresses: AddressList, current: CurrentPlan) -> tuple[pd.DataFrame, pd.Series]:
    """Return the answers with what a person picked, and the certainties without it."""
    found = pd.read_parquet(addresses.answers)
    answers = with_picks(found, addresses.picks(), current.layer, current.plan.hierarchy)
    return answers, found["certainty"]


def suggested(texts: Sequence[str], current: CurrentPlan) -> dict[str, list[PlaceFound]]:
    """Return what a person may pick from for each text."""
    tree = current.plan.hierarchy
    return suggest(texts, current.finder, current.layer, tree, limit=OFFERED)


def write_answers(
    addresses: AddressList,
    current: CurrentPlan,
    language: str,
    scope: frozenset[str] | None,
    path: Path,
    progress: Progress,
) -> None:
    """Write the list with the new columns to `path`, for who sees the phones of `scope`."""
    (answers, _was), table = answers_of(addresses, current), addresses.table()
    progress(0.1)
    words = Words(
        language=language,
        datum=addresses.need("choice")["datum"],
        tree=current.plan.hierarchy,
        posts=current.posts_by_grid,
        sees_phone=phones_seen_by(scope, current.plan.hierarchy),
    )
    added = added_columns(answers, words, table.frame.columns)
    progress(0.3)
    sheets = []
    if path.suffix == ".xlsx":
        suggestions = suggest_doubtful(
            answers,
            current.finder,
            current.layer,
            current.plan.hierarchy,
            lambda share: progress(0.3 + 0.3 * share),
        )
        sheet = sheet_to_check(answers, table.row_numbers.tolist(), suggestions, words)
        sheets = [] if sheet is None else [sheet]
    progress(0.6)
    content = addresses.upload.path.read_bytes()
    write_list(table, content, added, path, sheets)


def summary(answers: pd.DataFrame, current: CurrentPlan) -> dict[str, Any]:
    """Return how many rows there are of each group, and in each grid of each level."""
    tree = current.plan.hierarchy
    inside: dict[str, int] = {}
    for code, many in answers.loc[answers["grid"] != "", "grid"].value_counts().items():
        for step in tree.chain(str(code)):
            inside[step] = inside.get(step, 0) + int(many)
    return {
        "groups": count_groups(answers),
        "grids": inside,
        "placed": int((answers["grid"] != "").sum()),
    }
