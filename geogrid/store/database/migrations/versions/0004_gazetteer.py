"""Entries of the gazetteer with all that their lists say, and corrections to them.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from geogrid.store.database.types import Moment, Shape

revision = "0004"
down_revision = "0003"

_TEXTS = ("kind", "name", "region", "aliases", "dated", "spelling")
_CODES = ("unit_id", "listed_grid")


def upgrade() -> None:
    """Make the columns and the table."""
    op.drop_index("ix_addresses_unit_id", "addresses")
    with op.batch_alter_table("addresses") as table:
        table.drop_constraint("fk_addresses_unit_id", type_="foreignkey")
        table.drop_column("unit_id")  # nothing has written it yet, nor the date
        table.drop_column("dated")
    for name in _TEXTS:
        column = sa.Column(name, sa.Text(), server_default="", nullable=False)
        op.add_column("addresses", column)
    for name in _CODES:
        column = sa.Column(name, sa.String(length=64), server_default="", nullable=False)
        op.add_column("addresses", column)
    op.create_index("ix_addresses_source", "addresses", ["source"], unique=False)
    op.create_table(
        "address_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("means", sa.Text(), server_default="", nullable=False),
        sa.Column("unit_id", sa.String(length=64), server_default="", nullable=False),
        sa.Column("grid", sa.String(length=64), server_default="", nullable=False),
        sa.Column("geometry", Shape(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decision", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "status IN ('open', 'confirmed', 'refused')", name="ck_address_corrections_status"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name="fk_address_corrections_created_by"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name="fk_address_corrections_decided_by"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_address_corrections"),
    )
    op.create_index(
        "ix_address_corrections_status", "address_corrections", ["status"], unique=False
    )
