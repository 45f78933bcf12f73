"""What the page of an uploaded list shows of its preview, kept beside the upload.

::

    uploads/<token>/preview-<key>/
        lines.parquet      a line for every row, those to look at first
        preview.json       counts, groups and what was noticed; written last

The key is a digest of how the list is read, and of the plan it is read for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geogrid.errors import CrsError
from geogrid.findings import Finding
from geogrid.i18n import LANGUAGES
from geogrid.placing.datum_evidence import DatumName
from geogrid.store.errors import explains_disk_errors
from web.jobs import Progress
from web.making import followed, how_far, make
from web.state import read_json, replace_json
from web.workspace.preview_lines import Group, Preview, groups_of

__all__ = ["PATIENCE_S", "Kept", "begin", "followed_preview", "kept_of", "page_of", "state_of"]

PATIENCE_S = 1.5
"""Seconds that the page waits before it shows how far reading is."""
LINES_SHOWN = 25
_STATE, _LINES = "preview.json", "lines.parquet"
_RANKS = {"bad": 0, "warn": 1, "good": 2}
_SEVERITIES = {"error": 0, "warning": 1, "note": 2}
_SCHEMA = pa.schema(
    {
        "sheet": pa.string(),
        "row": pa.int64(),
        "cells": pa.list_(pa.string()),
        "fate": pa.string(),
        "words": pa.string(),
        "group": pa.int32(),
        **dict.fromkeys((f"said_{language}" for language in LANGUAGES), pa.list_(pa.string())),
    }
)


class Kept(NamedTuple):
    """What the page shows of a preview.

    Attributes
    ----------
    about
        Counts, groups and findings; None where a datum is to be named first.
    lines
        A line for every row of the file, by fate, then as in the file; ``group`` counts from 1.
    """

    about: dict[str, Any] | None
    lines: pa.Table


def begin(folder: Path, preview: Callable[[Progress], Preview]) -> Kept | None:
    """Return what is kept in a folder, or None while the list is being read for it.

    Parameters
    ----------
    folder : below that of the upload
    preview : reads the list, in another thread

    Raises
    ------
    BusyError
        Too many jobs are unfinished.
    GeogridError
        The list cannot be read.
    """
    work = partial(_keep, folder, preview)
    if not make(_job(folder), partial(_is_made, folder), work, seconds=PATIENCE_S):
        return None
    return Kept(read_json(folder / _STATE), pq.read_table(folder / _LINES))


def state_of(folder: Path, language: str) -> dict[str, Any]:
    """Return how far reading is, see :func:`web.making.how_far`."""
    return how_far(_job(folder), partial(_is_made, folder), language)


def followed_preview(folder: Path, name: str) -> Path:
    """Return the folder that a page waits for already, see :func:`web.making.followed`."""
    return followed(folder, name, _is_made, _job)


def _job(folder: Path) -> str:
    return f"preview:{folder}"


def _is_made(folder: Path) -> bool:
    return (folder / _STATE).exists()


def _keep(folder: Path, preview: Callable[[Progress], Preview], progress: Progress) -> None:
    try:
        about, lines = kept_of(preview(progress))
    except CrsError:
        about, lines = None, _SCHEMA.empty_table()
    with explains_disk_errors(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        pq.write_table(lines, folder / _LINES)
        replace_json(folder / _STATE, about)


def kept_of(seen: Preview) -> Kept:
    """Return what the page shows of a preview."""
    groups = groups_of(seen)
    other = DatumName(seen.other_datum) if seen.other_datum else None
    about = {
        "rows": seen.rows,
        "made": len(seen.made) if seen.is_usable else 0,
        "is_doubtful": seen.is_doubtful,
        "other_datum": seen.other_datum,
        "other_name": _in_languages(other) if other else dict.fromkeys(LANGUAGES, ""),
        "fates": {
            fate: sum(line.fate == fate for line in seen.lines) for fate in ("good", "warn", "bad")
        },
        "changed": sum(bool(line.changes) for line in seen.lines),
        "groups": [(group.fate, group.words, len(group.lines)) for group in groups],
        "findings": [
            {
                "severity": each.severity,
                "text": _in_languages(each),
                "sheet": each.params.get("sheet", "") if each.rows else "",
            }
            for each in sorted(seen.findings, key=lambda found: _SEVERITIES[found.severity])
        ],
    }
    return Kept(about, _lines(seen, groups))


def _in_languages(message: Finding | DatumName) -> dict[str, str]:
    return {language: message.text(language) for language in LANGUAGES}


def _lines(seen: Preview, groups: Sequence[Group]) -> pa.Table:
    numbers = {(group.fate, group.words): at for at, group in enumerate(groups, 1)}
    lines = sorted(seen.lines, key=lambda line: _RANKS[line.fate])
    lines += [line for group in groups if group.fate == "out" for line in group.lines]
    rows = [
        {
            "sheet": line.place.sheet,
            "row": line.place.row,
            "cells": line.cells,
            "fate": line.fate,
            "words": line.words,
            "group": numbers[line.fate, line.words],
            **{f"said_{each}": [one.text(each) for one in line.changes] for each in LANGUAGES},
        }
        for line in lines
    ]
    return pa.Table.from_pylist(rows, _SCHEMA)


def page_of(kept: Kept, show: int, page: int, language: str) -> dict[str, Any] | None:
    """Return what the page shows in a language; None where a datum is to be named first.

    Parameters
    ----------
    kept : of :func:`begin`
    show : number of a group from 1; 0 for all rows of data
    page : number of a page from 1
    language : of what is said
    """
    about = kept.about
    if about is None:
        return None
    groups = about["groups"]
    chosen = show if show <= len(groups) else 0
    wanted = pc.field("group") == chosen if chosen else pc.field("fate") != "out"
    some = kept.lines.filter(wanted)
    pages = max(-(-len(some) // LINES_SHOWN), 1)
    number = page if 1 <= page <= pages else 1
    lines = some.slice(LINES_SHOWN * (number - 1), LINES_SHOWN).to_pylist()
    return about | {
        "other_name": about["other_name"][language],
        "findings": [each | {"text": each["text"][language]} for each in about["findings"]],
        "show": chosen,
        "all": sum(about["fates"].values()),
        "has_cells": not chosen or groups[chosen - 1][0] != "out",
        "lines": [line | {"said": line[f"said_{language}"]} for line in lines],
        "page": number,
        "pages": pages,
    }
