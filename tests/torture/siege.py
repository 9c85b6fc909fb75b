"""One run: load from all sides, seeded kills, then the verdict."""

import asyncio
import random
from pathlib import Path

from tests.torture.ledger import Ledger
from tests.torture.load import Load
from tests.torture.office import open_office
from tests.torture.verdict import Verdict, judge
from tests.torture.victim import Victim

LEAST = 11
"""So many calls are acknowledged before each kill."""


async def besiege(folder: Path, database_url: str, *, kills: int, seed: int) -> Verdict:
    """Kill the desk that many times under load, at moments given by the seed, and count what it lost."""
    chance = random.Random(seed)
    victim, ledger = Victim(folder, database_url), Ledger(folder / "ledger.jsonl")
    try:
        await asyncio.to_thread(victim.start)
        office = await open_office(victim.url)
        load = Load(office, ledger, seed)
        async with asyncio.TaskGroup() as group:
            group.create_task(load.run())
            for _ in range(kills):
                await ledger.until_more(LEAST)  # however slow the machine is
                await asyncio.sleep(chance.uniform(0.05, 0.6))
                await asyncio.to_thread(victim.kill)
                await asyncio.to_thread(victim.start)
            await asyncio.sleep(0.3)
            load.running = False
        return await judge(office, ledger, kills=victim.kills)
    finally:
        victim.kill()
        ledger.close()
