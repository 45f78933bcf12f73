"""A draft as bytes and back, so that a log need not be replayed from its beginning."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence

import numpy as np

from geogrid.errors import FormatError
from geogrid.i18n import mark as _
from geogrid.redraw.arc import Arc
from geogrid.redraw.graph import ArcGraph

__all__ = ["graph_bytes", "graph_from_bytes"]


def graph_bytes(graph: ArcGraph) -> bytes:
    """Return a draft as a NumPy archive: arrays of all arcs, and a text for the rest.

    Equal drafts that know the same used codes give equal bytes.
    """
    arcs = [graph.arcs[key] for key in sorted(graph.arcs)]
    names = sorted({side for arc in arcs for side in (arc.left, arc.right)})
    number = {name: at for at, name in enumerate(names)}
    about = {
        "names": names,
        "rows": dict(sorted(graph.rows.items())),
        "gaps": dict(sorted(graph.gaps.items())),
        "order": dict(sorted(graph.order.items())),
        "used": graph.used,
    }
    text = json.dumps(about, ensure_ascii=False, separators=(",", ":"))
    points = [arc.points for arc in arcs] or [np.zeros((0, 2), dtype=np.int64)]
    out = io.BytesIO()
    np.savez(
        out,
        points=np.concatenate(points),
        length=np.array([len(arc.points) for arc in arcs], dtype=np.int64),
        left=np.array([number[arc.left] for arc in arcs], dtype=np.int64),
        right=np.array([number[arc.right] for arc in arcs], dtype=np.int64),
        about=np.frombuffer(text.encode(), dtype=np.uint8),
    )
    return out.getvalue()


def graph_from_bytes(data: bytes) -> ArcGraph:
    """Read what :func:`graph_bytes` wrote.

    Raises
    ------
    FormatError
        The bytes are no draft.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            about = json.loads(stored["about"].tobytes())
            arcs = _arcs(about["names"], *(stored[name] for name in _ARRAYS))
        return ArcGraph(
            arcs, about["rows"], about["gaps"], used=about["used"], order=about["order"]
        )
    except (ValueError, KeyError, TypeError, IndexError, OSError, zipfile.BadZipFile) as error:
        raise FormatError(_("This is no draft ({reason})."), reason=error) from error


_ARRAYS = ("points", "length", "left", "right")


def _arcs(
    names: Sequence[str],
    points: np.ndarray,
    length: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
) -> list[Arc]:
    points.flags.writeable = False
    stop = np.cumsum(length).tolist()
    return [
        Arc(points[end - size : end], names[one], names[other])
        for end, size, one, other in zip(
            stop, length.tolist(), left.tolist(), right.tolist(), strict=True
        )
    ]
