"""What workers need of inboxes: one ready for use, and a place to note how it stands. Does nothing itself."""

from typing import Protocol
from uuid import UUID

from frontdesk.features.inboxes.inboxes import OpenInbox


class OpensInboxes(Protocol):
    """Finds inboxes ready for use."""

    async def open(self, inbox_id: UUID) -> OpenInbox:
        """An inbox with its channel and connection. Raises NotFound, InboxUnusable."""


class KeepsInboxes(OpensInboxes, Protocol):
    """Finds inboxes, and notes how they stand."""

    async def note_state(self, account_id: UUID, inbox_id: UUID, state: str, reason: str | None) -> None:
        """Note how an inbox stands."""
