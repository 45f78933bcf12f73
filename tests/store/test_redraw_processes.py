"""Several processes and threads redraw one draft; one is killed at work."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

from redraw_drafts import (
    do,
    in_memory,
    kept,
    new_draft,
    seen_now,
)
from redraw_operations import random_operation
from redraw_plans import require_seamless
from sqlalchemy import Engine
from sqlalchemy.engine import URL

from geogrid.errors import InputError
from geogrid.redraw import (
    rename,
)
from geogrid.store.database.engine import open_database, reading
from geogrid.store.redrawing.desk import (
    RedrawConflictError,
)
from geogrid.store.redrawing.entries import entries_after
from geogrid.store.redrawing.opened import open_draft


def at_work(url: URL, plan_id: int, seed: int, results: list[int]) -> None:
    """Do operations as another process would: with a memory of its own."""
    engine, rng = open_database(url), Random(seed)
    try:
        while len(results) < 12:
            try:
                seen = max(1, seen_now(engine, plan_id).seen - rng.randrange(2))
                results.append(
                    do(engine, plan_id, lambda graph: random_operation(graph, rng), seen=seen)
                )
            except (InputError, RedrawConflictError):
                continue
    finally:
        engine.dispose()


def test_two_write_at_once_and_nothing_is_lost(database: URL, engine: Engine) -> None:
    mine = new_draft(engine)
    in_memory(engine, mine)
    results: list[list[int]] = [[], [], []]
    with ThreadPoolExecutor(3) as pool:
        tasks = [
            pool.submit(at_work, database, mine, seed, found) for seed, found in enumerate(results)
        ]
        for task in tasks:
            task.result()
    versions = sorted(number for found in results for number in found)
    assert versions == list(range(2, 38))
    assert all(found == sorted(found) for found in results)
    with reading(engine) as connection:
        assert [entry.number for entry in entries_after(connection, mine, 0)] == versions
    assert in_memory(engine, mine) == kept(engine, mine, from_first=True)
    with open_draft(engine, mine) as (opened, _state):
        require_seamless(opened.graph)


def test_threads_of_one_process_take_turns(engine: Engine) -> None:
    mine, barrier = new_draft(engine), threading.Barrier(4)

    def work(number: int) -> int:
        barrier.wait()
        return do(engine, mine, lambda graph: rename(graph, "11", f"名{number}"), seen=None)

    with ThreadPoolExecutor(4) as pool:
        found = []
        for task in [pool.submit(work, number) for number in range(4)]:
            try:
                found.append(task.result())
            except RedrawConflictError:
                continue
    assert len(set(found)) == len(found) >= 1
    assert seen_now(engine, mine).seen == 1 + len(found)
    assert in_memory(engine, mine) == kept(engine, mine)


_OTHER = """
import sys
from datetime import UTC, datetime
from sqlalchemy.engine import make_url
from geogrid.redraw import graph_bytes
from geogrid.store.database.engine import open_database
from geogrid.store.redrawing.opened import open_draft
with open_draft(open_database(make_url(sys.argv[1])), int(sys.argv[2])) as (draft, state):
    sys.stdout.buffer.write(graph_bytes(draft.graph))
"""


def test_another_process_has_the_same_bytes(database: URL, engine: Engine) -> None:
    mine, rng = new_draft(engine), Random(5)
    while seen_now(engine, mine).seen < 15:
        try:
            do(engine, mine, lambda graph: random_operation(graph, rng))
        except InputError:
            continue
    address = database.render_as_string(hide_password=False)
    asked = [sys.executable, "-c", _OTHER, address, str(mine)]
    found = subprocess.run(asked, capture_output=True, check=True).stdout
    assert found == in_memory(engine, mine)


_WORKER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from redraw_operations import random_operation
from sqlalchemy.engine import make_url
from geogrid.errors import InputError
from geogrid.store.database.engine import open_database
from geogrid.store.redrawing.desk import Who, operate
engine, rng, seen = open_database(make_url(sys.argv[1])), Random(9), 1
while True:
    try:
        seen = operate(
            engine, int(sys.argv[2]), lambda graph: random_operation(graph, rng),
            Who(seen, datetime.now(UTC)), lambda draft, done: done.version,
        )
    except InputError:
        continue
    print(seen, flush=True)
"""


def test_a_process_that_is_killed_loses_nothing_that_it_answered(
    database: URL, engine: Engine
) -> None:
    mine = new_draft(engine)
    address = database.render_as_string(hide_password=False)
    here = str(Path(__file__).resolve().parents[1])
    asked = [sys.executable, "-c", _WORKER, address, str(mine), here]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        answered = [int(worker.stdout.readline()) for _answer in range(6)]
        worker.kill()
        answered += [int(line) for line in worker.stdout.read().split()]
    with reading(engine) as connection:
        numbers = [entry.number for entry in entries_after(connection, mine, 0)]
    assert numbers[: len(answered)] == answered == list(range(2, 2 + len(answered)))
    assert len(numbers) <= len(answered) + 1
    assert seen_now(engine, mine).seen == numbers[-1]
    assert in_memory(engine, mine) == kept(engine, mine, from_first=True)
