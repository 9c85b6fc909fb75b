"""A short seeded sample of the siege: nothing acknowledged is lost, doubled, moved or out of order."""

from pathlib import Path

import pytest

from tests.torture.siege import besiege

KILLS = 20


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [20261121])
async def test_g1_g3_g4_g5_g6_killed_twenty_times_under_load(
    database_url: str, tmp_path: Path, seed: int
) -> None:
    verdict = await besiege(tmp_path, database_url, kills=KILLS, seed=seed)
    assert verdict.faults == {}
    assert verdict.kills >= KILLS
    assert verdict.acknowledged > 200
