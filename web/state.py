"""What work leaves on disk, replaced whole: readers see all of a state or result, or nothing."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["fresh_folder", "read_json", "replace_json", "write_json"]


def read_json(path: Path) -> Any:
    """Return what a file of :func:`write_json` holds."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_json(path: Path, values: Any) -> None:
    """Write plain values; a number that JSON does not know is an error."""
    path.write_text(json.dumps(values, ensure_ascii=False, allow_nan=False), encoding="utf-8")


def replace_json(path: Path, values: Any) -> None:
    """Write plain values in the place of those that are there, in one step."""
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    write_json(temporary, values)
    os.replace(temporary, path)


@contextmanager
def fresh_folder(folder: Path) -> Iterator[Path]:
    """Give an empty folder that takes the place of `folder` when all is written."""
    fresh = folder.with_name(f"{folder.name}-new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    yield fresh
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
