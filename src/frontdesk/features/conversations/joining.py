"""Which thread an answer joins: that of the nearest message it answers which the desk knows and may believe.

Who it is from is no proof (anybody can claim an address): an id that carries our own signature is one, any
other id counts only for the contact whose thread it is.
"""

import json
from collections.abc import Mapping
from uuid import UUID

from frontdesk.domain.inbound import MessageReceived
from frontdesk.domain.subject import base_subject
from frontdesk.features.conversations.episodes import Desk
from frontdesk.store import threads
from frontdesk.store.tx import Row, Tx


def thread_of(
    tx: Tx, desk: Desk, message: MessageReceived, refs: Mapping[str, Row], contact_id: UUID | None
) -> UUID | None:
    """The thread of what a message answers; None when it begins one.

    Args:
        tx: The change.
        desk: Only its own threads count.
        message: What came.
        refs: What is known of the ids it answers.
        contact_id: The contact whose address the message claims to be from.
    """
    named = [
        (answered.message_id or _message_id(refs.get(answered.source_id)), answered.message_id is not None)
        for answered in message.answers
    ]
    rows = threads.of_messages(tx, desk.account_id, desk.inbox_id, [each for each, _ in named if each])
    for message_id, is_proven in named:
        row = rows.get(message_id) if message_id else None
        if row is None or not (is_proven or row.contact_id == contact_id):
            continue
        thread_id: UUID = row.thread_id
        return thread_id if _is_on_topic(message, row.content) else None
    return None


def thread_of_batch(
    message: MessageReceived, placed: Mapping[str, tuple[UUID, MessageReceived]]
) -> UUID | None:
    """The thread of what a message answers, when both came together and from the same address."""
    for answered in message.answers:
        if answered.source_id not in placed:
            continue
        thread_id, other = placed[answered.source_id]
        if other.party.addresses == message.party.addresses:
            return thread_id if message.topic in (None, other.topic) else None
    return None


def _message_id(ref: Row | None) -> UUID | None:
    return None if ref is None else ref.message_id


def _is_on_topic(message: MessageReceived, content: str) -> bool:
    """Whether the subject is still the same; a message without one has none to compare."""
    if message.topic is None:
        return True
    subject = json.loads(content).get("subject")
    return not isinstance(subject, str) or base_subject(subject) == message.topic
