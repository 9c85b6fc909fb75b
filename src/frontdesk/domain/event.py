"""The events of the account log.

Types and the closed schema of the facts each carries. Ids and facts, never content.
"""

from enum import StrEnum


class EventType(StrEnum):
    """Facts in the past tense. Values are public."""

    CONVERSATION_OPENED = "conversation.opened"
    CONVERSATION_ASSIGNED = "conversation.assigned"
    CONVERSATION_RESOLVED = "conversation.resolved"
    CONVERSATION_REOPENED = "conversation.reopened"
    CONVERSATION_SNOOZED = "conversation.snoozed"
    CONVERSATION_PENDING = "conversation.pending"
    CONVERSATION_READ = "conversation.read"
    CONVERSATION_SEEN = "conversation.seen"  # the contact has read up to a seq
    MESSAGE_RECEIVED = "message.received"
    MESSAGE_CREATED = "message.created"
    MESSAGE_EDITED = "message.edited"
    MESSAGE_DELETED = "message.deleted"
    MESSAGE_REACTED = "message.reacted"
    MESSAGE_STARRED = "message.starred"
    DELIVERY_SENT = "delivery.sent"
    DELIVERY_DELIVERED = "delivery.delivered"
    DELIVERY_READ = "delivery.read"
    DELIVERY_FAILED = "delivery.failed"
    DELIVERY_UNKNOWN = "delivery.unknown"
    DELIVERY_QUEUED = "delivery.queued"
    DELIVERY_CANCELED = "delivery.canceled"  # somebody took it back before it left
    CONTACT_CREATED = "contact.created"
    CONTACT_UPDATED = "contact.updated"
    CONTACT_MERGED = "contact.merged"
    CONTACT_UNMERGED = "contact.unmerged"
    ATTACHMENT_STORED = "attachment.stored"
    ATTACHMENT_FAILED = "attachment.failed"
    ATTACHMENT_CHECKED = "attachment.checked"  # the scanner's verdict is there, or the preview
    INBOX_CREATED = "inbox.created"
    INBOX_UPDATED = "inbox.updated"
    USER_UPDATED = "user.updated"
    DEAD_LETTER_ADDED = "dead_letter.added"
    DEAD_LETTER_REPLAYED = "dead_letter.replayed"
    CHANNEL_ERROR = "channel.error"
    ACCOUNT_UPDATED = "account.updated"
