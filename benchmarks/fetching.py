"""Environments of peers that are not in our lock, fetched once into ``.cache/bench``."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import subprocess
import venv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

__all__ = ["CACHE", "ROOT", "Fetched", "answer_of", "interpreter", "make_environment"]

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache" / "bench"
_READY = ".ready"


class Fetched:
    """What was fetched, and why something could not be; offline, nothing is."""

    def __init__(self, *, offline: bool) -> None:
        self._offline = offline
        self._failures: dict[str, str] = {}

    def failure(self, stamp: Path, fetch: Callable[[Path], Any]) -> str:
        """Fetch into a folder unless the stamp in it is there.

        Returns
        -------
        Why it could not be had, or "".
        """
        if self._offline:
            return "left out (offline)"
        if stamp.exists():
            return ""
        name = stamp.parent.name
        if name not in self._failures:
            done = fetch(stamp.parent)
            if done.returncode:
                shutil.rmtree(stamp.parent, ignore_errors=True)
            self._failures[name] = _why(done)
        return self._failures[name]

    def python(self, folder: Path, peers: Sequence[str], shared: Sequence[str]) -> tuple[str, str]:
        """Return the interpreter of an environment, and why it could not be had.

        Parameters
        ----------
        folder : where it is or will be
        peers : packages with their versions
        shared : names of packages in the versions that we have
        """
        failure = self.failure(folder / _READY, lambda at: make_environment(at, peers, shared))
        return str(interpreter(folder)), failure


def answer_of(command: Sequence[str], limit_s: float) -> tuple[Any, str]:
    """Return what a peer printed last, as JSON, or None and why it did not."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit_s, check=False)
    except subprocess.TimeoutExpired:
        return None, f"over {limit_s:.0f} s"
    if done.returncode:
        return None, (done.stderr.strip().splitlines() or ["failed"])[-1]
    return json.loads(done.stdout.strip().splitlines()[-1]), ""


def interpreter(folder: Path) -> Path:
    """Return the interpreter of an environment."""
    return folder / "bin" / "python"


def make_environment(
    folder: Path, peers: Sequence[str], shared: Sequence[str]
) -> subprocess.CompletedProcess[str]:
    """Install packages into an environment of their own."""
    venv.create(folder, with_pip=True, clear=True)
    ours = [f"{name}=={importlib.metadata.version(name)}" for name in shared]
    done = subprocess.run(
        [str(interpreter(folder)), "-m", "pip", "install", "-q", *peers, *ours],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode == 0:
        (folder / _READY).touch()
    return done


def _why(done: subprocess.CompletedProcess[Any]) -> str:
    if done.returncode == 0:
        return ""
    lines = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
    return f"could not be fetched: {lines[-1]}"
