"""Signed links to files: whoever has one gets the file until it ends, and nobody can make one."""

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from frontdesk.kit.clock import utc_now
from frontdesk.kit.crypto import Vault

_DAYS = 2
_LENGTH = 16 + 4 + 16
_PURPOSE = "file"


class FileLinks:
    """Makes and reads links `{base}/v1/files/{token}`.

    A link lasts one to two days and is the same all day, so that browsers keep what they fetched.
    """

    def __init__(self, vault: Vault, base: str = "", clock: Callable[[], datetime] = utc_now) -> None:
        self._vault, self._base, self._clock = vault, base, clock

    def link(self, account_id: UUID, attachment_id: UUID) -> str:  # noqa: ARG002 - whose file it is
        """The address of a file, without a host."""
        now = self._clock()
        day = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=_DAYS)
        return f"{self._base}/v1/files/{self.token(attachment_id, day)}"

    def token(self, attachment_id: UUID, ends: datetime) -> str:
        """A token for one file until an instant (whole seconds)."""
        end = int(ends.timestamp())
        signature = self._vault.sign(_PURPOSE, str(attachment_id), str(end))
        raw = attachment_id.bytes + end.to_bytes(4, "big") + base64.urlsafe_b64decode(signature + "==")
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def read(self, token: str) -> UUID | None:
        """The file that a token opens; None if it is not ours or has ended."""
        try:
            raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), b"-_", validate=True)
        except (UnicodeEncodeError, binascii.Error, ValueError):
            return None
        if len(raw) != _LENGTH:
            return None
        attachment_id, end = UUID(bytes=raw[:16]), int.from_bytes(raw[16:20], "big")
        signature = base64.urlsafe_b64encode(raw[20:]).decode().rstrip("=")
        signed = self._vault.is_signed(signature, _PURPOSE, str(attachment_id), str(end))
        return attachment_id if signed and end > self._clock().timestamp() else None
