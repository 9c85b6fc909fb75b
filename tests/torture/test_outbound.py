"""The desk is killed while it sends: nothing leaves twice, nothing is lost in silence, the order is kept."""

from pathlib import Path

import pytest

from tests.torture.outbound import besiege_outbound

KILLS = 10


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [20261121])
async def test_g7_s2_14_killed_ten_times_while_sending(database_url: str, tmp_path: Path, seed: int) -> None:
    verdict = await besiege_outbound(tmp_path, database_url, kills=KILLS, seed=seed)
    assert verdict.faults == {}, verdict.where
    assert verdict.kills >= KILLS
    assert verdict.acknowledged > KILLS * 6
    assert verdict.accepted > verdict.acknowledged * 0.8
    assert verdict.proven > 0
