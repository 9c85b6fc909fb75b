"""What customers say about being written to: their words and their providers' reports, into the register."""

from typing import Any

from frontdesk.domain.consent import ConsentWords, OptOutKind, OptOutSource, words_of
from frontdesk.domain.inbound import AccountNoticed, MessageReceived
from frontdesk.domain.message import Direction
from frontdesk.features.conversations.episodes import Desk
from frontdesk.ports.channel import Capabilities
from frontdesk.store import opt_outs
from frontdesk.store.opt_outs import Word
from frontdesk.store.tx import Tx


def words_for(capabilities: Capabilities, settings: dict[str, Any] | None) -> ConsentWords:
    """The words of an inbox: its own where it has some, else its channel's."""
    sending = (settings or {}).get("sending") or {}
    leave, back = sending.get("opt_out_words"), sending.get("opt_in_words")
    return words_of(
        capabilities.leave_words if leave is None else leave,
        capabilities.back_words if back is None else back,
    )


def hear(tx: Tx, desk: Desk, message: MessageReceived) -> None:
    """Note what a new message says about being written to; the message itself stays in the inbox."""
    if message.direction is not Direction.INCOMING:
        return
    by_word = desk.words.wish_of(message.content)
    takes_leave = by_word if message.takes_leave is None else message.takes_leave
    if takes_leave is None:
        return
    source = OptOutSource.KEYWORD if message.takes_leave is None else OptOutSource.PROVIDER
    word = Word(
        channel=desk.channel,
        kind=OptOutKind.ALL,
        takes_leave=takes_leave,
        source=source,
        at=message.at or tx.now,
        note=str(getattr(message.content, "body", getattr(message.content, "text", "")))[:200] or None,
    )
    opt_outs.note(tx, desk.account_id, message.party.addresses, word)


def report(tx: Tx, desk: Desk, event: AccountNoticed) -> None:
    """Note what a provider says that its users want."""
    for wish in event.wishes:
        word = Word(
            channel=desk.channel,
            kind=wish.kind,
            takes_leave=wish.takes_leave,
            source=OptOutSource.PROVIDER,
            at=wish.at or event.at or tx.now,
        )
        opt_outs.note(tx, desk.account_id, [wish.address], word)
