"""The mirror port: what a channel offers besides, if agents can follow and answer conversations by it.

A conversation has a thread there. What is posted carries a key, by which it is found again when nobody knows
whether a post was taken. What agents write in a thread comes in as `AgentReplied`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from frontdesk.domain.inbound import Address
from frontdesk.ports.channel import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One thing to show in a conversation's thread."""

    key: UUID
    at: datetime
    """When it happened: no post of this key is older."""
    head: str
    """Who says it, or what happened."""
    text: str = ""
    links: tuple[tuple[str, str], ...] = ()
    """(label, address)"""
    subject: str = ""
    """Whose conversation it is and where, for a post that begins a thread."""
    url: str | None = None
    """Where the conversation is at the desk, for a post that begins a thread."""


class MirrorFailed(Exception):
    """A post was not taken, or nobody knows whether. Trying again heals it: look for the key first."""

    def __init__(self, message: str, *, retry_at: datetime | None = None, auth_expired: bool = False) -> None:
        super().__init__(message)
        self.message, self.retry_at, self.auth_expired = message, retry_at, auth_expired


class ThreadGone(MirrorFailed):
    """The thread is not there any more; a new one can be begun."""


@runtime_checkable
class Mirrors(Protocol):
    """A channel by which agents can follow conversations."""

    def mirror_place(self, config: Mapping[str, Any]) -> str | None:
        """Where an inbox with these settings (without secrets) shows conversations; None: it does not."""

    async def post(self, post: Post, thread: str | None, connection: Connection) -> str:
        """Post into a thread, or begin one; what the thread is called. Raises MirrorFailed, ThreadGone."""

    async def find_post(self, post: Post, thread: str | None, connection: Connection) -> str | None:
        """The thread in which a post of this key stands; None if it was not taken. Raises MirrorFailed."""

    async def mail_of(self, address: Address, connection: Connection) -> str | None:
        """The e-mail address of one of our own people; None for anybody else. Raises PeopleUnavailable."""
