"""Names are asked for once, in bounded time; a provider that does not tell them holds nobody up."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from frontdesk.domain.content import Text
from frontdesk.domain.inbound import Address, MessageReceived, Party
from frontdesk.domain.message import Direction
from frontdesk.features.conversations.receive import Arrived
from frontdesk.features.ingest import names as module
from frontdesk.features.ingest.names import Names, named
from frontdesk.ports.channel import PeopleUnavailable

NORA, OLAF = Address("slack", "T/U0NORA"), Address("slack", "T/U0OLAF")


@dataclass
class Directory:
    """A channel that knows Nora; it counts who was asked for."""

    asked: list[Address] = field(default_factory=list)
    trouble: Exception | None = None
    is_mute: bool = False

    async def name_of(self, address: Address, connection: Any) -> str | None:
        self.asked.append(address)
        if self.is_mute:
            await asyncio.Event().wait()
        if self.trouble is not None:
            raise self.trouble
        return "Nora Vidal" if address == NORA else None


@dataclass
class Asking:
    """Names with a clock of ours."""

    channel: Any
    now: float = 1.0

    def __post_init__(self) -> None:
        self.names = Names(lambda: self.now)

    async def of(self, *events: MessageReceived) -> dict[Address, str]:
        opened: Any = SimpleNamespace(
            channel=self.channel, connection=None, row=SimpleNamespace(id=UUID(int=1))
        )
        return dict(await self.names.of(opened, events))


def wrote(address: Address = NORA, **more: Any) -> MessageReceived:
    party = more.pop("party", Party((address,)))
    return MessageReceived(party=party, thread_key="t", content=Text(body="Hi"), source_id="m", **more)


async def test_a_name_is_asked_for_once_and_again_much_later() -> None:
    asking = Asking(Directory())
    event = wrote()
    assert await asking.of(event, event, wrote(OLAF)) == {NORA: "Nora Vidal"}
    (given,) = named([Arrived(UUID(int=2), event)], {NORA: "Nora Vidal"})
    assert (given.id, given.event.party.name) == (UUID(int=2), "Nora Vidal")  # type: ignore[union-attr]
    assert await asking.of(wrote(), wrote(OLAF)) == {NORA: "Nora Vidal"}
    assert sorted(asking.channel.asked, key=str) == [NORA, OLAF]
    asking.now += module.NAMELESS_SECONDS
    await asking.of(wrote(), wrote(OLAF))
    assert asking.channel.asked.count(OLAF) == 2
    asking.now += module.KNOWN_SECONDS
    await asking.of(wrote())
    assert asking.channel.asked.count(NORA) == 2


async def test_nobody_is_asked_for_who_is_named_or_is_one_of_us() -> None:
    asking = Asking(Directory())
    told = wrote(party=Party((NORA,), "Nora"))
    assert await asking.of(told, wrote(direction=Direction.OUTGOING)) == {}
    assert asking.channel.asked == []
    assert await Asking(object()).of(wrote()) == {}


@pytest.mark.parametrize("trouble", [PeopleUnavailable("missing_scope"), None], ids=["refused", "mute"])
async def test_a_provider_that_does_not_tell_is_left_alone_for_a_while(
    monkeypatch: pytest.MonkeyPatch, trouble: Exception | None
) -> None:
    monkeypatch.setattr(module, "ASK_SECONDS", 0.05)
    asking = Asking(Directory(trouble=trouble, is_mute=trouble is None))
    assert await asking.of(wrote()) == {}
    assert await asking.of(wrote(), wrote(OLAF)) == {}
    assert asking.channel.asked == [NORA]
    asking.channel.trouble, asking.channel.is_mute = None, False
    asking.now += module.PAUSE_SECONDS
    assert await asking.of(wrote()) == {NORA: "Nora Vidal"}


async def test_a_mistake_of_ours_is_not_hidden() -> None:
    with pytest.raises(ExceptionGroup):
        await Asking(Directory(trouble=KeyError("x"))).of(wrote())
