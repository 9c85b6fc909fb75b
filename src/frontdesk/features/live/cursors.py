"""Where a reader left off, as an opaque text: agents' cursors are signed, visitors' sealed."""

import base64
import binascii
from uuid import UUID

from frontdesk.kit.crypto import CannotOpen, Vault
from frontdesk.kit.pages import CursorInvalid, Cursors

_AGENT = "live"
_VISITOR = "live visitor"


class LiveCursors:
    """Makes and reads the cursors of the live line. A cursor counts for one account, or one visitor, only."""

    def __init__(self, cursors: Cursors, vault: Vault) -> None:
        self._cursors, self._vault = cursors, vault

    def of_agent(self, account_id: UUID, position: int) -> str:
        """After this position of the account's log."""
        return self._cursors.encode(_AGENT, [account_id.hex, position])

    def agent_position(self, account_id: UUID, cursor: str) -> int | None:
        """The position, or None when the cursor is not one of this account."""
        try:
            account, position = self._cursors.decode(_AGENT, cursor, 2)
        except CursorInvalid:
            return None
        return int(position) if account == account_id.hex else None

    def of_visitor(self, contact_id: UUID, position: int) -> str:
        """The same for a visitor, who must not learn how much else the account's log holds."""
        sealed = self._vault.seal(str(position), _VISITOR, contact_id.hex)
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def visitor_position(self, contact_id: UUID, cursor: str) -> int | None:
        """The position, or None when the cursor is not one of this visitor."""
        try:
            sealed = base64.b64decode(
                cursor.encode("ascii") + b"=" * (-len(cursor) % 4), b"-_", validate=True
            )
            return int(self._vault.open(sealed, _VISITOR, contact_id.hex))
        except (UnicodeEncodeError, binascii.Error, ValueError, CannotOpen):
            return None
