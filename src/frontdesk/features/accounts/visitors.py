"""Visitors of the widget: their tokens. Who a visitor is, is decided by the caller."""

from datetime import timedelta
from uuid import UUID

from frontdesk.features.accounts.access import VISITOR_PREFIX
from frontdesk.kit.crypto import digest, random_token
from frontdesk.store import tokens
from frontdesk.store.tx import Tx

LASTING = timedelta(days=90)


def issue(
    tx: Tx,
    *,
    account_id: UUID,
    inbox_id: UUID,
    contact_id: UUID,
    verified: bool,
    language: str | None = None,
) -> str:
    """A new token (`fv_…`) for a contact in one inbox, for 90 days."""
    token = random_token(VISITOR_PREFIX)
    new = tokens.NewVisitor(
        token_hash=digest(token),
        account_id=account_id,
        inbox_id=inbox_id,
        contact_id=contact_id,
        verified=verified,
        language=language,
        expires_at=tx.now + LASTING,
    )
    tokens.add_visitor(tx, new)
    return token
