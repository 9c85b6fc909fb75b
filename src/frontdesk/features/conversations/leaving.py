"""Links by which somebody whom we wrote to unasked says that they want no more of it (RFC 8058).

A link names the message that it stood in and is signed; it has no end, for mails are kept for years.
"""

import base64
import binascii
from uuid import UUID

from frontdesk.domain.consent import OptOutKind, OptOutSource
from frontdesk.domain.errors import NotFound
from frontdesk.domain.inbound import Address
from frontdesk.kit.crypto import Vault
from frontdesk.store import opt_outs
from frontdesk.store.opt_outs import Word
from frontdesk.store.tx import ReadTx, Row, Tx

_PURPOSE = "leave"
_LENGTH = 16 + 16


class LeaveLinks:
    """Makes and reads links `{base}/leave/{token}`.

    Args:
        vault: Signs.
        base: The public address of the desk; without one there are no links.
    """

    def __init__(self, vault: Vault, base: str | None) -> None:
        self._vault, self._base = vault, base

    def url(self, message_id: UUID) -> str | None:
        """The link that stands in a message."""
        return f"{self._base.rstrip('/')}/leave/{self.token(message_id)}" if self._base else None

    def token(self, message_id: UUID) -> str:
        """What a link of a message ends with."""
        signature = base64.urlsafe_b64decode(self._vault.sign(_PURPOSE, str(message_id)) + "==")
        return base64.urlsafe_b64encode(message_id.bytes + signature).decode().rstrip("=")

    def read(self, token: str) -> UUID:
        """The message whose link it is.

        Raises:
            NotFound: It is not ours, or was changed on its way.
        """
        try:
            raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), b"-_", validate=True)
        except (UnicodeEncodeError, binascii.Error, ValueError):
            raw = b""
        message_id = UUID(bytes=raw[:16]) if len(raw) == _LENGTH else None
        signature = base64.urlsafe_b64encode(raw[16:]).decode().rstrip("=")
        if message_id is None or not self._vault.is_signed(signature, _PURPOSE, str(message_id)):
            raise unknown()
        return message_id


def unknown() -> NotFound:
    """That a link leads nowhere."""
    hint = "Open it as it stands in the message, to its last letter."
    return NotFound("There is no such link to unsubscribe.", hint=hint)


def reader(tx: ReadTx, message_id: UUID) -> Row:
    """Who had a message: `account_id`, `channel`, `scheme`, `address`, and the account's `name`.

    Raises:
        NotFound: The message is not there any more.
    """
    row = opt_outs.reader_of(tx, message_id)
    if row is None:
        raise unknown()
    return row


def has_left(tx: ReadTx, row: Row) -> bool:
    """Whether they said so already."""
    found = opt_outs.find(
        tx, row.account_id, row.channel, Address(row.scheme, row.address), OptOutKind.UNASKED
    )
    return found is not None and found.ended_at is None


def leave(tx: Tx, row: Row) -> None:
    """Note that they want nothing unasked any more; what they write is still answered."""
    word = Word(
        channel=row.channel, kind=OptOutKind.UNASKED, takes_leave=True, source=OptOutSource.LINK, at=tx.now,
    )  # fmt: skip
    opt_outs.note(tx, row.account_id, [Address(row.scheme, row.address)], word)
