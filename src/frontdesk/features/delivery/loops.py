"""The one gate for what no person writes, where machines may answer each other: loops end here (refusal 57).

Every automatic message passes it right before it is sent, however it was written: greetings, programs, bots.
It asks what a channel says of itself, never which channel it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from frontdesk.domain.inbound import Address
from frontdesk.domain.message import AuthorType
from frontdesk.features.conversations.policy import ANSWERING
from frontdesk.ports.channel import Capabilities, Channel
from frontdesk.store import automatic_answers
from frontdesk.store.deliveries import Delivery
from frontdesk.store.tx import Row, Tx

MACHINE_FOR = timedelta(days=1)
"""So long after a machine's message anything automatic would be its answer."""
_AUTOMATIC = frozenset({AuthorType.BOT.value, AuthorType.SYSTEM.value})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an automatic message stays here, and what helps."""

    code: str
    message: str


OWN_INBOX = Refusal(
    "automatic_to_own_inbox",
    "Nothing automatic goes to an inbox of our own: they would answer each other without end.",
)
TO_MACHINE = Refusal(
    "automatic_to_machine",
    "A machine or a mailing list wrote last, so nothing answers by itself. A person may.",
)
TOO_SOON = Refusal(
    "automatic_too_soon",
    "This address had an automatic answer a moment ago; the next may go when the pause is over. A person may "
    "write now.",
)

Channels = Mapping[str, Channel]


def is_automatic(row: Row) -> bool:
    """Whether no person wrote the message of `store.deliveries.letter`."""
    return row.author_type in _AUTOMATIC


def is_unasked(tx: Tx, row: Row) -> bool:
    """Whether it answers nothing: they wrote nothing here, or long ago and no person writes now."""
    if row.last_incoming_at is None:
        return True
    return is_automatic(row) and tx.now - row.last_incoming_at > ANSWERING


def refusal(tx: Tx, delivery: Delivery, row: Row, channels: Channels) -> Refusal | None:
    """Why an automatic message must not be sent; None if it may, and then it is counted.

    A message that is tried again is the same one and counts once.

    Args:
        tx: The change that opens the try.
        delivery: Of the message.
        row: Of `store.deliveries.letter`.
        channels: By slug.
    """
    channel = channels.get(row.channel)
    if channel is None or not is_automatic(row):
        return None
    pause = channel.capabilities.automatic_pause_seconds
    if pause is None:
        return None
    if _is_own(tx, delivery, row, channel.capabilities):
        return OWN_INBOX
    last = automatic_answers.answered(tx, delivery.conversation_id, row.seq)
    since = None if last is None else tx.now - last.created_at
    if (
        last is not None
        and since is not None
        and since <= MACHINE_FOR
        and (last.context or {}).get("by_machine")
    ):
        return TO_MACHINE
    is_answer = row.author_type == AuthorType.SYSTEM or (since is not None and since <= ANSWERING)
    address = Address(row.scheme, row.address)
    before = tx.now - timedelta(seconds=pause)
    if is_answer and not automatic_answers.take(
        tx, delivery.account_id, address, delivery.message_id, before
    ):
        return TOO_SOON
    return None


def _is_own(tx: Tx, delivery: Delivery, row: Row, capabilities: Capabilities) -> bool:
    field = capabilities.own_address
    if field is None:
        return False
    return row.address.lower() in automatic_answers.own_addresses(tx, delivery.account_id, row.channel, field)
