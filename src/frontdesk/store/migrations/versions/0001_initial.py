"""The first schema.

Revision 0001, after nothing.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from frontdesk.store import types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID, AT, JSON, TEXT = types.Id(), types.Instant(), types.Json(), sa.Text()
INT, FLAG, ZERO = sa.BigInteger(), sa.Boolean(), sa.text("0")


def _column(name: str, type_: Any, *, nullable: bool = False, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=nullable, **options)


def upgrade() -> None:
    """Go to this schema."""
    for create in _TABLES.values():
        create()


def downgrade() -> None:
    """Go back to the schema before: nothing."""
    for name in reversed(_TABLES):
        op.drop_table(name)


def _instance() -> None:
    op.create_table(
        "instance", _column("key", TEXT), _column("value", TEXT),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_instance")), sqlite_with_rowid=False,
    )  # fmt: skip


def _accounts() -> None:
    op.create_table(
        "accounts", _column("id", ID), _column("name", TEXT),
        _column("time_zone", TEXT, server_default="UTC"), _column("language", TEXT, server_default="en"),
        _column("settings", JSON, nullable=True), _column("simulated", FLAG, server_default=sa.false()),
        _column("created_at", AT), sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sqlite_with_rowid=False,
    )  # fmt: skip


def _account_log() -> None:
    op.create_table(
        "account_log", _column("account_id", ID), _column("head", INT, server_default=ZERO),
        _column("tail", INT, server_default=ZERO),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_log")),
        postgresql_with={"fillfactor": 20}, sqlite_with_rowid=False,
    )  # fmt: skip


def _users() -> None:
    op.create_table(
        "users", _column("id", ID), _column("email", TEXT), _column("name", TEXT),
        _column("password_hash", TEXT, nullable=True), _column("avatar_id", ID, nullable=True),
        _column("created_at", AT), _column("disabled_at", AT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")), sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("uq_users_email", "users", ["email"], unique=True)


def _memberships() -> None:
    op.create_table(
        "memberships", _column("account_id", ID), _column("user_id", ID), _column("role", TEXT),
        _column("permissions", JSON, nullable=True), _column("inbox_ids", JSON, nullable=True),
        _column("created_at", AT),
        sa.PrimaryKeyConstraint("account_id", "user_id", name=op.f("pk_memberships")),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("ix_memberships_user_id", "memberships", ["user_id"], unique=False)


def _sessions() -> None:
    op.create_table(
        "sessions", _column("token_hash", sa.LargeBinary(length=32)), _column("account_id", ID),
        _column("user_id", ID), _column("csrf_token", TEXT), _column("user_agent", TEXT, nullable=True),
        _column("created_at", AT), _column("last_seen_at", AT), _column("expires_at", AT),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")), sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"], unique=False)


def _api_tokens() -> None:
    op.create_table(
        "api_tokens", _column("id", ID), _column("account_id", ID), _column("name", TEXT),
        _column("token_hash", sa.LargeBinary(length=32)), _column("user_id", ID, nullable=True),
        _column("permissions", JSON), _column("inbox_ids", JSON, nullable=True),
        _column("not_before", AT, nullable=True), _column("expires_at", AT, nullable=True),
        _column("revoked_at", AT, nullable=True), _column("created_by", ID, nullable=True),
        _column("created_at", AT), sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("ix_api_tokens_account_id", "api_tokens", ["account_id"], unique=False)
    op.create_index("uq_api_tokens_token_hash", "api_tokens", ["token_hash"], unique=True)


def _secrets() -> None:
    op.create_table(
        "secrets", _column("account_id", ID), _column("owner_id", ID), _column("name", TEXT),
        _column("ciphertext", sa.LargeBinary()), _column("changed_at", AT),
        sa.PrimaryKeyConstraint("account_id", "owner_id", "name", name=op.f("pk_secrets")),
        sqlite_with_rowid=False,
    )  # fmt: skip


def _inboxes() -> None:
    op.create_table(
        "inboxes", _column("id", ID), _column("account_id", ID), _column("channel", TEXT),
        _column("name", TEXT), _column("config", JSON), _column("public_key", TEXT),
        _column("state", TEXT, server_default="connected"), _column("state_reason", TEXT, nullable=True),
        _column("reopen_policy", TEXT, server_default="reopen"), _column("greeting", JSON, nullable=True),
        _column("settings", JSON, nullable=True), _column("time_zone", TEXT, nullable=True),
        _column("simulated_origin", TEXT, nullable=True), _column("created_at", AT),
        _column("deleted_at", AT, nullable=True), sa.PrimaryKeyConstraint("id", name=op.f("pk_inboxes")),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("ix_inboxes_account_id", "inboxes", ["account_id"], unique=False)
    op.create_index("uq_inboxes_public_key", "inboxes", ["public_key"], unique=True)


def _contacts() -> None:
    op.create_table(
        "contacts", _column("id", ID), _column("account_id", ID), _column("name", TEXT, nullable=True),
        _column("avatar_id", ID, nullable=True), _column("language", TEXT, nullable=True),
        _column("attributes", JSON, nullable=True), _column("first_touch", JSON, nullable=True),
        _column("verified", FLAG, server_default=sa.false()), _column("last_seen_at", AT, nullable=True),
        _column("version", INT, server_default=sa.text("1")), _column("created_at", AT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")), sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("ix_contacts_account_id_id", "contacts", ["account_id", "id"], unique=False)


def _identities() -> None:
    op.create_table(
        "identities", _column("account_id", ID), _column("scheme", TEXT), _column("address", TEXT),
        _column("contact_id", ID), _column("verified", FLAG, server_default=sa.false()),
        _column("created_at", AT),
        sa.PrimaryKeyConstraint("account_id", "scheme", "address", name=op.f("pk_identities")),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("ix_identities_contact_id", "identities", ["contact_id"], unique=False)


def _visitors() -> None:
    op.create_table(
        "visitors", _column("token_hash", sa.LargeBinary(length=32)), _column("account_id", ID),
        _column("inbox_id", ID), _column("contact_id", ID),
        _column("verified", FLAG, server_default=sa.false()), _column("language", TEXT, nullable=True),
        _column("created_at", AT), _column("expires_at", AT),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_visitors")), sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("ix_visitors_contact_id", "visitors", ["contact_id"], unique=False)


def _threads() -> None:
    op.create_table(
        "threads", _column("id", ID), _column("account_id", ID), _column("inbox_id", ID),
        _column("contact_id", ID), _column("scheme", TEXT), _column("address", TEXT),
        _column("created_at", AT), sa.PrimaryKeyConstraint("id", name=op.f("pk_threads")),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("ix_threads_contact_id", "threads", ["contact_id"], unique=False)


def _thread_keys() -> None:
    op.create_table(
        "thread_keys", _column("account_id", ID), _column("inbox_id", ID), _column("key", TEXT),
        _column("thread_id", ID),
        sa.PrimaryKeyConstraint("account_id", "inbox_id", "key", name=op.f("pk_thread_keys")),
        sqlite_with_rowid=False,
    )  # fmt: skip


def _conversations() -> None:
    op.create_table(
        "conversations", _column("id", ID), _column("account_id", ID), _column("inbox_id", ID),
        _column("thread_id", ID), _column("contact_id", ID),
        _column("status", TEXT, server_default="open"), _column("resolution", TEXT, nullable=True),
        _column("assignee_id", ID, nullable=True), _column("priority", TEXT, nullable=True),
        _column("topic", TEXT, nullable=True), _column("snoozed_until", AT, nullable=True),
        _column("last_seq", INT, server_default=ZERO), _column("unread", INT, server_default=ZERO),
        _column("read_seq", INT, server_default=ZERO), _column("seen_seq", INT, server_default=ZERO),
        _column("last_message_at", AT), _column("last_incoming_at", AT, nullable=True),
        _column("preview", TEXT, server_default=""), _column("preview_kind", TEXT, nullable=True),
        _column("preview_direction", TEXT, nullable=True), _column("preview_author", TEXT, nullable=True),
        _column("version", INT, server_default=sa.text("1")), _column("opened_at", AT),
        _column("resolved_at", AT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")), postgresql_with={"fillfactor": 80},
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index(
        "ix_conversations_open", "conversations",
        ["account_id", sa.literal_column("last_message_at DESC"), sa.literal_column("id DESC")],
        unique=False, sqlite_where=sa.text("status != 'resolved'"),
        postgresql_where=sa.text("status != 'resolved'"),
    )  # fmt: skip
    op.create_index(
        "ix_conversations_resolved", "conversations",
        ["account_id", sa.literal_column("resolved_at DESC"), sa.literal_column("id DESC")], unique=False,
        sqlite_where=sa.text("status = 'resolved'"), postgresql_where=sa.text("status = 'resolved'"),
    )  # fmt: skip
    op.create_index(
        "ix_conversations_snoozed", "conversations", ["snoozed_until"], unique=False,
        sqlite_where=sa.text("snoozed_until IS NOT NULL"),
        postgresql_where=sa.text("snoozed_until IS NOT NULL"),
    )  # fmt: skip
    op.create_index("ix_conversations_thread_id", "conversations", ["thread_id"], unique=False)
    op.create_index(
        "uq_conversations_open_thread", "conversations", ["thread_id"], unique=True,
        sqlite_where=sa.text("status != 'resolved'"), postgresql_where=sa.text("status != 'resolved'"),
    )  # fmt: skip


def _messages() -> None:
    op.create_table(
        "messages", _column("id", ID), _column("account_id", ID), _column("inbox_id", ID),
        _column("conversation_id", ID), _column("seq", INT), _column("direction", TEXT),
        _column("author_type", TEXT), _column("author_id", ID, nullable=True),
        _column("author_name", TEXT, nullable=True), _column("kind", TEXT), _column("content", TEXT),
        _column("context", JSON, nullable=True), _column("reply_to_id", ID, nullable=True),
        _column("source_id", TEXT, nullable=True), _column("version", INT, server_default=sa.text("1")),
        _column("starred", FLAG, server_default=sa.false()), _column("edited_at", AT, nullable=True),
        _column("deleted_at", AT, nullable=True), _column("sent_at", AT, nullable=True),
        _column("created_at", AT), sa.UniqueConstraint("id", name=op.f("uq_messages_id")),
    )  # fmt: skip
    op.create_index(
        "ix_messages_starred", "messages", ["account_id", sa.literal_column("id DESC")], unique=False,
        sqlite_where=sa.text("starred"), postgresql_where=sa.text("starred"),
    )  # fmt: skip
    op.create_index("uq_messages_conversation_id_seq", "messages", ["conversation_id", "seq"], unique=True)


def _message_versions() -> None:
    op.create_table(
        "message_versions", _column("message_id", ID), _column("version", sa.Integer()),
        _column("account_id", ID), _column("content", TEXT), _column("replaced_at", AT),
        sa.PrimaryKeyConstraint("message_id", "version", name=op.f("pk_message_versions")),
        sqlite_with_rowid=False,
    )  # fmt: skip


def _reactions() -> None:
    op.create_table(
        "reactions", _column("message_id", ID), _column("author_key", TEXT), _column("account_id", ID),
        _column("emoji", TEXT), _column("author_type", TEXT), _column("author_id", ID, nullable=True),
        _column("author_name", TEXT, nullable=True), _column("created_at", AT),
        sa.PrimaryKeyConstraint("message_id", "author_key", name=op.f("pk_reactions")),
        sqlite_with_rowid=False,
    )  # fmt: skip


def _source_refs() -> None:
    op.create_table(
        "source_refs", _column("inbox_id", ID), _column("source_id", TEXT), _column("account_id", ID),
        _column("message_id", ID, nullable=True), _column("delivery_id", ID, nullable=True),
        _column("pending", JSON, nullable=True), _column("created_at", AT),
        sa.PrimaryKeyConstraint("inbox_id", "source_id", name=op.f("pk_source_refs")),
        sqlite_with_rowid=False,
    )  # fmt: skip


def _deliveries() -> None:
    op.create_table(
        "deliveries", _column("id", ID), _column("account_id", ID), _column("inbox_id", ID),
        _column("conversation_id", ID), _column("message_id", ID),
        _column("status", TEXT, server_default="queued"), _column("source_id", TEXT, nullable=True),
        _column("error_code", TEXT, nullable=True), _column("error", TEXT, nullable=True),
        _column("retryable", FLAG, server_default=sa.false()),
        _column("attempts", INT, server_default=ZERO), _column("open_attempt", ID, nullable=True),
        _column("pricing", JSON, nullable=True), _column("version", INT, server_default=sa.text("1")),
        _column("created_at", AT), _column("sent_at", AT, nullable=True),
        _column("delivered_at", AT, nullable=True), _column("read_at", AT, nullable=True),
        _column("failed_at", AT, nullable=True), sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("ix_deliveries_message_id", "deliveries", ["message_id"], unique=False)
    op.create_index(
        "ix_deliveries_trouble", "deliveries", ["account_id", sa.literal_column("id DESC")], unique=False,
        sqlite_where=sa.text("status IN ('failed', 'unknown')"),
        postgresql_where=sa.text("status IN ('failed', 'unknown')"),
    )  # fmt: skip


def _delivery_attempts() -> None:
    op.create_table(
        "delivery_attempts", _column("id", ID), _column("account_id", ID), _column("delivery_id", ID),
        _column("number", INT, server_default=ZERO), _column("outcome", TEXT, nullable=True),
        _column("error_code", TEXT, nullable=True), _column("error", TEXT, nullable=True),
        _column("request", JSON, nullable=True), _column("response", JSON, nullable=True),
        _column("started_at", AT), _column("finished_at", AT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempts")), sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("ix_delivery_attempts_delivery_id", "delivery_attempts", ["delivery_id"], unique=False)


def _attachments() -> None:
    op.create_table(
        "attachments", _column("id", ID), _column("account_id", ID),
        _column("inbox_id", ID, nullable=True), _column("conversation_id", ID, nullable=True),
        _column("message_id", ID, nullable=True), _column("state", TEXT),
        _column("error", TEXT, nullable=True), _column("blob", TEXT, nullable=True),
        _column("sha256", TEXT, nullable=True), _column("mime", TEXT, nullable=True),
        _column("filename", TEXT, nullable=True), _column("size", INT, nullable=True),
        _column("source_media_id", TEXT, nullable=True), _column("source_url", TEXT, nullable=True),
        _column("created_by", ID, nullable=True), _column("created_at", AT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")), sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index(
        "ix_attachments_account_id_sha256", "attachments", ["account_id", "sha256"], unique=False,
    )  # fmt: skip
    op.create_index("ix_attachments_message_id", "attachments", ["message_id"], unique=False)


def _canned_responses() -> None:
    op.create_table(
        "canned_responses", _column("id", ID), _column("account_id", ID), _column("shortcut", TEXT),
        _column("title", TEXT), _column("messages", JSON), _column("created_at", AT),
        _column("changed_at", AT), sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_responses")),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index(
        "uq_canned_responses_account_id_shortcut", "canned_responses", ["account_id", "shortcut"],
        unique=True,
    )  # fmt: skip


def _events() -> None:
    op.create_table(
        "events", _column("account_id", ID), _column("position", INT), _column("type", TEXT),
        _column("conversation_id", ID, nullable=True), _column("subject_id", ID, nullable=True),
        _column("seq", INT, nullable=True), _column("facts", JSON, nullable=True), _column("at", AT),
        sa.PrimaryKeyConstraint("account_id", "position", name=op.f("pk_events")), sqlite_with_rowid=False,
    )  # fmt: skip


def _idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys", _column("account_id", ID), _column("actor_id", ID), _column("key", TEXT),
        _column("route", TEXT), _column("body_hash", sa.LargeBinary(length=32)),
        _column("status", sa.SmallInteger()), _column("result_id", ID, nullable=True),
        _column("result", JSON, nullable=True), _column("created_at", AT),
        sa.PrimaryKeyConstraint("account_id", "actor_id", "key", name=op.f("pk_idempotency_keys")),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"], unique=False)


def _receipts() -> None:
    op.create_table(
        "receipts", _column("id", ID), _column("account_id", ID), _column("inbox_id", ID),
        _column("method", TEXT), _column("query", JSON, nullable=True),
        _column("headers", JSON, nullable=True), _column("body", sa.LargeBinary()),
        _column("state", TEXT, server_default="new"), _column("reason", TEXT, nullable=True),
        _column("events", INT, server_default=ZERO), _column("received_at", AT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")), sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("ix_receipts_inbox_id_id", "receipts", ["inbox_id", "id"], unique=False)


def _lanes() -> None:
    op.create_table(
        "lanes", _column("queue", TEXT), _column("key", ID), _column("account_id", ID),
        _column("run_at", AT), _column("leased_until", AT, nullable=True),
        _column("fence", INT, server_default=ZERO), _column("pending", INT, server_default=ZERO),
        _column("claims", INT, server_default=ZERO),
        sa.PrimaryKeyConstraint("queue", "key", name=op.f("pk_lanes")), postgresql_with={"fillfactor": 70},
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index(
        "ix_lanes_queue_account_id_run_at", "lanes", ["queue", "account_id", "run_at"], unique=False,
    )  # fmt: skip


def _jobs() -> None:
    op.create_table(
        "jobs", _column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True),
        _column("queue", TEXT), _column("key", ID), _column("account_id", ID), _column("payload", JSON),
        _column("attempts", INT, server_default=ZERO), _column("error", TEXT, nullable=True),
        _column("run_at", AT), _column("created_at", AT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")), postgresql_with={"fillfactor": 70},
    )  # fmt: skip
    op.create_index("ix_jobs_lane", "jobs", ["queue", "key", "id"], unique=False)


def _dead_letters() -> None:
    op.create_table(
        "dead_letters", _column("id", ID), _column("account_id", ID), _column("queue", TEXT),
        _column("key", ID), _column("payload", JSON), _column("attempts", INT, server_default=ZERO),
        _column("reason", TEXT), _column("failed_at", AT), _column("replayed_at", AT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letters")), sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index(
        "ix_dead_letters_account_id_id", "dead_letters", ["account_id", sa.literal_column("id DESC")],
        unique=False,
    )  # fmt: skip


def _channel_notices() -> None:
    op.create_table(
        "channel_notices", _column("id", ID), _column("account_id", ID), _column("inbox_id", ID),
        _column("kind", TEXT), _column("code", TEXT, nullable=True), _column("title", TEXT, nullable=True),
        _column("detail", JSON, nullable=True), _column("created_at", AT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_notices")), sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index(
        "ix_channel_notices_inbox_id_id", "channel_notices", ["inbox_id", sa.literal_column("id DESC")],
        unique=False,
    )  # fmt: skip


_TABLES = {
    "instance": _instance,
    "accounts": _accounts,
    "account_log": _account_log,
    "users": _users,
    "memberships": _memberships,
    "sessions": _sessions,
    "api_tokens": _api_tokens,
    "secrets": _secrets,
    "inboxes": _inboxes,
    "contacts": _contacts,
    "identities": _identities,
    "visitors": _visitors,
    "threads": _threads,
    "thread_keys": _thread_keys,
    "conversations": _conversations,
    "messages": _messages,
    "message_versions": _message_versions,
    "reactions": _reactions,
    "source_refs": _source_refs,
    "deliveries": _deliveries,
    "delivery_attempts": _delivery_attempts,
    "attachments": _attachments,
    "canned_responses": _canned_responses,
    "events": _events,
    "idempotency_keys": _idempotency_keys,
    "receipts": _receipts,
    "lanes": _lanes,
    "jobs": _jobs,
    "dead_letters": _dead_letters,
    "channel_notices": _channel_notices,
}
