"""How Alembic runs the history: on a given connection, or as a script of SQL."""

from alembic import context

config = context.config
metadata = config.attributes["metadata"]
connection = config.attributes.get("connection")

if context.is_offline_mode():
    context.configure(
        dialect_name=config.attributes["dialect"], target_metadata=metadata, literal_binds=True, transactional_ddl=True
    )
else:
    context.configure(connection=connection, target_metadata=metadata, compare_type=True, render_as_batch=True)

with context.begin_transaction():
    context.run_migrations()
