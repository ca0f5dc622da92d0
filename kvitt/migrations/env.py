"""Alembic's entry: runs the revisions on the connection that `kvitt.migrate` hands over.

Revisions spell their tables out and do not import `metadata`, so that an old revision stays what
it was when a table changes later. A test compares the two.
"""

from __future__ import annotations

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
