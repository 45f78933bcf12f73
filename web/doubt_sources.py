"""Where addresses in doubt come from: the cases in use, or a list that the caller has uploaded."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from flask import session

from geogrid.addresses.lists.doubts import KINDS
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
    upload
        Folder of the list, None for the cases in use.
    """

    name: str
    texts: Sequence[str]
    digest: str
    placed: pd.Series
    upload: Path | None = None


class Asked(NamedTuple):
    """A source, and what decides what is in doubt of it.

    Attributes
    ----------
    current
        The plan that is asked.
    source
        What was asked for.
    listed
        Changes with every list of the gazetteer.
    confirmed
        Corrections that count.
    waiting
        What corrections are about that nobody has decided yet, canonical.
    """

    current: CurrentPlan
    source: Source
    listed: int
    confirmed: Sequence[Correction]
    waiting: frozenset[str]


def ask(token: str) -> Asked:
    """Return the caller's own list of a token, or the cases in use.

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
    about = frozenset(canonical_address(each.asked) for each in waiting)
    return Asked(current, _find_source(token, current), listed, confirmed, about)


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
        found = _source(upload.name, answers.loc[in_doubt, "asked"], placed)
        return found._replace(upload=upload.folder)
    if cases_list.read("result") is None:
        raise InputError(_("This list is not ready. Please upload it again."))
    cases = pd.read_parquet(cases_list.cases, columns=["address", "lon", "lat", "matched_unit"])
    found = _of_cases(upload.name, cases, current.grids_of_cases(cases))
    return found._replace(upload=upload.folder)


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
    for kind, folder in (("cases", CaseList), ("addresses", AddressList)):
        with suppress(UploadMissingError):
            upload = find_upload(session.get(kind, ""))
            if folder(upload).read("result"):
                found.append((upload.token, upload.name))
    return found
