"""Write located points as JSON columns, GeoJSON, CSV or Parquet."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from geogrid.placing import STATUSES
from geogrid.tabular.writing import harmless
from web.current import CurrentPlan
from web.location.batch import Located
from web.location.bodies import CSV, GEOJSON, JSON, PARQUET

__all__ = ["WRITERS", "Answer"]

_NO_POINT = '{"type":"Point","coordinates":[NaN,NaN]}'
MOST_ERRORS = 1_000
"""Errors listed in a JSON answer; `errors_total` counts all, and every status is there."""

Objects = npt.NDArray[np.object_]


class _Column(NamedTuple):
    """(n,) texts: the (k,) different ones, and where each of the n is among them."""

    values: Objects
    place: npt.NDArray[np.integer[Any]]


class Answer(NamedTuple):
    """What is to be written.

    Attributes
    ----------
    located : n points
    rows : (n,) the row or feature of each, from 1
    datum, language
        Of the request.
    """

    current: CurrentPlan
    located: Located
    rows: npt.NDArray[np.int64]
    datum: str
    language: str

    def texts(self) -> dict[str, _Column]:
        """Return the text columns in order."""
        current, located = self.current, self.located
        grids, place = np.unique(located.grid, return_inverse=True)
        columns = {
            "code": _Column(current.codes_at(grids), place),
            "status": _Column(np.array(STATUSES, dtype=object), located.status),
        }
        for level, codes in current.codes_above.items():
            columns[f"level_{level}"] = _Column(codes[grids], place)
        if located.across is not None:
            grids, place = np.unique(located.across, return_inverse=True)
            columns["across"] = _Column(current.codes_at(grids), place)
        return columns

    def reasons(self) -> list[str]:
        """Return why each of the wrong positions cannot be used."""
        return [reason.text(self.language) for reason in self.located.reasons]


def _json(answer: Answer) -> bytes:
    located = answer.located
    counts = np.bincount(located.status, minlength=len(STATUSES)).tolist()
    head = {
        "plan": answer.current.plan.digest,
        "datum": answer.datum,
        "count": len(answer.rows),
        "counts": dict(zip(STATUSES, counts, strict=True)),
        **_errors(answer),
        "findings": [
            {"kind": each.kind, "severity": each.severity, "detail": each.text(answer.language)}
            for each in located.findings
        ],
    }
    columns = {name: _joined(column) for name, column in answer.texts().items()}
    if located.boundary_m is not None:
        columns["boundary_m"] = _numbers(located.boundary_m)
    if (np.diff(answer.rows, prepend=0) != 1).any():  # several points in a feature
        columns["row"] = json.dumps(answer.rows.tolist(), separators=(",", ":"))
    body = ",".join(f'"{name}":{text}' for name, text in columns.items())
    return (json.dumps(head, ensure_ascii=False)[:-1] + "," + body + "}").encode()


def _errors(answer: Answer) -> dict[str, Any]:
    """Return the points that could not be located, each with its row, its field and why."""
    wrong = answer.located.wrong[:MOST_ERRORS]
    listed = [
        {
            "row": row,
            "field": "lon, lat",
            "type": reason.kind,
            "detail": reason.text(answer.language),
        }
        for row, reason in zip(answer.rows[wrong].tolist(), answer.located.reasons, strict=False)
    ]
    return {"errors": listed, "errors_total": len(answer.located.wrong)}


def _written(column: _Column, before: str = "") -> list[str]:
    """Return the texts as JSON; each different one is written once."""
    written = [before + json.dumps(value, ensure_ascii=False) for value in column.values]
    return np.array(written, dtype=object)[column.place].tolist()


def _joined(column: _Column) -> str:
    return "[" + ",".join(_written(column)) + "]"


def _numbers(values: npt.NDArray[np.float64]) -> str:
    """Return a JSON list of metres to the centimetre, null where there is none."""
    return json.dumps(np.round(values, 2).tolist(), separators=(",", ":")).replace("NaN", "null")


def _one_by_one(values: npt.NDArray[np.float64]) -> list[str]:
    """Return numbers as JSON; written as one list and taken apart, which is faster."""
    return json.dumps(values.tolist())[1:-1].split(", ") if len(values) else []


def _table(answer: Answer) -> pa.Table:
    columns: dict[str, Any] = {"row": answer.rows}
    for name, (values, place) in answer.texts().items():
        different = pa.array(values, pa.string())
        columns[name] = pa.DictionaryArray.from_arrays(place.astype(np.int32), different)
    if answer.located.boundary_m is not None:
        metres = np.round(answer.located.boundary_m, 2)
        columns["boundary_m"] = pa.array(metres, from_pandas=True)
    reasons = np.full(len(answer.rows), "", dtype=object)
    reasons[answer.located.wrong] = answer.reasons()
    columns["reason"] = pa.array(reasons, pa.string())
    return pa.table(columns)


def _csv(answer: Answer) -> bytes:
    table = _table(answer)
    for at, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            column = table.column(at).combine_chunks()
            words = pa.array(
                [harmless(word) for word in column.dictionary.to_pylist()], pa.string()
            )
            table = table.set_column(at, field.name, words.take(column.indices))
    sink = io.BytesIO()
    pyarrow.csv.write_csv(table, sink)
    return sink.getvalue()


def _parquet(answer: Answer) -> bytes:
    sink = io.BytesIO()
    pq.write_table(_table(answer), sink, compression="zstd")
    return sink.getvalue()


def _geojson(answer: Answer) -> bytes:
    located = answer.located
    parts = {name: _written(column, f'"{name}":') for name, column in answer.texts().items()}
    if located.boundary_m is not None:
        metres = _one_by_one(np.round(located.boundary_m, 2))
        parts["boundary_m"] = [f'"boundary_m":{value}'.replace("NaN", "null") for value in metres]
    parts["reason"] = ['"reason":""'] * len(answer.rows)
    for at, reason in zip(located.wrong.tolist(), answer.reasons(), strict=True):
        parts["reason"][at] = f'"reason":{json.dumps(reason, ensure_ascii=False)}'
    lon, lat = _one_by_one(located.lon), _one_by_one(located.lat)
    written = map(",".join, zip(*parts.values(), strict=True))
    features = [
        f'{{"type":"Feature","geometry":{{"type":"Point","coordinates":[{x},{y}]}},'
        f'"properties":{{"row":{row},{said}}}}}'
        for x, y, row, said in zip(lon, lat, answer.rows.tolist(), written, strict=True)
    ]
    for at in np.flatnonzero(np.isnan(located.lon)).tolist():
        features[at] = features[at].replace(_NO_POINT, "null", 1)
    return ('{"type":"FeatureCollection","features":[' + ",".join(features) + "]}").encode()


WRITERS: Mapping[str, Any] = {JSON: _json, GEOJSON: _geojson, CSV: _csv, PARQUET: _parquet}
"""Media type to the function that writes an :class:`Answer`."""
