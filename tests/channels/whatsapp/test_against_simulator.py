"""The channel against the provider's simulator over real HTTP: there and back, and the hazards in between."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import pytest

from frontdesk.channels.whatsapp import channel
from frontdesk.domain import content as c
from frontdesk.domain import inbound as i
from frontdesk.domain.inbound import Address
from frontdesk.kit.http import HttpClient
from frontdesk.ports.channel import Connection, Failed, OutboundFile, RawRequest, ReadMark, Sent, Unknown
from frontdesk.simulators.whatsapp import Settings, WhatsAppSimulator, serve
from tests.channels.whatsapp.inbox import ACCOUNT_ID, CONFIG, NUMBER_ID, SECRET, TOKEN, VERIFY, outgoing
from tests.kit.scripted_server import ScriptedServer, Seen, answer, scripted

NORA = "447700900142"


class World:
    """A simulator, an inbox at it, and the hooks that came."""

    def __init__(
        self, http: HttpClient, url: str, server: ScriptedServer, simulator: WhatsAppSimulator
    ) -> None:
        self.http, self.url, self.server, self.simulator = http, url, server, simulator
        self.connection = Connection(
            inbox_id=UUID(int=1),
            account_id=UUID(int=2),
            name="WhatsApp",
            config=channel.Config.model_validate(CONFIG),
            http=http,
            base_url=url,
            hook_url=f"{server.origin}/hook",
        )

    def events(self) -> list[i.InboundEvent]:
        """Everything heard so far, each hook verified as the desk would."""
        found: list[i.InboundEvent] = []
        for seen in self.server.seen:
            if seen.line.startswith("POST"):
                request = RawRequest("POST", self.server.origin, {}, seen.headers, seen.body)
                assert channel.verify(request, self.connection) is None
                found.extend(channel.parse(request))
        return found

    async def heard(self, wanted: Callable[[i.InboundEvent], bool]) -> Any:
        """The first event of this kind, as soon as it is there."""
        async with asyncio.timeout(10):
            while True:
                for event in self.events():
                    if wanted(event):
                        return event
                await asyncio.sleep(0.01)

    async def says(self, **action: Any) -> str:
        said = await self.http.request("POST", f"{self.url}/play/phones/{NORA}/messages", json=action)
        assert said.is_success, said.text
        return str(said.json().get("id", ""))

    async def fault(self, **fault: Any) -> None:
        told = await self.http.request("PUT", f"{self.url}/play/faults", json={"faults": [fault]})
        assert told.is_success, told.text

    def shown(self) -> list[str | None]:
        return [message.shown for message in self.simulator.state.phones[NORA].messages]


async def hook(seen: Seen, writer: asyncio.StreamWriter) -> None:
    """Answers as the desk: the challenge on GET, 200 on POST."""
    body = b"ok"
    if seen.line.startswith("GET"):
        query = dict(part.split("=", 1) for part in seen.line.split()[1].partition("?")[2].split("&"))
        body = query.get("hub.challenge", "").encode()
    await answer(200, body)(seen, writer)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    simulator = WhatsAppSimulator(Settings(), seed=7)
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(scripted(hook))
        url = await stack.enter_async_context(serve(simulator))
        simulator.register(
            NUMBER_ID, ACCOUNT_ID, TOKEN, SECRET, VERIFY, f"{server.origin}/hook", "Rill Bikes"
        )
        simulator.add_phone(NORA, "Nora Castell")
        http = await stack.enter_async_context(HttpClient.for_origin(url))
        yield World(http, url, server, simulator)


def is_message(event: i.InboundEvent) -> bool:
    return isinstance(event, i.MessageReceived)


def is_status(word: str) -> Callable[[i.InboundEvent], bool]:
    return lambda event: isinstance(event, i.StatusReported) and event.provider_status == word


async def test_an_inbox_connects(world: World) -> None:
    report = await channel.connect(world.connection)
    assert [(name, passed) for name, passed, _ in report.steps] == [
        ("Access token and phone number", True),
        ("App secret", True),
        ("Verify token", True),
        ("Hook", True),
    ]


async def test_words_go_there_and_statuses_come_back(world: World) -> None:
    await world.says(type="text", text="Is it open?")
    heard = await world.heard(is_message)
    assert heard.content == c.Text(body="Is it open?")
    sent = await channel.send(
        outgoing(c.Text(body="Until six."), to=heard.party.addresses[0], reply_to=heard.source_id),
        world.connection,
    )
    assert isinstance(sent, Sent)
    delivered = await world.heard(is_status("delivered"))
    assert delivered.source_id == sent.source_id
    assert "Until six." in world.shown()
    read = await channel.send(
        ReadMark(to=Address("whatsapp", NORA), source_id=heard.source_id), world.connection
    )
    assert isinstance(read, Sent)


async def test_a_hidden_number_is_answered_by_its_user_id(world: World) -> None:
    """S0-24."""
    world.simulator.state.phones[NORA].hides_number = True
    await world.says(type="text", text="Who am I?")
    heard = await world.heard(is_message)
    assert [address.scheme for address in heard.party.addresses] == ["whatsapp_user"]
    sent = await channel.send(
        outgoing(c.Text(body="Our guest."), to=heard.party.addresses[0]), world.connection
    )
    assert isinstance(sent, Sent)
    assert "Our guest." in world.shown()


async def test_a_photo_comes_and_goes(world: World) -> None:
    """S0-02."""
    await world.says(type="image", caption="Bent")
    heard = await world.heard(is_message)
    assert isinstance(heard.content, c.Image)
    fetched = await channel.fetch(heard.content.media.source_media_id, None, world.connection)
    assert fetched.mime == heard.content.media.mime
    file = OutboundFile(content=fetched.content, mime=fetched.mime or "", filename="bent.png")
    sent = await channel.send(
        outgoing(c.Image(media=c.Media(), caption="Mended"), file=file), world.connection
    )
    assert isinstance(sent, Sent)


@pytest.mark.parametrize(
    "content",
    [
        c.Location(latitude=53.8, longitude=-1.55, name="Rill Bikes"),
        c.Contacts(cards=(c.ContactCard(name="Amir", phones=(c.CardPhone(number="+44 7700 900155"),)),)),
        c.Interactive(type="buttons", body="Size?", buttons=(c.Choice(id="m", title="M"),)),
        c.Interactive(
            type="list",
            body="When?",
            button="Choose",
            sections=(c.ChoiceSection(rows=(c.Choice(id="9", title="9:00"),)),),
        ),
        c.Interactive(type="cta_url", body="Track", button="Track", url="https://rill.example"),
        c.Interactive(type="flow", body="Book", button="Book", parameters={"flow_id": "7"}),
    ],
    ids=["location", "contacts", "buttons", "list", "link", "flow"],
)
async def test_every_kind_is_taken(world: World, content: c.Content) -> None:
    await world.says(type="text", text="Hi")
    await world.heard(is_message)
    result = await channel.send(outgoing(content), world.connection)
    assert isinstance(result, Sent), result


async def test_after_the_window_only_a_template_is_taken(world: World) -> None:
    result = await channel.send(outgoing(c.Text(body="Hello?")), world.connection)
    if isinstance(result, Sent):  # Meta may take it and report the failure by a hook
        failed = await world.heard(is_status("failed"))
        assert failed.error_code == "131047"
    else:
        assert isinstance(result, Failed)
        assert (result.code, result.retryable) == ("131047", False)


@pytest.mark.parametrize(
    ("fault", "kind", "retryable"),
    [
        ({"kind": "rate_limit", "seconds": 2}, Failed, True),
        ({"kind": "server_error"}, Failed, True),
        ({"kind": "error", "code": 131026}, Failed, False),
        ({"kind": "error", "code": 190}, Failed, False),
        ({"kind": "reset"}, Unknown, None),
        ({"kind": "accept_reset"}, Unknown, None),
        ({"kind": "accept_error"}, Unknown, None),
    ],
    ids=lambda value: " ".join(map(str, value.values())) if isinstance(value, dict) else None,
)
async def test_hazards_on_the_way(
    world: World, fault: dict[str, Any], kind: type, retryable: bool | None
) -> None:
    """G7: what may have been taken is unknown; all else says whether to try again."""
    await world.says(type="text", text="Hi")
    await world.heard(is_message)
    await world.fault(count=1, **fault)
    result = await channel.send(outgoing(c.Text(body="Once")), world.connection)
    assert isinstance(result, kind), result
    if isinstance(result, Failed):
        assert result.retryable is retryable
    if fault["kind"] == "rate_limit":
        assert isinstance(result, Failed)
        assert result.retry_at is not None
    if fault["kind"].startswith("accept"):
        status = await world.heard(is_status("sent"))
        assert "Once" in world.shown()
        assert status.extra.get("opaque") in (None, str(outgoing(c.Text(body="x")).delivery_id))


async def test_a_provider_that_is_not_there_was_not_reached(world: World) -> None:
    async with HttpClient.for_origin("http://127.0.0.1:1") as http:
        nowhere = Connection(
            inbox_id=UUID(int=1),
            account_id=UUID(int=2),
            name="WhatsApp",
            config=world.connection.config,
            http=http,
            base_url="http://127.0.0.1:1",
        )
        result = await channel.send(outgoing(c.Text(body="Hi")), nowhere)
    assert isinstance(result, Failed)
    assert (result.code, result.retryable) == ("not_reached", True)
