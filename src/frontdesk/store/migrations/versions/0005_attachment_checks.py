"""What a virus scanner said of a file, and the small picture that stands for it.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this schema; files that are there were not scanned."""
    op.add_column("attachments", sa.Column("scan", sa.Text(), server_default="unscanned", nullable=False))
    op.add_column("attachments", sa.Column("threat", sa.Text(), nullable=True))
    op.add_column("attachments", sa.Column("preview_blob", sa.Text(), nullable=True))
    op.add_column("attachments", sa.Column("preview_width", sa.BigInteger(), nullable=True))
    op.add_column("attachments", sa.Column("preview_height", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Go back to the schema before."""
    for name in ("preview_height", "preview_width", "preview_blob", "threat", "scan"):
        op.drop_column("attachments", name)
