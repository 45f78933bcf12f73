"""The process of one contestant: it answers each word of a line with one line of JSON.

``prepare`` makes fresh inputs, nothing cached; ``run`` does what is measured and answers its
seconds; ``tell`` says what was found.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

__all__ = ["own_output", "serve"]


def serve(
    answers: TextIO,
    prepare: Callable[[], Callable[[], Any]],
    tell: Callable[[Any], dict[str, Any]],
) -> None:
    """Say that all is ready, then do as told until the input ends."""
    _answer(answers, {"ready": True})
    action: Callable[[], Any] = dict
    result: Any = None
    for line in sys.stdin:
        word = line.strip()
        if word == "prepare":
            result = None
            action = prepare()
            _give_back_memory()
            _answer(answers, {"prepared": True})
        elif word == "run":
            start = time.perf_counter()
            result = action()
            _answer(answers, {"seconds": time.perf_counter() - start})
        elif word == "tell":
            _answer(answers, tell(result))


def own_output() -> TextIO:
    """Keep standard output for answers; what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _answer(answers: TextIO, values: dict[str, Any]) -> None:
    answers.write(json.dumps(values) + "\n")
    answers.flush()


def _give_back_memory() -> None:
    """Return freed memory to the system, so that a run cannot hide in what was kept of another."""
    gc.collect()
    with contextlib.suppress(AttributeError, OSError):  # only glibc has it
        ctypes.CDLL(None).malloc_trim(0)
