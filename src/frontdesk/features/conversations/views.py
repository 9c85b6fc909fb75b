"""From rows to what readers get. Pure but for the links to files, which the runtime's signer makes."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from frontdesk.domain.attachment import may_be_had
from frontdesk.domain.content import MEDIA_KINDS, content_adapter
from frontdesk.domain.inbound import Address
from frontdesk.domain.message import held_until
from frontdesk.domain.origin import Origin, origin_of
from frontdesk.domain.participants import participants_id
from frontdesk.domain.preview import preview_of
from frontdesk.features.attachments.reads import picture_of
from frontdesk.features.conversations.reads import (
    AuthorRead,
    ConversationRead,
    DirectionName,
    MessageRead,
    ReplyRead,
    VisitorMessage,
)
from frontdesk.ports.channel import Channel
from frontdesk.store import media, reactions
from frontdesk.store.tx import ReadTx, Row

_INWARD = ("source_media_id", "url", "sha256")
"""What a file's provider says of it; readers get our own link instead."""


class FileLinks(Protocol):
    """Makes links to stored files."""

    def link(self, account_id: UUID, attachment_id: UUID) -> str:
        """An address that serves the file for a while to whoever has it."""


class Views:
    """Builds what readers get.

    Args:
        channels: By slug, for what an inbox can do.
        links: Makes the addresses of files.
    """

    def __init__(self, channels: Mapping[str, Channel], links: FileLinks) -> None:
        self._channels, self._links = channels, links

    def conversation(self, row: Row, now: datetime) -> ConversationRead:
        """A conversation from a row of `store.conversations.get`."""
        channel = self._channels.get(row.channel)
        window = channel.capabilities.window_seconds if channel else None
        closes = None
        if window is not None and row.last_incoming_at is not None:
            closes = row.last_incoming_at + timedelta(seconds=window)
        avatar = row.contact_avatar_id
        return {
            "id": row.id,
            "inbox": {"id": row.inbox_id, "name": row.inbox_name, "channel": row.channel},
            "thread_id": row.thread_id,
            "participants_id": participants_id(
                row.account_id, row.inbox_id, (Address(row.scheme, row.address),)
            ),
            "contact": {
                "id": row.holder_id,
                "name": row.contact_name,
                "avatar_url": self._links.link(row.account_id, avatar) if avatar else None,
                "scheme": row.scheme,
                "address": row.address,
            },
            "status": row.status,
            "resolution": row.resolution,
            "assignee": {"id": row.assignee_id, "name": row.assignee_name} if row.assignee_id else None,
            "priority": row.priority,
            "topic": row.topic,
            "unread": row.unread,
            "read_seq": row.read_seq,
            "seen_seq": row.seen_seq,
            "last_seq": row.last_seq,
            "last_message_at": row.last_message_at,
            "preview": {
                "text": row.preview,
                "kind": row.preview_kind,
                "direction": row.preview_direction,
                "author": row.preview_author,
            },
            "snoozed_until": row.snoozed_until,
            "opened_at": row.opened_at,
            "resolved_at": row.resolved_at,
            "window_closes_at": closes,
            "can_send_text": window is None or (closes is not None and now < closes),
            "version": row.version,
        }

    def messages(self, tx: ReadTx, rows: Sequence[Row]) -> list[MessageRead]:
        """Messages from rows of `store.timeline`; reads their files and reactions."""
        if not rows:
            return []
        contents = [json.loads(row.content) for row in rows]
        wanted = {found for content in contents for found in _attachment_ids(content)}
        files = media.many(tx, rows[0].account_id, sorted(wanted))
        reacted = reactions.of_messages(tx, [row.id for row in rows])
        return [
            self._message(row, content, files, reacted.get(row.id, ()))
            for row, content in zip(rows, contents, strict=True)
        ]

    def _message(
        self, row: Row, content: dict[str, Any], files: Mapping[UUID, Row], reacted: Sequence[Row]
    ) -> MessageRead:
        context = row.context or {}
        return {
            "id": row.id,
            "conversation_id": row.conversation_id,
            "seq": row.seq,
            "direction": row.direction,
            "author": {"type": row.author_type, "id": row.author_id, "name": row.author_name},
            "content": self.content(row.account_id, content, files)
            if row.deleted_at is None
            else {"kind": "unsupported", "source_kind": row.kind, "reason": "deleted"},
            "status": row.delivery_status,
            "failure": None
            if row.delivery_error_code is None and row.delivery_error is None
            else {
                "code": row.delivery_error_code,
                "message": row.delivery_error,
                "retryable": bool(row.delivery_retryable),
            },
            "held_until": held_until(row.created_at, context) if row.delivery_status == "queued" else None,
            "reply_to": _reply(row),
            "reactions": [
                {
                    "emoji": each.emoji,
                    "author": {"type": each.author_type, "id": each.author_id, "name": each.author_name},
                }
                for each in reacted
            ],
            "context": context,
            "origin": _origin(content, context),
            "starred": bool(row.starred),
            "source_id": row.source_id or row.delivery_source_id,
            "pricing": row.delivery_pricing,
            "version": row.version + max(0, (row.delivery_version or 1) - 1),
            "edited_at": row.edited_at,
            "deleted_at": row.deleted_at,
            "sent_at": row.sent_at,
            "created_at": row.created_at,
        }

    def content(self, account_id: UUID, content: dict[str, Any], files: Mapping[UUID, Row]) -> dict[str, Any]:
        """A stored content with our own link to its file."""
        if content["kind"] == "email" and content.get("attachments"):
            shown = [self._file(account_id, each, files) for each in content["attachments"]]
            return {**content, "attachments": shown}
        if content["kind"] not in MEDIA_KINDS:
            return content
        return {**content, "media": self._file(account_id, content["media"], files)}

    def _file(self, account_id: UUID, said: dict[str, Any], files: Mapping[UUID, Row]) -> dict[str, Any]:
        shown = {key: value for key, value in said.items() if key not in _INWARD}
        attachment_id = UUID(said["attachment_id"]) if said.get("attachment_id") else None
        file = files.get(attachment_id) if attachment_id else None
        state = file.state if file else "failed"
        shown["state"] = state
        shown["url"] = None
        if file is not None and attachment_id is not None:
            shown["mime"] = file.mime or said.get("mime")
            shown["filename"] = file.filename or said.get("filename")
            shown["size"] = file.size if file.size is not None else said.get("size")
            shown["scan"] = file.scan
            if state == "stored" and may_be_had(file.scan):
                shown["url"] = self._links.link(account_id, attachment_id)
                shown["preview"] = picture_of(file, shown["url"])
        return shown

    def stored(self, content: str) -> dict[str, Any]:
        """What a message said once, without its file."""
        said: dict[str, Any] = json.loads(content)
        if "media" in said:
            said["media"] = {key: value for key, value in said["media"].items() if key not in _INWARD}
        return said

    def created(
        self,
        *,
        message_id: UUID,
        conversation_id: UUID,
        seq: int,
        created_at: datetime,
        direction: DirectionName,
        author: AuthorRead,
        content: dict[str, Any],
        is_sent: bool,
        reply_to: ReplyRead | None,
        context: dict[str, Any] | None,
    ) -> MessageRead:
        """A message as it is just after it was appended, without reading it back."""
        return {
            "id": message_id,
            "conversation_id": conversation_id,
            "seq": seq,
            "direction": direction,
            "author": author,
            "content": content,
            "status": "queued" if is_sent else None,
            "failure": None,
            "held_until": held_until(created_at, context),
            "reply_to": reply_to,
            "reactions": [],
            "context": context or {},
            "origin": _origin(content, context or {}),
            "starred": False,
            "source_id": None,
            "pricing": None,
            "version": 1,
            "edited_at": None,
            "deleted_at": None,
            "sent_at": None,
            "created_at": created_at,
        }


def for_visitor(message: MessageRead, read_seq: int) -> VisitorMessage:
    """The same message as the visitor of the widget may see it; the agents have read up to `read_seq`."""
    reply = message["reply_to"]
    status = message["status"]
    if message["direction"] == "incoming":
        status = "read" if message["seq"] <= read_seq else "delivered"
    return {
        "id": message["id"],
        "conversation_id": message["conversation_id"],
        "seq": message["seq"],
        "direction": message["direction"],
        "author": {"type": message["author"]["type"], "name": message["author"]["name"]},
        "content": message["content"],
        "status": status,
        "reply_to": None if reply is None else {**reply},
        "reactions": [
            {
                "emoji": each["emoji"],
                "author": {"type": each["author"]["type"], "name": each["author"]["name"]},
            }
            for each in message["reactions"]
        ],
        "version": message["version"],
        "created_at": message["created_at"],
        "edited_at": message["edited_at"],
        "deleted_at": message["deleted_at"],
    }


def _attachment_ids(content: dict[str, Any]) -> list[UUID]:
    said = content.get("attachments", ()) if content["kind"] == "email" else ()
    if content["kind"] in MEDIA_KINDS:
        said = (content.get("media", {}),)
    return [UUID(each["attachment_id"]) for each in said if each.get("attachment_id")]


def _reply(row: Row) -> ReplyRead | None:
    if row.reply_to_id is None or row.reply_seq is None:
        return None
    return {
        "id": row.reply_to_id,
        "seq": row.reply_seq,
        "kind": row.reply_kind,
        "preview": ""
        if row.reply_deleted_at is not None
        else preview_of(content_adapter.validate_json(row.reply_content)),
        "author_name": row.reply_author_name,
    }


def _origin(content: dict[str, Any], context: dict[str, Any]) -> Origin | None:
    if not context and content["kind"] == "text" and "utm_" not in content.get("body", "").lower():
        return None
    return origin_of(content, context)
