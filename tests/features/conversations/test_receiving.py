"""What came in is applied once, in order, to the right contact, thread and episode."""

import asyncio
from datetime import datetime, timedelta

import pytest
from pydantic import JsonValue

from frontdesk.domain.content import Image, Location, Media, Reaction, Text, Unsupported
from frontdesk.domain.conversation import ReopenPolicy, Resolution
from frontdesk.domain.inbound import (
    AccountNoticed,
    Address,
    AddressChanged,
    CallReported,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    Party,
    ProviderErrorReported,
)
from frontdesk.domain.message import MessageContext, Referral, ReferredProduct
from frontdesk.features.conversations import changes
from frontdesk.features.conversations.receive import Arrived, receive
from frontdesk.kit.ids import uuid7
from frontdesk.store import identities
from frontdesk.store import tables as t
from frontdesk.store.engine import Store
from frontdesk.store.tx import Tx
from tests.features.scene import Scene, echo, said, status, text


@pytest.fixture
async def scene(store: Store) -> Scene:
    return await Scene(store).build()


async def test_a_first_message_makes_contact_thread_and_conversation(scene: Scene) -> None:
    await scene.receive(text("hello", source_id="m1"))
    row = await scene.conversation()
    assert (row.status, row.unread, row.last_seq, row.contact_name, row.address) == (
        "open", 1, 1, "Ana", "34600",
    )  # fmt: skip
    (message,) = await scene.read(row.id)
    assert message["content"] == {"kind": "text", "body": "hello", "preview_url": False}
    assert (message["seq"], message["direction"], message["status"]) == (1, "incoming", None)
    assert message["author"] == {"type": "contact", "id": row.contact_id, "name": "Ana"}
    assert [event.type for event in await scene.log()] == [
        "contact.created", "conversation.opened", "message.received",
    ]  # fmt: skip
    assert [event.position for event in await scene.log()] == [1, 2, 3]


async def test_fifty_first_messages_at_once_open_one_conversation(scene: Scene) -> None:
    """S4-08."""
    await asyncio.gather(*(scene.receive(text(f"{n}", source_id=f"m{n}")) for n in range(50)))
    row = await scene.conversation()
    messages = await scene.read(row.id)
    assert [message["seq"] for message in messages] == list(range(1, 51))
    assert {message["source_id"] for message in messages} == {f"m{n}" for n in range(50)}
    assert len(await scene.all_of(t.contacts)) == 1
    assert len(await scene.all_of(t.threads)) == 1


async def test_a_redelivery_changes_nothing(scene: Scene) -> None:
    """G3."""
    batch = [text("a", source_id="m1"), text("b", source_id="m2"), text("a", source_id="m1")]
    await scene.receive(*batch)
    before = await scene.conversation()
    log = await scene.log()
    for _ in range(3):
        await scene.receive(*batch)
    await asyncio.gather(*(scene.receive(each) for each in batch * 4))
    assert await scene.conversation() == before
    assert await scene.log() == log
    assert [m["source_id"] for m in await scene.read(before.id)] == ["m1", "m2"]


async def test_a_redelivery_after_resolving_reopens_nothing(scene: Scene) -> None:
    await scene.receive(text("a", source_id="m1"))
    row = await scene.conversation()
    await scene.store.write(lambda tx: changes.resolve(tx, scene.owner, row.id, Resolution.RESOLVED))
    await scene.receive(text("a", source_id="m1"))
    assert (await scene.conversation()).status == "resolved"


async def test_the_same_provider_id_in_two_inboxes_stays_two_messages(store: Store) -> None:
    """G3: same id in two tenants."""
    one, two = await Scene(store).build(), await Scene(store).build()
    await one.receive(text("x", source_id="m1"))
    await two.receive(text("x", source_id="m1"))
    assert [len(await each.conversations()) for each in (one, two)] == [1, 1]
    assert len(await one.all_of(t.messages)) == 2


async def test_a_known_customer_takes_the_short_way(scene: Scene) -> None:
    await scene.receive(text("a"))
    log = len(await scene.log())
    await scene.receive(*(text(f"{n}") for n in range(20)))
    assert [event.type for event in (await scene.log())[log:]] == ["message.received"] * 20
    assert (await scene.conversation()).unread == 21


async def test_a_message_reopens_a_resolved_conversation(scene: Scene) -> None:
    """S1-20, S4-17."""
    await scene.receive(text("a"))
    row = await scene.conversation()
    await scene.store.write(lambda tx: changes.resolve(tx, scene.owner, row.id, Resolution.RESOLVED))
    await scene.receive(text("b"), text("c"))
    after = await scene.conversation()
    assert (after.status, after.resolution, after.resolved_at) == ("open", None, None)
    kinds = [message["content"]["kind"] for message in await scene.read(row.id)]
    assert kinds == ["text", "activity", "text", "text"]


async def test_a_message_opens_the_next_episode_where_the_policy_says_so(store: Store) -> None:
    """S4-17."""
    scene = await Scene(store, policy=ReopenPolicy.NEXT).build()
    await scene.receive(text("a"))
    (first,) = await scene.conversations()
    await scene.store.write(lambda tx: changes.resolve(tx, scene.owner, first.id, Resolution.RESOLVED))
    await asyncio.gather(*(scene.receive(text(f"{n}")) for n in range(10)))
    old, new = await scene.conversations()
    assert (old.status, new.status, new.thread_id) == ("resolved", "open", old.thread_id)
    assert [m["seq"] for m in await scene.read(new.id)] == list(range(1, 11))


@pytest.mark.parametrize("status_", ["pending", "snoozed"])
async def test_a_message_wakes_what_was_put_aside(scene: Scene, status_: str) -> None:
    """M-03."""
    await scene.receive(text("a"))
    row = await scene.conversation()
    if status_ == "pending":
        await scene.store.write(lambda tx: changes.put_on_pending(tx, scene.owner, row.id))
    else:
        await scene.store.write(lambda tx: changes.snooze(tx, scene.owner, row.id, later(tx)))
    assert (await scene.conversation()).status == status_
    await scene.receive(text("b"))
    after = await scene.conversation()
    assert (after.status, after.snoozed_until) == ("open", None)


def later(tx: Tx) -> datetime:
    return tx.now + timedelta(hours=1)


async def test_contact_without_phone_is_found_by_business_scoped_id(scene: Scene) -> None:
    """S0-24."""
    scoped, phone = Address("paper_user", "ES.1"), Address("paper", "34600")
    first = MessageReceived(
        source_id="m1", party=Party((scoped,), "Ana"), thread_key="paper_user:ES.1", content=Text(body="a")
    )
    both = MessageReceived(
        source_id="m2", party=Party((phone, scoped), "Ana"), thread_key="paper:34600", content=Text(body="b")
    )
    await scene.receive(first)
    await scene.receive(both)
    row = await scene.conversation()
    assert [m["source_id"] for m in await scene.read(row.id)] == ["m1", "m2"]
    known = await scene.store.read(lambda tx: identities.of_contact(tx, scene.account_id, row.contact_id))
    assert [(each.scheme, each.address) for each in known] == [("paper_user", "ES.1"), ("paper", "34600")]


async def test_two_known_contacts_are_never_joined_by_a_message(scene: Scene) -> None:
    scoped, phone = Address("paper_user", "ES.1"), Address("paper", "34600")
    await scene.receive(
        MessageReceived(
            source_id="1", party=Party((scoped,), "A"), thread_key="paper_user:ES.1", content=Text(body="a")
        ),
        MessageReceived(
            source_id="2", party=Party((phone,), "B"), thread_key="paper:34600", content=Text(body="b")
        ),
        MessageReceived(
            source_id="3", party=Party((phone, scoped), "B"), thread_key="paper:34600", content=Text(body="c")
        ),
    )  # fmt: skip
    assert len(await scene.all_of(t.contacts)) == 2
    assert len(await scene.conversations()) == 2


async def test_an_unverified_address_finds_nobody_and_gives_way(scene: Scene) -> None:
    """Refusal 22."""
    await scene.receive(text("a", sender="1"))
    anonymous = (await scene.conversation()).contact_id
    mail = Address("email", "ana@example.org")

    def claim(tx: Tx) -> bool:
        return identities.attach(tx, scene.account_id, anonymous, mail, verified=False)

    assert await scene.store.write(claim)
    real = MessageReceived(
        source_id="m",
        party=Party((mail,), "Ana"),
        thread_key="email:ana@example.org",
        content=Text(body="hi"),
    )
    await scene.receive(real)
    owner = await scene.store.read(lambda tx: identities.owners(tx, scene.account_id, [mail]))
    assert owner[mail].contact_id != anonymous
    assert owner[mail].verified


async def test_a_reply_links_to_what_it_quotes(scene: Scene) -> None:
    """S0-15."""
    await scene.receive(text("which size?", source_id="m1"))
    await scene.receive(text("that", source_id="m2", context=MessageContext(reply_to_source_id="m1")))
    row = await scene.conversation()
    first, second = await scene.read(row.id)
    assert second["reply_to"] == {
        "id": first["id"], "seq": 1, "kind": "text", "preview": "which size?", "author_name": "Ana",
    }  # fmt: skip
    assert second["origin"] == "reply"


async def test_a_reaction_shows_on_its_target_and_can_be_taken_back(scene: Scene) -> None:
    """S0-09."""
    await scene.receive(text("a", source_id="m1"))
    await scene.receive(said(Reaction(emoji="👍", target_source_id="m1"), source_id="r1"))
    row = await scene.conversation()
    target, reaction = await scene.read(row.id)
    assert target["reactions"] == [
        {"emoji": "👍", "author": {"type": "contact", "id": row.contact_id, "name": "Ana"}}
    ]
    assert target["version"] == 2
    assert reaction["content"]["target_id"] == str(target["id"])
    await scene.receive(said(Reaction(emoji="❤️", target_source_id="m1"), source_id="r2"))
    assert [r["emoji"] for r in (await scene.read(row.id))[0]["reactions"]] == ["❤️"]
    await scene.receive(said(Reaction(emoji="", target_source_id="m1"), source_id="r3"))
    assert (await scene.read(row.id))[0]["reactions"] == []
    reacted = [event for event in await scene.log() if event.type == "message.reacted"]
    assert [event.facts["version"] for event in reacted] == [2, 3, 4]


async def test_a_message_and_its_reaction_in_one_batch(scene: Scene) -> None:
    await scene.receive(
        text("a", source_id="m1"), said(Reaction(emoji="👍", target_source_id="m1"), source_id="r1")
    )
    row = await scene.conversation()
    assert [r["emoji"] for r in (await scene.read(row.id))[0]["reactions"]] == ["👍"]


async def test_an_edit_keeps_what_was_said_before(scene: Scene) -> None:
    await scene.receive(text("a", source_id="m1"))
    edit = MessageEdited(target_source_id="m1", content=Text(body="b"), source_id="e1")
    await scene.receive(edit)
    await scene.receive(edit)
    row = await scene.conversation()
    (message,) = await scene.read(row.id)
    assert (message["content"]["body"], message["version"]) == ("b", 2)
    assert message["edited_at"] is not None
    assert row.preview == "b"
    versions = await scene.all_of(t.message_versions)
    assert [(v.version, v.content) for v in versions] == [
        (1, '{"kind":"text","body":"a","preview_url":false}')
    ]


async def test_a_deletion_hides_what_was_said(scene: Scene) -> None:
    await scene.receive(text("secret", source_id="m1"))
    for _ in range(2):
        await scene.receive(MessageDeleted(target_source_id="m1", source_id="d1"))
    row = await scene.conversation()
    (message,) = await scene.read(row.id)
    assert message["content"] == {"kind": "unsupported", "source_kind": "text", "reason": "deleted"}
    assert message["deleted_at"] is not None
    assert (message["version"], row.preview) == (2, "This message was deleted")
    await scene.receive(MessageEdited(target_source_id="m1", content=Text(body="x"), source_id="e9"))
    assert (await scene.read(row.id))[0]["version"] == 2


async def test_edits_and_deletions_before_their_message_wait_for_it(scene: Scene) -> None:
    await scene.receive(MessageEdited(target_source_id="m1", content=Text(body="b"), source_id="e1"))
    await scene.receive(MessageDeleted(target_source_id="m2"))
    await scene.receive(text("a", source_id="m1"), text("z", source_id="m2"))
    row = await scene.conversation()
    first, second = await scene.read(row.id)
    assert first["content"]["body"] == "b"
    assert second["deleted_at"] is not None


async def test_referral_is_the_contacts_first_touch(scene: Scene) -> None:
    """S0-16."""
    ad = Referral(source_type="ad", source_id="120", ctwa_clid="ARA", headline="Bikes")
    other = Referral(source_type="post", source_id="9")
    await scene.receive(text("hi", context=MessageContext(referral=ad)))
    await scene.receive(text("again", context=MessageContext(referral=other)))
    (contact,) = await scene.all_of(t.contacts)
    assert contact.first_touch == {
        "source_id": "120", "source_type": "ad", "headline": "Bikes", "ctwa_clid": "ARA",
        "at": "2026-11-21T10:00:00+00:00",
    }  # fmt: skip
    first, second = await scene.read((await scene.conversation()).id)
    assert (first["origin"], first["context"]["referral"]["ctwa_clid"]) == ("ad", "ARA")
    assert second["context"]["referral"]["source_id"] == "9"


async def test_referred_product_is_kept(scene: Scene) -> None:
    """S0-14."""
    product = ReferredProduct(catalog_id="c", sku="s")
    await scene.receive(text("this one", context=MessageContext(referred_product=product)))
    (message,) = await scene.read((await scene.conversation()).id)
    assert message["context"] == {"referred_product": {"catalog_id": "c", "sku": "s"}}


async def test_unknown_kinds_are_kept_raw(scene: Scene) -> None:
    """S0-13."""
    raw: JsonValue = {"type": "hologram", "hologram": {"x": [1, None, "é"]}}
    await scene.receive(said(Unsupported(source_kind="hologram", raw=raw)))
    (message,) = await scene.read((await scene.conversation()).id)
    assert message["content"] == {"kind": "unsupported", "source_kind": "hologram", "raw": raw}


async def test_place_and_pin(scene: Scene) -> None:
    """S0-07."""
    await scene.receive(
        said(Location(latitude=1, longitude=2, name="Shop")), said(Location(latitude=1, longitude=2))
    )
    first, second = await scene.read((await scene.conversation()).id)
    assert (first["content"]["location_type"], second["content"]["location_type"]) == ("place", "pin")


async def test_a_file_is_noted_and_never_awaited(scene: Scene) -> None:
    """S0-02."""
    media = Media(source_media_id="77", mime="image/png", sha256="ab" * 32)
    await scene.receive(said(Image(media=media, caption="our bike"), source_id="m1"))
    (message,) = await scene.read((await scene.conversation()).id)
    (file,) = await scene.all_of(t.attachments)
    assert message["content"] == {
        "kind": "image", "caption": "our bike",
        "media": {
            "attachment_id": str(file.id), "mime": "image/png", "state": "pending", "url": None,
            "filename": None, "size": None, "scan": "unscanned",
        },
    }  # fmt: skip
    assert (file.state, file.source_media_id, file.sha256) == ("pending", "77", "ab" * 32)
    (job,) = await scene.all_of(t.jobs)
    assert (job.queue, job.payload) == ("media", {"attachment": str(file.id)})


async def test_an_echo_is_an_outgoing_message_sent_elsewhere(scene: Scene) -> None:
    await scene.receive(text("hi", source_id="m1"))
    await scene.receive(echo("from the phone", source_id="e1"))
    await scene.receive(echo("from the phone", source_id="e1"), status("e1", "delivered"))
    row = await scene.conversation()
    _, message = await scene.read(row.id)
    assert (message["direction"], message["status"], message["author"]["type"]) == (
        "outgoing", "delivered", "agent",
    )  # fmt: skip
    assert (row.last_seq, row.unread) == (2, 1)
    assert await scene.all_of(t.jobs) == []


async def test_a_change_of_number_keeps_the_person(scene: Scene) -> None:
    await scene.receive(text("a", sender="34600"))
    change = AddressChanged(
        source_id="s1", old=Address("paper", "34600"), new=(Address("paper", "34999"),), text="Ana changed"
    )
    await scene.receive(change, text("b", sender="34999"))
    row = await scene.conversation()
    assert row.address == "34999"
    messages = await scene.read(row.id)
    assert [m["content"]["kind"] for m in messages] == ["text", "activity", "text"]
    assert messages[1]["content"]["text"] == "Ana changed"
    await scene.receive(change)
    assert (await scene.conversation()).last_seq == 3


async def test_calls_are_lines_of_the_timeline(scene: Scene) -> None:
    party = Party((Address("paper", "34600"),), "Ana")
    for event, seconds in (("connect", None), ("terminate", 12), ("terminate", 12)):
        await scene.receive(
            CallReported(
                source_id="c1", party=party, thread_key="paper:34600", event=event, duration_seconds=seconds
            )
        )
    contents = [m["content"] for m in await scene.read((await scene.conversation()).id)]
    assert contents == [
        {"kind": "call", "call_id": "c1", "event": "connect"},
        {"kind": "call", "call_id": "c1", "event": "terminate", "duration_seconds": 12},
    ]


async def test_notices_and_errors_are_kept_once(scene: Scene) -> None:
    """S0-23."""
    broken = MessageContext(errors=({"code": 131051, "title": "unknown"},))
    batch = [
        Arrived(uuid7(), ProviderErrorReported(code="131031", title="locked", detail="why")),
        Arrived(uuid7(), AccountNoticed(field_name="template_status", detail={"event": "APPROVED"})),
        Arrived(uuid7(), text("?", context=broken)),
    ]
    for _ in range(2):
        await scene.store.write(lambda tx: receive(tx, scene.desk, batch))
    rows = await scene.all_of(t.channel_notices)
    assert sorted((row.kind, row.code, row.title) for row in rows) == [
        ("error", "131031", "locked"), ("message_error", "131051", "unknown"),
        ("template_status", None, None),
    ]  # fmt: skip
    (message,) = await scene.read((await scene.conversation()).id)
    assert message["context"]["errors"] == [{"code": 131051, "title": "unknown"}]
