"""The base alone makes a provider: hooks, statuses, faults, journal and play API come with it."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from frontdesk.kit.http import HttpClient, OutcomeUnknown
from frontdesk.simulators.base import serve
from tests.kit.scripted_server import ScriptedServer, Seen, answer, scripted
from tests.simulators.conftest import until
from tests.simulators.letters import SECRET, TOKEN, House, Letters

HOUSE = "1-high-street"


@dataclass
class Street:
    """A served provider with one house, and what its hook heard."""

    letters: Letters
    url: str
    http: HttpClient
    hook: ScriptedServer

    async def send(self, words: str = "Hello", to: str = HOUSE, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        body = {"to": to, "words": words}
        return await self.http.request("POST", f"{self.url}/letters", json=body, headers=headers, **more)

    async def play(self, method: str, path: str, body: Any = None) -> Any:
        return await self.http.request(method, f"{self.url}/play/{path}", json=body)

    def heard(self) -> list[dict[str, Any]]:
        return [json.loads(seen.body) for seen in self.hook.seen if is_signed(seen)]


def is_signed(seen: Seen) -> bool:
    return seen.headers["x-letters"] == hmac.new(SECRET.encode(), seen.body, hashlib.sha256).hexdigest()


@asynccontextmanager
async def street(journal: Path | None = None, statuses: list[int] | None = None) -> AsyncIterator[Street]:
    answers = statuses or []

    async def hook(seen: Seen, writer: Any) -> None:
        await answer(answers.pop(0) if answers else 204)(seen, writer)

    letters = Letters(journal=journal)
    letters.state.keep_phone(House(HOUSE, "Ida"))
    async with scripted(hook) as server:
        letters.register(f"{server.origin}/hook")
        async with serve(letters) as url, HttpClient.for_origin(url) as http:
            yield Street(letters, url, http, server)


async def test_a_letter_goes_out_and_each_step_is_told() -> None:
    """Sent, delivered, read: each a hook in order; any 2xx takes it."""
    async with street() as here:
        sent = (await here.send()).json()["id"]
        await until(lambda: len(here.heard()) == 2)
        assert (await here.play("POST", f"phones/{HOUSE}/read", {})).json() == {"read": 1}
        await until(lambda: len(here.heard()) == 3)
        assert [(told["letter"], told["is"]) for told in here.heard()] == [
            (sent, "sent"),
            (sent, "delivered"),
            (sent, "read"),
        ]
        shown = (await here.play("GET", f"phones/{HOUSE}")).json()
        assert (shown["messages"][0]["look"]["text"], shown["has_a_dog"]) == ("Hello", False)
        assert (await here.send(to="2-high-street")).status_code == 404


async def test_a_house_writes_and_a_refused_hook_says_which_try_it_is() -> None:
    async with street(statuses=[500, 410]) as here:
        path = f"phones/{HOUSE}/messages"
        written = (await here.play("POST", path, {"type": "image", "caption": "My bike"})).json()["id"]
        await until(lambda: here.letters.state.phone(HOUSE).messages[0].status == "delivered")
        tries = [seen.headers["x-try"] for seen in here.hook.seen]
        assert tries == ["1 after None", "2 after 500", "3 after 410"]
        assert {told["id"] for told in here.heard()} == {written}
        (file,) = (await here.play("GET", f"phones/{HOUSE}")).json()["messages"][0]["look"]["files"]
        assert (await here.play("GET", f"media/{file['id']}")).content.startswith(b"\x89PNG")
        refused = await here.play("POST", path, {"type": "revoke", "message_id": written})
        assert (refused.status_code, refused.json()["detail"]) == (422, "A letter that is posted is posted.")


async def test_faults_are_those_that_the_provider_has() -> None:
    """G7, refusal 31: a lost answer, a late failure, a wrong signature; an unknown kind is refused."""
    async with street() as here:
        kinds = {each["kind"] for each in (await here.play("GET", "faults")).json()["kinds"]}
        assert "hook_batch" not in kinds
        batch = {"faults": [{"kind": "hook_batch"}]}
        assert (await here.play("PUT", "faults", batch)).status_code == 400
        rules = [
            {"kind": "server_error", "count": 1, "status": 502},
            {"kind": "accept_reset", "count": 1},
            {"kind": "hook_bad_signature", "count": 1},
        ]
        await here.play("PUT", "faults", {"faults": rules})
        assert (await here.send()).status_code == 502
        with pytest.raises(OutcomeUnknown):
            await here.send("lost")
        await until(lambda: len(here.heard()) == 2)
        assert [is_signed(seen) for seen in here.hook.seen] == [False, True, True]
        await here.play("PUT", "faults", {"faults": [{"kind": "fail_later", "count": 1}]})
        failed = (await here.send("later")).json()["id"]
        await until(lambda: len(here.heard()) == 3)
        assert here.heard()[-1] == {"letter": failed, "is": "failed", "error": {"title": "Lost"}}
        sends = (await here.play("GET", "ledger")).json()["sends"]
        assert [(send["to"], send["answer"]) for send in sends] == [(HOUSE, "accept_reset"), (HOUSE, "200")]


async def test_a_providers_own_fields_outlive_the_process(tmp_path: Path) -> None:
    async with street(tmp_path) as here:
        await here.play("PATCH", f"phones/{HOUSE}", {"has_a_dog": True, "is_online": False})
        sent = (await here.send("waits")).json()["id"]
        await until(lambda: len(here.heard()) == 1)
    async with street(tmp_path) as here:
        house = here.letters.state.phone(HOUSE)
        assert (house.has_a_dog, house.is_online, house.messages[0].id) == (True, False, sent)
        await here.play("PATCH", f"phones/{HOUSE}", {"is_online": True})
        await until(lambda: [told["is"] for told in here.heard()] == ["delivered"])


async def test_a_journal_of_an_earlier_version_is_put_aside(tmp_path: Path) -> None:
    old = b'{"kind":"phone","wa_id":"1","name":"x"}\n'
    (tmp_path / "journal.jsonl").write_bytes(old)
    async with street(tmp_path) as here:
        assert list(here.letters.state.phones) == [HOUSE]
    assert (tmp_path / "journal.old").read_bytes() == old
