"""One peer asked to divide a graph: ``propose_peers.py GRAPH.npz PEER COUNT SEED``."""

from __future__ import annotations

import json
import sys
import time
import warnings

import numpy as np

TOLERANCES = (0.1, 0.15, 0.2, 0.3)


def gerrychain(data, count: int, seed: int):
    """Return the partition at the smallest tolerance at which one is found."""
    import networkx  # noqa: PLC0415 - only this peer needs it
    from gerrychain import Graph  # noqa: PLC0415
    from gerrychain.partition import recursive_tree_part  # noqa: PLC0415

    graph = networkx.Graph()
    graph.add_nodes_from((unit, {"homes": float(w)}) for unit, w in enumerate(data["weight"]))
    graph.add_edges_from(zip(data["one"].tolist(), data["other"].tolist(), strict=True))
    graph = Graph.from_networkx(graph)
    mean = float(data["weight"].sum()) / count
    for tolerance in TOLERANCES:
        begin = time.process_time()
        try:
            found = recursive_tree_part(graph, range(count), mean, "homes", tolerance, rng=seed)
        except RuntimeError:
            continue
        took = time.process_time() - begin
        return [found[unit] for unit in range(len(data["weight"]))], f" (±{tolerance:g})", took
    raise SystemExit(f"no partition within ±{TOLERANCES[-1]}")


def metis(data, count: int, seed: int):
    """Return METIS's partition with contiguous parts and border lengths as weights of edges."""
    import pymetis  # noqa: PLC0415

    first, other, length = _rows(data)
    begin = time.process_time()
    _cut, labels = pymetis.part_graph(
        count, pymetis.CSRAdjacency(first, other),
        vweights=np.rint(data["weight"]).astype(int).tolist(),
        eweights=np.maximum(1, np.rint(length)).astype(int).tolist(),
        options=pymetis.Options(seed=seed, contig=1, ufactor=100),
    )  # fmt: skip
    return list(labels), "", time.process_time() - begin


def spopt(data, count: int, seed: int, name: str):
    """Return the regions of one of spopt's methods: homes and places are the attributes."""
    import geopandas  # noqa: PLC0415
    import libpysal  # noqa: PLC0415
    from spopt import region  # noqa: PLC0415

    np.random.seed(seed)
    frame = geopandas.GeoDataFrame(
        {"homes": data["weight"], "x": data["places"][:, 0], "y": data["places"][:, 1]},
        geometry=geopandas.points_from_xy(*data["places"].T),
    )
    first, other, _length = _rows(data)
    beside = {unit: other[first[unit] : first[unit + 1]].tolist() for unit in range(len(frame))}
    weights = libpysal.weights.W(beside, silence_warnings=True)
    attributes = ["x", "y"]
    mean = float(data["weight"].sum()) / count
    begin = time.process_time()
    if name == "ward":
        model = region.WardSpatial(frame, weights, attributes, count)
    elif name == "skater":
        model = region.Skater(frame, weights, attributes, count)
    elif name == "maxp":
        model = region.MaxPHeuristic(frame, weights, attributes, "homes", 0.9 * mean)
    else:
        model = region.RegionKMeansHeuristic(data["places"], count, weights, seed=seed)
    model.solve()
    return np.asarray(model.labels_).tolist(), "", time.process_time() - begin


def _rows(data):
    here = np.concatenate([data["one"], data["other"]])
    there = np.concatenate([data["other"], data["one"]])
    order = np.lexsort((there, here))
    first = np.searchsorted(here[order], np.arange(len(data["weight"]) + 1))
    return first, there[order], np.tile(data["length"], 2)[order]


def main() -> None:
    """Print seconds, labels and a note as JSON."""
    warnings.simplefilter("ignore")
    file, peer, count, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    data = dict(np.load(file))
    if peer == "gerrychain":
        labels, note, took = gerrychain(data, count, seed)
    elif peer == "metis":
        labels, note, took = metis(data, count, seed)
    else:
        labels, note, took = spopt(data, count, seed, peer)
    print(json.dumps({"labels": [int(each) for each in labels], "note": note, "seconds": took}))


if __name__ == "__main__":
    main()
