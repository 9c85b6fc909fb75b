"""Echoes: what our own side wrote elsewhere comes in as a message. What we sent ourselves must not double."""

from frontdesk.domain.content import Content, Interactive, Text, content_adapter
from frontdesk.domain.inbound import MessageReceived
from frontdesk.domain.message import DeliveryStatus, Direction
from frontdesk.features.conversations import statuses
from frontdesk.features.conversations.episodes import Desk
from frontdesk.store import candidates, deliveries, source_refs
from frontdesk.store.tx import Row, Tx

_LOOK_BACK = 50
"""How many messages back an open send may be and still be the one that is echoed."""


def is_our_own(tx: Tx, desk: Desk, message: MessageReceived, source_id: str, threads: dict[str, Row]) -> bool:
    """Whether an echo is of a send of ours whose answer has not come (yet): then it is its proof.

    The open send with the same content, the oldest first; its provider's id is known from now on.
    """
    if message.direction is not Direction.OUTGOING:
        return False
    thread = threads.get(message.thread_key)
    if thread is None or thread.conversation_id is None:
        return False
    for row in candidates.unproven(tx, thread.conversation_id, _LOOK_BACK):
        if _same(row.content, message.content):
            _prove(tx, desk, row, source_id, message)
            return True
    return False


def _prove(tx: Tx, desk: Desk, row: Row, source_id: str, message: MessageReceived) -> None:
    delivery = deliveries.lock(tx, [row.id])[row.id]
    held = source_refs.bind(
        tx,
        desk.account_id,
        desk.inbox_id,
        source_id,
        message_id=row.message_id,
        delivery_id=row.id,
    )
    if held is None:
        return
    delivery.source_id = source_id
    seq = deliveries.seqs_of(tx, [row.message_id])[row.message_id]
    report = statuses.Report(source_id=source_id, status=DeliveryStatus.SENT, at=message.at)
    statuses.fold(tx, delivery, report, seq)
    statuses.fold_held(tx, delivery, held, seq)
    deliveries.save(tx, delivery)


def _same(stored: str, echoed: Content) -> bool:
    """Whether our content may be told so: a file apart from its caption, a choice as its words alone."""
    ours = content_adapter.validate_json(stored)
    if isinstance(ours, Interactive) and isinstance(echoed, Text):
        words = (ours.header, ours.body, ours.footer)
        return " ".join(part for part in words if part).split() == echoed.body.split()
    if ours.kind != echoed.kind:
        return False
    kept_apart = {"caption"} if getattr(echoed, "caption", None) is None else set()
    dump = {"exclude_none": True, "exclude": {"media", "preview_url", *kept_apart}}
    return bool(ours.model_dump(**dump) == echoed.model_dump(**dump))  # type: ignore[arg-type]
