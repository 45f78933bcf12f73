"""One contestant in a process of its own: ``… -m benchmarks.location.worker TARGET FOLDER``."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.location.contestant import Contestant, Pairs, load
from benchmarks.location.inputs import Layer, read_layer, small_layer
from benchmarks.worker import own_output, serve

_OWNERS = "owners.npy"


def main(target: str, name: str) -> None:
    """Warm up, then do as told."""
    answers = own_output()
    warnings.simplefilter("ignore")
    folder, contestant = Path(name), load(target)
    contestant.prepare(small_layer(folder))()
    layer = read_layer(folder)

    def prepare() -> Any:
        fresh = layer._replace(grids=layer.grids.copy())
        return contestant.prepare(fresh)

    serve(answers, prepare, lambda result: _told(contestant, result, layer, folder))


def _told(contestant: Contestant, result: Any, layer: Layer, folder: Path) -> dict[str, Any]:
    if contestant.held is not None:
        return {"held": contestant.held(result)}
    if contestant.pairs is None:
        return {}
    pairs = contestant.pairs(result)
    known = folder / _OWNERS
    if not known.exists():  # the first that tells is ours
        owner = np.full(len(layer.x), -1, np.int64)
        owner[pairs.point] = pairs.grid
        np.save(known, owner)
    return compared(pairs, np.load(known))


def compared(pairs: Pairs, owner: Any) -> dict[str, int]:
    """Return how many points have an answer, several, and none that is our owner."""
    times = np.bincount(pairs.point, minlength=len(owner))
    agrees = np.where(owner < 0, times == 0, False)
    agrees[pairs.point[owner[pairs.point] == pairs.grid]] = True
    return {
        "answered": int((times > 0).sum()),
        "twice": int((times > 1).sum()),
        "differ": int((~agrees).sum()),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
