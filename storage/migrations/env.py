"""Alembic runs this. The connection comes from `storage.database`; `alembic revision` brings its own."""

from alembic import context
from sqlalchemy import Connection, create_engine

from storage.tables import metadata


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _migrate(given)
else:
    with create_engine(context.config.get_main_option("sqlalchemy.url", "sqlite://")).connect() as fresh:
        _migrate(fresh)
