"""The database's history: one linear row of Alembic revisions, run by `kvitt.migrate`."""
