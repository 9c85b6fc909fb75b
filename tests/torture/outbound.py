"""One run of the outbound siege: agents write, the desk is killed, the provider lives on."""

import asyncio
import collections
import random
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from frontdesk.simulators.base import Fault, FaultKind
from frontdesk.simulators.whatsapp import Settings, WhatsAppSimulator, serve
from tests.architecture.repository import ROOT
from tests.torture.ledger import Ledger, Outcome
from tests.torture.load import Load
from tests.torture.office import (
    ACCESS_TOKEN,
    APP_SECRET,
    PHONE_NUMBER_ID,
    VERIFY_TOKEN,
    WABA_ID,
    Office,
    open_office,
    pages,
    transcript,
)
from tests.torture.victim import Victim

PHONES = 12
WENT_OUT = frozenset({"sent", "delivered", "read"})
SHOWN_IN_TROUBLE = frozenset({"unknown", "failed"})


@dataclass(slots=True)
class OutboundVerdict:
    """What was counted; everything from `lost` on must be zero."""

    acknowledged: int = 0
    kills: int = 0
    accepted: int = 0
    unknown: int = 0
    proven: int = 0
    """Messages that were unknown for a while, until the provider's report settled them."""
    lost: int = 0
    doubled: int = 0
    phantom: int = 0
    stuck: int = 0
    unproven: int = 0
    """On the phone, and not shown so."""
    pretended: int = 0
    """Shown as sent, and not on the phone."""
    disordered: int = 0
    where: dict[str, list[str]] = field(default_factory=dict)

    @property
    def faults(self) -> dict[str, int]:
        """What is not zero and should be."""
        must_be_zero = ("lost", "doubled", "phantom", "stuck", "unproven", "pretended", "disordered")
        counts = asdict(self)
        return {name: counts[name] for name in must_be_zero if counts[name]}


async def besiege_outbound(folder: Path, database_url: str, *, kills: int, seed: int) -> OutboundVerdict:
    """Kill the desk that many times while it sends, then compare its word with the phones'."""
    network = WhatsAppSimulator(Settings(read_after_seconds=0), seed=seed, retry_seconds=(0.1,) * 3000)
    chance, ledger = random.Random(seed), Ledger(folder / "ledger.jsonl")
    async with serve(network) as origin:
        env = {"TORTURE_PROVIDER": origin, "PYTHONPATH": str(ROOT)}
        victim = Victim(folder, database_url, module="tests.torture.desk_elsewhere", env=env)
        try:
            await asyncio.to_thread(victim.start)
            office = await open_office(victim.url, conversations=0)
            await _let_phones_write(network, office)
            _spoil(network, seed)
            load = Load(office, ledger, seed, pause=0.08)
            async with asyncio.TaskGroup() as group:
                group.create_task(load.run(posters=6, providers=0))
                for _ in range(kills):
                    await ledger.until_more(chance.randint(6, 16))
                    await asyncio.sleep(chance.uniform(0, 0.2))
                    await asyncio.to_thread(victim.kill)
                    await asyncio.to_thread(victim.start)
                await asyncio.sleep(0.3)
                load.running = False
            network.faults.rules = []
            return await _judge(office, network, ledger, kills=victim.kills)
        finally:
            victim.kill()
            ledger.close()


async def _let_phones_write(network: WhatsAppSimulator, office: Office) -> None:
    """Customers write first, so that the desk may answer."""
    business = network.register(
        PHONE_NUMBER_ID,
        WABA_ID,
        ACCESS_TOKEN,
        APP_SECRET,
        VERIFY_TOKEN,
        office.url + office.hook_path,
        "Rill",
    )
    for n in range(PHONES):
        phone = network.add_phone(f"4477009000{n:02d}", f"Customer {n}")
        network.network.write(business, phone, "text", {"body": "Hello"})
    deadline = time.monotonic() + 20
    async with office.client() as client:
        while len(office.conversations) < PHONES:
            assert time.monotonic() < deadline, "the customers' messages did not arrive"
            office.conversations[:] = [c["id"] for c in await pages(client, "/v1/conversations")]
            await asyncio.sleep(0.05)


def _spoil(network: WhatsAppSimulator, seed: int) -> None:
    """Slow sends, reports that overtake the answer, answers that never come: the moments that matter grow."""
    network.faults.rules = [
        Fault(kind=FaultKind.SLOW, probability=0.3, seed=seed, seconds=0.1),
        Fault(kind=FaultKind.ACCEPT_RESET, probability=0.03, seed=seed + 1),
        Fault(kind=FaultKind.STATUS_FIRST, probability=0.3, seed=seed + 2),
    ]


async def _judge(
    office: Office, network: WhatsAppSimulator, ledger: Ledger, *, kills: int, seconds: float = 45
) -> OutboundVerdict:
    verdict = OutboundVerdict(kills=kills)
    acknowledged = {entry.text for entry in ledger.with_outcome(Outcome.OK)}
    verdict.acknowledged = len(acknowledged)
    async with office.client() as client:
        messages = await _settled(client, office, network, seconds)
        verdict.proven = await _count_proven(client)
    on_phones = _on_phones(network)
    times = collections.Counter(text for texts in on_phones.values() for text in texts)
    status = {m["content"]["body"]: m["status"] for m in messages}
    seqs = {m["content"]["body"]: m["seq"] for m in messages}
    trouble = {
        "lost": acknowledged - status.keys(),
        "doubled": {text for text, n in times.items() if n > 1},
        "phantom": times.keys() - status.keys(),
        "stuck": {text for text, word in status.items() if word not in WENT_OUT | SHOWN_IN_TROUBLE},
        "unproven": {text for text in times if status.get(text) not in WENT_OUT},
        "pretended": {text for text, word in status.items() if word in WENT_OUT} - times.keys(),
        "disordered": {
            texts[0]
            for texts in on_phones.values()
            if (order := [seqs.get(text, 0) for text in texts]) != sorted(order)
        },
    }
    for name, texts in trouble.items():
        setattr(verdict, name, len(texts))
        if texts:
            verdict.where[name] = [f"{text}: {status.get(text)}" for text in sorted(texts)][:10]
    sends = collections.Counter(send.opaque for send in network.state.sends)
    verdict.doubled += sum(n > 1 for n in sends.values())
    verdict.accepted = network.state.send_count
    verdict.unknown = sum(word in SHOWN_IN_TROUBLE for word in status.values())
    return verdict


async def _settled(
    client: httpx2.AsyncClient, office: Office, network: WhatsAppSimulator, seconds: float
) -> list[Any]:
    """All outgoing messages, once every one has its fate and the provider has told what it had to tell."""
    deadline = time.monotonic() + seconds
    while True:
        messages = [
            message
            for conversation in office.conversations
            for message in await transcript(client, conversation)
            if message["direction"] == "outgoing"
        ]
        on_phones = {text for texts in _on_phones(network).values() for text in texts}
        is_settled = network.hooks.underway == 0 and all(
            m["status"] in ({"read"} if m["content"]["body"] in on_phones else SHOWN_IN_TROUBLE)
            for m in messages
        )
        if is_settled or time.monotonic() > deadline:
            return messages
        await asyncio.sleep(0.3)


def _on_phones(network: WhatsAppSimulator) -> dict[str, list[str]]:
    """What each phone shows of the business, in order."""
    return {
        phone.wa_id: [message.shown for message in phone.messages if message.sender == "business"]
        for phone in network.state.phones.values()
    }


async def _count_proven(client: httpx2.AsyncClient) -> int:
    """Messages that the log calls unknown first, and sent, delivered or read later."""
    doubted: set[str] = set()
    proven: set[str] = set()
    params: dict[str, str] = {"limit": "100"}
    while True:
        page = (await client.get("/v1/events", params=params)).raise_for_status().json()
        for event in page["items"]:
            word = event["type"].removeprefix("delivery.")
            if word == "unknown":
                doubted.add(event["subject_id"])
            elif word in WENT_OUT and event["subject_id"] in doubted:
                proven.add(event["subject_id"])
        if not page["items"] or page["next_cursor"] is None:
            return len(proven)
        params["after"] = page["next_cursor"]
