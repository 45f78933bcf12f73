"""Addresses of a list looked up: those that are certain are placed, doubtful ones only shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.unit_grids import settle_matched
from geogrid.vocabulary import Label
from web.current import CurrentPlan

__all__ = ["AddressLookup"]

_CERTAIN = frozenset(("exact", "similar", "building", "compound"))
_DOUBTFUL = _(
    "The address “{address}” is not certain. Nearest: “{label}” ({certainty}). Correct the "
    "address, or add coordinates."
)


class AddressLookup:
    """Looks texts up in the plan's addresses and remembers how certain each is.

    Called with texts it returns longitude, latitude and label of those that mean one place for
    certain, as :func:`geogrid.placing.locate_rows` takes them.
    """

    def __init__(self, current: CurrentPlan) -> None:
        self._plan = current.plan
        self._finder = current.finder
        self._finest = set(current.leaves["code"])
        self._known: dict[str, dict[Any, Any]] = {}

    def __call__(self, texts: Sequence[str]) -> list[tuple[float, float, str] | None]:
        """Look texts up."""
        from geogrid.addresses.finder import match_places  # noqa: PLC0415 - loads the compiler

        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        found = match_places(self._finder, new).to_dict("records")
        self._known.update(zip(new, found, strict=True))
        return [self._place(self._known[text]) for text in texts]

    def _place(self, row: dict[Any, Any]) -> tuple[float, float, str] | None:
        is_placed = np.isfinite(row["lon"]) and np.isfinite(row["lat"])
        is_vague = row["kind"] == "grid" and row["grid"] not in self._finest
        if row["certainty"] not in _CERTAIN or not is_placed or is_vague:
            return None
        return float(row["lon"]), float(row["lat"]), str(row["label"])

    def settle(self, added: pd.DataFrame, texts: pd.Series) -> pd.DataFrame:
        """Return rows in the grid that the list says of their building, where it says one.

        A building that is only on the list, without a position, places its rows too.

        Parameters
        ----------
        added, texts : as for :meth:`say_doubts`

        Returns
        -------
        DataFrame
            `added` with matched_unit (``unit_id`` of the building, ``""`` for none) and
            disagreement (a key of :data:`geogrid.unit_grids.DISAGREEMENTS` where the position is
            in another grid, else ``""``).
        """
        tree = self._plan.hierarchy
        known = [self._known.get(text, {}) for text in texts]
        is_listed = np.fromiter(map(self._is_listed, known), bool, len(known))
        is_only_listed = (added["status"] == "no_position") & is_listed
        labels = pd.Series([row.get("label", "") for row in known], dtype="str")
        address = added["matched_address"].mask(is_only_listed, labels)
        found = pd.Series([row.get("unit_id", "") for row in known], dtype="str")
        matched = found.where(address != "", "")
        settled = settle_matched(matched, added["grid_code"], self._plan.units, tree)
        moved = settled["grid"].ne(added["grid_code"])
        rows = added.assign(
            matched_address=address,
            matched_unit=matched,
            disagreement=settled["disagreement"].where(moved & ~is_only_listed, ""),
            reason=added["reason"].mask(is_only_listed, None),
        )
        codes = settled["grid"][moved]
        rows.loc[moved, "grid_code"] = codes
        rows.loc[moved, "grid_name"] = codes.map(tree.names)
        for column in rows.columns[rows.columns.str.fullmatch("level_[0-9]+_name")]:
            level = int(column.split("_")[1])
            above = [[at for at in tree.chain(code) if tree.levels[at] == level] for code in codes]
            rows.loc[moved, column] = [tree.names[at[0]] or at[0] if at else "" for at in above]
        rows.loc[moved & rows["status"].isin(("outside", "no_position")), "status"] = "inside"
        return rows

    def _is_listed(self, row: dict[Any, Any]) -> bool:
        """Return whether a text surely means a building that a list puts into a grid."""
        return bool(
            row and row["certainty"] in _CERTAIN and row["unit_id"] and row["grid"] in self._finest
        )

    def say_doubts(self, added: pd.DataFrame, texts: pd.Series) -> pd.DataFrame:
        """Return what was added to rows, with how certain their addresses are.

        Parameters
        ----------
        added : of :func:`geogrid.placing.locate_rows`, without the columns of the list
        texts : the addresses of the rows

        Returns
        -------
        DataFrame
            `added` with certainty (a code of the vocabulary, ``""`` where the address was not
            asked for) and suggested (what a doubtful address may mean, ``""`` for none).
        """
        is_placed = added["matched_address"] != ""
        is_asked = is_placed | (added["status"] == "no_position")
        count = len(added)
        certainty, suggested = [""] * count, [""] * count
        reasons = added["reason"].tolist()
        for at in np.flatnonzero(is_asked).tolist():
            text = texts.iat[at]
            row = self._known.get(text)
            if row is None:
                continue
            certainty[at] = str(row["certainty"])
            if row["label"] and not is_placed.iat[at]:
                suggested[at] = str(row["label"])
                certain = Label("certainty", row["certainty"])
                said = {"address": text[:60], "label": row["label"], "certainty": certain}
                reasons[at] = Finding("doubtful_address", _DOUBTFUL, said)
        return added.assign(
            certainty=pd.Series(certainty, dtype="str"),
            suggested=pd.Series(suggested, dtype="str"),
            reason=pd.Series(reasons, dtype=object),
        )
