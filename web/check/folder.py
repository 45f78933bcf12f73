"""One check of a boundary file: its folder in the spool, and how far it is.

::

    uploads/<token>/
        check.json      stage, what was seen, what was answered, what went wrong
        files/          the boundary file as it came
        region/         the file of the region, if any
        earlier/        the report of an earlier check to compare with, if any
        picture         the placed picture that areas were traced over, if any
        result/         what the check found (see web/check_result.py)

Everything a page shows comes from here, so a reload or a second tab sees the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geogrid.i18n import LANGUAGES
from web.upload_folder import UploadFolder

__all__ = ["CheckFolder", "Said", "find_check", "in_languages", "new_check"]

Said = dict[str, str]
"""A sentence in every language, by locale."""

_FOR_COMMANDS = re.compile(r"\s*[（(][^（()）]*--[a-z][^（()）]*[)）]")


def in_languages(message: Any) -> Said:
    """Return what an error or a finding says in every language, without command-line hints."""
    return {language: _FOR_COMMANDS.sub("", message.text(language)) for language in LANGUAGES}


@dataclass(frozen=True)
class CheckFolder(UploadFolder):
    """The folder of one check; its stage is reading, asking, checking, done or failed."""

    STATE = "check.json"

    @property
    def files(self) -> Path:
        """Where the boundary file is."""
        return self.folder / "files"

    @property
    def region(self) -> Path:
        """Where the file of the region is."""
        return self.folder / "region"

    @property
    def result(self) -> Path:
        """Where the result is."""
        return self.folder / "result"

    @property
    def earlier(self) -> Path:
        """Where the report of an earlier check is, to compare this one with."""
        return self.folder / "earlier"

    @property
    def picture(self) -> Path:
        """Where the placed picture is that the areas were traced over."""
        return self.folder / "picture"

    @property
    def job(self) -> str:
        """The key of its work in the background."""
        return f"check:{self.token}"


def new_check(**state: Any) -> CheckFolder:
    """Make the folder of a new check with its first state."""
    check = CheckFolder.make()
    check.files.mkdir()
    check.write(**state)
    return check


def find_check(token: str) -> CheckFolder:
    """Return the check of `token`, and keep it for another day.

    Raises
    ------
    UploadMissingError
        It has expired or never was.
    """
    return CheckFolder.find(token)
