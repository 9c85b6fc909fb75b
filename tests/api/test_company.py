"""A company's conversations, contacts, where they came from, and its files have endpoints (S0-47)."""

from datetime import UTC, datetime
from uuid import UUID

from frontdesk.domain.content import Text
from frontdesk.domain.conversation import ReopenPolicy
from frontdesk.domain.inbound import Address, MessageReceived, Party
from frontdesk.domain.message import MessageContext, Referral
from frontdesk.features.conversations.episodes import Desk
from frontdesk.features.conversations.receive import Arrived, receive
from frontdesk.kit.ids import uuid7
from tests.desk import RunningDesk


async def test_s0_47_conversation_contact_source_and_assets_are_reached(desk: RunningDesk) -> None:
    owner = desk.owner
    inbox = await owner.inbox()
    ad = Referral(source_id="120", source_type="ad", headline="Ridge 2, now in red", ctwa_clid="click-1")
    said = MessageReceived(
        source_id="m1",
        party=Party((Address("phone", "+34600111222"),), "Ana"),
        thread_key="phone:+34600111222",
        content=Text(body="Is it still there?"),
        context=MessageContext(referral=ad),
        at=datetime(2026, 11, 21, 10, tzinfo=UTC),
    )
    house = Desk(owner.account_id, UUID(inbox["id"]), "Post", ReopenPolicy.REOPEN)
    await desk.store.write(lambda tx: receive(tx, house, [Arrived(uuid7(), said)]))
    (talk,) = (await owner.get("/v1/conversations"))["items"]
    contact = await owner.get(f"/v1/contacts/{talk['contact']['id']}")
    sources = await owner.get(f"/v1/contacts/{contact['id']}/sources")
    files = {"file": ("frame.txt", b"58 cm", "text/plain")}
    asset = (await owner.http.post("/v1/attachments", files=files)).json()
    served = await desk.client().get(asset["url"])
    assert contact["name"] == "Ana"
    assert "click-1" in str(contact["first_touch"])
    assert contact["first_touch"]["headline"] == "Ridge 2, now in red"
    assert [(each["inbox"]["id"], each["address"]) for each in sources] == [(inbox["id"], "+34600111222")]
    assert served.content == b"58 cm"
