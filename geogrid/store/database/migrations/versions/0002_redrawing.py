"""Operations on drafts, with snapshots.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from geogrid.store.database.types import Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "redraws",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("drawn", sa.Integer(), server_default="0", nullable=False),
        sa.Column("grids", sa.Integer(), nullable=True),
        sa.Column("locked", sa.JSON(), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.Column("origin_number", sa.Integer(), nullable=True),
        _plan("redraws"),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["plans.id"], name="fk_redraws_origin_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("plan_id", name="pk_redraws"),
    )
    op.create_table(
        "draft_operations",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("is_undone", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("record", sa.Text(), nullable=False),
        sa.CheckConstraint("action IN ('do', 'undo', 'redo')", name="ck_draft_operations_action"),
        _plan("draft_operations"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_draft_operations_user_id"),
        sa.PrimaryKeyConstraint("plan_id", "number", name="pk_draft_operations"),
    )
    op.create_table(
        "draft_snapshots",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _plan("draft_snapshots"),
        sa.PrimaryKeyConstraint("plan_id", "number", name="pk_draft_snapshots"),
    )


def _plan(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["plan_id"], ["plans.id"], name=f"fk_{table}_plan_id", ondelete="CASCADE"
    )
