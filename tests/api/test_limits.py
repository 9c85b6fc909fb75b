"""Rate limits and their headers (M-13, refusal 56)."""

from pathlib import Path

from frontdesk.kit.ids import uuid7
from frontdesk.runtime.settings import LimitSettings
from tests.api.routes import operations
from tests.desk import RunningDesk, running_desk

HEADERS = {"ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"}


async def test_each_caller_has_a_limit_of_its_own(sqlite_url: str, tmp_path: Path) -> None:
    limits = LimitSettings(requests_per_minute=5, requests_per_minute_per_address=8)
    async with running_desk(sqlite_url, tmp_path, limits=limits, workers=False) as desk:
        answers = [await desk.http.get("/v1/account") for _ in range(7)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
        left = [answer.headers["ratelimit-remaining"] for answer in answers]
        assert left == ["4", "3", "2", "1", "0", "0", "0"]
        assert {answer.headers["ratelimit-limit"] for answer in answers} == {"5"}
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert int(answers[-1].headers["ratelimit-reset"]) >= 1
        other = desk.client(await desk.owner.api_token())
        assert (await other.get("/v1/account")).status_code == 200


async def test_m_13_every_write_tells_what_is_left(desk: RunningDesk) -> None:
    """A refused one too, on lean and on ordinary routes and on those of visitors."""
    inbox = await desk.owner.inbox("webchat", "Chat")
    visitor = desk.client(await desk.owner.visitor(inbox["id"]))
    writes = [each for each in operations() if each.is_write and each.security]
    silent = set()
    for each in writes:
        client = visitor if "/widget/" in each.path else desk.http
        path = each.at(**{name: str(uuid7()) for name in each.parameters})
        answer = await client.request(each.method, path, json={})
        assert answer.status_code != 401, each
        if not set(answer.headers) >= HEADERS:
            silent.add((str(each), answer.status_code))
    assert len(writes) > 40
    assert silent == set()


async def test_strangers_share_the_limit_of_their_address(sqlite_url: str, tmp_path: Path) -> None:
    """Refusal 33: another X-Forwarded-For in each request gives nobody another limit."""
    limits = LimitSettings(requests_per_minute=5, requests_per_minute_per_address=8)
    async with running_desk(sqlite_url, tmp_path, limits=limits, workers=False) as desk:
        spoofs = [{"X-Forwarded-For": f"203.0.113.{n}", "Authorization": f"Bearer fd_{n}"} for n in range(10)]
        statuses = [(await desk.client().get("/v1/account", headers=each)).status_code for each in spoofs]
        assert statuses == [401] * 8 + [429] * 2
        assert (await desk.http.get("/v1/account")).status_code == 200
