"""Conversations: states, resolutions and reopen policies. Pure rules and data."""

from enum import StrEnum


class ConversationStatus(StrEnum):
    """Where a conversation stands."""

    OPEN = "open"
    PENDING = "pending"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class Resolution(StrEnum):
    """How a resolved conversation ended."""

    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"
    UNCLASSIFIED = "unclassified"
    HANDED_TO_ROOM = "handed_to_room"


class ReopenPolicy(StrEnum):
    """What a message does that arrives for a resolved conversation."""

    REOPEN = "reopen"
    NEXT = "next"
