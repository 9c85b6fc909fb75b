"""Twilio's own SDK against the simulator, and its validator over the hooks we sign."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.datastructures import MultiDict
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from typing_extensions import override

from frontdesk.simulators.base import Fault, FaultKind
from frontdesk.simulators.twilio_sms import TwilioSimulator, serve
from tests.desk import until
from tests.kit.scripted_server import ScriptedServer, answer, scripted

ACCOUNT, TOKEN, OURS, NORA = "AC" + "0" * 31 + "1", "an-auth-token", "+15005550006", "+15005550100"


class Elsewhere(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's client, led to the simulator."""

    def __init__(self, origin: str) -> None:
        super().__init__(timeout=10, pool_connections=False)
        self._origin = origin

    @override
    def request(self, method: str, url: str, *args: Any, **more: Any) -> Any:
        return super().request(method, self._origin + urlsplit(url).path, *args, **more)


class World:
    """A simulator, the vendor's client, and the server that hears its hooks."""

    def __init__(self, simulator: TwilioSimulator, url: str, server: ScriptedServer) -> None:
        self.simulator, self.server = simulator, server
        self._client = Client(ACCOUNT, TOKEN, http_client=Elsewhere(url))

    async def send(self, **fields: Any) -> Any:
        return await asyncio.to_thread(self._client.messages.create, **fields)

    async def heard(self, count: int) -> list[tuple[str, dict[str, str], str]]:
        """Address, fields and signature of so many hooks."""
        await until(lambda: len(self.server.seen) >= count, what="the hooks")
        return [
            (
                self.server.origin + seen.line.split()[1],
                dict(parse_qsl(seen.body.decode(), keep_blank_values=True)),
                seen.headers["x-twilio-signature"],
            )
            for seen in self.server.seen
        ]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    simulator = TwilioSimulator(seed=3, retry_seconds=(0.01,) * 4)
    async with scripted(answer(200, b"")) as server, serve(simulator) as url:
        simulator.register(ACCOUNT, TOKEN, OURS, f"{server.origin}/hook", "Rill", url)
        simulator.add_phone(NORA, "Nora")
        yield World(simulator, url, server)


async def test_the_sdk_sends_and_the_validator_takes_the_callbacks(world: World) -> None:
    """S3-07."""
    sent = await world.send(
        to=NORA, from_=OURS, body="Until six.", status_callback=f"{world.server.origin}/status?delivery=1"
    )
    assert (sent.status, sent.num_segments, sent.price, sent.error_code) == ("queued", "1", None, None)
    hooks = await world.heard(2)
    assert [fields["MessageStatus"] for _, fields, _ in hooks] == ["sent", "delivered"]
    for url, fields, signature in hooks:
        assert RequestValidator(TOKEN).validate(url, MultiDict(fields), signature)
        assert not RequestValidator(TOKEN).validate(url, MultiDict({**fields, "From": "+1"}), signature)
        assert not RequestValidator("another").validate(url, MultiDict(fields), signature)
    assert [message.shown for message in world.simulator.state.phones[NORA].messages] == ["Until six."]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "nobody", "from_": OURS, "body": "x"}, 21211),
        ({"to": NORA, "from_": "+15005550007", "body": "x"}, 21606),
        ({"to": NORA, "from_": OURS, "body": ""}, 21602),
        ({"to": NORA, "from_": OURS, "body": "x" * 1601}, 21617),
    ],
    ids=["number", "sender", "empty", "long"],
)
async def test_the_sdk_is_refused_as_by_twilio(world: World, fields: dict[str, str], code: int) -> None:
    """S3-08."""
    with pytest.raises(TwilioRestException) as refused:
        await world.send(**fields)
    assert (refused.value.code, refused.value.status) == (code, 400)


async def test_who_sent_stop_is_not_written_to_until_start(world: World) -> None:
    phone = world.simulator.state.phones[NORA]
    business = world.simulator.state.businesses[ACCOUNT]
    world.simulator.network.write(business, phone, "Stop", [])
    with pytest.raises(TwilioRestException) as refused:
        await world.send(to=NORA, from_=OURS, body="x")
    assert refused.value.code == 21610
    world.simulator.network.write(business, phone, "START", [])
    await world.send(to=NORA, from_=OURS, body="x")
    first, second = await world.heard(2)
    assert (first[1]["OptOutType"], second[1]["OptOutType"]) == ("STOP", "START")


async def test_another_token_is_refused(world: World) -> None:
    """S3-19."""
    world.simulator.state.businesses[ACCOUNT].auth_token = "changed"
    with pytest.raises(TwilioRestException) as refused:
        await world.send(to=NORA, from_=OURS, body="x")
    assert (refused.value.code, refused.value.status) == (20003, 401)


async def test_a_rate_limit_is_told(world: World) -> None:
    """S3-11."""
    world.simulator.faults.set([Fault(kind=FaultKind.RATE_LIMIT, count=1, seconds=2)])
    with pytest.raises(TwilioRestException) as refused:
        await world.send(to=NORA, from_=OURS, body="x")
    assert (refused.value.code, refused.value.status) == (20429, 429)
