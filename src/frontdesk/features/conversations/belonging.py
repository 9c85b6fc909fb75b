"""Where messages that came in belong: one read for a batch, and a look for what it does not tell."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from frontdesk.domain.content import Reaction
from frontdesk.domain.inbound import Address, MessageReceived
from frontdesk.domain.message import Direction
from frontdesk.features.conversations import episodes, joining
from frontdesk.features.conversations.episodes import Desk, Episode
from frontdesk.store import identities, source_refs, threads
from frontdesk.store.tx import Row, Tx


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message and its own id, the same each time the same receipt is read."""

    id: UUID
    message: MessageReceived

    @property
    def source_id(self) -> str:
        """The provider's id, or one of ours where it gives none."""
        return self.message.source_id or f"desk:{self.id}"


@dataclass(slots=True)
class Known:
    """What one read says about a batch, kept up to date while episodes are found for the rest."""

    threads: dict[str, Row]
    owners: dict[Address, Row]
    refs: dict[str, Row]
    found: dict[str, Episode] = field(default_factory=dict)
    batch: dict[str, UUID] = field(default_factory=dict)
    placed: dict[str, tuple[UUID, MessageReceived]] = field(default_factory=dict)

    def message(self, source_id: str | None) -> UUID | None:
        """Our message of a provider's id, known before or of this batch."""
        if source_id is None:
            return None
        ref = self.refs.get(source_id)
        return self.batch.get(source_id) if ref is None or ref.message_id is None else ref.message_id


def look_up(tx: Tx, desk: Desk, arrivals: Sequence[Arrival]) -> Known:
    """Read at once what says where the messages of a batch belong."""
    messages = [arrival.message for arrival in arrivals]
    keys = sorted({message.thread_key for message in messages})
    several = [
        address
        for message in messages
        if len(message.party.addresses) > 1 or message.answers
        for address in message.party.addresses
    ]
    ids = {arrival.source_id for arrival in arrivals}
    for message in messages:
        if message.context.reply_to_source_id is not None:
            ids.add(message.context.reply_to_source_id)
        ids.update(answered.source_id for answered in message.answers)
        if isinstance(message.content, Reaction) and message.content.target_source_id is not None:
            ids.add(message.content.target_source_id)
    return Known(
        threads.look_up(tx, desk.account_id, desk.inbox_id, keys),
        identities.owners(tx, desk.account_id, several),
        source_refs.find(tx, desk.inbox_id, sorted(ids)),
    )


def fresh(arrivals: Sequence[Arrival], known: Known) -> list[Arrival]:
    """Without what the inbox has already: a redelivery opens, wakes and reopens nothing."""
    out, seen = [], set()
    for arrival in arrivals:
        ref = known.refs.get(arrival.source_id)
        if arrival.source_id not in seen and (ref is None or ref.message_id is None):
            out.append(arrival)
        seen.add(arrival.source_id)
    return out


def join(tx: Tx, desk: Desk, message: MessageReceived, known: Known) -> None:
    """Let the thread that a message answers be found by the message's key."""
    if not message.answers or message.thread_key in known.threads:
        return
    if owner(message, known) is None:
        known.owners |= identities.owners(tx, desk.account_id, message.party.addresses)
    thread_id = joining.thread_of_batch(message, known.placed) or joining.thread_of(
        tx, desk, message, known.refs, owner(message, known)
    )
    if thread_id is not None:
        threads.add_key(tx, desk.account_id, desk.inbox_id, message.thread_key, thread_id)
        known.threads |= threads.look_up(tx, desk.account_id, desk.inbox_id, [message.thread_key])


def owner(message: MessageReceived, known: Known) -> UUID | None:
    """The contact whose address a message claims to be from."""
    row = known.owners.get(message.party.addresses[0]) if message.party.addresses else None
    return None if row is None else row.contact_id


def episode(tx: Tx, desk: Desk, message: MessageReceived, known: Known) -> Episode:
    """The conversation of a message, found or opened."""
    return _open_one(message, known) or _find(tx, desk, message, known)


def _open_one(message: MessageReceived, known: Known) -> Episode | None:
    """The open conversation of a known thread, if there is nothing to learn about the contact."""
    if message.thread_key in known.found:
        return known.found[message.thread_key]
    row = known.threads.get(message.thread_key)
    if row is None or row.conversation_id is None or row.status != "open":
        return None
    if row.contact_name is None and message.party.name is not None:
        return None
    if len(message.party.addresses) > 1 and any(
        address not in known.owners for address in message.party.addresses
    ):
        return None
    return Episode(row.conversation_id, row.thread_id, row.contact_id, row.contact_name)


def _find(tx: Tx, desk: Desk, message: MessageReceived, known: Known) -> Episode:
    incoming = message.direction is Direction.INCOMING
    if isinstance(message.content, Reaction) and message.thread_key not in known.threads:
        _join_target(tx, desk, message, known)
    episode = episodes.find_or_open(
        tx, desk, message.party, message.thread_key, message.answer_to, incoming=incoming
    )
    if incoming:
        known.found[message.thread_key] = episode
    return episode


def _join_target(tx: Tx, desk: Desk, message: MessageReceived, known: Known) -> None:
    """Let a reaction that does not know its thread find the one of the message it is about."""
    content = message.content
    target_id = known.message(content.target_source_id) if isinstance(content, Reaction) else None
    if target_id is not None:
        thread_id = threads.of_message(tx, desk.account_id, desk.inbox_id, target_id)
        if thread_id is not None:
            threads.add_key(tx, desk.account_id, desk.inbox_id, message.thread_key, thread_id)
