"""Whether the buildings of a list lie in the grids, or would under another datum."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from geogrid.crs import from_wgs84
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.locate import GridIndex
from geogrid.placing.datum_evidence import DatumName
from geogrid.placing.doubts import shares_by_datum

__all__ = ["DatumDoubt", "doubt_datum"]

_FEWEST = 5
_GAIN = 0.10
_MOST = 0.5


class DatumDoubt(NamedTuple):
    """What the grids say of the datum that was named.

    Attributes
    ----------
    other
        The datum that fits better, ``""`` when none does.
    is_mostly_outside
        Whether more than half of the positions lie in no grid.
    findings
        At most one.
    """

    other: str = ""
    is_mostly_outside: bool = False
    findings: tuple[Finding, ...] = ()


def doubt_datum(units: pd.DataFrame, index: GridIndex, datum: str | None) -> DatumDoubt:
    """Count the positions in the grids as they are and under each other datum.

    Parameters
    ----------
    units
        Columns lon and lat, WGS 84 degrees converted from `datum`, NaN without a position.
    index
        Of grids in WGS 84.
    datum
        The one named; None where the list has no positions.
    """
    place = units[["lon", "lat"]].dropna().to_numpy(dtype=np.float64)
    if not len(place) or datum is None:
        return DatumDoubt()
    lon, lat = place[:, 0], place[:, 1]
    x, y = from_wgs84(lon, lat, datum)
    total = len(place)
    inside = {each: round(share * total) for each, share in shares_by_datum(index, x, y).items()}
    said = inside[datum]
    is_outside = said < _MOST * total
    best = max(inside, key=lambda each: inside[each])
    is_better = inside[best] - said >= _GAIN * total and inside[best] >= _MOST * total
    if not is_better or total < _FEWEST:
        return DatumDoubt(is_mostly_outside=is_outside)
    finding = Finding(
        "datum_suspected",
        _(
            "Read as {named}, {said} of {all} positions lie in the grids; read as {other},"
            " {better} of them do."
        ),
        {
            "named": DatumName(datum),
            "other": DatumName(best),
            "said": said,
            "better": inside[best],
            "all": total,
        },
        severity="error",
    )
    return DatumDoubt(best, is_outside, (finding,))
