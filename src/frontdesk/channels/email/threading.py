"""What a mail answers: ids it names, ours only with our signature, and the plus-address it went to. Pure.

Source: RFC 5322, 3.6.4 (In-Reply-To, References).
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from frontdesk.channels.email import tokens
from frontdesk.domain.inbound import Answered

MOST = 50


class Proofs:
    """Reads tokens of one inbox."""

    def __init__(self, secret: str, inbox_id: UUID, now: datetime) -> None:
        self._secret, self._inbox_id, self.now = secret, inbox_id, now

    def message_of(self, token: str | None) -> UUID | None:
        """Our message of a token that stands."""
        return None if token is None else tokens.message_of(self._secret, self._inbox_id, token, self.now)


def answered(
    in_reply_to: Iterable[str], references: Iterable[str], recipients: Iterable[str], proofs: Proofs | None
) -> tuple[Answered, ...]:
    """What a mail answers, the nearest first: In-Reply-To, References from the last, then the plus-address.

    An id of our form whose signature does not stand is none. Without proofs (nobody's inbox) ids of our form
    count for nothing either.
    """
    out: dict[str, Answered] = {}
    for one in [*in_reply_to, *reversed(list(references))]:
        token = tokens.in_message_id(one)
        if token is None:
            out.setdefault(one, Answered(one))
        elif proofs is not None and (message_id := proofs.message_of(token)) is not None:
            out.setdefault(one, Answered(one, message_id))
    for address in recipients:
        message_id = proofs.message_of(tokens.in_address(address)) if proofs is not None else None
        if message_id is not None:
            out.setdefault(address, Answered(address[:900], message_id))
    return tuple(out.values())[:MOST]
