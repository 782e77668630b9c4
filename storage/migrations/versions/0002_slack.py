"""What Slack is to show, and what the bot remembers beside incidents."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("incident_id", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("thread_of", sa.String(200)),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("tried_at", sa.String(32)),
        sa.Column("ts", sa.String(40)),
        sa.Column("why", sa.Text()),
        sa.PrimaryKeyConstraint("key", name="pk_outbox"),
    )
    op.create_index("ix_outbox_state", "outbox", ["state", "channel"])
    op.create_index("ix_outbox_place", "outbox", ["place"])
    op.create_index("ix_outbox_ts", "outbox", ["channel", "ts"])
    op.create_table(
        "threads",
        sa.Column("incident_id", sa.String(200), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("alert_ts", sa.String(40)),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_threads_incident_id"),
        sa.PrimaryKeyConstraint("incident_id", name="pk_threads"),
    )
    op.create_index("ix_threads_alert_ts", "threads", ["channel", "alert_ts"])
    op.create_table(
        "events",
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_events"),
    )
    op.create_index("ix_events_at", "events", ["at"])
    op.create_table(
        "read_marks",
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("ts", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("channel", name="pk_read_marks"),
    )
    op.create_table(
        "mutes",
        sa.Column("fingerprint", sa.String(16), nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("until", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_mutes"),
    )


def downgrade() -> None:
    for table in ("mutes", "read_marks", "events", "threads", "outbox"):
        op.drop_table(table)
