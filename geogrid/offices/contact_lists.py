"""Read contact lists of party members (党员联户花名册): a household, or several, in a row."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from geogrid.addresses import AddressBook, find_addresses, split_address
from geogrid.fields import CONTACT_FIELDS, UNIT_FIELDS, field_key, recognise_fields
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.offices.grid_names import GridNames
from geogrid.offices.lists import columns_not_kept, text_of
from geogrid.offices.phones import restore_zero
from geogrid.offices.roster_people import name_and_phone
from geogrid.offices.unit_lists import read_units

__all__ = ["CONTACT_COLUMNS", "ContactReader", "holds_contacts"]

CONTACT_COLUMNS = ("name", "phone", "grid", "unit_id", "home", "state", "of")
_PLACES = ("unit_id", "compound", "street", "building", "address", "name")
_TEXTS = ("unit_id", "address", "name")
_PARTS = ["compound", "street", "number", "building", "entrance"]
_UNITS = ("entrance", "building", "compound")
_SEVERAL = re.compile(r"[、，,;；/\n]+")
_NOUN = re.compile(r"(?:号?房|室|户|号)$")
_NAMES = ("姓名", "名字")
_OF_HOUSEHOLD = re.compile("户主|住户|群众|居民|联系户|家庭")
_OF_MEMBER = re.compile("党员|中心户|联户人")
_KNOWN = {
    field_key(alias)
    for fields in (CONTACT_FIELDS, UNIT_FIELDS)
    for aliases in fields.values()
    for alias in aliases
}
_LONGEST = {"name": 120, "phone": 200, "home": 64}


def holds_contacts(frame: pd.DataFrame) -> bool:
    """Return whether a table looks like a contact list: members, and where homes are."""
    found, places = _columns(frame.set_axis(_own_names(frame.columns), axis=1))
    return "member" in found and any(name in places for name in _PLACES)


def _own_names(columns: Iterable[object]) -> list[str]:
    """Return names without the titles above them (住址 楼栋), which may say whose they are."""
    return [name if field_key(name) in _KNOWN else _own_name(name) for name in map(str, columns)]


def _own_name(name: str) -> str:
    title, _space, own = name.rpartition(" ")
    if not title:
        return name
    if _OF_HOUSEHOLD.search(title):
        return "住户姓名" if own in _NAMES else name
    return "党员姓名" if own in _NAMES and _OF_MEMBER.search(title) else own


def _columns(frame: pd.DataFrame) -> tuple[dict[str, str], dict[str, str]]:
    """Return the columns about members and doors, and those about buildings."""
    found = recognise_fields(map(str, frame.columns), CONTACT_FIELDS)
    places = recognise_fields(map(str, frame.columns), UNIT_FIELDS)
    taken = set(found.values())
    places = {
        name: column
        for name, column in places.items()
        if name in (*_PARTS, *_TEXTS) and column not in taken
    }
    if "number" in places and "street" not in places and "door" not in found:
        found["door"] = places.pop("number")  # 门牌 without a street is that of the home
    return found, places


@dataclass(frozen=True)
class _Where:
    """What a row says of a building: its id, and texts to look it up by, the best first."""

    unit_id: str
    texts: tuple[str, ...]

    @property
    def room(self) -> str:
        """The door that a text names, ``""`` for none."""
        rooms = (split_address(text).room for text in self.texts)
        return next((_door(room) for room in rooms if room), "")


def _wheres(rows: pd.DataFrame, places: Mapping[str, str], is_home: Sequence[bool]) -> list[_Where]:
    written = {name: text_of(rows, places, name) for name in (*_PARTS, *_TEXTS)}
    said = _unmerged(pd.DataFrame(written), is_home)
    composed = read_units(read_units(said)[0][_PARTS])[0]
    columns = composed["address"], said["address"], said["name"]
    return [
        _Where(unit_id, tuple(dict.fromkeys(text for text in texts if text)))
        for unit_id, *texts in zip(said["unit_id"], *columns, strict=True)
    ]


def _unmerged(said: pd.DataFrame, is_home: Sequence[bool]) -> pd.DataFrame:
    """Fill in what merged cells of a text file leave out: the building, or where it stands."""
    last = dict.fromkeys(said.columns, "")
    filled = []
    for row, is_one in zip(said.to_dict("records"), is_home, strict=True):
        if is_one and not any(row.values()):
            row = last  # noqa: PLW2901
        elif row["building"] and not any(row[name] for name in ("compound", "street", *_TEXTS)):
            row |= {name: last[name] for name in ("compound", "street", "number")}
        filled.append(row)
        last = row if any(row.values()) else last
    return pd.DataFrame(filled, columns=said.columns, dtype="str")


@dataclass(eq=False)
class ContactReader:
    """Reads sheet after sheet; a home is on one list only.

    The member and the grid are written once where their cells are merged. A home is a building
    and a door; without a door a row with the name of a household is some household of its
    building (they are counted, their names are not kept), and one without is the whole
    building.

    Parameters
    ----------
    book : the office's buildings
    names : of the grids of the plan
    """

    book: AddressBook
    names: GridNames
    _member: tuple[str, str] = ("", "")
    _grid: str = ""
    _community: str = ""
    _taken: dict[tuple[str, str], str] = field(default_factory=dict)
    _numbers: Counter[str] = field(default_factory=Counter)
    _known: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    _unknown_grids: dict[int, str] = field(default_factory=dict)

    def begin(self, title: str) -> None:
        """Begin a sheet: one that is called like a grid is about that grid."""
        self._member, self._grid, self._unknown_grids = ("", ""), "", {}
        self._community = title if len(self.names.find(title)) == 1 else ""

    def read(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
        """Read which member keeps contact with which homes.

        Parameters
        ----------
        frame
            Strings as the office wrote them.

        Returns
        -------
        contacts
            One row per home, ``attrs["rows"]`` says of which row of `frame`: name and phone of
            the member, grid (a code, or ``""``), unit_id, home (the door, ``""`` for all of
            the unit), state: ``""``, or why it cannot be taken: ``"no_member"``,
            ``"no_unit"`` (no building is called so for certain), ``"compound"`` (which
            building of it?), ``"again"``, ``"too_long"``; of: on whose list an ``"again"`` is.
        findings
            What else was noticed.
        """
        rows = frame.reset_index(drop=True).set_axis(_own_names(frame.columns), axis=1)
        found, places = _columns(rows)
        texts = {name: text_of(rows, found, name).tolist() for name in CONTACT_FIELDS}
        is_home = [bool(any(pair)) for pair in zip(texts["door"], texts["household"], strict=True)]
        wheres = _wheres(rows, places, is_home)
        read = [
            (at, *home)
            for at in range(len(rows))
            for home in self._homes(at, {name: texts[name][at] for name in texts}, wheres[at])
        ]
        table = pd.DataFrame(read, columns=["row", *CONTACT_COLUMNS])
        sources = table.pop("row").tolist()
        table = table.astype("str")
        table.attrs["rows"] = sources
        used = {name: column for name, column in found.items() if name != "household"}
        findings = self._findings() if self._unknown_grids else []
        return table, [*findings, *(columns_not_kept(rows, used | places) if len(rows) else [])]

    def _homes(self, at: int, row: Mapping[str, str], where: _Where) -> list[tuple[str, ...]]:
        """Return the homes of a row, with what keeps each from being taken."""
        self._remember(at, row)
        if not (where.unit_id or where.texts or row["member"]):
            return []
        unit_id, entrance, state = self._unit(where)
        doors = [_door(door) for door in _SEVERAL.split(row["door"] or where.room) if door.strip()]
        is_part = bool(doors or row["household"])
        if not state and is_part and unit_id in self._divided:
            state = "compound"
        if not self._member[0]:
            state = "no_member"
        if not doors and row["household"]:
            self._numbers[unit_id] += 1
            doors = [f"#{self._numbers[unit_id]}"]
        return [self._home(unit_id, entrance + door, state) for door in doors or [""]]

    def _findings(self) -> list[Finding]:
        words = ", ".join(dict.fromkeys(self._unknown_grids.values()))
        message = _("Rows {rows}: the plan has no grid called {words}.")
        return [Finding("unknown_grid", message, {"words": words}, tuple(self._unknown_grids))]

    def _remember(self, at: int, row: Mapping[str, str]) -> None:
        """Note whose row it is; what a merged cell says is written in its first row only."""
        if row["member"]:
            name, phone = name_and_phone(row["member"])
            self._member = name, restore_zero(row["phone"]) or phone
        self._community = row["community"] or self._community
        if row["grid"]:
            codes = self.names.find(row["grid"], within=self._community)
            self._grid = codes[0] if len(codes) == 1 else ""
            if not self._grid:
                self._unknown_grids[at] = row["grid"]

    def _unit(self, where: _Where) -> tuple[str, str, str]:
        """Return the id of a unit, the entrance of it that is named, and why there is none."""
        if where.unit_id in self._units:
            return where.unit_id, "", ""
        states = []
        for text in where.texts:
            if text not in self._known:
                self._known[text] = _looked_up(self.book, text)
            if not self._known[text][-1]:
                return self._known[text]
            states.append(self._known[text][-1])
        return "", "", "compound" if "compound" in states else "no_unit"

    @cached_property
    def _units(self) -> set[str]:
        return {entry.unit_id for entry in self.book.entries} - {""}

    @cached_property
    def _divided(self) -> set[str]:
        """Compounds of which a door is that of one of their buildings."""
        parents = {entry.parent for entry in self.book.entries}
        kinds = ((entry.unit_id, entry.kind) for entry in self.book.entries)
        return {unit_id for unit_id, kind in kinds if kind == "compound" and unit_id in parents}

    def _home(self, unit_id: str, home: str, state: str) -> tuple[str, ...]:
        name, phone = self._member
        given = {"name": name, "phone": phone, "home": home}
        if not state and any(len(given[key]) > most for key, most in _LONGEST.items()):
            state = "too_long"
        of = "" if state else self._taken.get((unit_id, home), "")
        if of:
            state = "again"
        elif not state:
            self._taken[unit_id, home] = name
        return name, phone, self._grid, unit_id, home, state, of


def _looked_up(book: AddressBook, text: str) -> tuple[str, str, str]:
    """Return the unit that a text names for certain; of a compound it must name no more."""
    matches = find_addresses(book, text, limit=1)
    found = matches[0] if matches else None
    if found is None or found.kind not in _UNITS or found.certainty in ("street", "partial"):
        return "", "", "no_unit"
    if found.kind == "compound" and found.certainty != "exact":
        return "", "", "compound"
    entrance = split_address(text).entrance if found.kind == "building" else ""
    return found.unit_id, f"{entrance}单元" if entrance else "", ""


def _door(text: str) -> str:
    """Return a door in one spelling.

    Examples
    --------
    >>> _door(" ３０１室 "), _door("12号"), _door("室")
    ('301', '12', '室')
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return _NOUN.sub("", plain) or plain
