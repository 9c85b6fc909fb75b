"""What came in is applied: messages, echoes, edits, deletions, statuses, changes of address, notices.

A batch is one change. Messages of known threads with an open conversation take one read and one append; only
the rest finds or makes contact, thread and episode. Everything may be applied again without effect.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple, assert_never
from uuid import UUID

from frontdesk.domain import inbound as i
from frontdesk.domain.content import Activity, Call, content_adapter
from frontdesk.domain.event import EventType
from frontdesk.domain.message import Author, AuthorType, Direction
from frontdesk.features.conversations import agent_replies, amendments, arrivals, consents, statuses
from frontdesk.features.conversations.belonging import Arrival
from frontdesk.features.conversations.episodes import Desk, key_of
from frontdesk.store import contacts, conversations, identities, notices, origins, threads
from frontdesk.store import messages as store_messages
from frontdesk.store.drafts import Draft
from frontdesk.store.tx import Tx


class Arrived(NamedTuple):
    """An event and its own id, the same each time the same receipt is read."""

    id: UUID
    event: i.InboundEvent


def receive(tx: Tx, desk: Desk, arrived: Sequence[Arrived]) -> None:
    """Apply what came to an inbox, in order.

    Messages go first, then what is about messages, then statuses: so locks are taken in the desk's order.
    A change of address stands between what came before and after it.
    """
    for is_change, group in groupby(arrived, key=lambda each: isinstance(each.event, i.AddressChanged)):
        if is_change:
            for each in group:
                _change_address(tx, desk, each)
        else:
            _receive_group(tx, desk, list(group))
    agent_replies.keep(tx, desk, [each.event for each in arrived if isinstance(each.event, i.AgentReplied)])


def _receive_group(  # noqa: C901, PLR0912 - one case for each kind of event
    tx: Tx, desk: Desk, arrived: Sequence[Arrived]
) -> None:
    arrivals_: list[Arrival] = []
    about_messages: list[Arrived] = []
    reports: list[statuses.Report] = []
    marks: list[i.SeenUpTo] = []
    for each in arrived:
        event = each.event
        match event:
            case i.MessageReceived():
                arrivals_.append(Arrival(each.id, event))
            case i.CallReported():
                _note_call(tx, desk, each.id, event, arrivals_)
            case i.MessageEdited() | i.MessageDeleted():
                about_messages.append(each)
            case i.StatusReported():
                reports.append(statuses.Report.of(event))
            case i.SeenUpTo():
                marks.append(event)
            case i.AccountNoticed() | i.ProviderErrorReported():
                _note(tx, desk, each.id, event)
            case i.Ignored() | i.AddressChanged() | i.AgentReplied():
                pass
            case _:
                assert_never(event)
    arrivals.append(tx, desk, arrivals_)
    for each in about_messages:
        if isinstance(each.event, i.MessageEdited):
            amendments.edit(tx, desk, each.event)
        elif isinstance(each.event, i.MessageDeleted):
            amendments.delete(tx, desk, each.event)
    for mark in marks:
        reports += statuses.seen(tx, desk.account_id, desk.inbox_id, mark)
    if reports:
        statuses.apply(tx, desk.account_id, desk.inbox_id, reports)


def _note_call(tx: Tx, desk: Desk, event_id: UUID, event: i.CallReported, arrivals_: list[Arrival]) -> None:
    """Each step of a call is a line in the timeline; one without a caller is a notice."""
    if event.party is None or event.thread_key is None:
        detail = {"call_id": event.source_id, "event": event.event}
        notices.add(tx, desk.account_id, desk.inbox_id, event_id, "call", detail=detail)
        return
    content = Call(call_id=event.source_id, event=event.event, duration_seconds=event.duration_seconds)
    message = i.MessageReceived(
        at=event.at,
        source_id=f"call:{event.source_id}:{event.event}",
        party=event.party,
        thread_key=event.thread_key,
        content=content,
        direction=event.direction,
    )
    arrivals_.append(Arrival(event_id, message))


def _note(tx: Tx, desk: Desk, event_id: UUID, event: i.AccountNoticed | i.ProviderErrorReported) -> None:
    if isinstance(event, i.AccountNoticed):
        notices.add(tx, desk.account_id, desk.inbox_id, event_id, event.field_name, detail=event.detail)
        consents.report(tx, desk, event)
        return
    detail = {"detail": event.detail} if event.detail else None
    notices.add(
        tx,
        desk.account_id,
        desk.inbox_id,
        event_id,
        "error",
        code=event.code,
        title=event.title,
        detail=detail,
    )


def _change_address(tx: Tx, desk: Desk, arrived: Arrived) -> None:
    """The contact of the old address gets the new one; their threads here are found by it and answer to it.

    An address that is another contact's already stays theirs: nobody is joined without somebody's word.
    """
    event = arrived.event
    if not isinstance(event, i.AddressChanged) or event.old is None or not event.new:
        return
    owner = identities.owners(tx, desk.account_id, [event.old]).get(event.old)
    if owner is None or not owner.verified:
        return
    mine = [
        address
        for address in sorted(event.new, key=key_of)
        if identities.attach(tx, desk.account_id, owner.contact_id, address, verified=True)
    ]
    if not mine:
        notices.add(tx, desk.account_id, desk.inbox_id, arrived.id, "address_taken")
        return
    contacts.updated(tx, desk.account_id, owner.contact_id)
    origins.follow(tx, desk.account_id, event.old, mine)
    main = next(address for address in event.new if address in mine)
    for thread in threads.of_contact(tx, desk.account_id, desk.inbox_id, owner.contact_id):
        if i.Address(thread.scheme, thread.address) != event.old:
            continue
        for form in (form for address in mine for form in (key_of(address), address.value)):
            threads.add_key(tx, desk.account_id, desk.inbox_id, form, thread.id)
        threads.readdress(tx, thread, main)
        _tell_change(tx, desk, arrived.id, thread.id, event)


def _tell_change(tx: Tx, desk: Desk, event_id: UUID, thread_id: UUID, event: i.AddressChanged) -> None:
    conversation = conversations.latest_of_thread(tx, thread_id)
    if conversation is None:
        return
    text = event.text or "The contact has a new address."
    content = Activity(activity=EventType.CONTACT_UPDATED.value, text=text[:1024])
    draft = Draft(
        desk.account_id,
        conversation.id,
        Direction.ACTIVITY,
        Author(AuthorType.SYSTEM, None, None),
        "activity",
        content_adapter.dump_json(content, exclude_none=True).decode(),
        text[:200],
        source_id=event.source_id or f"desk:{event_id}",
        sent_at=event.at,
        expect_open=False,
    )
    conversations.lock_many(tx, [conversation.id])
    store_messages.append(tx, [draft])
    conversations.keep_preview(tx, conversation)
