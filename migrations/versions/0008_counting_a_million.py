"""what the studio counts it reads from indexes: how an issue goes, and who hears about what"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ISSUE = "ix_deliveries_campaign"
HEARD = "ix_subscriptions_heard"


def upgrade() -> None:
    op.create_index(ISSUE, "deliveries", ["campaign", "step", "state"])
    op.create_index(
        HEARD, "subscriptions", ["subscriber_id", "topic_id", "state", "confirmed_at", "ended_at"]
    )


def downgrade() -> None:
    op.drop_index(HEARD, "subscriptions")
    op.drop_index(ISSUE, "deliveries")
