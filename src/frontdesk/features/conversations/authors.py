"""Who writes: decided by who asks, never by what a body claims (S1-15, S0-27)."""

from uuid import UUID

from frontdesk.domain.errors import Forbidden, Invalid, NotFound
from frontdesk.domain.message import Author, AuthorType
from frontdesk.domain.scope import ActorType, Scope
from frontdesk.store import users
from frontdesk.store.tx import ReadTx, Row


def author_of(scope: Scope, wanted: AuthorType | None) -> Author | None:
    """The author of what this caller writes; None when only `sent_by` can tell.

    Args:
        scope: Who asks.
        wanted: What the request says, if it says anything.

    Raises:
        Forbidden: The request claims to be somebody whom this caller cannot be.
    """
    if wanted is AuthorType.CONTACT:
        raise Forbidden("Nobody but the contact writes as the contact; visitors write by the widget.")
    if scope.actor_type is ActorType.SYSTEM:
        return Author(wanted or AuthorType.SYSTEM, None, scope.name)
    if scope.user_id is not None and wanted in (None, AuthorType.AGENT):
        return Author(AuthorType.AGENT, scope.user_id, scope.name)
    if scope.actor_type is ActorType.USER:
        raise Forbidden(f"An agent does not write as {wanted}.")
    if wanted in (AuthorType.BOT, AuthorType.SYSTEM):
        return Author(wanted, scope.actor_id, scope.name)
    return None


def needs_agent(author: Author | None, sent_by: str | None) -> bool:
    """Whether the agent that `sent_by` names has to be looked up.

    Raises:
        Invalid: Nobody is named and the caller is nobody's.
    """
    if sent_by is not None:
        return not (author is not None and author.id is not None and sent_by == str(author.id))
    if author is None:
        raise Invalid(
            "An outgoing message needs an author.",
            field="sent_by",
            hint="Name the agent by id or e-mail address, or send author.type bot.",
        )
    return False


def agent(tx: ReadTx, scope: Scope, sent_by: str) -> Author:
    """The agent whom `sent_by` (an id or an e-mail address) names.

    Raises:
        Invalid: The account has no such agent.
        Forbidden: A person may write in their own name only.
    """
    try:
        user_id: UUID | None = UUID(sent_by)
    except ValueError:
        row = users.by_email(tx, sent_by.strip().lower())
        user_id = row.id if row is not None else None
    found = _member(tx, scope, user_id)
    if found is None or found.disabled_at is not None:
        raise Invalid("The account has no such agent.", field="sent_by")
    if scope.user_id is not None and found.id != scope.user_id:
        raise Forbidden("You can write in your own name only.")
    return Author(AuthorType.AGENT, found.id, found.name)


def _member(tx: ReadTx, scope: Scope, user_id: UUID | None) -> Row | None:
    if user_id is None:
        return None
    try:
        return users.get(tx, scope, user_id)
    except NotFound:
        return None
