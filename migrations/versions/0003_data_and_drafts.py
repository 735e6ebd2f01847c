"""her own data, lists, drafts of campaigns, the archive"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OPEN_HOLD = sa.text("ended_at IS NULL")
OPEN_DRAFT = sa.text("state = 'open'")
PENDING = sa.text("state = 'pending'")
TRACEABLE = sa.text("ip IS NOT NULL OR user_agent IS NOT NULL")
ERASED = sa.text("fingerprint IS NOT NULL")


def number() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def instant() -> sa.types.TypeEngine:
    return sa.DateTime(timezone=True)


def only_where(condition: sa.TextClause) -> dict[str, sa.TextClause]:
    return {"postgresql_where": condition, "sqlite_where": condition}


def upgrade() -> None:
    op.add_column("subscribers", sa.Column("tags", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("subscribers", sa.Column("fields", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("mailboxes", sa.Column("fingerprint", sa.String(length=64), nullable=True))
    op.add_column(
        "broadcasts", sa.Column("archived", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )
    op.add_column("broadcasts", sa.Column("audience", number(), nullable=True))
    op.create_index("ix_mailboxes_fingerprint", "mailboxes", ["fingerprint"], **only_where(ERASED))
    op.create_index("ix_subscriptions_pending", "subscriptions", ["requested_at"], **only_where(PENDING))
    op.create_index("ix_consents_traceable", "consents", ["at"], **only_where(TRACEABLE))
    op.create_table(
        "holds",
        sa.Column("id", number(), nullable=False),
        sa.Column("subscriber_id", number(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("until", instant(), nullable=False),
        sa.Column("created_at", instant(), nullable=False),
        sa.Column("ended_at", instant(), nullable=True),
        sa.CheckConstraint("kind IN ('break', 'healing')", name=op.f("ck_holds_kind")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name=op.f("fk_holds_subscriber_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index("ix_holds_subscriber_id", "holds", ["subscriber_id"])
    op.create_index("uq_holds_open", "holds", ["subscriber_id", "kind"], unique=True, **only_where(OPEN_HOLD))
    op.create_table(
        "campaign_drafts",
        sa.Column("id", number(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", instant(), nullable=False),
        sa.Column("ended_at", instant(), nullable=True),
        sa.CheckConstraint("origin IN ('import', 'starter')", name=op.f("ck_campaign_drafts_origin")),
        sa.CheckConstraint("state IN ('open', 'used', 'discarded')", name=op.f("ck_campaign_drafts_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_drafts")),
        sa.UniqueConstraint("slug", "digest", name=op.f("uq_campaign_drafts_slug_digest")),
    )
    op.create_index(
        "uq_campaign_drafts_open", "campaign_drafts", ["slug"], unique=True, **only_where(OPEN_DRAFT)
    )
    op.create_table(
        "bookmarks",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", number(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_bookmarks")),
    )


def downgrade() -> None:
    op.drop_table("bookmarks")
    op.drop_index("uq_campaign_drafts_open", "campaign_drafts")
    op.drop_table("campaign_drafts")
    op.drop_index("uq_holds_open", "holds")
    op.drop_index("ix_holds_subscriber_id", "holds")
    op.drop_table("holds")
    op.drop_index("ix_consents_traceable", "consents")
    op.drop_index("ix_subscriptions_pending", "subscriptions")
    op.drop_index("ix_mailboxes_fingerprint", "mailboxes")
    op.drop_column("broadcasts", "audience")
    op.drop_column("broadcasts", "archived")
    op.drop_column("mailboxes", "fingerprint")
    op.drop_column("subscribers", "fields")
    op.drop_column("subscribers", "tags")
