"""newsletters to many people"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

AT_WORK = sa.text("NOT settled")
STILL_OPEN = sa.text("state IN ('queued', 'claimed', 'handoff')")


def number() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def instant() -> sa.types.TypeEngine:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("id", number(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("except_topics", sa.JSON(), nullable=False),
        sa.Column("version_id", number(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("starts_at", instant(), nullable=True),
        sa.Column("local_day", sa.Date(), nullable=True),
        sa.Column("local_hour", number(), nullable=True),
        sa.Column("started_at", instant(), nullable=True),
        sa.Column("cursor", number(), nullable=False),
        sa.Column("fanned_out", sa.Boolean(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("ended_at", instant(), nullable=True),
        sa.Column("created_at", instant(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'scheduled', 'sending', 'paused', 'late', 'sent', 'canceled')",
            name=op.f("ck_broadcasts_state"),
        ),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_broadcasts_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
        sa.UniqueConstraint("slug", name=op.f("uq_broadcasts_slug")),
    )
    op.create_index(
        "ix_broadcasts_at_work", "broadcasts", ["id"], postgresql_where=AT_WORK, sqlite_where=AT_WORK
    )
    op.create_index(
        "ix_deliveries_open_campaign",
        "deliveries",
        ["campaign"],
        postgresql_where=STILL_OPEN,
        sqlite_where=STILL_OPEN,
    )


def downgrade() -> None:
    op.drop_index("ix_deliveries_open_campaign", "deliveries")
    op.drop_index("ix_broadcasts_at_work", "broadcasts")
    op.drop_table("broadcasts")
