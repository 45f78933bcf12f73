"""Contestants measured in turn, each in a process of its own, on the same files."""

from __future__ import annotations

import contextlib
import json
import statistics
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from benchmarks.fetching import ROOT
from benchmarks.memory import peak, reset_peak

_GRACE_S = 5.0


class Tools(Protocol):
    """Knows how to run what is measured."""

    def command(self, entry: Any, given: Any) -> list[str] | str:
        """Return the command that runs a contestant on an input, or why there is none."""


class ContestantError(Exception):
    """A contestant ended, or took longer than it may; the message says which."""


@dataclass
class Result:
    """What one contestant took and found.

    Attributes
    ----------
    seconds : of each run
    peak_bytes : highest memory over the loaded process, over all runs; None if unknown
    later_peak_bytes : the same without the first run; None where there is one run
    told : what it found
    failure : why there are no times, or ""
    """

    seconds: list[float] = field(default_factory=list)
    peak_bytes: int | None = None
    later_peak_bytes: int | None = None
    told: dict[str, Any] = field(default_factory=dict)
    failure: str = ""

    @property
    def median_s(self) -> float | None:
        """Median of the runs, ``None`` where there are none."""
        return statistics.median(self.seconds) if self.seconds else None


def race(
    given: Any, entries: Sequence[Any], tools: Tools, *, runs: int, limit_s: float
) -> dict[Any, Result]:
    """Run each contestant `runs` times, one after another, round by round.

    A contestant that takes longer than `limit_s` in one go is ended and says so.
    """
    results = {entry: Result() for entry in entries}
    with contextlib.ExitStack() as stack:
        running: dict[Any, Runner] = {}
        for entry in entries:
            command = tools.command(entry, given)
            if isinstance(command, str):
                results[entry].failure = command
            else:
                running[entry] = stack.enter_context(Runner(command, limit_s))
        for step in ("ready", *["run"] * runs, "tell"):
            for entry in list(running):
                try:
                    _take(step, running[entry], results[entry])
                except ContestantError as failed:
                    results[entry].failure = str(failed)
                    del running[entry]
    return results


def _take(step: str, runner: Runner, result: Result) -> None:
    if step == "ready":
        runner.answer()
    elif step == "tell":
        result.told = runner.ask("tell")
    else:
        seconds, grown = runner.run()
        result.seconds.append(seconds)
        if grown is not None:
            result.peak_bytes = max(grown, result.peak_bytes or 0)
            if len(result.seconds) > 1:
                result.later_peak_bytes = max(grown, result.later_peak_bytes or 0)


class Runner:
    """A contestant's process; a context manager that ends it."""

    def __init__(self, command: list[str], limit_s: float) -> None:
        self._limit_s = limit_s
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=ROOT,
        )
        self._complaints: list[str] = []
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()  # it may have something of its own to end
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE_S)
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def run(self) -> tuple[float, int | None]:
        """Return the seconds of one run and the bytes it held at most beyond before."""
        self.ask("prepare")
        before = reset_peak(self._process.pid)
        seconds = float(self.ask("run")["seconds"])
        after = peak(self._process.pid)
        return seconds, None if before is None or after is None else max(after - before, 0)

    def ask(self, word: str) -> dict[str, Any]:
        """Say a word and return the answer."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(word + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise ContestantError(self._last_words()) from None
        return self.answer()

    def answer(self) -> dict[str, Any]:
        """Return the next answer."""
        assert self._process.stdout is not None
        is_late = threading.Event()

        def end() -> None:
            is_late.set()
            self._process.kill()

        clock = threading.Timer(self._limit_s, end)
        clock.start()
        line = self._process.stdout.readline()
        clock.cancel()
        if line:
            answer: dict[str, Any] = json.loads(line)
            return answer
        limit = f"took longer than {self._limit_s:,.0f} s"
        raise ContestantError(limit if is_late.is_set() else self._last_words())

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._complaints = [*self._complaints[-4:], line.strip()]

    def _last_words(self) -> str:
        self._process.wait()
        self._listener.join()
        said = next((line for line in reversed(self._complaints) if line), "nothing")
        return f"ended with code {self._process.returncode}: {said}"
