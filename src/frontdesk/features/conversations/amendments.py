"""What happens to messages later: edits, taking back, reactions; also when that came first."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from frontdesk.domain.content import Content, content_adapter
from frontdesk.domain.inbound import MessageDeleted, MessageEdited
from frontdesk.domain.message import Author
from frontdesk.domain.preview import preview_of
from frontdesk.features.conversations import statuses
from frontdesk.features.conversations.episodes import Desk
from frontdesk.store import conversations, deliveries, message_changes, reactions, source_refs
from frontdesk.store.tx import Row, Tx

DELETED_PREVIEW = "This message was deleted"


def edit(tx: Tx, desk: Desk, event: MessageEdited) -> None:
    """Give a message the content its writer changed it to; what it said before is kept."""
    report: dict[str, Any] = {
        "edit": event.content.model_dump(mode="json", exclude_none=True),
        "source_id": event.source_id,
    }
    _amend(tx, desk, event.target_source_id, report)


def delete(tx: Tx, desk: Desk, event: MessageDeleted) -> None:
    """Mark a message as taken back by its writer."""
    _amend(tx, desk, event.target_source_id, {"delete": True})


def apply_waiting(tx: Tx, desk: Desk, source_ids: Sequence[str]) -> None:
    """Apply what was said of these messages before they came."""
    for row in source_refs.take_waiting(tx, desk.inbox_id, source_ids):
        if row.message_id is None:
            continue
        for report in row.pending:
            _apply(tx, desk, row, report)


def react(tx: Tx, target_id: UUID, author: Author, emoji: str | None) -> None:
    """Put an author's emoji on a message of a locked conversation, or take it back (None or empty)."""
    target = message_changes.lock(tx, target_id)
    reactions.put(tx, target.account_id, target_id, author, emoji or None)
    message_changes.reacted(tx, target)


def _amend(tx: Tx, desk: Desk, target: str, report: dict[str, Any]) -> None:
    ref = source_refs.find(tx, desk.inbox_id, [target]).get(target)
    if ref is None or ref.message_id is None:
        if source_refs.hold(tx, desk.account_id, desk.inbox_id, target, report):
            return
        ref = source_refs.find(tx, desk.inbox_id, [target])[target]
    _apply(tx, desk, ref, report)


def _apply(tx: Tx, desk: Desk, ref: Row, report: dict[str, Any]) -> None:
    if "status" in report and ref.delivery_id is not None:
        statuses.apply(tx, desk.account_id, desk.inbox_id, [statuses.Report.model_validate(report["status"])])
        return
    place = message_changes.place(tx, ref.message_id)
    conversations.lock_many(tx, [place])
    message = message_changes.lock(tx, ref.message_id)
    if "edit" in report:
        _edit(tx, desk, message, content_adapter.validate_python(report["edit"]), report.get("source_id"))
    elif "delete" in report and message.deleted_at is None:
        message_changes.delete(tx, message, DELETED_PREVIEW)


def _edit(tx: Tx, desk: Desk, message: Row, content: Content, source_id: str | None) -> None:
    if message.deleted_at is not None:
        return
    if source_id is not None and source_id != message.source_id:
        if source_id in source_refs.find(tx, desk.inbox_id, [source_id]):
            return  # applied before
        source_refs.bind(
            tx, desk.account_id, desk.inbox_id, source_id, message_id=message.id, delivery_id=None
        )
    kept = _keep_file(content, content_adapter.validate_json(message.content))
    text = content_adapter.dump_json(kept, exclude_none=True).decode()
    if text != message.content:
        message_changes.edit(tx, message, text, kept.kind, preview_of(kept))


def _keep_file(new: Content, old: Content) -> Content:
    """An edited caption comes with the same file or none; ours stays."""
    before, after = getattr(old, "media", None), getattr(new, "media", None)
    if before is None or after is None or after.attachment_id is not None:
        return new
    if after.source_media_id not in (None, before.source_media_id):
        return new
    return new.model_copy(update={"media": before})


def seq_of(tx: Tx, message_id: UUID) -> int:
    """A message's place in its conversation."""
    return deliveries.seqs_of(tx, [message_id])[message_id]
