"""Where addresses in doubt come from: the cases in use, or a list that the caller has uploaded."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from typing import NamedTuple

import numpy as np
import pandas as pd
from flask import session

from geogrid.addresses.lists.answers import look_up
from geogrid.addresses.lists.doubts import KINDS, Doubts, find_doubts
from geogrid.addresses.spelling import canonical_address
from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.store.address_corrections import Correction, list_corrections
from geogrid.store.addresses import last_listed
from geogrid.store.errors import UploadMissingError
from geogrid.store.opening import reading
from web.cases.list import CaseList
from web.changes.remembering import remembered
from web.current import CurrentPlan, current_plan
from web.lookup_list.folder import AddressList
from web.lookup_list.working import answers_of
from web.uploads import find_upload
from web.v1.caller import database

__all__ = ["Asked", "Source", "ask", "last_lists"]


class Source(NamedTuple):
    """Addresses to look at.

    Attributes
    ----------
    name
        Of the list, ``""`` for the cases in use.
    texts
        Addresses of rows without a certain place, as often as they are there.
    digest
        Of these.
    placed
        Code of a grid to the number of other rows with an address there.
    """

    name: str
    texts: Sequence[str]
    digest: str
    placed: pd.Series


class Asked(NamedTuple):
    """A source with what is in doubt of it.

    Attributes
    ----------
    current
        The plan that was asked.
    source
        What was asked for.
    doubts
        Addresses in doubt, also those that a correction has settled meanwhile.
    known
        Code of a finest grid to the number of rows whose address is certain by now and there.
    settled, waiting
        What corrections are about, canonical: those confirmed since, and those not decided yet.
    """

    current: CurrentPlan
    source: Source
    doubts: Doubts
    known: pd.Series
    settled: frozenset[str]
    waiting: frozenset[str]


def ask(token: str) -> Asked:
    """Return what is in doubt in the caller's own list of a token, or among the cases in use.

    To look everything up again takes seconds, so after a correction its address is only left out.

    Raises
    ------
    UploadMissingError, InputError
        There is no such list, or it was not looked up.
    """
    with reading(database()) as connection:
        waiting, confirmed = (
            list_corrections(connection, status) for status in ("open", "confirmed")
        )
        listed = last_listed(connection)
    current = current_plan()
    source = _find_source(token, current)
    numbers = frozenset(each.id for each in confirmed)
    doubts, known, counted = remembered(
        ("doubts", current.places, listed, source.digest),
        lambda: (*_look_up(source, current), numbers),
        holds=lambda made: made[2] <= numbers,  # what was taken back is in doubt again
    )
    since = [each for each in confirmed if each.id not in counted]
    return Asked(current, source, doubts, known, _about(since), _about(waiting))


def _about(corrections: Sequence[Correction]) -> frozenset[str]:
    return frozenset(canonical_address(each.asked) for each in corrections)


def _find_source(token: str, current: CurrentPlan) -> Source:
    if not token:
        key = ("doubt_source", current.plan.digest)
        return remembered(key, lambda: _of_cases("", current.plan.cases, current.case_grids))
    upload = find_upload(token)
    addresses, cases_list = AddressList(upload), CaseList(upload)
    if addresses.answers.exists() and addresses.read("result"):
        answers, _was = answers_of(addresses, current)
        in_doubt = answers["certainty"].isin([code for many in KINDS.values() for code in many])
        placed = answers.loc[~in_doubt & (answers["grid"] != ""), "grid"]
        return _source(upload.name, answers.loc[in_doubt, "asked"], placed)
    if cases_list.read("result") is None:
        raise InputError(_("This list is not ready. Please upload it again."))
    cases = pd.read_parquet(cases_list.cases, columns=["address", "lon", "lat", "matched_unit"])
    return _of_cases(upload.name, cases, current.grids_of_cases(cases))


def _of_cases(name: str, cases: pd.DataFrame, grids: pd.Series) -> Source:
    addresses = cases["address"].fillna("").astype("str").str.strip()
    has_place = np.isfinite(cases["lon"].to_numpy(np.float64)) | (grids != "").to_numpy()
    has_address = (addresses != "").to_numpy()
    return _source(name, addresses[has_address & ~has_place], grids[has_address & has_place])


def _source(name: str, texts: pd.Series, grids: pd.Series) -> Source:
    digest = sha256("\n".join(texts).encode("utf-8", "replace")).hexdigest()
    return Source(name, texts.tolist(), digest, grids.value_counts())


def last_lists() -> list[tuple[str, str]]:
    """Return token and name of the lists that the caller uploaded last and that are answered."""
    found = []
    for kind in ("cases", "addresses"):
        with suppress(UploadMissingError):
            upload = find_upload(session.get(kind, ""))
            if (upload.folder / "result.json").exists():
                found.append((upload.token, upload.name))
    return found


def _look_up(source: Source, current: CurrentPlan) -> tuple[Doubts, pd.Series]:
    finder, layer, tree = current.finder, current.layer, current.plan.hierarchy
    answers = look_up(source.texts, finder, layer, tree)
    doubts = find_doubts(answers, finder, layer, tree, current.leaves, current.plan.streets)
    is_known = answers["grid"].isin(current.leaves["code"]) & (answers["certainty"] != "estimated")
    return doubts, answers.loc[is_known, "grid"].value_counts()
