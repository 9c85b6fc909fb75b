"""Every table, said once in SQLAlchemy Core for both engines. No statements here and no rules.

Text enums hold the values of the domain's StrEnums. There are no foreign keys from hot tables to accounts:
an insert would
lock the account's row (see docs/decisions). `context`, `facts`, … are JSON kept as text.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

from frontdesk.store.types import Id, Instant, Json

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_SMALL: dict[str, Any] = {"sqlite_with_rowid": False}


def _id(name: str = "id", *, key: bool = False, null: bool = False) -> Column[Any]:
    return Column(name, Id, primary_key=key, nullable=null and not key)


def _at(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, Instant, nullable=null)


def _text(name: str, *, null: bool = False, default: str | None = None, key: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=null and not key, server_default=default, primary_key=key)


def _int(name: str, *, default: int | None = 0, null: bool = False) -> Column[Any]:
    return Column(
        name, BigInteger, nullable=null, server_default=None if default is None else sa.text(str(default))
    )


def _flag(name: str) -> Column[Any]:
    return Column(name, Boolean, nullable=False, server_default=sa.false())


def _json(name: str, *, null: bool = True) -> Column[Any]:
    return Column(name, Json, nullable=null)


# --- The instance and its accounts

instance = Table("instance", metadata, _text("key", key=True), _text("value"), **_SMALL)

accounts = Table(
    "accounts", metadata, _id(key=True), _text("name"), _text("time_zone", default="UTC"),
    _text("language", default="en"), _json("settings"), _flag("simulated"), _at("created_at"), **_SMALL,
)  # fmt: skip

account_log = Table(
    "account_log", metadata, _id("account_id", key=True), _int("head"), _int("tail"), **_SMALL,
    postgresql_with={"fillfactor": 20},
)  # fmt: skip

users = Table(
    "users", metadata, _id(key=True), _text("email"), _text("name"), _text("password_hash", null=True),
    _id("avatar_id", null=True), _at("created_at"), _at("disabled_at", null=True), **_SMALL,
)  # fmt: skip
Index("uq_users_email", users.c.email, unique=True)

memberships = Table(
    "memberships", metadata, _id("account_id", key=True), _id("user_id", key=True), _text("role"),
    _json("permissions"), _json("inbox_ids"), _at("created_at"), **_SMALL,
)  # fmt: skip
Index("ix_memberships_user_id", memberships.c.user_id)

sessions = Table(
    "sessions", metadata, Column("token_hash", LargeBinary(32), primary_key=True), _id("account_id"),
    _id("user_id"), _text("csrf_token"), _text("user_agent", null=True), _at("created_at"),
    _at("last_seen_at"), _at("expires_at"), **_SMALL,
)  # fmt: skip
Index("ix_sessions_user_id", sessions.c.user_id)

api_tokens = Table(
    "api_tokens", metadata, _id(key=True), _id("account_id"), _text("name"),
    Column("token_hash", LargeBinary(32), nullable=False), _id("user_id", null=True),
    _json("permissions", null=False), _json("inbox_ids"), _at("not_before", null=True),
    _at("expires_at", null=True), _at("revoked_at", null=True), _id("created_by", null=True),
    _at("created_at"), **_SMALL,
)  # fmt: skip
Index("uq_api_tokens_token_hash", api_tokens.c.token_hash, unique=True)
Index("ix_api_tokens_account_id", api_tokens.c.account_id)

secrets = Table(
    "secrets", metadata, _id("account_id", key=True), _id("owner_id", key=True), _text("name", key=True),
    Column("ciphertext", LargeBinary, nullable=False), _at("changed_at"), **_SMALL,
)  # fmt: skip

# --- Inboxes and people

inboxes = Table(
    "inboxes", metadata, _id(key=True), _id("account_id"), _text("channel"), _text("name"),
    _json("config", null=False), _text("public_key"), _text("state", default="connected"),
    _text("state_reason", null=True), _text("reopen_policy", default="reopen"), _json("greeting"),
    _json("settings"), _text("time_zone", null=True), _text("simulated_origin", null=True),
    _at("created_at"), _at("deleted_at", null=True), **_SMALL,
)  # fmt: skip
Index("ix_inboxes_account_id", inboxes.c.account_id)
Index("uq_inboxes_public_key", inboxes.c.public_key, unique=True)

contacts = Table(
    "contacts", metadata, _id(key=True), _id("account_id"), _text("name", null=True),
    _id("avatar_id", null=True), _text("language", null=True), _json("attributes"), _json("first_touch"),
    _flag("verified"), _at("last_seen_at", null=True), _int("version", default=1), _at("created_at"),
    _text("country", null=True), **_SMALL,
)  # fmt: skip
Index("ix_contacts_account_id_id", contacts.c.account_id, contacts.c.id)

identities = Table(
    "identities", metadata, _id("account_id", key=True), _text("scheme", key=True),
    _text("address", key=True), _id("contact_id"), _flag("verified"), _at("created_at"), **_SMALL,
)  # fmt: skip
Index("ix_identities_contact_id", identities.c.contact_id)

contact_merges = Table(
    "contact_merges", metadata, _id(key=True), _id("account_id"), _id("contact_id"), _id("merged_id"),
    _json("filled"), _id("merged_by", null=True), _at("merged_at"), _at("undone_at", null=True), **_SMALL,
)  # fmt: skip
Index("ix_contact_merges_contact_id", contact_merges.c.contact_id)
Index(
    "uq_contact_merges_merged_id", contact_merges.c.merged_id, unique=True,
    sqlite_where=contact_merges.c.undone_at.is_(None),
    postgresql_where=contact_merges.c.undone_at.is_(None),
)  # fmt: skip

merged_identities = Table(
    "merged_identities", metadata, _id("account_id", key=True), _text("scheme", key=True),
    _text("address", key=True), _id("merge_id", key=True), _id("origin_id"), **_SMALL,
)  # fmt: skip
Index("ix_merged_identities_merge_id", merged_identities.c.merge_id)

merged_threads = Table(
    "merged_threads", metadata, _id("thread_id", key=True), _id("merge_id", key=True), _id("account_id"),
    _id("origin_id"), **_SMALL,
)  # fmt: skip
Index("ix_merged_threads_merge_id", merged_threads.c.merge_id)
Index("ix_merged_threads_origin_id", merged_threads.c.origin_id)

visitors = Table(
    "visitors", metadata, Column("token_hash", LargeBinary(32), primary_key=True), _id("account_id"),
    _id("inbox_id"), _id("contact_id"), _flag("verified"), _text("language", null=True), _at("created_at"),
    _at("expires_at"), **_SMALL,
)  # fmt: skip
Index("ix_visitors_contact_id", visitors.c.contact_id)

# --- Threads, conversations, messages

threads = Table(
    "threads", metadata, _id(key=True), _id("account_id"), _id("inbox_id"), _id("contact_id"),
    _text("scheme"), _text("address"), _at("created_at"), **_SMALL,
)  # fmt: skip
Index("ix_threads_contact_id", threads.c.contact_id)

thread_keys = Table(
    "thread_keys", metadata, _id("account_id", key=True), _id("inbox_id", key=True), _text("key", key=True),
    _id("thread_id"), **_SMALL,
)  # fmt: skip

thread_participants = Table(
    "thread_participants", metadata, _id("account_id", key=True), _id("participants_id", key=True),
    _id("thread_id", key=True), **_SMALL,
)  # fmt: skip

conversations = Table(
    "conversations", metadata, _id(key=True), _id("account_id"), _id("inbox_id"), _id("thread_id"),
    _id("contact_id"), _text("status", default="open"), _text("resolution", null=True),
    _id("assignee_id", null=True), _text("priority", null=True), _text("topic", null=True),
    _at("snoozed_until", null=True), _int("last_seq"), _int("unread"), _int("read_seq"), _int("seen_seq"),
    _at("last_message_at"), _at("last_incoming_at", null=True), _text("preview", default=""),
    _text("preview_kind", null=True), _text("preview_direction", null=True),
    _text("preview_author", null=True), _int("version", default=1), _at("opened_at"),
    _at("resolved_at", null=True), **_SMALL, postgresql_with={"fillfactor": 80},
)  # fmt: skip
Index(
    "uq_conversations_open_thread", conversations.c.thread_id, unique=True,
    sqlite_where=conversations.c.status != "resolved", postgresql_where=conversations.c.status != "resolved",
)  # fmt: skip
Index(
    "ix_conversations_open", conversations.c.account_id, conversations.c.last_message_at.desc(),
    conversations.c.id.desc(), sqlite_where=conversations.c.status != "resolved",
    postgresql_where=conversations.c.status != "resolved",
)  # fmt: skip
Index("ix_conversations_thread_id", conversations.c.thread_id)
Index(
    "ix_conversations_resolved", conversations.c.account_id, conversations.c.resolved_at.desc(),
    conversations.c.id.desc(), sqlite_where=conversations.c.status == "resolved",
    postgresql_where=conversations.c.status == "resolved",
)  # fmt: skip
Index(
    "ix_conversations_snoozed", conversations.c.snoozed_until,
    sqlite_where=conversations.c.snoozed_until.is_not(None),
    postgresql_where=conversations.c.snoozed_until.is_not(None),
)  # fmt: skip

messages = Table(
    "messages", metadata, Column("id", Id, nullable=False, unique=True), _id("account_id"), _id("inbox_id"),
    _id("conversation_id"), Column("seq", BigInteger, nullable=False), _text("direction"),
    _text("author_type"), _id("author_id", null=True), _text("author_name", null=True), _text("kind"),
    _text("content"), _json("context"), _id("reply_to_id", null=True), _text("source_id", null=True),
    _int("version", default=1), _flag("starred"), _at("edited_at", null=True), _at("deleted_at", null=True),
    _at("sent_at", null=True), _at("created_at"),
)  # fmt: skip
Index("uq_messages_conversation_id_seq", messages.c.conversation_id, messages.c.seq, unique=True)
Index(
    "ix_messages_starred", messages.c.account_id, messages.c.id.desc(), sqlite_where=messages.c.starred,
    postgresql_where=messages.c.starred,
)  # fmt: skip

message_versions = Table(
    "message_versions", metadata, _id("message_id", key=True), Column("version", Integer, primary_key=True),
    _id("account_id"), _text("content"), _at("replaced_at"), **_SMALL,
)  # fmt: skip

reactions = Table(
    "reactions", metadata, _id("message_id", key=True), _text("author_key", key=True), _id("account_id"),
    _text("emoji"), _text("author_type"), _id("author_id", null=True), _text("author_name", null=True),
    _at("created_at"), **_SMALL,
)  # fmt: skip

source_refs = Table(
    "source_refs", metadata, _id("inbox_id", key=True), _text("source_id", key=True), _id("account_id"),
    _id("message_id", null=True), _id("delivery_id", null=True), _json("pending"), _at("created_at"),
    **_SMALL,
)  # fmt: skip

deliveries = Table(
    "deliveries", metadata, _id(key=True), _id("account_id"), _id("inbox_id"), _id("conversation_id"),
    _id("message_id"), _text("status", default="queued"), _text("source_id", null=True),
    _text("error_code", null=True), _text("error", null=True), _flag("retryable"), _int("attempts"),
    _id("open_attempt", null=True), _json("pricing"), _int("version", default=1), _at("created_at"),
    _at("sent_at", null=True), _at("delivered_at", null=True), _at("read_at", null=True),
    _at("failed_at", null=True), _at("due_at", null=True), **_SMALL,
)  # fmt: skip
Index("ix_deliveries_message_id", deliveries.c.message_id)
Index(
    "ix_deliveries_trouble", deliveries.c.account_id, deliveries.c.id.desc(),
    sqlite_where=deliveries.c.status.in_(("failed", "unknown")),
    postgresql_where=deliveries.c.status.in_(("failed", "unknown")),
)  # fmt: skip

delivery_attempts = Table(
    "delivery_attempts", metadata, _id(key=True), _id("account_id"), _id("delivery_id"), _int("number"),
    _text("outcome", null=True), _text("error_code", null=True), _text("error", null=True), _json("request"),
    _json("response"), _at("started_at"), _at("finished_at", null=True), **_SMALL,
)  # fmt: skip
Index("ix_delivery_attempts_delivery_id", delivery_attempts.c.delivery_id)

sending_paces = Table(
    "sending_paces", metadata, _id("subject_id", key=True), _id("account_id"), _at("full_at", null=True),
    _text("day", null=True), _int("used"), **_SMALL,
)  # fmt: skip

saved_templates = Table(
    "saved_templates", metadata, _id("message_id", key=True), _id("account_id"), _id("inbox_id"),
    _text("name"), _text("language"), _text("category", null=True), _at("saved_at"), **_SMALL,
)  # fmt: skip
Index("ix_saved_templates_account_id_saved_at", saved_templates.c.account_id, saved_templates.c.saved_at)

attachments = Table(
    "attachments", metadata, _id(key=True), _id("account_id"), _id("inbox_id", null=True),
    _id("conversation_id", null=True), _id("message_id", null=True), _text("state"),
    _text("error", null=True), _text("blob", null=True), _text("sha256", null=True),
    _text("mime", null=True), _text("filename", null=True), _int("size", default=None, null=True),
    _text("source_media_id", null=True), _text("source_url", null=True), _id("created_by", null=True),
    _at("created_at"), _text("scan", default="unscanned"), _text("threat", null=True),
    _text("preview_blob", null=True), _int("preview_width", default=None, null=True),
    _int("preview_height", default=None, null=True), **_SMALL,
)  # fmt: skip
Index("ix_attachments_message_id", attachments.c.message_id)
Index("ix_attachments_account_id_sha256", attachments.c.account_id, attachments.c.sha256)

canned_responses = Table(
    "canned_responses", metadata, _id(key=True), _id("account_id"), _text("shortcut"), _text("title"),
    _json("messages", null=False), _at("created_at"), _at("changed_at"), **_SMALL,
)  # fmt: skip
Index(
    "uq_canned_responses_account_id_shortcut", canned_responses.c.account_id, canned_responses.c.shortcut,
    unique=True,
)  # fmt: skip

templates = Table(
    "templates", metadata, _id("inbox_id", key=True), _text("name", key=True), _text("language", key=True),
    _id("account_id"), _text("status"), _text("category", null=True), _text("body"), _json("variables"),
    _at("synced_at"), **_SMALL,
)  # fmt: skip

opt_outs = Table(
    "opt_outs", metadata, _id(key=True), _id("account_id"), _text("channel"), _text("scheme"),
    _text("address"), _text("kind"), _text("source"), _text("note", null=True), _id("changed_by", null=True),
    _at("said_at"), _at("created_at"), _at("ended_at", null=True), **_SMALL,
)  # fmt: skip
Index(
    "uq_opt_outs_address", opt_outs.c.account_id, opt_outs.c.channel, opt_outs.c.scheme, opt_outs.c.address,
    opt_outs.c.kind, unique=True,
)  # fmt: skip

automatic_answers = Table(
    "automatic_answers", metadata, _id("account_id", key=True), _text("scheme", key=True),
    _text("address", key=True), _id("message_id"), _at("answered_at"), **_SMALL,
)  # fmt: skip

# --- Conversations that agents follow elsewhere

mirrors = Table(
    "mirrors", metadata, _id("inbox_id", key=True), _id("account_id"), _text("place"), _int("position"),
    _at("created_at"), **_SMALL,
)  # fmt: skip

mirror_threads = Table(
    "mirror_threads", metadata, _id("inbox_id", key=True), _id("conversation_id", key=True),
    _id("account_id"), _text("thread"), _at("created_at"), **_SMALL,
)  # fmt: skip
Index("uq_mirror_threads_inbox_id_thread", mirror_threads.c.inbox_id, mirror_threads.c.thread, unique=True)

mirror_replies = Table(
    "mirror_replies", metadata, _id("inbox_id", key=True), _text("source_id", key=True), _id("account_id"),
    _id("message_id", null=True), _at("created_at"), **_SMALL,
)  # fmt: skip
Index("ix_mirror_replies_message_id", mirror_replies.c.message_id)

# --- The spine: log, jobs, receipts, idempotency

events = Table(
    "events", metadata,
    _id("account_id", key=True), Column("position", BigInteger, primary_key=True), _text("type"),
    _id("conversation_id", null=True), _id("subject_id", null=True), _int("seq", default=None, null=True),
    _json("facts"), _at("at"), **_SMALL,
)  # fmt: skip

idempotency_keys = Table(
    "idempotency_keys", metadata, _id("account_id", key=True), _id("actor_id", key=True),
    _text("key", key=True), _text("route"), Column("body_hash", LargeBinary(32), nullable=False),
    Column("status", SmallInteger, nullable=False), _id("result_id", null=True), _json("result"),
    _at("created_at"), **_SMALL,
)  # fmt: skip
Index("ix_idempotency_keys_created_at", idempotency_keys.c.created_at)

receipts = Table(
    "receipts", metadata, _id(key=True), _id("account_id"), _id("inbox_id"), _text("method"), _json("query"),
    _json("headers"), Column("body", LargeBinary, nullable=False), _text("state", default="new"),
    _text("reason", null=True), _int("events"), _at("received_at"), **_SMALL,
)  # fmt: skip
Index("ix_receipts_inbox_id_id", receipts.c.inbox_id, receipts.c.id)

lanes = Table(
    "lanes", metadata, Column("queue", Text, primary_key=True), _id("key", key=True), _id("account_id"),
    _at("run_at"), _at("leased_until", null=True), _int("fence"), _int("pending"), _int("claims"), **_SMALL,
    postgresql_with={"fillfactor": 70},
)  # fmt: skip
Index("ix_lanes_queue_account_id_run_at", lanes.c.queue, lanes.c.account_id, lanes.c.run_at)

jobs = Table(
    "jobs", metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    _text("queue"), _id("key"), _id("account_id"), _json("payload", null=False), _int("attempts"),
    _text("error", null=True), _at("run_at"), _at("created_at"),
    postgresql_with={"fillfactor": 70},
)  # fmt: skip
Index("ix_jobs_lane", jobs.c.queue, jobs.c.key, jobs.c.id)

dead_letters = Table(
    "dead_letters", metadata, _id(key=True), _id("account_id"), _text("queue"), _id("key"),
    _json("payload", null=False), _int("attempts"), _text("reason"), _at("failed_at"),
    _at("replayed_at", null=True), **_SMALL,
)  # fmt: skip
Index("ix_dead_letters_account_id_id", dead_letters.c.account_id, dead_letters.c.id.desc())

channel_notices = Table(
    "channel_notices", metadata, _id(key=True), _id("account_id"), _id("inbox_id"), _text("kind"),
    _text("code", null=True), _text("title", null=True), _json("detail"), _at("created_at"), **_SMALL,
)  # fmt: skip
Index("ix_channel_notices_inbox_id_id", channel_notices.c.inbox_id, channel_notices.c.id.desc())
