"""The demo finds its simulators in the registry, and gives each of them an inbox once."""

from pathlib import Path
from uuid import UUID

import pytest

from frontdesk.domain.scope import system_scope
from frontdesk.runtime import simulators
from frontdesk.runtime.demo import OWNER, Demo
from frontdesk.runtime.settings import Settings
from frontdesk.store import inboxes, users
from frontdesk.store.engine import Store
from frontdesk.store.tx import ReadTx

SHIPPED = dict(simulators._SHIPPED)


async def prepared(store: Store, folder: Path) -> list[tuple[str, str | None, UUID]]:
    """The inboxes after a start: channel, origin, id."""
    demo = Demo(Settings(data_dir=folder), store, 8000)
    await demo.prepare()
    async with demo.running():
        pass

    def read(tx: ReadTx) -> list[tuple[str, str | None, UUID]]:
        owner = users.by_email(tx, OWNER)
        assert owner is not None
        rows = inboxes.page(tx, system_scope(owner.account_id), UUID(int=0), 100)
        return [(row.channel, row.simulated_origin, row.id) for row in rows]

    return await store.read(read)


async def test_a_demo_that_exists_gets_the_inboxes_it_lacks(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulators, "_SHIPPED", {})
    before = await prepared(store, tmp_path)
    assert [channel for channel, _, _ in before] == ["webchat"]
    monkeypatch.setattr(simulators, "_SHIPPED", SHIPPED)
    after = await prepared(store, tmp_path)
    assert {f"simulators/{slug}" for slug in SHIPPED} <= {origin for _, origin, _ in after}
    assert before[0] in after
    assert await prepared(store, tmp_path) == after


async def test_every_simulator_has_its_slug_and_an_inbox(tmp_path: Path) -> None:
    """Each part of the demo is what the registry says."""
    for slug, part in zip(SHIPPED, simulators.load(tmp_path), strict=True):
        async with part.simulator.running():
            assert part.simulator.slug == slug
            assert part.simulator.name
            assert part.inboxes()
            assert "text" in part.simulator.abilities.kinds
