"""what the studio counts it reads from indexes: how an issue goes, who hears about what, who left and after what"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ISSUE = "ix_deliveries_campaign"
HEARD = "ix_subscriptions_heard"
UNDER_WAY = "ix_enrollments_state"
# Only these rows: where somebody ended letters, and what was handed over of the letters that can be ended.
PARTIAL = {
    ("ix_consents_withdrawn", "consents"): (("at",), "act = 'withdrawn' AND stream = 'marketing'"),
    ("ix_deliveries_mailed", "deliveries"): (
        ("person_id", "sent_at"),
        "state = 'sent' AND stream = 'marketing'",
    ),
}


def upgrade() -> None:
    op.create_index(ISSUE, "deliveries", ["campaign", "state", "step", "person_id"])
    op.create_index(
        HEARD, "subscriptions", ["subscriber_id", "topic_id", "state", "confirmed_at", "ended_at"]
    )
    op.create_index(UNDER_WAY, "enrollments", ["sequence_id", "state", "pinned"])
    for (name, table), (columns, rows) in PARTIAL.items():
        only = sa.text(rows)
        op.create_index(name, table, columns, postgresql_where=only, sqlite_where=only)


def downgrade() -> None:
    for name, table in PARTIAL:
        op.drop_index(name, table)
    op.drop_index(UNDER_WAY, "enrollments")
    op.drop_index(HEARD, "subscriptions")
    op.drop_index(ISSUE, "deliveries")
