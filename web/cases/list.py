"""One uploaded list of cases or addresses: its folder in the spool, and how far it is.

::

    uploads/<token>/
        upload.json       the name it came with
        upload.xlsx       the list as it came
        preview.json      what was found in it
        choice.json       what a person confirmed
        located.parquet   one row per row: where it is, or why that is not known
        cases.parquet     the rows as cases of a plan
        result.json       counts, findings, the plan it was put into
        located-en.xlsx   to download, made when asked for: the list with the new columns

Everything a page shows comes from here, so a reload or a second tab sees the same.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pyarrow.parquet import read_schema

from geogrid.errors import GeogridError
from geogrid.i18n import LANGUAGES
from web.jobs import jobs
from web.uploads import Upload, find_upload

__all__ = ["CaseList", "Said", "Stage", "find_list", "in_languages"]

Stage = Literal["reading", "asking", "locating", "done", "failed"]
Said = dict[str, str]
"""A sentence in every language, by locale."""


def in_languages(message: Any) -> Said:
    """Return what an error or a finding says in every language."""
    return {language: message.text(language) for language in LANGUAGES}


@dataclass(frozen=True)
class CaseList:
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

    @property
    def located(self) -> Path:
        """What was found per row."""
        return self.upload.folder / "located.parquet"

    @property
    def cases(self) -> Path:
        """The rows as cases of a plan."""
        return self.upload.folder / "cases.parquet"

    def download(self, language: str) -> Path:
        """Return where the list with the new columns is; an old workbook (XLS) becomes XLSX."""
        is_workbook = self.upload.path.suffix in (".xlsx", ".xls")
        suffix = ".xlsx" if is_workbook else ".csv"
        return self.upload.folder / f"located-{language}{suffix}"

    def read(self, name: str) -> dict[str, Any] | None:
        """Return what ``<name>.json`` holds, None when it is not there.

        A result of an earlier release, whose cases lack a column, is none: it is located again.
        """
        try:
            found: dict[str, Any] = json.loads((self.upload.folder / f"{name}.json").read_bytes())
            is_whole = name != "result" or "matched_unit" in read_schema(self.cases).names
        except FileNotFoundError:
            return None
        return found if is_whole else None

    def write(self, name: str, values: dict[str, Any]) -> None:
        """Replace ``<name>.json``; readers see all of it or nothing."""
        path = self.upload.folder / f"{name}.json"
        temporary = path.with_name(f".{name}-{secrets.token_hex(4)}")
        temporary.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
        os.replace(temporary, path)

    def forget_result(self) -> None:
        """Remove an earlier choice with what it led to."""
        told = [self.upload.folder / f"{name}.json" for name in ("choice", "result")]
        downloads = [self.download(language) for language in LANGUAGES]
        for path in (*told, self.located, self.cases, *downloads):
            path.unlink(missing_ok=True)

    def job_key(self, kind: str) -> str:
        """Return the key of its background work: ``read``, ``locate`` or ``write-<language>``."""
        return f"cases-{kind}:{self.token}"

    def stage(self) -> tuple[Stage, float, GeogridError | None]:
        """Return how far it is, the share of the work done, and why it failed."""
        working: dict[str, Stage] = {"read": "reading", "locate": "locating"}
        for kind, stage in working.items():
            job = jobs().find(self.job_key(kind))
            if job is not None and job.state in ("waiting", "running"):
                return stage, job.share, None
        if self.read("result") is not None:
            return "done", 1.0, None
        failed = self._failed()
        if self.read("preview") is not None:
            return "asking", 0.0, failed
        return "failed", 0.0, failed

    def _failed(self) -> GeogridError | None:
        """Return why the work failed that was begun last."""
        job = jobs().find(self.job_key("read" if self.read("choice") is None else "locate"))
        return None if job is None else job.error


def find_list(token: str) -> CaseList:
    """Return the list of `token`, and keep it for another day.

    Raises
    ------
    UploadMissingError
        It has expired or never was.
    """
    upload = find_upload(token)
    os.utime(upload.folder)
    return CaseList(upload)
