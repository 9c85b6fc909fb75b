"""A worker dies just when the provider has taken a message: on every channel nothing goes twice."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from typing_extensions import override

from frontdesk.domain.scope import ActorType, Permission, Scope
from frontdesk.features.conversations.sending import DELIVER_QUEUE
from frontdesk.features.delivery import deliverer
from frontdesk.features.delivery.deliverer import Deliverer
from frontdesk.features.delivery.letters import Letter
from frontdesk.kit.crypto import digest, random_token
from frontdesk.ports.channel import SendResult, Sent
from frontdesk.runtime.container import Container, build
from frontdesk.runtime.demo import OWNER, Demo
from frontdesk.runtime.listening import listen
from frontdesk.runtime.roles import keep_running
from frontdesk.runtime.server import serving
from frontdesk.runtime.settings import Settings, WorkerSettings
from frontdesk.store import jobs, tokens, users
from frontdesk.store.engine import open_store
from frontdesk.store.jobs import Job, Lane
from frontdesk.store.tokens import NewToken
from frontdesk.store.tx import Tx
from tests.desk import RunningDesk, Tenant, until
from tests.features.scene import PaperBlobs

SIMULATED = ("whatsapp", "messenger", "instagram", "telegram", "twilio_sms", "slack", "email")
OWN_SECRET = "whsec_" + base64.b64encode(b"a-secret-of-32-bytes-for-a-test!").decode()
WENT_OUT = {"sent", "delivered", "read"}
"""What becomes of it where reports carry our own name of the message, or the same may be sent again."""


@dataclass
class Company:
    """A demo desk without workers, its simulated providers, and a webhook of the company's own."""

    desk: RunningDesk
    demo: Demo
    posted: list[str] = field(default_factory=list)
    """The id of each webhook that the company's own channel took."""

    @property
    def container(self) -> Container:
        return self.desk.container

    def simulator(self, slug: str) -> Any:
        return next(part.simulator for part in self.demo._parts if part.simulator.slug == slug)

    async def conversations(self) -> dict[str, str]:
        """One conversation of each channel."""
        items = (await self.desk.owner.get("/v1/conversations", limit=100))["items"]
        return {item["inbox"]["channel"]: item["id"] for item in items}

    async def customers_write(self) -> dict[str, str]:
        """Somebody writes on every channel; their conversations."""
        for slug in SIMULATED:
            phone = next(iter(self.simulator(slug).state.phones))
            path = f"/simulators/{slug}/play/phones/{phone}/messages"
            answer = await self.desk.http.post(path, json={"type": "text", "text": "Is it ready?"})
            assert answer.status_code == 201, (slug, answer.text)
        own = {"channel": "api", "name": "Ours", "config": {"webhook_secret": OWN_SECRET}}
        own["config"] |= {"webhook_url": f"{self.desk.url}/own"}  # type: ignore[operator]
        inbox = await self.desk.owner.post("/v1/inboxes", own)
        made = await self.desk.owner.post(
            "/v1/conversations",
            {"inbox_id": inbox["id"], "contact": {"addresses": [{"scheme": "external", "address": "nora"}]}},
        )

        async def all_there() -> dict[str, str]:
            found = await self.conversations()
            return found if found.keys() >= set(SIMULATED) else {}

        return {
            **await until(all_there, seconds=30, what="a conversation on every channel"),
            "api": made["id"],
        }

    async def say(self, conversation: str) -> str:
        """An agent answers; the id of the message."""
        path, body = f"/v1/conversations/{conversation}/messages", {"kind": "text", "body": "Until six"}
        return str((await self.desk.owner.post(path, {"content": body}))["id"])

    @asynccontextmanager
    async def working(self, wanted: Callable[[Any], bool]) -> AsyncIterator[None]:
        """Run some of the workers while inside."""
        stopping = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            for worker in filter(wanted, self.container.workers):
                tasks.create_task(keep_running(worker, stopping))
            yield
            stopping.set()

    async def stands(self, message_id: str, fates: set[str]) -> bool:
        return (await self.desk.owner.get(f"/v1/messages/{message_id}"))["status"] in fates

    async def taken(self, slug: str, message_id: str) -> int:
        """How often a provider took the answer; of the company's own webhook, under how many ids."""
        if slug == "api":
            return len(set(self.posted))
        sends = self.simulator(slug).state.sends
        if slug == "slack":  # the agents' own channel there is told of every message too
            [delivery] = await self.desk.owner.get(f"/v1/messages/{message_id}/deliveries")
            return sum(send.opaque == delivery["id"] for send in sends)
        return len(sends)


@asynccontextmanager
async def company(url: str, folder: Path) -> AsyncIterator[Company]:
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    settings = Settings(data_dir=folder, database=url, workers=WorkerSettings(stop_seconds=2))
    async with AsyncExitStack() as stack:
        store = await open_store(url, migrate=False, pool_size=settings.store.pool_size)
        stack.push_async_callback(store.close)
        demo = Demo(settings, store, port)
        config, routes = await demo.prepare()
        posted: list[str] = []

        async def take(request: Request) -> Response:
            posted.append(request.headers["webhook-id"])
            return Response(status_code=200)

        container = build(
            settings, store, port=port, demo=config, routes=[*routes, Route("/own", take, methods=["POST"])]
        )
        stack.push_async_callback(container.close)
        await stack.enter_async_context(container.running())
        await stack.enter_async_context(serving(container, listener, settings))
        await stack.enter_async_context(demo.running())
        desk = RunningDesk(f"http://127.0.0.1:{port}", container, store, settings)
        async with desk._stack:
            desk.owner = await owner_of(desk)
            yield Company(desk, demo, posted)


async def owner_of(desk: RunningDesk) -> Tenant:
    token = random_token("fd_")

    def change(tx: Tx) -> Any:
        row = users.by_email(tx, OWNER)
        assert row is not None
        scope = Scope(row.account_id, ActorType.USER, row.id, frozenset(Permission), user_id=row.id)
        every = sorted(map(str, Permission))
        tokens.add(tx, scope, NewToken(name="t", token_hash=digest(token), permissions=every, user_id=row.id))
        return row

    row = await desk.store.write(change)
    return Tenant(desk, row.account_id, row.id, OWNER, token, desk.client(token))


class Died(BaseException):
    """The process is gone: nothing of it runs any more."""


class DyingDeliverer(Deliverer):
    """A worker that is killed after the provider answered, before anything of it is noted."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.taken: list[str] = []

    @override
    async def _end(
        self, lane: Lane, job: Job, letter: Letter, result: SendResult, *, last: bool, is_asked: bool
    ) -> bool:
        assert isinstance(result, Sent)
        self.taken.append(str(letter.message_id))
        raise Died


async def send_and_die(company: Company, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A worker takes every lane, and dies with each when its provider has taken the message."""
    desk = company.container.desk
    worker = DyingDeliverer(desk.store, desk.inboxes, PaperBlobs(), channels=desk.channels)
    lanes = await desk.store.write(lambda tx: jobs.claim(tx, DELIVER_QUEUE, lanes=100, lease_seconds=0.05))
    with monkeypatch.context() as patch:
        patch.setattr(deliverer, "LEASE_SECONDS", 0.2)
        for lane in lanes:
            with pytest.raises(Died):
                await worker.handle(lane)
    return worker.taken


async def test_g7_s2_14_what_a_provider_took_from_a_worker_that_died_goes_once_on_every_channel(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S2-14: the provider has it once; the desk says unknown, or what the provider's own report proved."""
    async with company(database_url, tmp_path / "data") as world:
        async with world.working(lambda worker: worker.name != DELIVER_QUEUE):
            conversations = await world.customers_write()
            made = {channel: await world.say(conversations[channel]) for channel in (*SIMULATED, "api")}
        assert sorted(await send_and_die(world, monkeypatch)) == sorted(made.values())
        async with world.working(lambda _worker: True):
            for channel, message_id in made.items():
                fates = {"unknown"} if channel == "telegram" else WENT_OUT
                await until(
                    partial(world.stands, message_id, fates), seconds=30, what=f"the fate by {channel}"
                )
        taken = {channel: await world.taken(channel, message_id) for channel, message_id in made.items()}
        assert taken == dict.fromkeys(made, 1)
        [delivery] = await world.desk.owner.get(f"/v1/messages/{made['api']}/deliveries")
        assert world.posted == [delivery["id"]] * 2, "repeated, as its webhook may be: under one id"
