"""Export of an account's contacts, conversations and messages as lines that can be imported. No secrets."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from frontdesk.domain.attachment import ScanState
from frontdesk.domain.history import VERSION, written
from frontdesk.store import history_pages as pages
from frontdesk.store.tx import ReadTx, Row

_LIMIT = 200
_NIL = UUID(int=0)


def export(tx: ReadTx, account_id: UUID, *, with_files: bool = False) -> Iterator[str]:
    """All lines of an account, read in pages within one transaction.

    Args:
        tx: One snapshot.
        account_id: Whose.
        with_files: Also the lines of files, for an export that holds their bytes.
    """
    yield written({"type": "frontdesk", "version": VERSION, "exported_at": tx.now})
    for row in pages.inboxes(tx, account_id):
        yield _said("inbox", row, "id channel name config reopen_policy greeting time_zone deleted_at")
    yield from _contacts(tx, account_id)
    yield from _opt_outs(tx, account_id)
    yield from _canned_responses(tx, account_id)
    yield from _conversations(tx, account_id)
    if with_files:
        yield from _files(tx, account_id)


def stored_bytes(tx: ReadTx, account_id: UUID) -> Iterator[tuple[str, str]]:
    """The bytes that the lines of files name, each once: (SHA-256, blob)."""
    after = ""
    while rows := pages.blobs(tx, account_id, after, _LIMIT):
        after = rows[-1].sha256
        yield from ((row.sha256, row.blob) for row in rows)


def _opt_outs(tx: ReadTx, account_id: UUID) -> Iterator[str]:
    after = _NIL
    while rows := pages.opt_outs(tx, account_id, after, _LIMIT):
        after = rows[-1].id
        for row in rows:
            names = "id channel kind source note said_at ended_at created_at"
            yield _said("opt_out", row, names, address={"scheme": row.scheme, "value": row.address})


def _canned_responses(tx: ReadTx, account_id: UUID) -> Iterator[str]:
    after = _NIL
    while rows := pages.canned_responses(tx, account_id, after, _LIMIT):
        after = rows[-1].id
        for row in rows:
            yield _said("canned_response", row, "id shortcut title messages created_at changed_at")


def _files(tx: ReadTx, account_id: UUID) -> Iterator[str]:
    after = _NIL
    while rows := pages.files(tx, account_id, after, _LIMIT):
        after = rows[-1].id
        for row in rows:
            names = "id sha256 size mime filename threat created_at"
            scan = None if row.scan == ScanState.UNSCANNED else row.scan
            yield _said("file", row, names, message=row.message_id, scan=scan)


def _contacts(tx: ReadTx, account_id: UUID) -> Iterator[str]:
    after = _NIL
    while rows := pages.contacts(tx, account_id, after, _LIMIT):
        after = rows[-1].id
        found = defaultdict(list)
        for each in pages.identities(tx, account_id, [row.id for row in rows]):
            found[each.contact_id].append(
                {"scheme": each.scheme, "value": each.address, "verified": bool(each.verified)}
            )
        for row in rows:
            names = "id name language attributes first_touch verified created_at last_seen_at"
            yield _said("contact", row, names, addresses=found[row.id])


def _conversations(tx: ReadTx, account_id: UUID) -> Iterator[str]:
    after = _NIL
    while rows := pages.conversations(tx, account_id, after, _LIMIT):
        after = rows[-1].id
        keys = defaultdict(list)
        for each in pages.keys(tx, account_id, sorted({row.thread_id for row in rows})):
            keys[each.thread_id].append(each.key)
        for row in rows:
            yield _said(
                "conversation",
                row,
                "id status resolution assignee priority topic snoozed_until unread seen_seq opened_at "
                "resolved_at",
                inbox=row.inbox_id,
                contact=row.holder_id,
                address={"scheme": row.scheme, "value": row.address},
                thread={"id": str(row.thread_id), "keys": keys[row.thread_id]},
                read_seq=row.read_seq,
            )
            yield from _messages(tx, row)


def _messages(tx: ReadTx, conversation: Row) -> Iterator[str]:
    after = 0
    while rows := pages.messages(tx, conversation.id, after, _LIMIT):
        after = rows[-1].seq
        deliveries, reactions, editions = pages.hanging(tx, [row.id for row in rows])
        delivered = {each.message_id: each for each in deliveries}
        for row in rows:
            delivery = delivered.get(row.id)
            yield _said(
                "message",
                row,
                "id direction context source_id starred edited_at deleted_at sent_at created_at",
                conversation=row.conversation_id,
                author=_author(row),
                content=json.loads(row.content),
                reply_to=row.reply_to_id,
                version=row.version if row.version != 1 else None,
                delivery=None if delivery is None else _delivery(delivery),
                reactions=[_reaction(each) for each in reactions if each.message_id == row.id],
                versions=[_edition(each) for each in editions if each.message_id == row.id],
            )


def _said(kind: str, row: Row, names: str, **more: Any) -> str:
    """A line: the named columns and what else is given, without what is empty."""
    told = {name: getattr(row, name) for name in names.split()}
    told = {name: value for name, value in {**told, **more}.items() if not _is_empty(value)}
    return written({"type": kind, **told})


def _is_empty(value: Any) -> bool:
    return value is None or value is False or value in ({}, [])


def _author(row: Row) -> dict[str, Any]:
    told = {"type": row.author_type, "id": row.author_id, "name": row.author_name}
    return {name: value for name, value in told.items() if value is not None}


def _delivery(row: Row) -> dict[str, Any]:
    names = "id status source_id error_code error pricing sent_at delivered_at read_at failed_at"
    return {name: getattr(row, name) for name in names.split() if getattr(row, name) is not None}


def _reaction(row: Row) -> dict[str, Any]:
    told = {"author_key": row.author_key, "emoji": row.emoji}
    return {**told, "author": _author(row), "created_at": row.created_at}


def _edition(row: Row) -> dict[str, Any]:
    return {"version": row.version, "content": json.loads(row.content), "replaced_at": row.replaced_at}
