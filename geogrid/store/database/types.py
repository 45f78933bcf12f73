"""Column types that mean the same in SQLite and in PostgreSQL with PostGIS."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import shapely
from geoalchemy2 import Geometry
from sqlalchemy import BindParameter, ColumnElement, DateTime, Dialect, LargeBinary, func
from sqlalchemy.types import TypeDecorator, TypeEngine

__all__ = ["SRID", "Moment", "Shape"]

SRID = 4326


class _Exact(Geometry):
    """A geometry column of PostGIS that takes and gives WKB.

    GeoAlchemy's own writes text of limited digits, so that corners would move by an ulp and
    neighbours come apart.
    """

    cache_ok = True

    def bind_expression(self, bindvalue: BindParameter[Any]) -> ColumnElement[Any]:
        return func.ST_GeomFromWKB(bindvalue, SRID, type_=bindvalue.type)

    def column_expression(self, col: ColumnElement[Any]) -> ColumnElement[Any]:
        return func.ST_AsBinary(col, type_=col.type)

    def bind_processor(self, dialect: Dialect) -> None:  # noqa: ARG002
        return None

    def result_processor(self, dialect: Dialect, coltype: object) -> None:  # noqa: ARG002
        return None


class Shape(TypeDecorator[shapely.Geometry]):
    """A Shapely geometry in EPSG:4326, kept to the bit.

    A geometry column in PostGIS, which QGIS opens as a layer; WKB in SQLite.
    """

    impl = LargeBinary
    cache_ok = True
    spatial_index = False  # GeoAlchemy asks; indexes are made by the migrations

    def load_dialect_impl(self, dialect: Dialect | None) -> TypeEngine[Any]:
        """Return the type of the column in a database; GeoAlchemy asks without one, too."""
        if dialect is not None and dialect.name == "postgresql":
            return dialect.type_descriptor(_Exact("GEOMETRY", srid=SRID, spatial_index=False))
        return LargeBinary()

    def process_bind_param(self, value: shapely.Geometry | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Return a geometry as WKB."""
        return None if value is None else shapely.to_wkb(value, include_srid=False)

    def process_result_value(self, value: Any, dialect: Dialect) -> shapely.Geometry | None:  # noqa: ARG002
        """Return WKB as a geometry."""
        return None if value is None else shapely.from_wkb(bytes(value))


class Moment(TypeDecorator[datetime]):
    """A moment; always aware and in UTC, in SQLite too, which knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return a moment as the database takes it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return what the database gave, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
