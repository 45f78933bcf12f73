"""One list of addresses: its folder in the spool, and how far it is.

::

    uploads/<token>/
        upload.json        the name it came with
        upload.xlsx        the list as it came
        rows.parquet       its rows as they were read
        preview.json       what was found in it
        choice.json        what a person confirmed
        answers.parquet    one row per row: the place and the grid
        picks.json         what a person said texts mean
        result.json        counts, the plan it was looked up in
        written-….xlsx     to download: the list with the new columns
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid.addresses.lists.file import suffix_of
from geogrid.addresses.place_found import PlaceFound
from geogrid.errors import GeogridError, InputError
from geogrid.i18n import mark as _
from geogrid.store.lock import exclusive
from geogrid.tables import Table
from web.jobs import jobs
from web.scope import key_of
from web.state import read_json, replace_json
from web.uploads import Upload, find_upload

__all__ = ["AddressList", "Stage", "find_address_list"]

Stage = Literal["reading", "asking", "searching", "done", "failed"]
_ROW_NUMBER = ""
"""Column of rows.parquet; no column of a list has this name."""
_WORKING: dict[str, Stage] = {"read": "reading", "search": "searching"}


@dataclass(frozen=True)
class AddressList:
    """The folder of one list.

    Attributes
    ----------
    upload
        The list as it came.
    """

    upload: Upload

    @property
    def token(self) -> str:
        """Its name in addresses."""
        return self.upload.token

    def read(self, name: str) -> dict[str, Any]:
        """Return what ``<name>.json`` holds, nothing when it is not there."""
        try:
            found: dict[str, Any] = read_json(self.upload.folder / f"{name}.json")
        except FileNotFoundError:
            return {}
        return found

    def need(self, name: str) -> dict[str, Any]:
        """Return what ``<name>.json`` holds.

        Raises
        ------
        InputError
            It is not there.
        """
        found = self.read(name)
        if not found:
            raise InputError(_("This list is not ready. Please upload it again."))
        return found

    def write(self, name: str, values: dict[str, Any]) -> None:
        """Replace ``<name>.json``."""
        replace_json(self.upload.folder / f"{name}.json", values)

    def keep_table(self, table: Table) -> None:
        """Keep the rows as they were read, which is faster than to read them again."""
        rows = table.frame.assign(**{_ROW_NUMBER: table.row_numbers})
        rows.to_parquet(self.upload.folder / "rows.parquet")

    def table(self) -> Table:
        """Return the rows as they were read."""
        rows, preview = pd.read_parquet(self.upload.folder / "rows.parquet"), self.need("preview")
        return Table(
            frame=rows.iloc[:, :-1],
            name=self.upload.name,
            source=preview["source"],
            sheet=preview["sheet"],
            header_rows=tuple(preview["header_rows"]),
            row_numbers=rows.iloc[:, -1].to_numpy(np.int64),
        )

    def row_numbers(self) -> npt.NDArray[np.int64]:
        """Return which row of the file each row is, without reading what they say."""
        rows = pd.read_parquet(self.upload.folder / "rows.parquet", columns=[_ROW_NUMBER])
        return rows[_ROW_NUMBER].to_numpy(np.int64)

    @property
    def answers(self) -> Path:
        """One row per row."""
        return self.upload.folder / "answers.parquet"

    def has_text(self, text: str) -> bool:
        """Return whether a row was looked up by this text."""
        return bool(pd.read_parquet(self.answers, columns=["asked"])["asked"].eq(text).any())

    def picks(self) -> dict[str, PlaceFound]:
        """Return what a person said texts mean."""
        found = {}
        for text, place in self.read("picks").items():
            lon, lat = (np.nan if place[axis] is None else place[axis] for axis in ("lon", "lat"))
            found[text] = PlaceFound(**place | {"lon": lon, "lat": lat, "reasons": (), "spans": ()})
        return found

    def pick(self, text: str, place: PlaceFound | None) -> None:
        """Remember what a text means, or that nobody knows."""
        with exclusive(self.upload.folder / "lock"):
            picks = self.read("picks")
            picks.pop(text, None)
            if place is not None:
                plain = asdict(place) | {"located": ""}  # redrawing grids may change that
                plain |= {
                    axis: None if np.isnan(plain[axis]) else plain[axis] for axis in ("lon", "lat")
                }
                picks[text] = plain
            self.write("picks", picks)
        self.forget_files()

    def written(self, language: str, scope: frozenset[str] | None, digest: str) -> Path:
        """Return where the list with the new columns is.

        It is another one for who sees the phones of another `scope`, for a plan or staff that
        changed (`digest`), and once something else is picked.
        """
        ending = suffix_of(self.need("preview")["source"])
        made_of = f"{key_of(scope)}|{digest}|{sorted(self.read('picks').items())}"
        seen = sha256(made_of.encode()).hexdigest()[:12]
        return self.upload.folder / f"written-{language}-{seen}{ending}"

    def forget_files(self) -> None:
        """Remove the files to download."""
        for path in self.upload.folder.glob("written-*"):
            path.unlink(missing_ok=True)

    def forget_result(self) -> None:
        """Remove an earlier choice with what it led to."""
        for name in ("choice.json", "result.json", "picks.json", "answers.parquet"):
            with suppress(FileNotFoundError):
                (self.upload.folder / name).unlink()
        self.forget_files()

    def job_key(self, kind: str) -> str:
        """Return the key of its background work: ``read``, ``search`` or ``write…``."""
        return f"addresses-{kind}:{self.token}"

    def stage(self) -> tuple[Stage, float, GeogridError | None]:
        """Return how far it is, the share of the work done, and why it failed."""
        found = {kind: jobs().find(self.job_key(kind)) for kind in _WORKING}
        for kind, job in found.items():
            if job is not None and job.state in ("waiting", "running"):
                return _WORKING[kind], job.share, None
        if self.read("result"):
            return "done", 1.0, None
        last = found["search" if self.read("choice") else "read"]
        error = last.error if last is not None else None
        return ("asking" if self.read("preview") else "failed"), 0.0, error


def find_address_list(token: str) -> AddressList:
    """Return the caller's own list of `token`, and keep it for another day.

    Raises
    ------
    UploadMissingError
        It has expired, never was or is somebody else's.
    """
    upload = find_upload(token)
    os.utime(upload.folder)
    return AddressList(upload)
