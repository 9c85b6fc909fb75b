"""Several addresses of one contact; merging contacts who are one person, and undoing it (M-04, S3-23)."""

import asyncio
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from frontdesk.domain.content import Text
from frontdesk.domain.conversation import ReopenPolicy
from frontdesk.domain.inbound import Address, AddressChanged, InboundEvent, MessageReceived, Party
from frontdesk.domain.participants import participants_id
from frontdesk.features.conversations.episodes import Desk, key_of
from frontdesk.features.conversations.receive import Arrived, receive
from frontdesk.kit.ids import uuid7
from tests.desk import RunningDesk, Tenant

PHONE, WORK, MAIL = ("phone", "+34600000001"), ("phone", "+34600000002"), ("email", "nora@rill.example")


@dataclass
class Post:
    """An inbox that customers write to."""

    owner: Tenant
    inbox_id: UUID
    numbers: Any = field(default_factory=count)

    async def apply(self, event: InboundEvent) -> None:
        desk = Desk(self.owner.account_id, self.inbox_id, "Post", ReopenPolicy.REOPEN)
        await self.owner.desk.store.write(lambda tx: receive(tx, desk, [Arrived(uuid7(), event)]))

    async def write(self, words: str, *addresses: tuple[str, str], name: str | None = None) -> None:
        """A message of whoever has these addresses, the first of which names the thread."""
        party = Party(tuple(Address(*each) for each in addresses), name)
        await self.apply(
            MessageReceived(
                source_id=f"{self.inbox_id}:{next(self.numbers)}",
                party=party,
                thread_key=key_of(party.addresses[0]),
                content=Text(body=words),
            )
        )

    async def said(self) -> dict[str, list[str]]:
        """What was said, by address of the thread."""
        found = {}
        page = await self.owner.get("/v1/conversations", status="all", inbox_id=str(self.inbox_id))
        for each in page["items"]:
            messages = await self.owner.get(f"/v1/conversations/{each['id']}/messages")
            words = [
                message["content"]["body"]
                for message in messages["items"]
                if message["content"]["kind"] == "text"
            ]
            found[each["contact"]["address"]] = words
        return found


async def _post(owner: Tenant, name: str = "Post") -> Post:
    return Post(owner, UUID((await owner.inbox(name=name))["id"]))


async def _state(owner: Tenant) -> Any:
    """All that is known of contacts and conversations, without versions."""

    def bare(each: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in each.items() if name != "version"}

    people = [bare(each) for each in (await owner.get("/v1/contacts"))["items"]]
    talks = (await owner.get("/v1/conversations", status="all"))["items"]
    sources = {each["id"]: await owner.get(f"/v1/contacts/{each['id']}/sources") for each in people}
    return people, [bare(each) for each in talks], sources


async def _ids(owner: Tenant) -> dict[str, str]:
    return {each["name"]: each["id"] for each in (await owner.get("/v1/contacts"))["items"]}


async def test_s3_23_a_contact_has_e_mail_and_phone_and_each_spelling_is_one_number(
    desk: RunningDesk,
) -> None:
    """S3-23, S0-25: `+54…`, `54…` and formatted variants are one address."""
    nora = f"/v1/contacts/{await desk.owner.contact('Nora', MAIL)}/identities"
    for spelling in ("+54 9 11 2345-6789", "5491123456789", "+54 (11) 2345-6789", "0054 11 15 2345 6789"):
        answer = await desk.http.post(nora, json={"scheme": "phone", "address": spelling, "verified": True})
        assert answer.status_code == 201, answer.text
        assert [(e["scheme"], e["address"], e["verified"]) for e in answer.json()["identities"]] == [
            (*MAIL, True),
            ("phone", "+5491123456789", True),
        ]
        assert answer.json()["version"] == 2
    mailed = await desk.http.post(nora, json={"scheme": "email", "address": "Nora@Work.Example"})
    assert mailed.json()["identities"][-1]["address"] == "nora@work.example"
    gone = await desk.http.delete(nora, params={"scheme": "email", "address": "nora@work.example"})
    assert [each["scheme"] for each in gone.json()["identities"]] == ["email", "phone"]
    again = await desk.http.delete(nora, params={"scheme": "email", "address": "nora@work.example"})
    assert again.status_code == 404
    for scheme, bad in (("phone", "12"), ("phone", "call me"), ("email", "nora"), ("Phone", "+34600000001")):
        answer = await desk.http.post(nora, json={"scheme": scheme, "address": bad})
        assert answer.status_code == 422, bad


async def test_an_address_of_another_contact_stays_theirs(desk: RunningDesk) -> None:
    nora, otto = await desk.owner.contact("Nora", PHONE), await desk.owner.contact("Otto", WORK)
    body = {"scheme": "phone", "address": WORK[1]}
    answer = await desk.http.post(f"/v1/contacts/{nora}/identities", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (409, "address")
    assert len((await desk.owner.get(f"/v1/contacts/{otto}"))["identities"]) == 1


async def test_s3_23_who_writes_by_either_address_is_the_same_contact(desk: RunningDesk) -> None:
    post = await _post(desk.owner)
    nora = await desk.owner.contact("Nora", MAIL)
    await desk.owner.post(
        f"/v1/contacts/{nora}/identities", {"scheme": "phone", "address": "34600000001", "verified": True}
    )
    await post.write("by phone", PHONE)
    await post.write("by mail", MAIL)
    found = (await desk.owner.get("/v1/conversations"))["items"]
    assert {each["contact"]["id"] for each in found} == {str(nora)}


async def test_s0_25_a_conversation_started_with_a_formatted_number_finds_the_contact(
    desk: RunningDesk,
) -> None:
    post = await _post(desk.owner)
    nora = await desk.owner.contact("Nora", PHONE)
    for spelling in ("+34 600 000 001", "34600000001", "0034-600-000-001"):
        body = {
            "inbox_id": str(post.inbox_id),
            "contact": {"addresses": [{"scheme": "phone", "address": spelling}]},
        }
        assert (await desk.owner.post("/v1/conversations", body))["contact"]["id"] == str(nora)
    bad = {"inbox_id": str(post.inbox_id), "contact": {"addresses": [{"scheme": "phone", "address": "x1"}]}}
    answer = await desk.http.post("/v1/conversations", json=bad)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "contact.addresses.0.address")


async def test_suggestions_name_their_reasons(desk: RunningDesk) -> None:
    nora = await desk.owner.contact("Nóra Vidal", PHONE, ("email", "nora.vidal@rill.example"))
    phone = await desk.owner.contact("N.", ("phone", "34600000001"))
    mail = await desk.owner.contact("Nora  (old)", ("email", "Nora.Vidal@Rill.example"))
    namesake = await desk.owner.contact("nóra vidal", ("email", "nora.vidal@elsewhere.example"))
    await desk.owner.contact("Nóra Vidal", ("email", "someone@else.example"))
    await desk.owner.contact("Otto", WORK)
    found = await desk.owner.get(f"/v1/contacts/{nora}/suggestions")
    assert {each["contact"]["id"]: each["reasons"] for each in found} == {
        str(phone): [{"code": "same_phone", "detail": "+34600000001"}],
        str(mail): [{"code": "same_email", "detail": "nora.vidal@rill.example"}],
        str(namesake): [{"code": "same_name", "detail": "nora.vidal@…"}],
    }
    assert found[-1]["contact"]["id"] == str(namesake)


async def test_m_04_merge_moves_threads_and_addresses_and_undo_restores_both_exactly(
    desk: RunningDesk,
) -> None:
    post, shop = await _post(desk.owner), await _post(desk.owner, "Shop")
    await post.write("hello", PHONE, name="Nora")
    await post.write("hi", WORK, MAIL, name="N. Vidal")
    await shop.write("hey", WORK)
    ids = await _ids(desk.owner)
    nora, other = ids["Nora"], ids["N. Vidal"]
    await desk.http.patch(
        f"/v1/contacts/{other}", json={"language": "es", "attributes": {"vip": True, "size": 42}}
    )
    await desk.http.patch(f"/v1/contacts/{nora}", json={"attributes": {"size": 38}})
    before = await _state(desk.owner)
    done = await desk.owner.post(f"/v1/contacts/{nora}/merge", {"other_id": other}, 200)
    one = done["contact"]
    assert {each["address"] for each in one["identities"]} == {PHONE[1], WORK[1], MAIL[1]}
    assert (one["name"], one["language"], one["attributes"]) == ("Nora", "es", {"vip": True, "size": 38})
    assert list(await _ids(desk.owner)) == ["Nora"]
    assert (await desk.owner.get(f"/v1/contacts/{other}"))["merged_into"] == nora
    talks = (await desk.owner.get("/v1/conversations"))["items"]
    assert {each["contact"]["id"] for each in talks} == {nora}
    assert len(talks) == len({each["thread_id"] for each in talks}) == 3
    assert len(await desk.owner.get(f"/v1/contacts/{nora}/sources")) == 3
    [merge] = await desk.owner.get(f"/v1/contacts/{nora}/merges")
    assert (merge["id"], merge["contact"]) == (done["merge_id"], {"id": other, "name": "N. Vidal"})
    undone = await desk.owner.post(f"/v1/contacts/{nora}/unmerge", {"merge_id": merge["id"]}, 200)
    assert (undone["contact"]["id"], undone["other"]["id"]) == (nora, other)
    assert await _state(desk.owner) == before
    assert await desk.owner.get(f"/v1/contacts/{nora}/merges") == []
    events = [each["type"] for each in (await desk.owner.get("/v1/events"))["items"]]
    assert events.count("contact.merged") == events.count("contact.unmerged") == 1


async def test_m_04_what_is_said_while_merged_stays_with_its_thread(desk: RunningDesk) -> None:
    post, shop = await _post(desk.owner), await _post(desk.owner, "Shop")
    await post.write("one", PHONE, name="Nora")
    await post.write("two", WORK, name="Nora at work")
    ids = await _ids(desk.owner)
    nora, work = ids["Nora"], ids["Nora at work"]
    merged = await desk.owner.post(f"/v1/contacts/{nora}/merge", {"other_id": work}, 200)
    await post.write("three", WORK)
    await post.write("four", PHONE)
    await shop.write("five", WORK)  # a thread of the merged one's address, begun meanwhile
    await post.write("six", MAIL, WORK)  # a new address of the same person finds the thread they have
    new = Address("phone", "+34600000009")
    changed = AddressChanged(source_id="c", old=Address(*WORK), new=(new,))
    await post.apply(changed)
    await post.write("seven", ("phone", new.value))
    assert await post.said() == {PHONE[1]: ["one", "four"], new.value: ["two", "three", "six", "seven"]}
    await desk.owner.post(f"/v1/contacts/{nora}/unmerge", {"merge_id": merged["merge_id"]}, 200)
    await post.write("eight", ("phone", new.value))
    await post.write("nine", PHONE)
    lines = {}
    for contact in (nora, work):
        sources = await desk.owner.get(f"/v1/contacts/{contact}/sources")
        lines[contact] = {(each["inbox"]["name"], each["address"]) for each in sources}
    assert lines == {
        nora: {("Post", PHONE[1])},
        work: {("Post", new.value), ("Shop", WORK[1])},
    }
    addresses = {each["address"] for each in (await desk.owner.get(f"/v1/contacts/{work}"))["identities"]}
    assert addresses == {WORK[1], MAIL[1], new.value}
    said = await post.said()
    assert said[PHONE[1]] == ["one", "four", "nine"]
    assert said[new.value] == ["two", "three", "six", "seven", "eight"]


async def test_m_04_a_change_made_while_merged_survives_the_undo(desk: RunningDesk) -> None:
    nora, other = await desk.owner.contact("Nora", PHONE), await desk.owner.contact("N.", WORK)
    await desk.http.patch(f"/v1/contacts/{other}", json={"language": "es", "attributes": {"vip": True}})
    done = await desk.owner.post(f"/v1/contacts/{nora}/merge", {"other_id": str(other)}, 200)
    await desk.http.patch(f"/v1/contacts/{nora}", json={"language": "ca", "attributes": {"size": 40}})
    undone = await desk.owner.post(f"/v1/contacts/{nora}/unmerge", {"merge_id": done["merge_id"]}, 200)
    assert (undone["contact"]["language"], undone["contact"]["attributes"]) == ("ca", {"size": 40})
    assert (undone["other"]["language"], undone["other"]["attributes"]) == ("es", {"vip": True})


async def test_m_04_merges_upon_merges_are_undone_in_order(desk: RunningDesk) -> None:
    post = await _post(desk.owner)
    for words, address, name in (("a", PHONE, "A"), ("b", WORK, "B"), ("c", MAIL, "C")):
        await post.write(words, address, name=name)
    ids = await _ids(desk.owner)
    before = await _state(desk.owner)
    first = await desk.owner.post(f"/v1/contacts/{ids['B']}/merge", {"other_id": ids["C"]}, 200)
    second = await desk.owner.post(f"/v1/contacts/{ids['A']}/merge", {"other_id": ids["B"]}, 200)
    assert len(second["contact"]["identities"]) == 3
    early = await desk.http.post(f"/v1/contacts/{ids['B']}/unmerge", json={"merge_id": first["merge_id"]})
    assert early.status_code == 409
    assert len((await desk.owner.get(f"/v1/contacts/{ids['A']}"))["identities"]) == 3
    await desk.owner.post(f"/v1/contacts/{ids['A']}/unmerge", {"merge_id": second["merge_id"]}, 200)
    assert len((await desk.owner.get(f"/v1/contacts/{ids['B']}"))["identities"]) == 2
    await desk.owner.post(f"/v1/contacts/{ids['B']}/unmerge", {"merge_id": first["merge_id"]}, 200)
    assert await _state(desk.owner) == before


async def test_m_04_of_two_merges_at_once_one_is_refused(desk: RunningDesk) -> None:
    for _ in range(5):
        nora, otto, other = [await desk.owner.contact(name) for name in ("Nora", "Otto", "Other")]
        answers = await asyncio.gather(
            desk.http.post(f"/v1/contacts/{nora}/merge", json={"other_id": str(other)}),
            desk.http.post(f"/v1/contacts/{otto}/merge", json={"other_id": str(other)}),
        )
        assert sorted(each.status_code for each in answers) == [200, 409]
        crossed = [await desk.owner.contact(name) for name in ("This", "That")]
        answers = await asyncio.gather(
            desk.http.post(f"/v1/contacts/{crossed[0]}/merge", json={"other_id": str(crossed[1])}),
            desk.http.post(f"/v1/contacts/{crossed[1]}/merge", json={"other_id": str(crossed[0])}),
        )
        assert sorted(each.status_code for each in answers) == [200, 409]
        winner = next(each for each in answers if each.status_code == 200).json()
        path = f"/v1/contacts/{winner['contact']['id']}/unmerge"
        undoing = {"merge_id": winner["merge_id"]}
        undone = await asyncio.gather(*(desk.http.post(path, json=undoing) for _ in range(2)))
        assert sorted(each.status_code for each in undone) == [200, 409]


async def test_m_04_messages_that_race_with_a_merge_are_all_there_and_undo_parts_them(
    desk: RunningDesk,
) -> None:
    posts = [await _post(desk.owner, f"Post {n}") for n in range(6)]
    await posts[0].write("first", PHONE, name="Nora")
    await posts[0].write("first", WORK, name="Work")
    ids = await _ids(desk.owner)
    merging = desk.owner.post(f"/v1/contacts/{ids['Nora']}/merge", {"other_id": ids["Work"]}, 200)
    writing = [post.write("while", address) for post in posts for address in (WORK, PHONE)]
    done, *_ = await asyncio.gather(merging, *writing)
    talks = (await desk.owner.get("/v1/conversations"))["items"]
    assert {each["contact"]["id"] for each in talks} == {ids["Nora"]}
    await desk.owner.post(f"/v1/contacts/{ids['Nora']}/unmerge", {"merge_id": done["merge_id"]}, 200)
    talks = (await desk.owner.get("/v1/conversations"))["items"]
    assert sorted((each["contact"]["address"], each["contact"]["id"]) for each in talks) == sorted(
        [(PHONE[1], ids["Nora"])] * 6 + [(WORK[1], ids["Work"])] * 6
    )


async def test_m_04_refusals(desk: RunningDesk) -> None:
    stranger = await desk.tenant("Other Bikes")
    nora, other = await desk.owner.contact("Nora", PHONE), await desk.owner.contact("N.", WORK)
    theirs = await stranger.contact("Theirs")
    path = f"/v1/contacts/{nora}/merge"
    for bad in (str(theirs), str(uuid4()), str(nora)):
        answer = await desk.http.post(path, json={"other_id": bad})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "other_id")
    done = await desk.owner.post(path, {"other_id": str(other)}, 200)
    third = await desk.owner.contact("Third")
    for path, body in (
        (f"/v1/contacts/{third}/merge", {"other_id": str(other)}),
        (f"/v1/contacts/{other}/merge", {"other_id": str(third)}),
    ):
        assert (await desk.http.post(path, json=body)).status_code == 409
    for contact, merge_id in ((nora, uuid4()), (other, done["merge_id"])):
        answer = await desk.http.post(f"/v1/contacts/{contact}/unmerge", json={"merge_id": str(merge_id)})
        assert answer.status_code == 404
    foreign = await stranger.http.post(f"/v1/contacts/{nora}/unmerge", json={"merge_id": done["merge_id"]})
    assert foreign.status_code == 404
    assert len((await desk.owner.get(f"/v1/contacts/{nora}"))["identities"]) == 2


async def test_m_04_who_does_not_see_all_inboxes_does_not_merge_what_they_do_not_see(
    desk: RunningDesk,
) -> None:
    post, shop = await _post(desk.owner), await _post(desk.owner, "Shop")
    await post.write("hello", PHONE, name="Nora")
    await post.write("hi", WORK, name="Work")
    await shop.write("hey", WORK)
    await shop.write("unseen", MAIL, name="Unseen")
    ids = await _ids(desk.owner)
    narrow = desk.client(await desk.owner.api_token(inbox_ids=[post.inbox_id]))
    unseen = await narrow.post(f"/v1/contacts/{ids['Nora']}/merge", json={"other_id": ids["Unseen"]})
    assert unseen.status_code == 422
    answer = await narrow.post(f"/v1/contacts/{ids['Nora']}/merge", json={"other_id": ids["Work"]})
    assert answer.status_code == 403
    assert (await desk.owner.get(f"/v1/contacts/{ids['Work']}"))["merged_into"] is None


async def test_m_04_a_visitor_sees_what_they_wrote_and_no_more_whatever_is_merged(desk: RunningDesk) -> None:
    inbox = await desk.owner.inbox("webchat", "Site", {})
    people = [await desk.owner.contact(name, ("web", name)) for name in ("first", "second")]
    visitors = [desk.client(await desk.owner.visitor(inbox["id"], each)) for each in people]

    async def write(n: int, words: str) -> None:
        body = {"content": {"kind": "text", "body": words}}
        assert (await visitors[n].post("/v1/widget/messages", json=body)).status_code == 201

    async def read(n: int) -> list[str]:
        page = (await visitors[n].get("/v1/widget/messages")).json()
        return [each["content"]["body"] for each in page["items"]]

    await write(0, "I am the first")
    await write(1, "I am the second")
    path = f"/v1/contacts/{people[0]}"
    done = await desk.owner.post(f"{path}/merge", {"other_id": str(people[1])}, 200)
    await write(1, "still the second")
    await write(0, "still the first")
    assert await read(0) == ["I am the first", "still the first"]
    assert await read(1) == ["I am the second", "still the second"]
    talks = (await desk.owner.get("/v1/conversations"))["items"]
    assert [each["contact"]["id"] for each in talks] == [str(people[0])] * 2
    await desk.owner.post(f"{path}/unmerge", {"merge_id": done["merge_id"]}, 200)
    assert await read(1) == ["I am the second", "still the second"]
    talks = (await desk.owner.get("/v1/conversations"))["items"]
    assert {each["contact"]["id"] for each in talks} == {str(each) for each in people}


async def test_s3_17_one_contact_has_one_timeline_of_e_mail_and_sms(desk: RunningDesk) -> None:
    """S3-17: every channel in one line, oldest first, by pages; a merged person's too."""
    sms, mail = await _post(desk.owner, "SMS"), await _post(desk.owner, "Mail")
    await sms.write("1", PHONE, name="Nora")
    await mail.write("2", MAIL, name="N.")
    ids = await _ids(desk.owner)
    await desk.owner.post(f"/v1/contacts/{ids['Nora']}/merge", {"other_id": ids["N."]}, 200)
    for n in range(3, 8):
        inbox, address = ((sms, PHONE), (mail, MAIL))[n % 2]
        await inbox.write(str(n), address)
    await sms.write("of somebody else", WORK, name="Otto")
    ids = await _ids(desk.owner)
    seen: list[dict[str, Any]] = []
    cursor = None
    while cursor is not None or not seen:
        params = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = await desk.owner.get(f"/v1/contacts/{ids['Nora']}/messages", **params)
        seen, cursor = seen + page["items"], page["next_cursor"]
    assert [each["content"]["body"] for each in seen] == list("1234567")
    assert len({each["conversation_id"] for each in seen}) == 2
    backward: list[str] = []
    while cursor is not None or not backward:
        params = {"limit": 3, "sort": "newest"} | ({"cursor": cursor} if cursor else {})
        page = await desk.owner.get(f"/v1/contacts/{ids['Nora']}/messages", **params)
        backward, cursor = (
            [*backward, *(each["content"]["body"] for each in page["items"])],
            page["next_cursor"],
        )
    assert backward == list("7654321")
    listed = {each["name"]: each for each in (await desk.owner.get("/v1/contacts"))["items"]}
    last = max(each["last_message_at"] for each in (await desk.owner.get("/v1/conversations"))["items"])
    assert (listed["Nora"]["last_seen_at"], listed["Otto"]["last_seen_at"]) == (seen[-1]["created_at"], last)
    narrow = desk.client(await desk.owner.api_token(inbox_ids=[mail.inbox_id]))
    some = (await narrow.get(f"/v1/contacts/{ids['Nora']}/messages")).json()["items"]
    assert [each["content"]["body"] for each in some] == ["2", "3", "5", "7"]
    assert (await narrow.get(f"/v1/contacts/{ids['Otto']}/messages")).status_code == 404


async def test_s3_01_s3_03_a_conversation_is_listed_once_and_by_its_participants_id(
    desk: RunningDesk,
) -> None:
    """S3-01, S3-03: one row per conversation whoever wrote last, with count and date, the newest first."""
    post = await _post(desk.owner)
    for words, address in (("a", PHONE), ("b", WORK), ("c", PHONE)):
        await post.write(words, address)
    path = "/v1/conversations"
    first, second = (await desk.owner.get(path))["items"]
    answer = {"content": {"kind": "text", "body": "an answer"}}
    await desk.owner.post(f"{path}/{second['id']}/messages", answer)
    rows = (await desk.owner.get(path))["items"]
    assert [(each["contact"]["address"], each["last_seq"]) for each in rows] == [(WORK[1], 2), (PHONE[1], 2)]
    assert rows[0]["last_message_at"] > rows[1]["last_message_at"]
    page = await desk.owner.get(path, limit=1)
    after = await desk.owner.get(path, limit=1, cursor=page["next_cursor"])
    assert [page["items"][0]["id"], after["items"][0]["id"]] == [second["id"], first["id"]]
    alias = str(participants_id(desk.owner.account_id, post.inbox_id, (Address("phone", "+34 600 000 001"),)))
    assert first["participants_id"] == alias
    for listed, wanted in ((alias, [first["id"]]), (str(uuid4()), [])):
        found = await desk.owner.get(path, participants_id=listed, status="all")
        assert [each["id"] for each in found["items"]] == wanted
