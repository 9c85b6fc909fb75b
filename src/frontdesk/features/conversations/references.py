"""What a new message names: an earlier message it answers or reacts to, and uploaded files."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from frontdesk.domain.attachment import refuse_infected
from frontdesk.domain.content import Media, Reaction, content_adapter
from frontdesk.domain.errors import Invalid, NotFound
from frontdesk.domain.preview import preview_of
from frontdesk.domain.scope import Scope
from frontdesk.features.conversations import policy
from frontdesk.features.conversations.reads import ReplyRead
from frontdesk.ports.channel import Capabilities
from frontdesk.store import attachments, media, timeline
from frontdesk.store.tx import ReadTx, Row


def answered(tx: ReadTx, scope: Scope, conversation_id: UUID, message_id: UUID) -> ReplyRead:
    """The message that a new one answers.

    Raises:
        Invalid: The conversation has no such message.
    """
    row = _message(tx, scope, conversation_id, message_id, "reply_to_id")
    content = content_adapter.validate_json(row.content)
    return {
        "id": row.id,
        "seq": row.seq,
        "kind": row.kind,
        "preview": "" if row.deleted_at is not None else preview_of(content),
        "author_name": row.author_name,
    }


def check_target(tx: ReadTx, scope: Scope, conversation_id: UUID, content: Reaction) -> None:
    """Look for the message that a reaction is about.

    Raises:
        Invalid: It names none, or the conversation has no such message.
    """
    if content.target_id is None:
        raise Invalid("A reaction names the message it is about.", field="content.target_id")
    _message(tx, scope, conversation_id, content.target_id, "content.target_id")


def files(
    tx: ReadTx, scope: Scope, named: Sequence[Media], kind: str, takes: Capabilities | None
) -> Mapping[UUID, Row]:
    """The stored files that a message names, by id.

    Args:
        tx: Where to look.
        scope: Whose they must be.
        named: What the message says of them.
        kind: Of the message.
        takes: What the channel can carry; None for a note, which stays here.

    Raises:
        Invalid: One was never uploaded.
        UnsupportedByChannel: The channel cannot carry one.
    """
    found: dict[UUID, Row] = {}
    for file in named:
        found |= _file(tx, scope, file, kind, takes)
    return found


def _file(tx: ReadTx, scope: Scope, file: Media, kind: str, takes: Capabilities | None) -> Mapping[UUID, Row]:
    attachment_id = file.attachment_id
    found = _stored(tx, scope, attachment_id) if attachment_id else {}
    row = found.get(attachment_id) if attachment_id else None
    if row is None or row.state != "stored":
        raise Invalid("There is no such uploaded file.", field="content.media.attachment_id")
    refuse_infected(row.scan)
    if takes is not None:
        policy.check_file(takes, kind, row.mime, row.size)
    return found


def _stored(tx: ReadTx, scope: Scope, attachment_id: UUID) -> Mapping[UUID, Row]:
    try:
        attachments.get(tx, scope, attachment_id)
    except NotFound:
        return {}
    return media.many(tx, scope.account_id, [attachment_id])


def _message(tx: ReadTx, scope: Scope, conversation_id: UUID, message_id: UUID, field: str) -> Row:
    row: Row | None
    try:
        row = timeline.get(tx, scope, message_id)
    except NotFound:
        row = None
    if row is None or row.conversation_id != conversation_id or row.direction not in ("incoming", "outgoing"):
        raise Invalid("The conversation has no such message.", field=field)
    return row
