"""Addresses among other words: a message or a work order, read and written out as an address."""

from __future__ import annotations

from geogrid.addresses.parsing import parse_address

__all__ = ["written_address"]

_AT_IT = frozenset(("门口", "门前", "门外", "门", "楼下", "楼上", "院内", "院里", "内", "里"))
"""Positions that are at the place itself; others, as 对面, are another place."""


def written_address(text: str) -> str:
    """Return the address of a building that a text names among other words, ``""`` for none.

    A text that names two addresses, a crossing, or what is beside or opposite has none.

    Examples
    --------
    >>> written_address("你好，我住泰然七路12号3栋2单元501，楼道灯坏了")
    '泰然7路12号3号楼2单元'
    >>> written_address("泰然七路12号对面"), written_address("泰然七路12号到人民路5号")
    ('', '')
    """
    values: dict[str, str] = {}
    for each in parse_address(text).parts:
        if each.part != "rest" and values.setdefault(each.part, each.value) != each.value:
            return ""
    if "crossing" in values or values.get("direction", "门") not in _AT_IT:
        return ""
    door = _door(values) if {"street", "number"} <= set(values) else ""
    building = f"{values['building']}号楼" if "building" in values else ""
    unit = f"{values['unit']}单元" if "unit" in values else ""
    compound = values.get("compound", "")
    is_address = bool(door or (compound and building))
    return f"{door}{compound}{building}{unit}" if is_address else ""


def _door(values: dict[str, str]) -> str:
    """Return street and number; lanes are called alike in many villages."""
    street, village = values["street"], values.get("community", "")
    is_lane = street.endswith("巷") and village.endswith("村")
    return f"{village if is_lane else ''}{street}{values['number']}号"
