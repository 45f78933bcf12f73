"""A folder of numbered parts beside the output, from which an interrupted run goes on."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from geogrid.errors import InputError
from geogrid.i18n import mark as _

__all__ = ["PartRecord", "Parts", "open_parts"]

_MANIFEST = "manifest.json"
_OURS = re.compile(r"\d{6,}\.(part|json)(\.new)?|manifest\.json(\.new)?")


@dataclass(frozen=True)
class PartRecord:
    """What is known of a finished part.

    Attributes
    ----------
    rows : how many
    end : where the next portion begins in the input
    statuses : rows of each status
    swapped : how many rows have swapped axes
    swapped_rows : the first of them, counted through the whole input
    x, y : some positions as written
    sha256 : of the part
    """

    rows: int
    end: int
    statuses: Mapping[str, int]
    swapped: int
    swapped_rows: list[int]
    x: list[float]
    y: list[float]
    sha256: str = ""


@dataclass(frozen=True)
class Parts:
    """The parts that are finished, in order.

    Attributes
    ----------
    folder
    records : of the parts
    is_resumed : whether an earlier run made some of them
    is_restarted : whether an earlier run made some of other input or with other options
    """

    folder: Path
    records: list[PartRecord] = field(default_factory=list)
    is_resumed: bool = False
    is_restarted: bool = False

    def add(self, record: PartRecord, content: pa.Buffer) -> None:
        """Keep one more part; it counts when its record stands beside it."""
        number = len(self.records)
        whole = replace(record, sha256=hashlib.sha256(content).hexdigest())
        _replace(self._path(number, "part"), content)
        _replace(self._path(number, "json"), json.dumps(vars(whole)).encode())
        self.records.append(whole)

    def contents(self) -> Iterator[bytes]:
        """Yield the parts in order.

        Raises
        ------
        InputError
            One is not what was written.
        """
        for number, record in enumerate(self.records):
            path = self._path(number, "part")
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() != record.sha256:
                raise InputError(
                    _("{file} was changed by something else; run the command again."),
                    file=f"{self.folder.name}/{path.name}",
                )
            yield content

    def remove(self) -> None:
        """Delete the folder and what is in it; what is not ours stays."""
        for path in self.folder.iterdir():
            if _OURS.fullmatch(path.name):
                path.unlink()
        self.folder.rmdir()

    def _path(self, number: int, kind: str) -> Path:
        return self.folder / f"{number:06}.{kind}"

    def _finished(self, number: int) -> PartRecord | None:
        """Return the record of a part that is there and whole."""
        try:
            record = PartRecord(**json.loads(self._path(number, "json").read_bytes()))
            with self._path(number, "part").open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except (OSError, ValueError, TypeError):
            return None
        return record if found == record.sha256 else None


def open_parts(folder: Path, manifest: Mapping[str, Any]) -> Parts:
    """Find the parts of an interrupted run, or begin.

    Parameters
    ----------
    folder : where they are; made if it is not there
    manifest : all that the output depends on; parts of another one are deleted

    Raises
    ------
    InputError
        There is something else of that name.
    """
    wanted = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False).encode()
    known = folder / _MANIFEST
    if folder.exists() and not known.is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            _("{folder} is in the way: unfinished parts would be kept there. Move it away."),
            folder=folder.name,
        )
    is_restarted = False
    if known.is_file() and known.read_bytes() != wanted:
        Parts(folder).remove()
        is_restarted = True
    folder.mkdir(exist_ok=True)
    _replace(known, wanted)
    found = Parts(folder)
    records: list[PartRecord] = []
    while (record := found._finished(len(records))) is not None:
        records.append(record)
    return Parts(folder, records, bool(records), is_restarted)


def _replace(path: Path, content: bytes | pa.Buffer) -> None:
    """Write a file that is whole wherever it is found."""
    new = path.with_name(f"{path.name}.new")
    try:
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
