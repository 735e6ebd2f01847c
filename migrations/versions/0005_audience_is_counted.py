"""an issue's audience is counted from its e-mails, not kept beside them"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def number() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.drop_column("broadcasts", "audience")


def downgrade() -> None:
    op.add_column("broadcasts", sa.Column("audience", number(), nullable=True))
