"""Appending drafts that were checked: what the store answers, and what hangs on a message besides its row."""

from collections.abc import Sequence

from frontdesk.domain.content import Content, Reaction
from frontdesk.domain.errors import ConversationResolved, NotFound
from frontdesk.features.conversations import amendments
from frontdesk.features.conversations.arrivals import files_of
from frontdesk.store import media, savings
from frontdesk.store import messages as store_messages
from frontdesk.store.drafts import Appended, Closed, Draft, Outcome
from frontdesk.store.tx import Tx


def append_all(tx: Tx, drafts: Sequence[Draft], contents: Sequence[Content]) -> list[Appended]:
    """Append drafts of one conversation in order; all or none.

    Raises:
        ConversationResolved: It is resolved.
    """
    outcomes = [accept(outcome) for outcome in store_messages.append(tx, drafts)]
    for draft, content in zip(drafts, contents, strict=True):
        hang_on(tx, draft, content)
    return outcomes


def accept(outcome: Outcome) -> Appended:
    """The appended message.

    Raises:
        ConversationResolved: The conversation is resolved.
        NotFound: There is no such conversation.
    """
    if isinstance(outcome, Appended):
        return outcome
    if isinstance(outcome, Closed):
        raise ConversationResolved(
            "The conversation is resolved.", hint="Reopen it, or start the next conversation."
        )
    raise NotFound("There is no such conversation.")


def hang_on(tx: Tx, draft: Draft, content: Content) -> None:
    """What belongs to an appended message besides its row: its file's place, its reaction, what it saved."""
    saved = (draft.context or {}).get("saved_template")
    if saved is not None:
        savings.add(tx, draft.id, saved["name"], saved["language"])
    for file in files_of(content):
        if file.attachment_id is not None:
            media.link(tx, draft.account_id, file.attachment_id, draft.id, draft.conversation_id)
    if isinstance(content, Reaction) and content.target_id is not None:
        amendments.react(tx, content.target_id, draft.author, content.emoji)
