"""How much was sent of late, whose turn a message waits for, templates that were saved, a contact's country.

Revision 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

from frontdesk.store import types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this schema; nothing waits for a turn yet."""
    op.create_table(
        "sending_paces",
        sa.Column("subject_id", types.Id(), nullable=False),
        sa.Column("account_id", types.Id(), nullable=False),
        sa.Column("full_at", types.Instant(), nullable=True),
        sa.Column("day", sa.Text(), nullable=True),
        sa.Column("used", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_sending_paces")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "saved_templates",
        sa.Column("message_id", types.Id(), nullable=False),
        sa.Column("account_id", types.Id(), nullable=False),
        sa.Column("inbox_id", types.Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("saved_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_saved_templates")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_saved_templates_account_id_saved_at", "saved_templates", ["account_id", "saved_at"], unique=False
    )
    op.add_column("contacts", sa.Column("country", sa.Text(), nullable=True))
    op.add_column("deliveries", sa.Column("due_at", types.Instant(), nullable=True))


def downgrade() -> None:
    """Go back to the schema before."""
    op.drop_column("deliveries", "due_at")
    op.drop_column("contacts", "country")
    op.drop_index("ix_saved_templates_account_id_saved_at", table_name="saved_templates")
    op.drop_table("saved_templates")
    op.drop_table("sending_paces")
