"""What a person confirmed about an uploaded list: its columns and its datum."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from geogrid.crs import DATUMS
from geogrid.errors import CrsError, FieldError
from geogrid.i18n import mark as _
from web.cases.preview import ASKED

__all__ = ["Choice", "parse_choice"]


class Choice(NamedTuple):
    """What a person confirmed.

    Attributes
    ----------
    sheet
        Of a workbook, ``""`` for the first one.
    fields
        Field to column, ``""`` for a field that is not in the list. A longitude without a
        latitude holds both numbers.
    datum
        Of the coordinates; ``""`` when there are none.
    """

    sheet: str
    fields: dict[str, str]
    datum: str


def parse_choice(form: Mapping[str, str], preview: Mapping[str, Any]) -> Choice:
    """Return the choice in a form, checked against what was found in the list.

    Raises
    ------
    FieldError
        A column is not in the list, serves twice, or nothing says where the rows are.
    CrsError
        There are coordinates and no datum.
    """
    names = [each["name"] for each in preview["columns"]]
    fields = {field: form.get(f"field-{field}", "") for field in ASKED}
    _check_columns(fields, names)
    has_lon = bool(fields["lon"])
    if fields["lat"] and not has_lon:
        raise FieldError(_("Choose the column of the longitudes too."))
    if not has_lon and not fields["address"]:
        raise FieldError(
            _("Choose the columns that say where a row is: longitude and latitude, or the address.")
        )
    datum = form.get("datum", "") if has_lon else ""
    if has_lon and datum not in DATUMS:
        raise CrsError(
            _("Say which coordinate system the coordinates are in; it is never guessed.")
        )
    return Choice(preview["sheet"] or "", fields, datum)


def _check_columns(fields: Mapping[str, str], names: Collection[str]) -> None:
    chosen = [column for column in fields.values() if column]
    for column in chosen:
        if column not in names:
            raise FieldError(
                _("There is no column “{column}”; the columns are: {columns}."),
                column=column[:60],
                columns=", ".join(names),
            )
        if chosen.count(column) > 1:
            raise FieldError(_("The column “{column}” is chosen twice."), column=column)
