"""``geogrid serve`` as a process of its own, for tests that send it signals."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "from geogrid.cli import main; main()", "serve", "--port", "0"]
PATIENCE_S = 300
"""Fresh processes may first compile all kernels, several at a time."""


@dataclass(frozen=True)
class Running:
    """A server that answers at `url`; `log` is what it has written."""

    process: subprocess.Popen[bytes]
    url: str
    output: Path

    @property
    def port(self) -> int:
        return int(self.url.rstrip("/").rpartition(":")[2])

    def log(self) -> str:
        return self.output.read_text(encoding="utf-8")


@contextmanager
def serving(
    folder: Path, *options: str, prefix: Sequence[str] = (), **environment: str
) -> Iterator[Running]:
    """Serve the workspace in `folder` until the block is left; `prefix` runs the command."""
    folder.mkdir(parents=True, exist_ok=True)
    output = folder / "output"
    given = os.environ | {"GEOGRID_LANG": "en", "PYTHONPATH": str(ROOT)} | environment
    command = [*prefix, *COMMAND, "--workspace", str(folder / "workspace"), *options]
    with output.open("wb") as file:
        process = subprocess.Popen(command, env=given, stdout=file, stderr=file)
    try:
        wait_for(lambda: "Ctrl+C" in output.read_text("utf-8") or process.poll() is not None)
        found = re.search(r"https?://\S+", output.read_text("utf-8"))
        assert found is not None, output.read_text("utf-8")
        yield Running(process, found[0], output)
    finally:
        process.terminate()
        process.wait(60)


def wait_for(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < until, "it never came about"
        time.sleep(0.05)


def children(process_id: int) -> list[int]:
    found = Path(f"/proc/{process_id}/task/{process_id}/children").read_text()
    return [int(each) for each in found.split()]
