"""Who works on what, where several replicas share a database."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("holder", sa.String(40), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    unshown = sa.text("shown_at IS NULL")
    op.create_index("ix_facts_unshown", "facts", ["incident_id"], sqlite_where=unshown, postgresql_where=unshown)


def downgrade() -> None:
    op.drop_index("ix_facts_unshown", "facts")
    op.drop_table("leases")
