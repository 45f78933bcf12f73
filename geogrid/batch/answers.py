"""The columns that location adds, as Arrow arrays or as cells of a text table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geogrid.batch.values import cells
from geogrid.placing.grid_layer import GridLayer
from geogrid.placing.placer import STATUSES, Placed

__all__ = ["Answers"]


@dataclass(frozen=True)
class _Coded:
    """n texts, each one of a few."""

    words: pa.StringArray
    at: npt.NDArray[np.int32]

    def array(self) -> pa.StringArray:
        return self.words.take(pa.array(self.at))

    def cells(self) -> pa.StringArray:
        return cells(self.words).take(pa.array(self.at))


@dataclass(frozen=True)
class Answers:
    """What is added to the rows of one list.

    Attributes
    ----------
    layer : the grids
    language : of the reasons
    has_addresses : whether addresses are looked up
    """

    layer: GridLayer
    language: str
    has_addresses: bool

    @property
    def schema(self) -> pa.Schema:
        """The added columns in order."""
        texts = {name: pa.string() for name in ("grid_code", "grid_name", *self.layer.upper)}
        kinds = texts | {
            "boundary_m": pa.float64(),
            "status": pa.string(),
            "reason": pa.string(),
            "wgs84_lon": pa.float64(),
            "wgs84_lat": pa.float64(),
        }
        return pa.schema(kinds | ({"matched_address": pa.string()} if self.has_addresses else {}))

    def arrays(self, placed: Placed) -> list[pa.Array]:
        """Return the added columns; a number that is not known is null."""
        return [
            part.array() if isinstance(part, _Coded) else pa.array(part, from_pandas=True)
            for part in self._parts(placed)
        ]

    def cells(self, placed: Placed) -> list[pa.StringArray]:
        """Return the added columns as cells of a text table, quoted where they must be."""
        return [
            part.cells() if isinstance(part, _Coded) else cells(pa.array(part))
            for part in self._parts(placed)
        ]

    def _parts(self, placed: Placed) -> list[_Coded | npt.NDArray[np.float64]]:
        layer = [_Coded(words, placed.grid % len(words)) for words in self._words]
        labels = [_coded(placed.labels.tolist())] if self.has_addresses else []
        return [
            *layer,
            placed.boundary_m,
            _Coded(pa.array(STATUSES), placed.status.astype(np.int32)),
            self._reasons(placed),
            placed.lon,
            placed.lat,
            *labels,
        ]

    @cached_property
    def _words(self) -> list[pa.StringArray]:
        """Codes, names and upper names of the grids, with one more for no grid."""
        each = (self.layer.codes, self.layer.names, *self.layer.upper.values())
        return [pa.array([*words.tolist(), ""], pa.string()) for words in each]

    def _reasons(self, placed: Placed) -> _Coded:
        texts = np.full(len(placed.reasons), "", dtype=object)
        for at in np.flatnonzero(placed.reasons).tolist():
            texts[at] = placed.reasons[at].text(self.language)
        return _coded(texts.tolist())


def _coded(texts: Sequence[str]) -> _Coded:
    coded = pa.array(texts, pa.string()).dictionary_encode()
    return _Coded(coded.dictionary, np.asarray(coded.indices, np.int32))
