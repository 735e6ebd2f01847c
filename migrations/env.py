"""Alembic's entry: the connection comes from `newsletter.migrating`, never from an ini file."""

from alembic import context

from newsletter.models import Base


def ours(name, kind, parents):
    """Leave tables alone that are not this program's."""
    return kind != "table" or name in Base.metadata.tables


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    include_name=ours,
    transaction_per_migration=False,
    transactional_ddl=False,  # the caller's transaction holds all of it
)
context.run_migrations()
