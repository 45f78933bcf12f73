"""A folder of numbered parts beside the output, from which an interrupted run goes on."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from geogrid.errors import GeogridError, InputError
from geogrid.findings import Finding
from geogrid.i18n import mark as _

__all__ = ["INDEX", "PartRecord", "Parts", "keep_record", "open_parts", "part_path", "parts_folder"]

INDEX = "grids.index"
"""File of the index that workers share, while there is work."""
_MANIFEST = "manifest.json"
_RECORD = "json"
_RECORDS = f"[0-9]*.{_RECORD}"
_OURS = re.compile(r"(\d{6,}\.(part|parquet|json)|manifest\.json)(\.new)?|\.?grids\.index.*")


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
    shared : how many rows lie where grids overlap
    shared_rows : the first of them
    named : positions of the grids that the rows of `x` name, if a column does
    addresses : their addresses, if these are looked up
    x, y : some positions as written
    sha256 : of the part
    """

    rows: int
    end: int
    statuses: Mapping[str, int]
    swapped: int
    swapped_rows: list[int]
    shared: int
    shared_rows: list[int]
    named: list[int]
    addresses: list[str]
    x: list[float]
    y: list[float]
    sha256: str = ""


@dataclass(frozen=True)
class Parts:
    """The parts that are finished.

    Attributes
    ----------
    folder
    suffix : of the parts
    records : of the parts, by their numbers
    is_restarted : whether an earlier run made some of other input or with other options
    """

    folder: Path
    suffix: str
    records: dict[int, PartRecord]
    is_restarted: bool = False

    @property
    def in_order(self) -> list[PartRecord]:
        """The records by number."""
        return [self.records[number] for number in sorted(self.records)]

    @property
    def rows(self) -> int:
        """How many rows the parts have."""
        return sum(record.rows for record in self.records.values())

    def say_how(self, output: Path, say: Callable[[Finding], None]) -> None:
        """Say when the run goes on, or why it cannot."""
        if self.is_restarted:
            message = _("Unfinished parts of {file} were of other input or options; starting anew.")
            say(Finding("restarted", message, {"file": output.name}))
        if self.records:
            message = _("Going on after {rows} rows that an interrupted run has done.")
            say(Finding("resumed", message, {"rows": f"{self.rows:,}"}))

    def add(self, record: PartRecord, content: pa.Buffer) -> None:
        """Keep the next part."""
        number = len(self.records)
        whole = replace(record, sha256=hashlib.sha256(content).hexdigest())
        _replace(part_path(self.folder, number, self.suffix), content)
        keep_record(self.folder, number, whole)
        self.records[number] = whole

    def contents(self) -> Iterator[bytes]:
        """Yield the parts in order.

        Raises
        ------
        InputError
            One is not what was written.
        """
        for number, record in enumerate(self.in_order):
            path = part_path(self.folder, number, self.suffix)
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() != record.sha256:
                raise InputError(
                    _("{file} was changed by something else; run the command again."),
                    file=f"{self.folder.name}/{path.name}",
                )
            yield content

    def remove(self) -> None:
        """Delete the folder and what is in it; what is not ours stays."""
        _clear(self.folder, _OURS)
        self.folder.rmdir()

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep what is done where a block fails; nothing is left where nothing is done."""
        try:
            yield
        except GeogridError:
            if not any(self.folder.glob(_RECORDS)):
                with suppress(OSError):  # a worker may still be writing
                    self.remove()
            raise

    def become(self, output: Path) -> None:
        """Let the folder, with nothing but the parts in it, be the output."""
        self.folder.rename(output)
        _clear(output, re.compile(r".*\.json|\.?grids\.index.*"))


def parts_folder(output: Path) -> Path:
    """Return where the parts of an unfinished output are kept."""
    return output.with_name(f"{output.name}.parts")


def part_path(folder: Path, number: int, suffix: str) -> Path:
    """Return the file of a part."""
    return folder / f"{number:06}.{suffix}"


def keep_record(folder: Path, number: int, record: PartRecord) -> None:
    """Write what is known of a part, which counts from then on."""
    _replace(part_path(folder, number, _RECORD), json.dumps(vars(record)).encode())


def open_parts(
    folder: Path, manifest: Mapping[str, Any], *, suffix: str = "part", in_order: bool = True
) -> Parts:
    """Find the parts of an interrupted run, or begin.

    Parameters
    ----------
    folder : where they are; made if it is not there
    manifest : all that the output depends on; parts of another one are deleted
    suffix : of the parts
    in_order : whether parts count only up to the first that is missing

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
        _clear(folder, _OURS)
        is_restarted = True
    folder.mkdir(exist_ok=True)
    _replace(known, wanted)
    records: dict[int, PartRecord] = {}
    for path in sorted(folder.glob(_RECORDS)):
        number = int(path.stem)
        record = _whole(path, part_path(folder, number, suffix))
        if record is not None and (number == len(records) or not in_order):
            records[number] = record
    return Parts(folder, suffix, records, is_restarted)


def _whole(known: Path, part: Path) -> PartRecord | None:
    """Return the record of a part that is what was written."""
    try:
        record = PartRecord(**json.loads(known.read_bytes()))
        with part.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError, TypeError):
        return None
    return record if found == record.sha256 else None


def _clear(folder: Path, names: re.Pattern[str]) -> None:
    for path in folder.iterdir():
        if names.fullmatch(path.name):
            path.unlink()


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
