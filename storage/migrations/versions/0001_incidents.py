"""Incidents, their facts, and rollbacks under way."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("target", sa.String(200), nullable=False),
        sa.Column("world", sa.String(20), nullable=False),
        sa.Column("environment", sa.String(200), nullable=False),
        sa.Column("service", sa.String(200), nullable=False),
        sa.Column("alert", sa.Text(), nullable=False),
        sa.Column("follows", sa.String(200)),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("opened_at", sa.String(32), nullable=False),
        sa.Column("stored_at", sa.String(32), nullable=False),
        sa.Column("shown_at", sa.String(32)),
        sa.Column("fingerprint", sa.String(16), nullable=False),
        sa.Column("held_fingerprint", sa.String(16)),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
        sa.UniqueConstraint("held_fingerprint", name="uq_incidents_held_fingerprint"),
    )
    for column in ("service", "status", "stored_at", "fingerprint"):
        op.create_index(f"ix_incidents_{column}", "incidents", [column])
    op.create_table(
        "facts",
        sa.Column("incident_id", sa.String(200), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("shown_at", sa.String(32)),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_facts_incident_id"),
        sa.PrimaryKeyConstraint("incident_id", "seq", name="pk_facts"),
    )
    op.create_index("ix_facts_kind_at", "facts", ["kind", "at"])
    op.create_table(
        "rollbacks",
        sa.Column("incident_id", sa.String(200), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("service", sa.String(200), nullable=False),
        sa.Column("environment", sa.String(200), nullable=False),
        sa.Column("started_at", sa.String(32), nullable=False),
        sa.Column("held", sa.String(700)),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_rollbacks_incident_id"),
        sa.PrimaryKeyConstraint("incident_id", name="pk_rollbacks"),
        sa.UniqueConstraint("key", name="uq_rollbacks_key"),
        sa.UniqueConstraint("held", name="uq_rollbacks_held"),
    )


def downgrade() -> None:
    op.drop_table("rollbacks")
    op.drop_table("facts")
    op.drop_table("incidents")
