"""Addresses in doubt are looked up once, beside the requests; what was found is kept for a day.

::

    uploads/<token>/doubts-<key>/        of an uploaded list, gone with it
    uploads/<key>/                       of the cases in use
        doubts.json                which corrections counted, rows by grid, name of the tables
        rows-<name>.parquet        see geogrid.addresses.lists.doubts.Doubts
        places-<name>.parquet      what the addresses may mean

The key is a digest of the addresses and of what they were looked up in; whoever asks has been
judged by :func:`web.doubt_sources.ask` before.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from flask import current_app

from geogrid.addresses.lists.answers import look_up
from geogrid.addresses.lists.doubts import Doubts, find_doubts
from geogrid.addresses.place_found import PlaceFound
from geogrid.addresses.spelling import canonical_address
from geogrid.i18n import mark as _
from geogrid.store.address_corrections import Correction
from geogrid.store.errors import BusyError, explains_disk_errors
from web.changes.remembering import remembered
from web.doubt_sources import Asked
from web.jobs import Progress
from web.making import DOWNLOAD_S, how_far, make
from web.state import read_json, replace_json
from web.uploads import expire_uploads

__all__ = ["Found", "begin", "found_of", "state_of"]

PATIENCE_S = 1.5
"""Seconds that the page waits before it shows how far the work is."""
_STATE = "doubts.json"
_LOOK_UP = 0.45
"""Share of the work that is looking the rows up; the rest is what they may mean."""


class Found(NamedTuple):
    """What is in doubt.

    Attributes
    ----------
    doubts
        Addresses in doubt, also those that a correction has settled meanwhile.
    known
        Code of a finest grid to the number of rows whose address is certain by now and there.
    settled
        Canonical addresses that corrections confirmed since are about.
    """

    doubts: Doubts
    known: pd.Series
    settled: frozenset[str]


def found_of(asked: Asked) -> Found:
    """Return what is in doubt for a download, which waits for it.

    Raises
    ------
    BusyError
        It is still being looked up, or too much is.
    GeogridError
        It cannot be looked up.
    """
    found = begin(asked, seconds=DOWNLOAD_S)
    if found is None:
        raise BusyError(_("The addresses are still being looked up. Try again in a moment."))
    return found


def begin(asked: Asked, *, seconds: float | None = None) -> Found | None:
    """Return what is in doubt, or None while it is being looked up beside the requests.

    Parameters
    ----------
    asked : which
    seconds : to wait for it; :data:`PATIENCE_S` by default

    Raises
    ------
    BusyError
        Too many jobs are unfinished.
    GeogridError
        It cannot be looked up.
    """
    folder, is_made = _folder(asked), _is_made(asked)
    if not is_made():
        expire_uploads()
    work = partial(_look_up, asked, folder)
    patience = PATIENCE_S if seconds is None else seconds
    if not make(_job(asked), is_made, work, seconds=patience):
        return None
    os.utime(folder)
    state = read_json(folder / _STATE)
    doubts = remembered(("doubts", str(folder), state["name"]), lambda: _read(folder, state))
    counted = frozenset(state["counted"])
    since = [each for each in asked.confirmed if each.id not in counted]
    settled = frozenset(canonical_address(each.asked) for each in since)
    return Found(doubts, pd.Series(state["known"], dtype="int64"), settled)


def state_of(asked: Asked, language: str) -> dict[str, Any]:
    """Return how far looking up is, see :func:`web.making.how_far`."""
    return how_far(_job(asked), _is_made(asked), language)


def _folder(asked: Asked) -> Path:
    made_of = (version("geogrid"), asked.current.places, asked.listed, asked.source.digest)
    key = sha256(repr(("doubts", *made_of)).encode()).hexdigest()[:32]
    if asked.source.upload is not None:
        return asked.source.upload / f"doubts-{key}"
    root: Path = current_app.config["WORKSPACE"].uploads.root
    return root / key


def _job(asked: Asked) -> str:
    """Return the key of the job: one at a time, though the plan changes with every redrawing."""
    return f"doubts:{asked.source.upload or ''}:{asked.source.digest}"


def _is_made(asked: Asked) -> Callable[[], bool]:
    return partial(_holds, _folder(asked), _numbers(asked.confirmed))


def _numbers(confirmed: Sequence[Correction]) -> frozenset[int]:
    return frozenset(each.id for each in confirmed)


def _holds(folder: Path, confirmed: frozenset[int]) -> bool:
    """Return whether it is made, and no correction was taken back that it counts on."""
    try:
        counted = read_json(folder / _STATE)["counted"]
    except FileNotFoundError:
        return False
    return confirmed.issuperset(counted)


def _look_up(asked: Asked, folder: Path, progress: Progress) -> None:
    current = asked.current
    finder, layer, tree = current.finder, current.layer, current.plan.hierarchy
    answers = look_up(
        asked.source.texts, finder, layer, tree, lambda share: progress(_LOOK_UP * share)
    )
    doubts = find_doubts(
        answers, finder, layer, tree, current.leaves, current.plan.streets,
        lambda share: progress(_LOOK_UP + (0.98 - _LOOK_UP) * share),
    )  # fmt: skip
    is_known = answers["grid"].isin(current.leaves["code"]) & (answers["certainty"] != "estimated")
    known = answers.loc[is_known, "grid"].value_counts()
    numbers = sorted(_numbers(asked.confirmed))
    name = sha256(repr(numbers).encode()).hexdigest()[:8]
    with explains_disk_errors(folder.parent):
        folder.mkdir(mode=0o700, parents=asked.source.upload is None, exist_ok=True)
        doubts.rows.to_parquet(folder / f"rows-{name}.parquet")
        _places(doubts).to_parquet(folder / f"places-{name}.parquet")
        state = {"counted": numbers, "known": known.to_dict(), "name": name}
        replace_json(folder / _STATE, state)


def _places(doubts: Doubts) -> pd.DataFrame:
    columns = ["text", *(field.name for field in fields(PlaceFound))]
    rows = [
        {"text": text, **asdict(place)}
        for text, places in doubts.suggestions.items()
        for place in places
    ]
    return pd.DataFrame(rows, columns=columns)


def _read(folder: Path, state: dict[str, Any]) -> Doubts:
    rows, places = (
        pd.read_parquet(folder / f"{kind}-{state['name']}.parquet") for kind in ("rows", "places")
    )
    suggestions: dict[str, list[PlaceFound]] = {}
    for row in places.to_dict("records"):
        lists = {name: tuple(row[name]) for name in ("reasons", "spans")}
        place = PlaceFound(**{name: row[name] for name in row if name != "text"} | lists)
        suggestions.setdefault(row["text"], []).append(place)
    return Doubts(rows, suggestions)
