"""Alembic's entry: runs on the connection that ``zhixing.records.schema`` hands over."""

from alembic import context

from zhixing.records.tables import Record

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Record.metadata,
    # SQLite alters a table by writing it anew; its DDL is transactional as we open it.
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
