"""Exporting a history: everything of an account in pages, in the order in which it can be imported."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from frontdesk.domain.attachment import ScanState
from frontdesk.store import tables as t
from frontdesk.store.statement import Row, Statement
from frontdesk.store.tx import ReadTx

P = sa.bindparam
_c, _m = t.conversations, t.messages
_g = t.contact_merges

_INBOXES = Statement(
    sa.select(t.inboxes).where(t.inboxes.c.account_id == P("account_id")).order_by(t.inboxes.c.id)
)
_CONTACTS = Statement(
    sa.select(t.contacts)
    .where(
        t.contacts.c.account_id == P("account_id"),
        t.contacts.c.id > P("after"),
        ~sa.exists().where(_g.c.merged_id == t.contacts.c.id, _g.c.undone_at.is_(None)),
    )
    .order_by(t.contacts.c.id)
    .limit(P("limit"))
)
_IDENTITIES = Statement(
    sa.select(t.identities)
    .where(
        t.identities.c.account_id == P("account_id"),
        t.identities.c.contact_id.in_(P("ids", expanding=True)),
    )
    .order_by(t.identities.c.contact_id, t.identities.c.scheme, t.identities.c.address)
)
_CONVERSATIONS = Statement(
    sa.select(
        _c,
        t.threads.c.contact_id.label("holder_id"),
        t.threads.c.scheme,
        t.threads.c.address,
        t.users.c.email.label("assignee"),
    )
    .select_from(
        _c.join(t.threads, t.threads.c.id == _c.c.thread_id).outerjoin(
            t.users, t.users.c.id == _c.c.assignee_id
        )
    )
    .where(_c.c.account_id == P("account_id"), _c.c.id > P("after"))
    .order_by(_c.c.id)
    .limit(P("limit"))
)
_KEYS = Statement(
    sa.select(t.thread_keys.c.thread_id, t.thread_keys.c.key)
    .where(
        t.thread_keys.c.account_id == P("account_id"),
        t.thread_keys.c.thread_id.in_(P("ids", expanding=True)),
    )
    .order_by(t.thread_keys.c.key)
)
_MESSAGES = Statement(
    sa.select(_m)
    .where(_m.c.conversation_id == P("conversation_id"), _m.c.seq > P("after"))
    .order_by(_m.c.seq)
    .limit(P("limit"))
)
_DELIVERIES = Statement(
    sa.select(t.deliveries).where(t.deliveries.c.message_id.in_(P("ids", expanding=True)))
)
_REACTIONS = Statement(
    sa.select(t.reactions)
    .where(t.reactions.c.message_id.in_(P("ids", expanding=True)))
    .order_by(t.reactions.c.message_id, t.reactions.c.author_key)
)
_EDITIONS = Statement(
    sa.select(t.message_versions)
    .where(t.message_versions.c.message_id.in_(P("ids", expanding=True)))
    .order_by(t.message_versions.c.message_id, t.message_versions.c.version)
)

_f = t.attachments
_KEPT = sa.and_(_f.c.account_id == P("account_id"), _f.c.state == "stored", _f.c.message_id.is_not(None))
_MAY_BE_HAD = sa.and_(
    sa.or_(_f.c.scan == ScanState.UNSCANNED, _f.c.scan == ScanState.CLEAN), _f.c.blob.is_not(None)
)
_FILES = Statement(
    sa.select(_f)
    .where(_KEPT, _f.c.id > P("after"), sa.or_(_MAY_BE_HAD, _f.c.scan == ScanState.INFECTED))
    .order_by(_f.c.id)
    .limit(P("limit"))
)
_BLOBS = Statement(
    sa.select(_f.c.sha256, sa.func.min(_f.c.blob).label("blob"))
    .where(_KEPT, _MAY_BE_HAD, _f.c.sha256 > P("after"))
    .group_by(_f.c.sha256)
    .order_by(_f.c.sha256)
    .limit(P("limit"))
)

_OPT_OUTS = Statement(
    sa.select(t.opt_outs)
    .where(t.opt_outs.c.account_id == P("account_id"), t.opt_outs.c.id > P("after"))
    .order_by(t.opt_outs.c.id)
    .limit(P("limit"))
)
_RESPONSES = Statement(
    sa.select(t.canned_responses)
    .where(t.canned_responses.c.account_id == P("account_id"), t.canned_responses.c.id > P("after"))
    .order_by(t.canned_responses.c.id)
    .limit(P("limit"))
)


def inboxes(tx: ReadTx, account_id: UUID) -> list[Row]:
    """All inboxes, deleted ones too."""
    return tx.rows(_INBOXES, account_id=account_id)


def contacts(tx: ReadTx, account_id: UUID, after: UUID, limit: int) -> list[Row]:
    """Contacts by id, without those that were merged into another."""
    return tx.rows(_CONTACTS, account_id=account_id, after=after, limit=limit)


def identities(tx: ReadTx, account_id: UUID, ids: Sequence[UUID]) -> list[Row]:
    """The addresses of these contacts."""
    return tx.rows(_IDENTITIES, account_id=account_id, ids=ids) if ids else []


def conversations(tx: ReadTx, account_id: UUID, after: UUID, limit: int) -> list[Row]:
    """Conversations by id, with holder, address and the assignee's e-mail address."""
    return tx.rows(_CONVERSATIONS, account_id=account_id, after=after, limit=limit)


def keys(tx: ReadTx, account_id: UUID, ids: Sequence[UUID]) -> list[Row]:
    """The keys of these threads."""
    return tx.rows(_KEYS, account_id=account_id, ids=ids) if ids else []


def messages(tx: ReadTx, conversation_id: UUID, after: int, limit: int) -> list[Row]:
    """Messages of a conversation by seq."""
    return tx.rows(_MESSAGES, conversation_id=conversation_id, after=after, limit=limit)


def hanging(tx: ReadTx, ids: Sequence[UUID]) -> tuple[list[Row], list[Row], list[Row]]:
    """The deliveries, reactions and earlier versions of these messages."""
    if not ids:
        return [], [], []
    return tx.rows(_DELIVERIES, ids=ids), tx.rows(_REACTIONS, ids=ids), tx.rows(_EDITIONS, ids=ids)


def files(tx: ReadTx, account_id: UUID, after: UUID, limit: int) -> list[Row]:
    """Files of messages by id: those that may be had, and those in which a virus was found."""
    return tx.rows(_FILES, account_id=account_id, after=after, limit=limit)


def blobs(tx: ReadTx, account_id: UUID, after: str, limit: int) -> list[Row]:
    """The bytes of these files by their hash, each once: (sha256, blob)."""
    return tx.rows(_BLOBS, account_id=account_id, after=after, limit=limit)


def opt_outs(tx: ReadTx, account_id: UUID, after: UUID, limit: int) -> list[Row]:
    """Opt-outs by id, ended ones too."""
    return tx.rows(_OPT_OUTS, account_id=account_id, after=after, limit=limit)


def canned_responses(tx: ReadTx, account_id: UUID, after: UUID, limit: int) -> list[Row]:
    """Canned responses by id."""
    return tx.rows(_RESPONSES, account_id=account_id, after=after, limit=limit)
