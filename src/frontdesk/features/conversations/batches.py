"""Several messages at once, in order, all or none: an agent's batch, a canned response."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from frontdesk.domain.content import content_adapter
from frontdesk.domain.errors import NotFound
from frontdesk.domain.factory import filled
from frontdesk.domain.scope import Scope
from frontdesk.features.conversations import appending
from frontdesk.features.conversations.places import caps_used, place_of
from frontdesk.features.conversations.reads import MessageRead
from frontdesk.features.conversations.sending import MessageCreate, Sender
from frontdesk.features.conversations.views import Views
from frontdesk.store import canned_responses, conversations, timeline
from frontdesk.store.tx import Tx


def send_all(  # noqa: PLR0917 - who writes what, where
    tx: Tx,
    sender: Sender,
    views: Views,
    scope: Scope,
    conversation_id: UUID,
    creates: Sequence[MessageCreate],
) -> list[MessageRead]:
    """Write messages into one conversation, in order, all or none.

    Raises:
        NotFound: The caller has no such conversation.
        Anything that one message may be refused for; then none is written.
    """
    row = conversations.visible(scope, conversations.place(tx, scope.account_id, conversation_id))
    if row.inbox_deleted_at is not None:
        raise NotFound("The inbox of this conversation was deleted.")
    place = place_of(row, caps_used(tx, row))
    drafts = [sender.compose(tx, scope, place, conversation_id, create)[0] for create in creates]
    appending.append_all(tx, drafts, [create.content for create in creates])
    found = timeline.many(tx, scope.account_id, [draft.id for draft in drafts])
    return views.messages(tx, [found[draft.id] for draft in drafts])


def canned(
    tx: Tx, scope: Scope, response_id: UUID, variables: Mapping[str, str], sent_by: str | None
) -> list[MessageCreate]:
    """The messages of a canned response with its variables filled in.

    Raises:
        NotFound: There is no such canned response.
        Invalid: A variable has no value.
    """
    response = canned_responses.get(tx, scope, response_id)
    contents = filled([content_adapter.validate_python(each) for each in response.messages], variables)
    return [
        MessageCreate(
            content=content, subtype="canned_response", canned_response_id=response_id, sent_by=sent_by
        )
        for content in contents
    ]
