"""what the studio keeps: kept drafts, pictures, forms, decisions; clicks, and opens where somebody agreed"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def number() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def instant() -> sa.types.TypeEngine:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "draft_revisions",
        sa.Column("id", number(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("revision", number(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("began_at", instant(), nullable=False),
        sa.Column("saved_at", instant(), nullable=False),
        sa.Column("saved_by", number(), nullable=False),
        sa.ForeignKeyConstraint(["saved_by"], ["staff.id"], name=op.f("fk_draft_revisions_saved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_revisions")),
    )
    op.create_index("ix_draft_revisions_slug", "draft_revisions", ["slug"])
    op.create_table(
        "pictures",
        sa.Column("id", number(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("width", number(), nullable=False),
        sa.Column("height", number(), nullable=False),
        sa.Column("size", number(), nullable=False),
        sa.Column("created_at", instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
        sa.UniqueConstraint("digest", name=op.f("uq_pictures_digest")),
    )
    op.create_table(
        "stored_settings",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("set_at", instant(), nullable=False),
        sa.Column("set_by", number(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_stored_settings")),
    )
    op.create_table(
        "forms",
        sa.Column("id", number(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("asks_name", sa.Boolean(), nullable=False),
        sa.Column("created_at", instant(), nullable=False),
        sa.Column("retired_at", instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forms")),
        sa.UniqueConstraint("slug", name=op.f("uq_forms_slug")),
    )
    op.create_table(
        "events",
        sa.Column("id", number(), nullable=False),
        sa.Column("delivery_id", number(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("link", number(), nullable=False),
        sa.Column("times", number(), nullable=False),
        sa.Column("by_machine", sa.Boolean(), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.CheckConstraint("kind IN ('opened', 'clicked')", name=op.f("ck_events_kind")),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_events_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("delivery_id", "kind", "link", name=op.f("uq_events_delivery_id_kind_link")),
    )
    op.create_table(
        "link_clicks",
        sa.Column("id", number(), nullable=False),
        sa.Column("campaign", sa.String(length=80), nullable=False),
        sa.Column("letter", sa.String(length=80), nullable=False),
        sa.Column("link", number(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times", number(), nullable=False),
        sa.Column("by_machine", number(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_clicks")),
        sa.UniqueConstraint(
            "campaign", "letter", "link", "day", name=op.f("uq_link_clicks_campaign_letter_link_day")
        ),
    )
    op.add_column(
        "enrollments", sa.Column("pinned", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column(
        "subscribers", sa.Column("counted", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("topics", sa.Column("retired_at", instant(), nullable=True))


def downgrade() -> None:
    op.drop_column("topics", "retired_at")
    op.drop_column("subscribers", "counted")
    op.drop_column("enrollments", "pinned")
    for table in ("link_clicks", "events", "forms", "stored_settings", "pictures", "draft_revisions"):
        op.drop_table(table)
