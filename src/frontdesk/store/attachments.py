"""Attachments: what is known about files, uploaded ones first of all. Their bytes are in the blob store.

Files that are still with a provider are the part of media.py.
"""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.attachment import ScanState
from frontdesk.domain.errors import NotFound
from frontdesk.domain.scope import Scope
from frontdesk.kit.ids import uuid7
from frontdesk.store import conversations
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_f = t.attachments

_ADD = Statement(
    insert(_f).values(
        id=P("id"), account_id=P("account_id"), inbox_id=P("inbox_id"), conversation_id=P("conversation_id"),
        message_id=P("message_id"), state=P("state"), blob=P("blob"), sha256=P("sha256"), mime=P("mime"),
        filename=P("filename"), size=P("size"), source_media_id=P("source_media_id"),
        source_url=P("source_url"), created_by=P("created_by"), created_at=db_now(),
        scan=P("scan"),
    )
)  # fmt: skip
_GET = Statement(sa.select(_f).where(_f.c.account_id == P("account_id"), _f.c.id == P("id")))
_FIND = Statement(sa.select(_f).where(_f.c.id == P("id")))
_SAME = Statement(
    sa.select(_f.c.blob)
    .where(
        _f.c.account_id == P("account_id"),
        _f.c.sha256 == P("sha256"),
        _f.c.size == P("size"),
        _f.c.blob.is_not(None),
    )
    .limit(1)
)
_BLOBS = Statement(
    sa.union(
        sa.select(_f.c.blob).where(_f.c.blob.in_(P("names", expanding=True))),
        sa.select(_f.c.preview_blob).where(_f.c.preview_blob.in_(P("names", expanding=True))),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAttachment:
    """A file to note: uploaded (`stored`, with blob) or still with the provider (`pending`)."""

    state: str
    blob: str | None = None
    sha256: str | None = None
    mime: str | None = None
    filename: str | None = None
    size: int | None = None
    inbox_id: UUID | None = None
    conversation_id: UUID | None = None
    message_id: UUID | None = None
    source_media_id: str | None = None
    source_url: str | None = None
    created_by: UUID | None = None
    scan: ScanState = ScanState.UNSCANNED


def add(tx: Tx, account_id: UUID, new: NewAttachment, attachment_id: UUID | None = None) -> Row:
    """Note a file of an account."""
    key = attachment_id or uuid7()
    tx.run(
        _ADD,
        id=key,
        account_id=account_id,
        inbox_id=new.inbox_id,
        conversation_id=new.conversation_id,
        message_id=new.message_id,
        state=new.state,
        blob=new.blob,
        sha256=new.sha256,
        mime=new.mime,
        filename=new.filename,
        size=new.size,
        source_media_id=new.source_media_id,
        source_url=new.source_url,
        created_by=new.created_by,
        scan=new.scan,
    )
    return tx.one(_GET, account_id=account_id, id=key)


def get(tx: ReadTx, scope: Scope, attachment_id: UUID) -> Row:
    """A file of the caller's account; of a caller limited to some inboxes, one of theirs or their own upload.

    Raises:
        NotFound: There is none, or not for this caller.
    """
    row = tx.one(_GET, account_id=scope.account_id, id=attachment_id)
    if scope.inbox_ids is not None and not _is_within(tx, scope, scope.inbox_ids, row):
        raise NotFound("There is no such file.")
    return row


def _is_within(tx: ReadTx, scope: Scope, inbox_ids: frozenset[UUID], row: Row) -> bool:
    if row.inbox_id is not None:
        return row.inbox_id in inbox_ids
    if row.conversation_id is not None:
        talk = conversations.place(tx, scope.account_id, row.conversation_id)
        return talk is not None and talk.inbox_id in inbox_ids
    return row.created_by is not None and row.created_by in {scope.user_id, scope.actor_id}


def find(tx: ReadTx, attachment_id: UUID) -> Row | None:
    """A file by id alone, for whoever holds a signed address and for workers."""
    return tx.first(_FIND, id=attachment_id)


def same_blob(tx: ReadTx, account_id: UUID, sha256: str, size: int) -> str | None:
    """The blob of a file of the account with the same bytes."""
    found: str | None = tx.scalar(_SAME, account_id=account_id, sha256=sha256, size=size)
    return found


def known_blobs(tx: ReadTx, names: list[str]) -> set[str]:
    """Which of these blobs some attachment has, as its file or as its preview."""
    return {row.blob for row in tx.rows(_BLOBS, names=names)} if names else set()
