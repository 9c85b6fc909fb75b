"""Pages by keyset: opaque cursors that carry where the last page ended. No word of our trade."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence

_CHECK = 8


class CursorInvalid(ValueError):
    """The cursor was not made here, not for this list, or was changed."""


class Cursors:
    """Makes and reads cursors; each is bound to the list it was made for and checked by a signature.

    Args:
        key: Secret bytes, the same in all processes.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def encode(self, purpose: str, values: Sequence[str | int]) -> str:
        """An opaque cursor holding these values."""
        body = json.dumps(list(values), separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._check(purpose, body) + body).rstrip(b"=").decode()

    def decode(self, purpose: str, cursor: str, count: int) -> list[str | int]:
        """The `count` values of a cursor.

        Raises:
            CursorInvalid: It is not one of ours for this purpose.
        """
        try:
            raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), b"-_", validate=True)
        except (UnicodeEncodeError, binascii.Error, ValueError) as error:
            raise CursorInvalid from error
        check, body = raw[:_CHECK], raw[_CHECK:]
        if not hmac.compare_digest(check, self._check(purpose, body)):
            raise CursorInvalid
        values: list[str | int] = json.loads(body)
        if len(values) != count:
            raise CursorInvalid
        return values

    def _check(self, purpose: str, body: bytes) -> bytes:
        return hmac.new(self._key, purpose.encode() + b"\0" + body, hashlib.sha256).digest()[:_CHECK]
