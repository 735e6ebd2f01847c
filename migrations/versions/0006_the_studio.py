"""staff and their visits, what they did, and drafts that are written in the studio"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STILL_HERE = sa.text("removed_at IS NULL")
FROM_OUTSIDE = sa.text("origin <> 'studio'")
IN_TROUBLE = sa.text("state IN ('unknown', 'failed', 'poison')")


def number() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def instant() -> sa.types.TypeEngine:
    return sa.DateTime(timezone=True)


def only_where(condition: sa.TextClause) -> dict[str, sa.TextClause]:
    return {"postgresql_where": condition, "sqlite_where": condition}


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("id", number(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_step", number(), nullable=True),
        sa.Column("created_at", instant(), nullable=False),
        sa.Column("removed_at", instant(), nullable=True),
        sa.CheckConstraint(
            "role IN ('owner', 'marketer', 'clinician', 'viewer')", name=op.f("ck_staff_role")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_staff_address", "staff", ["address"], unique=True, **only_where(STILL_HERE))
    op.create_table(
        "staff_visits",
        sa.Column("id", number(), nullable=False),
        sa.Column("staff_id", number(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", instant(), nullable=False),
        sa.Column("ends_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_visits_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_visits")),
        sa.UniqueConstraint("digest", name=op.f("uq_staff_visits_digest")),
    )
    op.create_index("ix_staff_visits_staff_id", "staff_visits", ["staff_id"])
    op.create_index("ix_staff_visits_ends_at", "staff_visits", ["ends_at"])
    op.create_table(
        "recovery_codes",
        sa.Column("id", number(), nullable=False),
        sa.Column("staff_id", number(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("used_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_recovery_codes_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("digest", name=op.f("uq_recovery_codes_digest")),
    )
    op.create_index("ix_recovery_codes_staff_id", "recovery_codes", ["staff_id"])
    op.create_table(
        "audit_entries",
        sa.Column("id", number(), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.Column("staff_id", number(), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_at", "audit_entries", ["at"])
    op.create_index("ix_audit_entries_staff_id", "audit_entries", ["staff_id"])
    with op.batch_alter_table("campaign_drafts") as drafts:
        drafts.add_column(sa.Column("revision", number(), server_default="1", nullable=False))
        drafts.add_column(sa.Column("edited_at", instant(), nullable=True))
        drafts.add_column(sa.Column("edited_by", number(), nullable=True))
        drafts.drop_constraint("uq_campaign_drafts_slug_digest", type_="unique")
        drafts.drop_constraint(op.f("ck_campaign_drafts_origin"), type_="check")
        drafts.create_check_constraint(
            op.f("ck_campaign_drafts_origin"), "origin IN ('import', 'starter', 'studio')"
        )
        drafts.create_foreign_key(op.f("fk_campaign_drafts_edited_by"), "staff", ["edited_by"], ["id"])
    op.create_index(
        "uq_campaign_drafts_kept",
        "campaign_drafts",
        ["slug", "digest"],
        unique=True,
        **only_where(FROM_OUTSIDE),
    )
    op.create_index("ix_deliveries_in_trouble", "deliveries", ["send_after"], **only_where(IN_TROUBLE))
    op.create_index("ix_consents_at", "consents", ["at"])


def downgrade() -> None:
    op.drop_index("ix_consents_at", "consents")
    op.drop_index("ix_deliveries_in_trouble", "deliveries")
    op.execute("DELETE FROM campaign_drafts WHERE origin = 'studio'")
    op.drop_index("uq_campaign_drafts_kept", "campaign_drafts")
    with op.batch_alter_table("campaign_drafts") as drafts:
        drafts.drop_constraint(op.f("fk_campaign_drafts_edited_by"), type_="foreignkey")
        drafts.drop_constraint(op.f("ck_campaign_drafts_origin"), type_="check")
        drafts.create_check_constraint(op.f("ck_campaign_drafts_origin"), "origin IN ('import', 'starter')")
        drafts.create_unique_constraint("uq_campaign_drafts_slug_digest", ["slug", "digest"])
        drafts.drop_column("edited_by")
        drafts.drop_column("edited_at")
        drafts.drop_column("revision")
    for table in ("audit_entries", "recovery_codes", "staff_visits", "staff"):
        op.drop_table(table)
