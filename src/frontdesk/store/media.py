"""Files that customers send: noted with their message, fetched by a job, then stored or given up.

Uploads by agents and the serving of files live in attachments.
"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.attachment import ScanState
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement, insert
from frontdesk.store.tx import ReadTx, Tx
from frontdesk.store.types import db_now

P = sa.bindparam
_a = t.attachments

_ADD = Statement(
    insert(_a)
    .values(
        id=P("id"),
        account_id=P("account_id"),
        inbox_id=P("inbox_id"),
        conversation_id=P("conversation_id"),
        message_id=P("message_id"),
        state="pending",
        sha256=P("sha256"),
        mime=P("mime"),
        filename=P("filename"),
        size=P("size"),
        source_media_id=P("source_media_id"),
        source_url=P("source_url"),
        created_at=db_now(),
    )
    .on_conflict_do_nothing()
)
_MANY = Statement(
    sa.select(
        _a.c.id, _a.c.state, _a.c.error, _a.c.blob, _a.c.sha256, _a.c.mime, _a.c.filename, _a.c.size,
        _a.c.scan, _a.c.threat, _a.c.preview_blob, _a.c.preview_width, _a.c.preview_height,
    )
    .where(_a.c.id.in_(P("ids", expanding=True)), _a.c.account_id == P("account_id"))
)  # fmt: skip
_GET = Statement(sa.select(_a).where(_a.c.id == P("id"), _a.c.account_id == P("account_id")))
_STORED = Statement(
    sa.update(_a)
    .where(_a.c.id == P("attachment"), _a.c.state != "stored")
    .values(
        state="stored",
        error=None,
        blob=P("blob"),
        sha256=P("sha256"),
        mime=P("mime"),
        filename=P("filename"),
        size=P("size"),
        scan=P("scan"),
    )
)
_FAILED = Statement(
    sa.update(_a)
    .where(_a.c.id == P("attachment"), _a.c.state == "pending")
    .values(state="failed", error=P("error"))
)
_AGAIN = Statement(
    sa.update(_a)
    .where(_a.c.id == P("attachment"), _a.c.state == "failed")
    .values(state="pending", error=None)
)
_LINK = Statement(
    sa.update(_a)
    .where(_a.c.id == P("attachment"), _a.c.account_id == P("account_id"), _a.c.message_id.is_(None))
    .values(message_id=P("message_id"), conversation_id=P("conversation_id"))
)


def add(
    tx: Tx,
    attachment_id: UUID,
    *,
    account_id: UUID,
    inbox_id: UUID,
    conversation_id: UUID,
    message_id: UUID,
    sha256: str | None,
    mime: str | None,
    filename: str | None,
    size: int | None,
    source_media_id: str | None,
    source_url: str | None,
) -> None:
    """Note a file that is still at the provider."""
    tx.run(
        _ADD,
        id=attachment_id,
        account_id=account_id,
        inbox_id=inbox_id,
        conversation_id=conversation_id,
        message_id=message_id,
        sha256=sha256,
        mime=mime,
        filename=filename,
        size=size,
        source_media_id=source_media_id,
        source_url=source_url,
    )


def many(tx: ReadTx, account_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Files by id: what they are, how they stand, what was found in them, their previews."""
    return {row.id: row for row in tx.rows(_MANY, ids=ids, account_id=account_id)} if ids else {}


def get(tx: ReadTx, account_id: UUID, attachment_id: UUID) -> Row:
    """One file: all columns of the table.

    Raises:
        NotFound: The account has no such file.
    """
    return tx.one(_GET, id=attachment_id, account_id=account_id)


def stored(
    tx: Tx,
    attachment_id: UUID,
    *,
    blob: str,
    sha256: str,
    mime: str | None,
    filename: str | None,
    size: int,
    scan: ScanState,
) -> bool:
    """Note that the bytes are kept as `blob`; says whether that is new."""
    return bool(
        tx.run(
            _STORED,
            attachment=attachment_id,
            blob=blob,
            sha256=sha256,
            mime=mime,
            filename=filename,
            size=size,
            scan=scan,
        )
    )


def failed(tx: Tx, attachment_id: UUID, error: str) -> bool:
    """Note that the bytes could not be had; says whether that is new."""
    return bool(tx.run(_FAILED, attachment=attachment_id, error=error))


def wanted_again(tx: Tx, attachment_id: UUID) -> None:
    """A failed file is fetched again."""
    tx.run(_AGAIN, attachment=attachment_id)


def link(tx: Tx, account_id: UUID, attachment_id: UUID, message_id: UUID, conversation_id: UUID) -> None:
    """Note in which message an uploaded file was sent first."""
    tx.run(
        _LINK,
        attachment=attachment_id,
        account_id=account_id,
        message_id=message_id,
        conversation_id=conversation_id,
    )
