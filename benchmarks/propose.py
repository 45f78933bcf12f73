"""``python -m benchmarks.propose``: proposals against what others make of the same graph.

The sample: the ground around 1,558 buildings to 126 grids; with ``--blocks FILE`` also census
blocks, with an invented number of homes each. Everyone gets the same units, the same borders and
the same homes. Peers run in an environment of their own (``.cache/bench/propose``): GerryChain's
recursive tree partition (at the smallest tolerance of those tried at which it ends), METIS
k-way by way of pymetis, and of spopt Ward, Skater, MaxP and regional k-means, with their plain
settings. Each has a limit of time; who passes it is left out and named.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np

from benchmarks.fetching import CACHE, ROOT, Fetched, answer_of
from benchmarks.report import machine
from geogrid.propose import Scores, UnitGraph, build_unit_graph, propose, score, unit_areas
from geogrid.store.plan import load_plan

PEERS = ("gerrychain==1.0.0", "pymetis==2025.2.2", "spopt==0.7.0")
NAMES = {
    "gerrychain": "GerryChain 1.0.0, recursive tree partition",
    "metis": "METIS k-way (pymetis 2025.2.2)",
    "ward": "spopt 0.7.0, Ward",
    "skater": "spopt, Skater",
    "maxp": "spopt, MaxP",
    "kmeans": "spopt, regional k-means",
}
HEAD = (
    "| | s of the processor | grids | in one piece | largest deviation | mean (rms) |"
    " outside ±10 % | compactness | border km | along main streets | homes moved |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def sample() -> tuple[UnitGraph, int]:
    """Return the units of the city sample with the grids of today, and how many these are."""
    plan = load_plan(ROOT / "data" / "boundaries" / "futian")
    units = unit_areas(plan.grids, plan.units).frame
    tree = plan.hierarchy
    present = [
        next(code for code in tree.chain(leaf) if tree.levels[code] == 3) for leaf in units["grid"]
    ]
    return build_unit_graph(units, streets=plan.streets, present=present), len(set(present))


def blocks(file: Path) -> UnitGraph:
    """Return census blocks, with homes drawn at random: many have none, few have very many."""
    frame = gpd.read_parquet(file) if file.suffix == ".parquet" else gpd.read_file(file)
    rng = np.random.Generator(np.random.PCG64(1))
    homes = np.round(rng.gamma(0.8, 30.0, len(frame))).astype(np.float64)
    frame = frame.assign(unit=[f"{row}" for row in range(len(frame))], households=homes)
    return build_unit_graph(frame)


def line(name: str, took: float, found: Scores) -> str:
    """Return a row of the table."""
    return (
        f"| {name} | {took:.1f} | {found.grids} | {found.whole} | {100 * found.worst:.1f} % |"
        f" {100 * found.spread:.1f} % | {found.outside} | {found.compactness:.3f} |"
        f" {found.border_km:.1f} | {100 * found.street_share:.0f} % |"
        f" {100 * found.moved_share:.0f} % |"
    )


def ours(graph: UnitGraph, count: int, seed: int) -> list[str]:
    """Return a row for each aim; they are made together, so the times are those of all four."""
    begin, clock = time.process_time(), time.perf_counter()
    found = propose(graph, count=count, seed=seed)
    took = time.process_time() - begin  # of both processors together
    waited = time.perf_counter() - clock
    return [
        line(f"geogrid, {each.aim} ({waited:.1f} s by the clock)", took, each.scores)
        for each in found
    ]


def theirs(
    graph: UnitGraph, count: int, fetched: Fetched, seed: int, limit_s: float
) -> Iterator[str]:
    """Give a row for each peer, or why there is none."""
    python, failure = fetched.python(CACHE / "propose", PEERS, ["geopandas", "pandas", "numpy"])
    if failure:
        yield f"| peers | {failure} |"
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    given = CACHE / "propose_graph.npz"
    np.savez(
        given, weight=graph.weight, one=graph.one, other=graph.other, length=graph.length_m,
        places=graph.places,
    )  # fmt: skip
    target = float(graph.weight.sum()) / count
    for peer, name in NAMES.items():
        asked = [python, str(Path(__file__).with_name("propose_peers.py")), str(given), peer,
                 str(count), str(seed)]  # fmt: skip
        said, why = answer_of(asked, limit_s)
        if said is None:
            yield f"| {name} | {why} |"
            continue
        codes = np.array([f"{label}" for label in said["labels"]], dtype=object)
        found = score(graph, named(graph, codes), target=target, tolerance=0.1)
        yield line(name + said["note"], said["seconds"], found)


def named(graph: UnitGraph, codes: np.ndarray) -> np.ndarray:
    """Give the grids of a peer the codes of today as ours get them: most homes in common first."""
    pairs: dict[tuple[str, str], float] = {}
    for code, now, homes in zip(codes, graph.present, graph.households, strict=True):
        if now:
            pairs[code, now] = pairs.get((code, now), 0.0) + homes
    given: dict[str, str] = {}
    for code, now in sorted(pairs, key=lambda pair: (-pairs[pair], pair)):
        if code not in given and now not in given.values():
            given[code] = now
    return np.array([given.get(code, f"+{code}") for code in codes], dtype=object)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.propose", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=120.0, help="seconds for each peer")
    parser.add_argument("--blocks", type=Path, help="a file of blocks to race over too")
    parser.add_argument("--grids", type=int, default=500, help="how many to make of the blocks")
    parser.add_argument("--offline", action="store_true")
    asked = parser.parse_args()
    print(machine())
    graph, count = sample()
    races = [("The sample", graph, count)]
    if asked.blocks:
        races.append(("Blocks", blocks(asked.blocks), asked.grids))
    warm_up(graph)
    for title, units, number in races:
        print(f"\n{title}: {len(units.names):,} units to {number} grids\n\n{HEAD}")
        if (units.present != "").any():
            target = float(units.weight.sum()) / number
            print(line("today", 0.0, score(units, units.present, target=target, tolerance=0.1)))
        for row in ours(units, number, asked.seed):
            print(row, flush=True)
        fetched = Fetched(offline=asked.offline)
        for row in theirs(units, number, fetched, asked.seed, asked.limit):
            print(row, flush=True)


def warm_up(graph: UnitGraph) -> None:
    """Load the compiled kernel, so that it is not timed; compiling takes 5 s once per release."""
    propose(graph.take(np.arange(20)), count=2)


if __name__ == "__main__":
    main()
