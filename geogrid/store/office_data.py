"""Staff, buildings, cases and streets of an office in the database, as frames and back.

They belong to the place and not to a plan: they stay when another plan comes into force. A list
that an office uploads is the whole truth about its staff and its buildings; of cases it may be
a part, and no case is ever removed by a list.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from sqlalchemy import (
    Connection,
    FromClause,
    Select,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)

from geogrid.hierarchy import leaves
from geogrid.locate import locate
from geogrid.store import bundle
from geogrid.store.database.frames import geometry_wkb
from geogrid.store.database.tables import (
    audit,
    case_events,
    case_places,
    cases,
    people,
    posts,
    streets,
    units,
)
from geogrid.store.index_cache import cached_index
from geogrid.store.moving import hold_grids

__all__ = ["clear_data", "read_data", "replace_data"]

_AT_ONCE = 500
_STATUSES = ("reported", "accepted", "dispatched", "handled", "verified", "closed")
_SUBJECTS = {"posts": "post", "units": "unit", "cases": "case", "streets": "street"}


def read_data(connection: Connection, part: str, moment: datetime | None = None) -> pd.DataFrame:
    """Return ``"posts"``, ``"units"``, ``"cases"`` or ``"streets"`` with the columns of a plan.

    Parameters
    ----------
    connection : of the database
    part : which
    moment : of the posts: who held them then; now by default
    """
    if part == "posts":
        return _read_posts(connection, moment)
    if part == "streets":
        return _read_streets(connection)
    table, shapes = (units, units) if part == "units" else (cases, case_places)
    return _read_places(connection, part, table, shapes)


def replace_data(
    connection: Connection,
    part: str,
    frame: pd.DataFrame,
    *,
    grids: gpd.GeoDataFrame,
    at: datetime,
    by: int | None = None,
) -> None:
    """Take a list of an office over; who held a post before and the cases stay known.

    Parameters
    ----------
    connection : that writes
    part : ``"posts"``, ``"units"``, ``"cases"`` or ``"streets"``
    frame : with the columns of a plan
    grids : of the plan in force, in which cases are placed
    at : now, in UTC
    by : the user
    """
    rows = frame if part == "streets" else bundle.complete(frame, part)
    if part == "posts":
        changed = _replace_posts(connection, rows, at)
    elif part == "units":
        changed = _replace_units(connection, rows)
    elif part == "cases":
        changed = _merge_cases(connection, rows, grids)
    else:
        changed = _replace_streets(connection, rows)
    _note(connection, part, "listed", at=at, by=by, rows=len(frame), **changed)


def clear_data(connection: Connection, *, at: datetime, by: int | None = None) -> None:
    """Remove everything: what was there was sample data, which never mixes with an office's."""
    for table in (case_events, case_places, cases, posts, people, units, streets):
        connection.execute(delete(table))
    for part in _SUBJECTS:
        _note(connection, part, "cleared", at=at, by=by)


def _note(
    connection: Connection, part: str, what: str, *, at: datetime, by: int | None, **detail: Any
) -> None:
    subject = _SUBJECTS[part]
    connection.execute(
        insert(audit).values(
            at=at, user_id=by, action=f"{subject}.{what}", subject=subject, subject_id="",
            detail=detail,
        )
    )  # fmt: skip


# posts


def _read_posts(connection: Connection, moment: datetime | None) -> pd.DataFrame:
    deputies = people.alias("deputies")
    joined = posts.outerjoin(people, people.c.id == posts.c.person_id).outerjoin(
        deputies, deputies.c.id == posts.c.deputy_id
    )
    columns = {
        "post_id": posts.c.post_id,
        "grid": posts.c.grid,
        "post": posts.c.post,
        "holder": people.c.name,
        "deputy": deputies.c.name,
        "phone": people.c.phone,
        "deputy_phone": deputies.c.phone,
    }
    asked = select(*columns.values(), posts.c.more).select_from(joined).where(*_held(moment))
    rows = connection.execute(asked.order_by(posts.c.id)).all()
    return _frame([row[:-1] for row in rows], columns, [row[-1] for row in rows], "posts")


def _held(moment: datetime | None) -> tuple[Any, ...]:
    """Return the conditions for posts that are held now, or were at a moment."""
    if moment is None:
        return (posts.c.valid_until.is_(None),)
    return (
        or_(posts.c.valid_from.is_(None), posts.c.valid_from <= moment),
        or_(posts.c.valid_until.is_(None), posts.c.valid_until > moment),
    )


def _replace_posts(connection: Connection, rows: pd.DataFrame, at: datetime) -> dict[str, int]:
    """End what the list has no more and begin what is new in it; the rest goes on."""
    asked = select(
        posts.c.id, posts.c.post_id, posts.c.grid, posts.c.post, posts.c.person_id,
        posts.c.deputy_id, posts.c.more,
    ).where(posts.c.valid_until.is_(None))  # fmt: skip
    held: dict[Any, list[int]] = {}
    for row in connection.execute(asked.order_by(posts.c.id)):
        held.setdefault((*row[1:6], _text(row.more)), []).append(row.id)
    persons = _Persons(connection)
    listed = rows.to_dict("records")
    keys = [
        (
            row["post_id"], row["grid"], row["post"],
            persons.find(row["holder"], row["phone"]),
            persons.find(row["deputy"], row["deputy_phone"]),
            _text(more),
        )
        for row, more in zip(listed, _more(rows, "posts"), strict=True)
    ]  # fmt: skip
    goes_on = Counter({key: len(ids) for key, ids in held.items()}) & Counter(keys)
    ended = [one for key, ids in held.items() for one in ids[goes_on[key] :]]
    begun = []
    for key in keys:
        if goes_on[key] > 0:
            goes_on[key] -= 1
            continue
        begun.append(
            dict(zip(("post_id", "grid", "post", "person_id", "deputy_id"), key, strict=False))
            | {"more": json.loads(key[5]), "valid_from": at}
        )
    for some in _portions(ended):
        change = update(posts).where(posts.c.id.in_(some)).values(valid_until=at)
        connection.execute(change)
    if begun:
        connection.execute(insert(posts), begun)
    return {"begun": len(begun), "ended": len(ended)}


class _Persons:
    """Ids of people by name and phone; whoever is new is added."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        asked = select(people.c.name, people.c.phone, people.c.id).order_by(people.c.id.desc())
        self._known = {(row[0], row[1]): row[2] for row in connection.execute(asked)}

    def find(self, name: str, phone: str) -> int | None:
        """Return the id of a person, None for nobody."""
        if not name and not phone:
            return None
        if (name, phone) not in self._known:
            added = insert(people).values(name=name, phone=phone).returning(people.c.id)
            self._known[name, phone] = int(self._connection.scalar(added))
        return self._known[name, phone]


# units and cases: rows with a place


def _read_places(
    connection: Connection, part: str, table: FromClause, shapes: FromClause
) -> pd.DataFrame:
    names = [name for name in bundle.COLUMNS[part] if name not in ("lon", "lat")]
    columns = {name: table.c["listed_grid" if name == "grid" else name] for name in names}
    asked = select(*columns.values(), table.c.more, geometry_wkb(connection, shapes))
    if shapes is not table:
        asked = asked.select_from(table.outerjoin(shapes, shapes.c.case_id == table.c.id))
    rows = connection.execute(asked.order_by(table.c.id)).all()
    found = _frame([row[:-2] for row in rows], columns, [row[-2] for row in rows], part)
    points = shapely.from_wkb(np.array([row[-1] for row in rows], dtype=object))
    found["lon"], found["lat"] = shapely.get_x(points), shapely.get_y(points)
    return found


def _replace_units(connection: Connection, rows: pd.DataFrame) -> dict[str, int]:
    known = _ids(connection, select(units.c.unit_id, units.c.id))
    values = [
        {name: row[name] for name in bundle.COLUMNS["units"] if name in units.c}
        | {"listed_grid": row["grid"], "more": more, "geometry": shape}
        for row, more, shape in zip(
            _records(rows, "units"), _more(rows, "units"), _points(rows), strict=True
        )
    ]
    gone = sorted(known[name] for name in set(known) - set(rows["unit_id"]))
    for some in _portions(gone):
        connection.execute(delete(units).where(units.c.id.in_(some)))
    return _write(connection, units, "unit_id", values, known) | {"removed": len(gone)}


def _merge_cases(
    connection: Connection, rows: pd.DataFrame, grids: gpd.GeoDataFrame
) -> dict[str, int]:
    hold_grids(connection)
    known = _ids(connection, select(cases.c.case_id, cases.c.id))
    values = [
        {name: row[name] for name in bundle.COLUMNS["cases"] if name in cases.c}
        | {"more": more, "grid_now": grid, "grid_at_report": grid}
        for row, more, grid in zip(
            _records(rows, "cases"), _more(rows, "cases"), _codes(rows, grids), strict=True
        )
    ]
    for row in values:
        row["status"] = row["status"] if row["status"] in _STATUSES else _STATUSES[0]
    done = _write(connection, cases, "case_id", values, known, keep=("grid_at_report",))
    known = _ids(connection, select(cases.c.case_id, cases.c.id))
    ids = [known[name] for name in rows["case_id"]]
    for some in _portions(ids):
        connection.execute(delete(case_places).where(case_places.c.case_id.in_(some)))
    places = dict(zip(ids, _points(rows), strict=True))
    found = [{"case_id": key, "geometry": shape} for key, shape in places.items() if shape]
    if found:
        connection.execute(insert(case_places), found)
    return done


def _write(
    connection: Connection,
    table: Any,
    key: str,
    values: Sequence[dict[str, Any]],
    known: dict[str, int],
    keep: Sequence[str] = (),
) -> dict[str, int]:
    """Add rows and change those whose key is known; `keep` are columns that then stay."""
    last = {row[key]: row for row in values}  # of two rows with one key the later one counts
    added = [row for name, row in last.items() if name not in known]
    changed = [row | {"row_id": known[name]} for name, row in last.items() if name in known]
    if added:
        connection.execute(insert(table), added)
    if changed:
        names = [name for name in changed[0] if name not in ("row_id", *keep)]
        one = update(table).where(table.c.id == bindparam("row_id"))
        rows = [{name: row[name] for name in (*names, "row_id")} for row in changed]
        connection.execute(one.values({name: bindparam(name) for name in names}), rows)
    return {"added": len(added), "changed": len(changed)}


def _codes(rows: pd.DataFrame, grids: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
    """Return the code of the finest grid of each row, ``""`` outside."""
    finest = leaves(grids).reset_index(drop=True)
    codes = finest["code"].to_numpy(dtype=object)
    index = cached_index(finest, codes)
    found = locate(index, rows["lon"].to_numpy(), rows["lat"].to_numpy())
    return np.append(codes, "")[found]


# streets


def _read_streets(connection: Connection) -> gpd.GeoDataFrame:
    asked = select(streets.c.name, streets.c.highway, geometry_wkb(connection, streets))
    rows = connection.execute(asked.order_by(streets.c.id)).all()
    found = pd.DataFrame(rows, columns=["name", "highway", "wkb"])
    shapes = shapely.from_wkb(found.pop("wkb").to_numpy(dtype=object))
    return gpd.GeoDataFrame(bundle.complete(found, "streets"), geometry=shapes, crs="EPSG:4326")


def _replace_streets(connection: Connection, rows: gpd.GeoDataFrame) -> dict[str, int]:
    connection.execute(delete(streets))
    frame = rows.to_crs("EPSG:4326")
    known = bundle.complete(pd.DataFrame(frame.drop(columns=frame.geometry.name)), "streets")
    values = [
        {"name": name, "highway": highway, "geometry": shape}
        for name, highway, shape in zip(
            known["name"], known["highway"], frame.geometry.array, strict=True
        )
        if shape is not None
    ]
    if values:
        connection.execute(insert(streets), values)
    return {}


# frames and rows


def _frame(
    rows: Sequence[Sequence[Any]], columns: Any, more: Sequence[Any], part: str
) -> pd.DataFrame:
    found = pd.DataFrame([list(row) for row in rows], columns=list(columns))
    if any(more):
        extra = pd.DataFrame([each or {} for each in more]).drop(columns=columns, errors="ignore")
        found = pd.concat([found, extra], axis=1)
    return bundle.complete(found, part)


def _records(rows: pd.DataFrame, part: str) -> list[dict[str, Any]]:
    """Return rows as a database takes them: None for what is not there."""
    found = pd.DataFrame(index=rows.index)
    for name, kind in bundle.COLUMNS[part].items():
        column = rows[name]
        if kind == "time":
            times = [None if pd.isna(each) else each.to_pydatetime() for each in column]
            found[name] = pd.Series(times, index=rows.index, dtype=object)
        elif kind == "text":
            found[name] = column.astype(object)
        else:
            found[name] = column.astype(object).where(column.notna(), None)
    return found.to_dict("records")


def _more(rows: pd.DataFrame, part: str) -> list[Any]:
    extra = rows.drop(columns=[*bundle.COLUMNS[part]], errors="ignore")
    if not len(extra.columns):
        return [None] * len(rows)
    found: list[Any] = json.loads(extra.to_json(orient="records", date_format="iso"))
    return found


def _points(rows: pd.DataFrame) -> list[shapely.Geometry | None]:
    lon, lat = (rows[name].to_numpy(dtype=np.float64) for name in ("lon", "lat"))
    is_placed = np.isfinite(lon) & np.isfinite(lat)
    found = np.full(len(rows), None, dtype=object)
    found[is_placed] = shapely.points(lon[is_placed], lat[is_placed])
    return list(found)


def _ids(connection: Connection, asked: Select[Any]) -> dict[str, int]:
    return {str(row[0]): int(row[1]) for row in connection.execute(asked)}


def _text(more: Any) -> str:
    return json.dumps(more, sort_keys=True, ensure_ascii=False)


def _portions(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[begin : begin + _AT_ONCE] for begin in range(0, len(values), _AT_ONCE)]
