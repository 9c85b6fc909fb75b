"""Who asks: the account, the actor and what they may do. Every store call on tenant data takes one."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Permission(StrEnum):
    """What a role or token may do. Values are public claims."""

    CONVERSATIONS_READ = "conversations:read"
    CONVERSATIONS_WRITE = "conversations:write"
    MESSAGES_SEND = "messages:send"
    CONTACTS_READ = "contacts:read"
    CONTACTS_WRITE = "contacts:write"
    INBOXES_READ = "inboxes:read"
    INBOXES_MANAGE = "inboxes:manage"
    USERS_READ = "users:read"
    USERS_MANAGE = "users:manage"
    TOKENS_MANAGE = "tokens:manage"
    DELIVERIES_READ = "deliveries:read"
    DELIVERIES_MANAGE = "deliveries:manage"
    REPORTS_READ = "reports:read"
    ACCOUNT_MANAGE = "account:manage"


class Role(StrEnum):
    """Built-in roles; custom roles come with teams."""

    OWNER = "owner"
    ADMIN = "admin"
    AGENT = "agent"


_AGENT = frozenset(
    {
        Permission.CONVERSATIONS_READ,
        Permission.CONVERSATIONS_WRITE,
        Permission.MESSAGES_SEND,
        Permission.CONTACTS_READ,
        Permission.CONTACTS_WRITE,
        Permission.INBOXES_READ,
        Permission.USERS_READ,
        Permission.DELIVERIES_READ,
    }
)
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ADMIN: frozenset(Permission) - {Permission.ACCOUNT_MANAGE},
    Role.AGENT: _AGENT,
}


class ActorType(StrEnum):
    """What kind of caller this is."""

    USER = "user"
    TOKEN = "token"  # noqa: S105 - a word, not a secret
    VISITOR = "visitor"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Scope:
    """Account, actor and permissions of one request.

    Made by features/accounts only (and `system_scope` for workers).

    `user_id` is the agent in whose name the actor writes (a token may have none). A visitor has
    `contact_id` and
    `inbox_ids` of exactly one inbox. `inbox_ids` None means all inboxes of the account.
    """

    account_id: UUID
    actor_type: ActorType
    actor_id: UUID
    permissions: frozenset[Permission]
    name: str | None = None
    user_id: UUID | None = None
    contact_id: UUID | None = None
    inbox_ids: frozenset[UUID] | None = None

    def may(self, permission: Permission) -> bool:
        """Whether the actor has the permission."""
        return permission in self.permissions


def system_scope(account_id: UUID) -> Scope:
    """The scope of the desk's own workers inside one account."""
    return Scope(account_id, ActorType.SYSTEM, account_id, frozenset(Permission), name="Frontdesk")
