"""Agents known by their e-mail address alone, where a provider vouches for it: what they may do."""

from uuid import UUID

from frontdesk.domain.scope import ActorType, Scope
from frontdesk.features.accounts.access import inboxes_of, permissions_of
from frontdesk.store import users
from frontdesk.store.tx import ReadTx


def scope_of_email(tx: ReadTx, account_id: UUID, email: str) -> Scope | None:
    """The scope of an active user of this account; None when there is none with the address."""
    row = users.member_by_email(tx, account_id, email.strip().lower())
    if row is None or row.disabled_at is not None:
        return None
    return Scope(
        account_id,
        ActorType.USER,
        row.id,
        permissions_of(row.role, row.permissions),
        name=row.name,
        user_id=row.id,
        inbox_ids=inboxes_of(row.inbox_ids),
    )
