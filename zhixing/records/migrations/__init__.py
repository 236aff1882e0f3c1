"""Migrations of the records database; ``env`` is run by Alembic, not imported."""
