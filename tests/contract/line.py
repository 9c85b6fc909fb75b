"""A desk with a simulated provider beside it, and what every test of both does: write, wait, look."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from frontdesk.runtime import container
from frontdesk.simulators.base import Simulator, serve
from tests.desk import RunningDesk, running_desk, until
from tests.provider import inboxes_at

_STEPS = ("sent", "delivered", "read")
"""What becomes of a message that goes well, in order."""


@dataclass(frozen=True, slots=True)
class DeskLine:
    """A desk and the provider that it talks to. Each channel adds its people."""

    desk: RunningDesk
    provider: Any
    """The simulator, at `origin`."""
    origin: str

    async def acts(self, phone: str, action: dict[str, Any]) -> str:
        """Somebody does something with a phone; the id of the message."""
        async with self.desk.client() as http:
            answer = await http.post(f"{self.origin}/play/phones/{phone}/messages", json=action)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def conversations(self) -> list[dict[str, Any]]:
        """All conversations, the newest first."""
        found: list[dict[str, Any]] = (await self.desk.owner.get("/v1/conversations"))["items"]
        return found

    async def conversation(self) -> str:
        """The one conversation."""
        (only,) = await self.conversations()
        return str(only["id"])

    async def messages(self) -> list[dict[str, Any]]:
        """The messages of all conversations, the oldest of each first."""
        found: list[dict[str, Any]] = []
        for conversation in await self.conversations():
            path = f"/v1/conversations/{conversation['id']}/messages"
            found += (await self.desk.owner.get(path))["items"]
        return found

    async def message(self, message_id: str) -> dict[str, Any]:
        """One message, as the desk shows it."""
        found: dict[str, Any] = await self.desk.owner.get(f"/v1/messages/{message_id}")
        return found

    async def has(self, count: int) -> list[dict[str, Any]]:
        """Wait until there are so many messages, and nothing is under way."""

        async def enough() -> bool:
            return self.provider.hooks.underway == 0 and len(await self.messages()) >= count

        await until(enough, seconds=30, what=f"{count} messages")
        return await self.messages()

    async def say(self, **content: Any) -> str:
        """The agent answers; the id of the message."""
        path = f"/v1/conversations/{await self.conversation()}/messages"
        return str((await self.desk.owner.post(path, {"content": content}))["id"])

    async def reaches(self, message_id: str, status: str) -> dict[str, Any]:
        """Wait until a message stands so, or further: a quick provider has more to tell before we look."""
        enough = _STEPS[_STEPS.index(status) :] if status in _STEPS else (status,)

        async def stands() -> bool:
            return (await self.message(message_id))["status"] in enough

        await until(stands, seconds=30, what=status)
        return await self.message(message_id)


@asynccontextmanager
async def beside(
    simulator: Simulator, url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[RunningDesk, str]]:
    """A desk whose inboxes talk to this simulator, and where that is."""
    async with serve(simulator) as origin:
        monkeypatch.setattr(container, "Inboxes", inboxes_at(origin))
        async with running_desk(url, folder) as desk:
            yield desk, origin
