"""Merges of contacts that can be undone, and conversations listed by participants.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

from frontdesk.domain.inbound import Address
from frontdesk.domain.participants import participants_id
from frontdesk.store import types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_AT_ONCE = 1000


def upgrade() -> None:
    """Go to this schema, and note the participants of the threads that are there."""
    standing = sa.text("undone_at IS NULL")
    op.create_table(
        "contact_merges",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("account_id", types.Id(), nullable=False),
        sa.Column("contact_id", types.Id(), nullable=False),
        sa.Column("merged_id", types.Id(), nullable=False),
        sa.Column("filled", types.Json(), nullable=True),
        sa.Column("merged_by", types.Id(), nullable=True),
        sa.Column("merged_at", types.Instant(), nullable=False),
        sa.Column("undone_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_contact_merges"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_contact_merges_contact_id", "contact_merges", ["contact_id"])
    op.create_index(
        "uq_contact_merges_merged_id", "contact_merges", ["merged_id"], unique=True,
        sqlite_where=standing, postgresql_where=standing,
    )  # fmt: skip
    op.create_table(
        "merged_identities",
        sa.Column("account_id", types.Id(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("merge_id", types.Id(), nullable=False),
        sa.Column("origin_id", types.Id(), nullable=False),
        sa.PrimaryKeyConstraint(
            "account_id", "scheme", "address", "merge_id", name="pk_merged_identities"
        ),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("ix_merged_identities_merge_id", "merged_identities", ["merge_id"])
    op.create_table(
        "merged_threads",
        sa.Column("thread_id", types.Id(), nullable=False),
        sa.Column("merge_id", types.Id(), nullable=False),
        sa.Column("account_id", types.Id(), nullable=False),
        sa.Column("origin_id", types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("thread_id", "merge_id", name="pk_merged_threads"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_merged_threads_merge_id", "merged_threads", ["merge_id"])
    op.create_index("ix_merged_threads_origin_id", "merged_threads", ["origin_id"])
    aliases = op.create_table(
        "thread_participants",
        sa.Column("account_id", types.Id(), nullable=False),
        sa.Column("participants_id", types.Id(), nullable=False),
        sa.Column("thread_id", types.Id(), nullable=False),
        sa.PrimaryKeyConstraint(
            "account_id", "participants_id", "thread_id", name="pk_thread_participants"
        ),
        sqlite_with_rowid=False,
    )  # fmt: skip
    _note_participants(aliases)


def downgrade() -> None:
    """Go back to the schema before; contacts that are merged then stay so."""
    for name in ("thread_participants", "merged_threads", "merged_identities", "contact_merges"):
        op.drop_table(name)


def _note_participants(aliases: sa.Table) -> None:
    threads = sa.table(
        "threads", sa.column("id", types.Id()), sa.column("account_id", types.Id()),
        sa.column("inbox_id", types.Id()), sa.column("scheme", sa.Text()), sa.column("address", sa.Text()),
    )  # fmt: skip
    connection = op.get_bind()
    page = sa.select(threads).order_by(threads.c.id).limit(_AT_ONCE)
    found = connection.execute(page).all()
    while found:
        connection.execute(
            aliases.insert(),
            [
                {
                    "account_id": row.account_id,
                    "participants_id": participants_id(
                        row.account_id, row.inbox_id, (Address(row.scheme, row.address),)
                    ),
                    "thread_id": row.id,
                }
                for row in found
            ],
        )
        found = connection.execute(page.where(threads.c.id > found[-1].id)).all()
