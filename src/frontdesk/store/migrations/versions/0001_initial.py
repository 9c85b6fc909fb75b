"""The first schema.

Revision 0001, after nothing.
"""

from alembic import op

from frontdesk.store.tables import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this schema."""
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    """Go back to the schema before."""
    metadata.drop_all(op.get_bind())
