"""A comparison as plain values for JSON, and as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import shapely

from geogrid.compare.record import MEASURE_WORDS, ComparisonRecord
from geogrid.compare.tables import change_table
from geogrid.coverage.verdict import area_text
from geogrid.drawing.map_shapes import to_lonlat
from geogrid.i18n import mark as _
from geogrid.unify.plain import plain_rows

__all__ = ["comparison_data", "comparison_lines"]

_SAID = 20


def comparison_data(record: ComparisonRecord, *, with_shapes: bool = True) -> dict[str, Any]:
    """Return a comparison as plain values for JSON.

    Parameters
    ----------
    record : the comparison
    with_shapes : whether moves have their geometry (GeoJSON in WGS 84 degrees)

    Returns
    -------
    dict
        before, after, date, tolerance_m, measures, counts, counts_by_level, changes, grids,
        moves and things; rows as of :class:`geogrid.compare.PlanComparison`, what is not known
        is None.
    """
    of = record.comparison
    moves = plain_rows(of.moves)
    if with_shapes:
        shapes = to_lonlat(of.moves.geometry.to_numpy(), of.moves.crs)
        for move, shape in zip(moves, shapes, strict=True):
            move["geometry"] = None if shape is None else shapely.geometry.mapping(shape)
    return {
        "before": {"name": record.before, "grids": len(of.before)},
        "after": {"name": record.after, "grids": len(of.after)},
        "date": record.date,
        "tolerance_m": float(of.tolerance_m),
        "measures": list(of.measures),
        "counts": of.counts(),
        "counts_by_level": {str(level): of.counts(level) for level in of.levels},
        "changes": plain_rows(of.changes),
        "grids": plain_rows(of.grids),
        "moves": moves,
        "things": plain_rows(of.things),
    }


def comparison_lines(record: ComparisonRecord) -> Iterator[str]:
    """Yield a comparison in lines for a terminal, of many changes the first."""
    of = record.comparison
    yield record.sentence()
    for row in change_table(record, _SAID).rows:
        number, level, kind, before, after = row[:5]
        told = f" ({row[-1]})" if row[-1] else ""
        yield f"  {number}. {level} · {kind}: {before} → {after}{told}"
    yield from _more(record, len(of.changes))
    if len(of.moves):
        yield record.say(_("Who moves:"))
    for move in of.moves.drop(columns="geometry").head(_SAID).to_dict("records"):
        yield f"  {_move_text(record, move)}"
    yield from _more(record, len(of.moves))


def _more(record: ComparisonRecord, count: int) -> Iterator[str]:
    if count > _SAID:
        yield "  " + record.say(_("… and {count} more"), count=count - _SAID)


def _move_text(record: ComparisonRecord, move: Mapping[Any, Any]) -> str:
    counted = [
        f"{record.say(MEASURE_WORDS[name])} {move[name]:,}"
        for name in record.comparison.measures
        if move[name]
    ]
    said = [area_text(move["area_m2"], record.language)] if move["area_m2"] > 0.0 else []
    ends = record.grid(move["from"], 0, full=True), record.grid(move["to"], 1, full=True)
    colon = "：" if record.is_chinese else ": "
    return f"{ends[0]} → {ends[1]}{colon}" + "; ".join([*said, *counted])
