"""Read lists that say the grid of each building alone (网格—楼栋对照表)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

import pandas as pd

from geogrid.addresses import AddressBook, build_address_book, find_addresses
from geogrid.fields import UNIT_FIELDS, recognise_fields
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.offices.grid_names import GridNames, build_grid_names, split_grid_list
from geogrid.offices.lists import columns_not_kept, text_of
from geogrid.offices.unit_lists import read_units

__all__ = ["STATES", "holds_grids", "listed_anew", "read_grid_list"]

STATES: Mapping[str, str] = {
    "no_unit": _("The list of buildings has none that is certainly this one"),
    "compound": _("The compound is known, but not which building of it"),
    "no_grid": _("No grid is named; the building keeps what it has"),
    "unknown_grid": _("The plan has no such grid"),
    "ambiguous_grid": _("Several grids are called this; write the code"),
    "several": _("Several grids are named; write the one that counts"),
    "twice": _("Another row names another grid for this building; neither counts"),
}
"""Why a row is not taken."""

_PARTS = ["compound", "street", "number", "building", "entrance"]
_TEXTS = ("unit_id", "address", "name")
_WHERE = (*_PARTS, *_TEXTS)
_UNITS = ("entrance", "building", "compound")


def holds_grids(frame: pd.DataFrame) -> bool:
    """Return whether a table has a column for grids and one for buildings."""
    found = recognise_fields(map(str, frame.columns), UNIT_FIELDS)
    return "grid" in found and any(name in found for name in _WHERE)


def read_grid_list(
    frame: pd.DataFrame,
    units: pd.DataFrame,
    grids: pd.DataFrame,
    *,
    fields: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read which grid each building, entrance or compound belongs to.

    A building is known by its number, else by its address or name, which must mean one for
    certain. A row means a compound only if it names nothing inside of it.

    Parameters
    ----------
    frame
        Strings as the office wrote them.
    units
        The list of buildings.
    grids
        Of the plan: code, name, parent, level, and geometry.
    fields
        Canonical field to column, overriding recognition.

    Returns
    -------
    rows
        One per row of `frame`: unit_id and grid (codes, ``""`` for none), state (a key of
        :data:`STATES`, ``""`` for a row that counts), building and written (the building and
        the grid as the row says them).
    findings
        Columns that are not kept.
    """
    rows = frame.reset_index(drop=True)
    found = recognise_fields(map(str, rows.columns), UNIT_FIELDS, chosen=fields)
    texts = pd.DataFrame({name: text_of(rows, found, name) for name in (*_WHERE, "grid")})
    reader = _Reader(units, build_grid_names(grids))
    asked = _with_addresses(texts)
    read = [(*reader.unit(row), *reader.grid(row["grid"])) for row in asked.to_dict("records")]
    made = pd.DataFrame(read, columns=["unit_id", "no_unit", "grid", "no_grid"], dtype="str")
    made["state"] = made["no_unit"].where(made["no_unit"] != "", made["no_grid"])
    good = made[made["state"] == ""]
    several = good.groupby("unit_id")["grid"].nunique()
    is_torn = (made["state"] == "") & made["unit_id"].isin(several.index[several > 1])
    made["state"] = made["state"].mask(is_torn, "twice")
    used = {name: column for name, column in found.items() if name in (*_WHERE, "grid")}
    said = texts[["address", "name", "unit_id"]].replace("", None).bfill(axis=1)["address"]
    made = made.assign(building=said.fillna(asked["composed"]), written=texts["grid"])
    made = made.drop(columns=["no_unit", "no_grid"])
    return made, columns_not_kept(rows, used) if len(rows) else []


def _with_addresses(texts: pd.DataFrame) -> pd.DataFrame:
    """Add the address that the parts of each row make."""
    if not len(texts):
        return texts.assign(composed="")
    parts = read_units(texts[[*_WHERE]])[0][_PARTS]
    return texts.assign(composed=read_units(parts)[0]["address"])


class _Reader:
    """Looks buildings and grids up; what repeats is looked up once."""

    def __init__(self, units: pd.DataFrame, names: GridNames) -> None:
        book = build_address_book(units)
        self.parents = dict(zip(units["unit_id"], units["parent"], strict=True))
        self.compounds = set(units.loc[units["kind"] == "compound", "unit_id"])
        self.names = names
        self.looked_up = cache(lambda text: _looked_up(book, text))
        self.grid = cache(self._grid)

    def unit(self, row: Mapping[object, str]) -> tuple[str, str]:
        """Return the id of a row's building, and why there is none."""
        if row["unit_id"] in self.parents:
            return row["unit_id"], ""
        composed, named = row["composed"], [row[name] for name in ("address", "name") if row[name]]
        inside = [composed + text for text in named if composed]
        found = [self.looked_up(text) for text in (*inside, composed, *named) if text]
        known = [unit_id for unit_id, _state in found if unit_id]
        compounds = [unit_id for unit_id in known if unit_id in self.compounds]
        for unit_id in known:
            above = list(_upwards(unit_id, self.parents))
            if unit_id not in self.compounds and all(each in above for each in compounds):
                return unit_id, ""
        if not compounds:
            return "", "compound" if ("", "compound") in found else "no_unit"
        return ("", "compound") if self._is_finer(row, compounds[0]) else (compounds[0], "")

    def _is_finer(self, row: Mapping[object, str], compound: str) -> bool:
        """Return whether a row says more than its compound, for all of which it would count."""
        if any(row[name] for name in ("unit_id", "building", "entrance")):
            return True
        named = [row[name] for name in ("address", "name") if row[name]]
        return not all(
            row["composed"].startswith(text) or self.looked_up(text)[0] == compound
            for text in named
        )

    def _grid(self, text: str) -> tuple[str, str]:
        """Return the code of a grid as written, and why there is none."""
        if not text:
            return "", "no_grid"
        found = self.names.find(text)
        if len(found) == 1:
            return found[0], ""
        if found:
            return "", "ambiguous_grid"
        listed = {
            code for one in split_grid_list(text, self.names) for code in self.names.find(one)
        }
        return "", "several" if len(listed) > 1 else "unknown_grid"


def _looked_up(book: AddressBook, text: str) -> tuple[str, str]:
    """Return the unit that a text names for certain, with all that it says."""
    matches = find_addresses(book, text, limit=2)
    certain = [each for each in matches if each.certainty == "exact" and each.kind in _UNITS]
    if len(certain) == 1:
        return certain[0].unit_id, ""
    is_part = bool(matches) and matches[0].certainty in ("compound", "building")
    return "", "compound" if is_part or len(certain) > 1 else "no_unit"


def listed_anew(rows: pd.DataFrame, units: pd.DataFrame) -> pd.Series:
    """Return the listed grid of every unit once the rows count; what they do not name stays.

    What a row says of a compound or a building holds for all in it that no other row names.

    Parameters
    ----------
    rows
        Of :func:`read_grid_list`.
    units
        The list of buildings: unit_id, parent, grid.

    Examples
    --------
    >>> units = pd.DataFrame({"unit_id": ["C", "B1", "B2"], "parent": ["", "C", "C"], "grid": ""})
    >>> rows = pd.DataFrame({"unit_id": ["C", "B2"], "grid": ["11", "12"], "state": ""})
    >>> listed_anew(rows, units).tolist()
    ['11', '11', '12']
    """
    good = rows[rows["state"] == ""]
    said = dict(zip(good["unit_id"], good["grid"], strict=True))
    parents = dict(zip(units["unit_id"], units["parent"], strict=True))
    grids = [
        _nearest(unit_id, said, parents, grid)
        for unit_id, grid in zip(units["unit_id"], units["grid"], strict=True)
    ]
    return pd.Series(grids, index=units.index, dtype="str")


def _nearest(
    unit_id: str, said: Mapping[str, str], parents: Mapping[str, str], otherwise: str
) -> str:
    return next((said[each] for each in _upwards(unit_id, parents) if each in said), otherwise)


def _upwards(unit_id: str, parents: Mapping[str, str]) -> Iterator[str]:
    """Yield a unit, the one it is in, and so on."""
    seen: set[str] = set()
    while unit_id in parents and unit_id not in seen:
        yield unit_id
        seen.add(unit_id)
        unit_id = parents[unit_id]
