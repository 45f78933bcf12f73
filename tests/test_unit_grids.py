"""The list counts, the position says where it disagrees."""

from __future__ import annotations

import numpy as np
import pytest

from geogrid.hierarchy import Hierarchy
from geogrid.unit_grids import DISAGREEMENTS, settle_units

TREE = Hierarchy({"1": "", "11": "1", "111": "11", "112": "11"}, {}, {})


@pytest.mark.parametrize(
    ("listed", "drawn", "has_place", "grid", "disagreement"),
    [
        ("111", "111", True, "111", ""),
        ("", "111", True, "111", ""),
        (None, "111", True, "111", ""),
        (np.nan, "111", True, "111", ""),
        ("11", "111", True, "111", ""),  # coarser, no contradiction
        ("112", "111", True, "112", "elsewhere"),
        ("112", "", True, "112", "outside"),
        ("112", "", False, "112", ""),
        ("999", "111", True, "111", "unknown"),
        ("999", "", False, "", "unknown"),
        ("", "", False, "", "nowhere"),
        ("", "", True, "", "nowhere"),
    ],
)
def test_every_way_to_disagree(
    listed: object, drawn: str, has_place: bool, grid: str, disagreement: str
) -> None:
    found = settle_units([listed], [drawn], [has_place], TREE)
    assert found.loc[0].tolist() == [grid, disagreement]
    assert disagreement in ("", *DISAGREEMENTS)
