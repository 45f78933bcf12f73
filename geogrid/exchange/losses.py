"""What of a plan does not come back from a file of each format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import shapely

from geogrid.exchange.contents import POSITIONED, Contents, Part
from geogrid.exchange.kml import xml_text
from geogrid.exchange.packed import shape_text
from geogrid.exchange.workbook import cell_value, code_of_word, word_of
from geogrid.findings import Finding
from geogrid.formats.write_database import TEXT_BYTES
from geogrid.i18n import mark as _
from geogrid.store.bundle import COLUMNS
from geogrid.tabular.rows import cell_text
from geogrid.tabular.workbook import LONGEST_CELL

__all__ = ["losses"]

_SAID: Mapping[str, str] = {
    "half_positions": _("{count} positions have no longitude or no latitude; they are left out."),
    "empty_rows": _("{count} rows without any value are left out."),
    "texts_cut": _("{count} texts are too long for the format and are cut."),
    "characters": _("{count} texts hold characters that the format or its encoding cannot."),
    "outer_spaces": _("{count} texts lose spaces at their ends, or an apostrophe before them."),
    "words_are_codes": _("{count} texts read like one of our words and come back as its code."),
    "empty_is_missing": _("{count} empty texts in other columns come back as no value."),
    "digits": _("{count} numbers lose their last digits."),
    "shapes": _(
        "{count} shapes are empty or of a kind that the format does not hold; they are left out."
    ),
    "single_parts": _("{count} shapes of several parts that have only one come back as single."),
    "ring_direction": _("Rings are turned as the format asks; no border moves."),
}
_NOTES = {"single_parts", "ring_direction", "empty_is_missing"}


def losses(contents: Contents, kind: str, encoding: str) -> list[Finding]:
    """Return one finding per kind of loss, with the number of values.

    Parameters
    ----------
    contents : of the file
    kind : one of :data:`~geogrid.exchange.kinds.KINDS`
    encoding : of a Shapefile
    """
    counts = dict.fromkeys(_SAID, 0) | {"half_positions": contents.half_positions}
    for part, held in contents.parts.items():
        for loss in _in_values(held, part, kind, encoding):
            counts[loss] += 1
        for loss, count in _in_shapes(held, part, kind):
            counts[loss] += count
        counts["empty_rows"] += _empty_rows(held, part) if kind == "xlsx" else 0
    return [
        Finding(
            loss, _SAID[loss], {"count": count}, severity="note" if loss in _NOTES else "warning"
        )
        for loss, count in counts.items()
        if count
    ]


def _in_values(held: Part, part: str, kind: str, encoding: str) -> Iterator[str]:
    reasons: Mapping[str, Callable[[str, str], str | None]] = {
        "shp": lambda text, _column: _of_shape(text, encoding),
        "kml": lambda text, _column: "characters" if xml_text(text) != text else None,
        "xlsx": lambda text, column: _of_cell(text, part, column),
    }
    reason = reasons.get(kind)
    if reason is None:
        return
    for column in held.rows.columns:
        is_ours = column in COLUMNS.get(part, {})
        for value in held.rows[column].dropna().unique().tolist():
            loss = _of_value(value, column, reason, kind, is_ours=is_ours)
            if loss:
                yield from [loss] * int((held.rows[column] == value).sum())


def _of_value(
    value: Any,
    column: str,
    reason: Callable[[str, str], str | None],
    kind: str,
    *,
    is_ours: bool,
) -> str | None:
    if not isinstance(value, str):
        is_cut = kind == "xlsx" and isinstance(value, float) and float(cell_text(value)) != value
        return "digits" if is_cut else None
    found = reason(value, column)
    if found is None and value == "" and not is_ours and kind in ("shp", "xlsx"):
        return "empty_is_missing"
    return found


def _of_shape(text: str, encoding: str) -> str | None:
    if shape_text(text, encoding) == text:
        return None
    if text.encode(encoding, "replace").decode(encoding) != text:
        return "characters"
    return "texts_cut" if len(text.strip().encode(encoding)) > TEXT_BYTES else "outer_spaces"


def _of_cell(text: str, part: str, column: str) -> str | None:
    kept = cell_value(text, part, column)
    if code_of_word(part, column, kept) == text:
        return None
    if word_of(part, column, text) == text and code_of_word(part, column, text) != text:
        return "words_are_codes"
    if len(text) > LONGEST_CELL:
        return "texts_cut"
    return "outer_spaces" if kept in text else "characters"


def _empty_rows(held: Part, part: str) -> int:
    """Count the rows of which a sheet shows nothing."""
    is_empty = np.ones(len(held.rows), np.bool_)
    for column in held.rows.columns:
        shown = (cell_value(one, part, column) for one in held.rows[column].tolist())
        is_empty &= np.array([one in (None, "") for one in shown], np.bool_)
    if held.geometry is not None:
        is_empty &= shapely.is_missing(held.geometry)
    return int(is_empty.sum())


def _in_shapes(held: Part, part: str, kind: str) -> Iterator[tuple[str, int]]:
    geometry = held.geometry
    if geometry is None:
        return
    if kind == "xlsx" and part in POSITIONED:
        places = shapely.get_coordinates(geometry).ravel().tolist()
        yield "digits", sum(float(cell_text(one)) != one for one in places)
    if kind in ("shp", "kml"):
        yield from _kinds_of_shapes(geometry, part, kind)


def _kinds_of_shapes(geometry: Any, part: str, kind: str) -> Iterator[tuple[str, int]]:
    types = shapely.get_type_id(geometry)
    is_multi = np.isin(types, [5, 6])
    yield "single_parts", int((is_multi & (shapely.get_num_geometries(geometry) == 1)).sum())
    dimension = 0 if part in POSITIONED else 1 if part == "streets" else 2
    is_held = (shapely.get_dimensions(geometry) == dimension) & np.isin(types, [0, 1, 3, 5, 6])
    is_held &= ~shapely.is_empty(geometry)
    yield "shapes", int((~is_held & (types >= 0)).sum())
    if kind == "shp":
        yield "ring_direction", int(_turned(geometry[types >= 3]))


def _turned(geometry: Any) -> bool:
    """Return whether an outer ring runs counter-clockwise, or an inner one clockwise."""
    polygons = shapely.get_parts(geometry)
    polygons = polygons[shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON]
    outer = shapely.get_exterior_ring(polygons)
    inner = shapely.get_rings(polygons)
    turned = shapely.is_ccw(outer).sum()
    return bool(turned or shapely.is_ccw(inner).sum() - turned < len(inner) - len(outer))
