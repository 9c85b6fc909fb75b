"""Two inboxes of ours write to each other, with a program behind each that answers all it gets."""

from pathlib import Path
from typing import Any

import pytest

from frontdesk.simulators.email import verification_key
from tests.contract.test_email_against_simulator import BY_SENDGRID, INBOUND_KEY, Line, by_sendgrid
from tests.desk import Tenant, until

SHOP, SHOP_KEY = "shop@rill.example", "SG.shop"
BY_SHOP = {
    **BY_SENDGRID,
    "address": SHOP,
    "sendgrid_api_key": SHOP_KEY,
    "sendgrid_event_key": verification_key(SHOP_KEY),
}
ANSWER = {"content": {"kind": "text", "body": "We read it soon."}, "author": {"type": "bot"}}


class Program:
    """Answers what was not answered yet, in every conversation of an account."""

    def __init__(self, line: Line, tenant: Tenant) -> None:
        self._line, self._tenant = line, tenant
        self._seen: set[str] = set()
        self.answers: list[str] = []

    async def work(self) -> int:
        """Answer each message that came; says how many there were."""
        http = self._line.desk.client(await self._tenant.api_token())
        fresh = [each for each in await self.messages() if each["id"] not in self._seen]
        for message in fresh:
            self._seen.add(message["id"])
            path = f"/v1/conversations/{message['conversation_id']}/messages"
            made = await http.post(path, json=ANSWER)
            assert made.status_code == 201, made.text
            self.answers.append(made.json()["id"])
        return len(fresh)

    async def messages(self) -> list[dict[str, Any]]:
        """What came."""
        found: list[dict[str, Any]] = []
        for conversation in (await self._tenant.get("/v1/conversations"))["items"]:
            path = f"/v1/conversations/{conversation['id']}/messages"
            found += (await self._tenant.get(path))["items"]
        return [each for each in found if each["direction"] == "incoming"]

    async def ends(self) -> list[str]:
        """How the answers stand, when none is under way: a status, or the code of what forbade them."""

        async def shown() -> list[dict[str, Any]] | None:
            found = [await self._tenant.get(f"/v1/messages/{each}") for each in self.answers]
            return None if any(each["status"] in ("queued", "sending") for each in found) else [{}, *found]

        _, *found = await until(shown, seconds=30, what="the answers")
        return [each["failure"]["code"] if each["failure"] else "sent" for each in found]


async def until_quiet(line: Line, *programs: Program) -> None:
    """Let them talk until nobody has anything to answer; a loop would never end."""
    for _ in range(10):
        worked = sum([await program.work() for program in programs])
        for program in programs:
            await program.ends()

        async def all_came() -> bool:
            came = sum([len(await program.messages()) for program in programs])
            return came == len(line.provider.state.sends)

        await until(all_came, seconds=30, what="the mails")
        if not worked:
            return
    raise AssertionError("they answer each other without end")


async def begin(line: Line, program: Program) -> None:
    """Somebody of help@ writes to shop@; wait until it came."""
    made = {
        "to": SHOP,
        "from": "E-mail",
        "content": {"kind": "email", "subject": "Stock", "text": "Any left?"},
    }
    await line.desk.owner.post("/v1/messages", made)
    await until(program.messages, seconds=30, what="the mail")


async def test_refusal_57_two_inboxes_of_one_account_never_answer_each_other(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with by_sendgrid(sqlite_url, tmp_path / "data", monkeypatch) as line:
        owner = line.desk.owner
        other = await owner.inbox("email", "Shop", BY_SHOP)
        line.provider.register(SHOP, "Rill Shop", other["hook_url"], SHOP_KEY, INBOUND_KEY)
        program = Program(line, owner)
        await begin(line, program)
        await until_quiet(line, program)
        assert await program.ends() == ["automatic_to_own_inbox"]
        assert len(line.provider.state.sends) == 1


async def test_refusal_57_inboxes_of_two_accounts_end_after_one_answer(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer says that a machine wrote it, and the other side knows it by that."""
    async with by_sendgrid(sqlite_url, tmp_path / "data", monkeypatch) as line:
        shop = await line.desk.tenant("Shop")
        inbox = await shop.inbox("email", "Shop", BY_SHOP)
        line.provider.register(SHOP, "Rill Shop", inbox["hook_url"], SHOP_KEY, INBOUND_KEY)
        programs = Program(line, line.desk.owner), Program(line, shop)
        await begin(line, programs[1])
        await until_quiet(line, *programs)
        assert [await each.ends() for each in programs] == [["automatic_to_machine"], ["sent"]]
        [asked] = await programs[1].messages()
        [answered] = await programs[0].messages()
        assert (asked["context"], answered["context"]) == ({}, {"by_machine": True})
        assert len(line.provider.state.sends) == 2
