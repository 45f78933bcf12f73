"""Read the people written in the cells of a staff list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from geogrid.offices.roster_columns import PersonColumns

__all__ = ["Person", "name_and_phone", "read_people"]

_VACANT = {
    "空缺",
    "暂缺",
    "暂无",
    "无",
    "待定",
    "待补",
    "缺",
    "缺编",
    "缺岗",
    "空岗",
    "空",
    "-",
    "--",
    "—",
    "/",
}
_SEVERAL = re.compile(r"[、，,;；/\n]+")
_PHONE = re.compile(r"(?<!\d)(?:1\d{10}|0\d{2,3}-?\d{4}-?\d{4}|\d{8})(?!\d)")
_PADDING = re.compile(r"(?<=[㐀-鿿])[ 　]+(?=[㐀-鿿])")


@dataclass(frozen=True)
class Person:
    """A holder with phone, and the deputy behind; an empty name is a vacancy."""

    name: str
    phone: str
    deputy: str = ""
    deputy_phone: str = ""

    @classmethod
    def vacant(cls, columns: PersonColumns, row: Sequence[str]) -> Person:
        """Return the vacancy of a row, with its deputy if it names one and the post's phone."""
        deputy, deputy_phone = _deputy(columns, row)
        return cls("", _cell(row, columns.phone), deputy, deputy_phone)


def read_people(columns: PersonColumns, row: Sequence[str]) -> tuple[list[Person], bool]:
    """Return the people of one post in one row, and whether the row says it is vacant.

    Several names in a cell go with as many phones in theirs; with another number of phones
    each person gets all of them. A phone written behind the name counts where the phone's
    own column is empty.
    """
    text = row[columns.holder].strip()
    if text in _VACANT:
        return [], True
    phones = _split(_cell(row, columns.phone))
    deputy, deputy_phone = _deputy(columns, row)
    people = []
    names = _split(text)
    for at, name in enumerate(names):
        bare, own_phone = name_and_phone(name)
        is_paired = len(phones) == len(names)
        phone = phones[at] if is_paired else "、".join(phones) or own_phone
        people.append(Person(bare, phone, deputy, deputy_phone))
    return people, False


def _deputy(columns: PersonColumns, row: Sequence[str]) -> tuple[str, str]:
    text = _cell(row, columns.deputy)
    if text in _VACANT:
        return "", ""
    name, own_phone = name_and_phone(text)
    return name, _cell(row, columns.deputy_phone) or own_phone


def name_and_phone(text: str) -> tuple[str, str]:
    """Return the name in a cell without padding, and the phone that stands beside it or ``""``."""
    found = _PHONE.search(text)
    if found is None:
        return _PADDING.sub("", text.strip()), ""
    rest = text[: found.start()] + text[found.end() :]
    return _PADDING.sub("", rest.strip(" ()（）:：")), found[0]


def _cell(row: Sequence[str], at: int | None) -> str:
    return row[at].strip() if at is not None else ""


def _split(text: str) -> list[str]:
    return [item.strip() for item in _SEVERAL.split(text) if item.strip()]
