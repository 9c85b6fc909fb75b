"""What was found out about the bytes of a file: the scanner's verdict, and the picture that stands for it.

Both are the content's: what is known of one file of an account holds for all with the same bytes.
"""

from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.attachment import ScanState
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement
from frontdesk.store.tx import ReadTx, Tx

P = sa.bindparam
_a = t.attachments

_same_bytes = sa.and_(
    _a.c.account_id == P("account"), _a.c.sha256 == P("hash"), _a.c.size == P("bytes"), _a.c.state == "stored"
)
_PASSED = Statement(
    sa.update(_a)
    .where(_a.c.id == P("attachment"), _a.c.scan == ScanState.PENDING)
    .values(scan=P("scan"), threat=None)
)
_INFECTED = Statement(sa.update(_a).where(_same_bytes).values(scan=ScanState.INFECTED, threat=P("threat")))
_DRAWN = Statement(
    sa.update(_a)
    .where(_a.c.id == P("attachment"))
    .values(preview_blob=P("blob"), preview_width=P("width"), preview_height=P("height"))
)
_SAME_PREVIEW = Statement(
    sa.select(_a.c.preview_blob, _a.c.preview_width, _a.c.preview_height)
    .where(_same_bytes, _a.c.preview_blob.is_not(None))
    .limit(1)
)


def passed(tx: Tx, attachment_id: UUID, scan: ScanState) -> None:
    """A file that waited may be had: it is clean, or nobody looks any more."""
    tx.run(_PASSED, attachment=attachment_id, scan=scan)


def infected(tx: Tx, file: Row, threat: str) -> None:
    """Nobody may have this file, nor any of the account with the same bytes."""
    tx.run(_INFECTED, account=file.account_id, hash=file.sha256, bytes=file.size, threat=threat)


def same_preview(tx: ReadTx, file: Row) -> Row | None:
    """The preview (blob, width, height) of a file of the account with the same bytes."""
    return tx.first(_SAME_PREVIEW, account=file.account_id, hash=file.sha256, bytes=file.size)


def drawn(tx: Tx, attachment_id: UUID, *, blob: str, width: int, height: int) -> None:
    """Note the picture that stands for a file."""
    tx.run(_DRAWN, attachment=attachment_id, blob=blob, width=width, height=height)
