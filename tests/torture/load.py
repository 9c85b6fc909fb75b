"""Callers that never stop: agents' programs that post, and a provider that delivers and delivers again."""

import asyncio
import random
import time
import uuid

import httpx2

from tests.torture.ledger import Ledger, Outcome
from tests.torture.office import Office, hook

PAUSE_SECONDS = 0.05


class Load:
    """Everything that asks something of the desk while it is being killed."""

    def __init__(self, office: Office, ledger: Ledger, seed: int, *, pause: float = 0) -> None:
        self.office, self.ledger, self.seed, self.pause = office, ledger, seed, pause
        self.running = True
        self.redelivered = 0

    async def run(self, *, posters: int = 6, providers: int = 3) -> None:
        """Until `running` is put off; every caller first finishes what it began."""
        async with asyncio.TaskGroup() as group:
            for n in range(posters):
                group.create_task(self._post_messages(n))
            for n in range(providers):
                group.create_task(self._deliver_hooks(n))

    async def _post_messages(self, number: int) -> None:
        chance = random.Random(f"{self.seed}/post/{number}")
        count = 0
        async with self.office.client() as client:
            while self.running:
                count += 1
                text = f"post/{self.seed}/{number}/{count}"
                path = f"/v1/conversations/{chance.choice(self.office.conversations)}/messages"
                self.ledger.intend(text, "post")
                # Some callers give up at the first unknown outcome: theirs may be there once, or not at all.
                await self._post_until_known(client, path, text, patient=chance.random() < 0.9)
                await asyncio.sleep(self.pause)

    async def _post_until_known(
        self, client: httpx2.AsyncClient, path: str, text: str, *, patient: bool
    ) -> None:
        headers, body = {"Idempotency-Key": str(uuid.uuid4())}, {"content": {"kind": "text", "body": text}}
        while True:
            try:
                answer = await client.post(path, json=body, headers=headers)
            except httpx2.HTTPError:
                self.ledger.record(text, Outcome.UNKNOWN)
            else:
                if answer.status_code == 201:
                    made = answer.json()
                    return self.ledger.record(text, Outcome.OK, made["id"], made["seq"])
                if answer.status_code < 500 and answer.status_code not in (409, 429):
                    return self.ledger.record(text, Outcome.REFUSED)
                self.ledger.record(text, Outcome.UNKNOWN)
            if not patient:
                return None
            await asyncio.sleep(PAUSE_SECONDS)

    async def _deliver_hooks(self, number: int) -> None:
        chance = random.Random(f"{self.seed}/hook/{number}")
        count, old = 0, []
        async with self.office.client() as client:
            while self.running:
                count += 1
                text = f"hook/{self.seed}/{number}/{count}"
                sender = f"4477009{number}{chance.randrange(4):04d}"
                request = hook(text, sender=sender, wamid=f"wamid.{text}", at=int(time.time()))
                self.ledger.intend(text, "hook")
                await self._deliver_until_taken(client, request)
                self.ledger.record(text, Outcome.OK)
                old.append(request)
                if chance.random() < 0.2:  # a provider repeats itself, long after its 200
                    self.redelivered += 1
                    await self._deliver_until_taken(client, chance.choice(old))

    async def _deliver_until_taken(
        self, client: httpx2.AsyncClient, request: tuple[dict[str, str], bytes]
    ) -> None:
        headers, body = request
        while True:
            try:
                answer = await client.post(self.office.hook_path, content=body, headers=headers)
            except httpx2.HTTPError:
                pass
            else:
                if answer.status_code == 200:
                    return
                if answer.status_code < 429:
                    raise AssertionError(f"hook refused: {answer.status_code} {answer.text}")
            await asyncio.sleep(PAUSE_SECONDS)
