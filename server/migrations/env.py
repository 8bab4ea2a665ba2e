"""Run by Alembic: on the connection that the store hands over, or on SAYSO_DATABASE from the command line."""

from alembic import context
from sqlalchemy import Connection, text

from server.settings import Settings
from server.store import Base, make_engine


def run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":  # several machines may start at once
        connection.execute(text("SELECT pg_advisory_xact_lock(7297)"))
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()


if connection := context.config.attributes.get("connection"):
    run(connection)
else:
    with make_engine(Settings().database_url).begin() as opened:
        run(opened)
