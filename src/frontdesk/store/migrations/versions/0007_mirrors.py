"""Where agents follow conversations: how far each inbox has shown the log, threads, answers from there.

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

from frontdesk.store import types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this schema."""
    op.create_table(
        "mirror_replies",
        sa.Column("inbox_id", types.Id(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("account_id", types.Id(), nullable=False),
        sa.Column("message_id", types.Id(), nullable=True),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("inbox_id", "source_id", name=op.f("pk_mirror_replies")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_mirror_replies_message_id", "mirror_replies", ["message_id"], unique=False)

    op.create_table(
        "mirror_threads",
        sa.Column("inbox_id", types.Id(), nullable=False),
        sa.Column("conversation_id", types.Id(), nullable=False),
        sa.Column("account_id", types.Id(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("inbox_id", "conversation_id", name=op.f("pk_mirror_threads")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "uq_mirror_threads_inbox_id_thread", "mirror_threads", ["inbox_id", "thread"], unique=True
    )

    op.create_table(
        "mirrors",
        sa.Column("inbox_id", types.Id(), nullable=False),
        sa.Column("account_id", types.Id(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("inbox_id", name=op.f("pk_mirrors")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Go back to the schema before."""
    op.drop_table("mirrors")
    op.drop_index("uq_mirror_threads_inbox_id_thread", "mirror_threads")

    op.drop_table("mirror_threads")
    op.drop_index("ix_mirror_replies_message_id", "mirror_replies")

    op.drop_table("mirror_replies")
