"""One contestant in a process of its own: ``python -m benchmarks.coverage.worker TARGET FOLDER``.

Reads a word a line and answers each with one line of JSON: ``prepare`` (fresh copies of the
frames, nothing cached), ``run`` (the action; its seconds), ``tell`` (what it found).
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from benchmarks.coverage.contestant import Contestant, load
from benchmarks.coverage.inputs import read_input
from benchmarks.coverage.lattice import Coverage


def main(target: str, folder: str) -> None:
    """Warm up, say that all is ready, then do as told until the input ends."""
    answers = _own_output()
    warnings.simplefilter("ignore")
    contestant = load(target)
    coverage = read_input(Path(folder))
    _warm_up(contestant)
    _answer(answers, {"ready": True})
    action: Callable[[], Any] = dict
    result: Any = None
    for line in sys.stdin:
        word = line.strip()
        if word == "prepare":
            result = None
            action = contestant.prepare(_fresh(coverage))
            _give_back_memory()
            _answer(answers, {"prepared": True})
        elif word == "run":
            start = time.perf_counter()
            result = action()
            _answer(answers, {"seconds": time.perf_counter() - start})
        elif word == "tell":
            _answer(answers, contestant.tell(result))


def _own_output() -> TextIO:
    """Keep standard output for answers; what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _answer(answers: TextIO, values: dict[str, Any]) -> None:
    answers.write(json.dumps(values) + "\n")
    answers.flush()


def _warm_up(contestant: Contestant) -> None:
    """Compile and load everything that the action uses."""
    for coverage in contestant.warm_ups():
        contestant.tell(contestant.prepare(coverage)())


def _give_back_memory() -> None:
    """Return freed memory to the system, so that a run cannot hide in what was kept of another."""
    gc.collect()
    with contextlib.suppress(AttributeError, OSError):  # only glibc has it
        ctypes.CDLL(None).malloc_trim(0)


def _fresh(coverage: Coverage) -> Coverage:
    """Return copies without a cached index, over the same geometries."""
    grids, region, corners = coverage
    return Coverage(grids.copy(), None if region is None else region.copy(), corners)


if __name__ == "__main__":
    main(*sys.argv[1:])
