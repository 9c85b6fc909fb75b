"""Mails that answer nothing, through the whole desk: their subject, who gets them, and how to leave."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from tests.contract.test_email_against_simulator import Line, by_sendgrid, by_smtp
from tests.desk import until

Way = Callable[[str, Path, pytest.MonkeyPatch], AbstractAsyncContextManager[Line]]
TEXT = {"kind": "text", "body": "Your bicycle is ready and waits for you at the shop in the Rue du Port."}


@pytest.mark.parametrize("way", [by_sendgrid, by_smtp], ids=["sendgrid", "smtp"])
async def test_s2_04_a_notification_says_what_it_is_about_and_how_to_leave(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    """S2-04: the subject is made of its first words; the next keeps it, an answer joins both."""
    async with way(sqlite_url, tmp_path, monkeypatch) as line:
        line.desk.container.desk.leaving._base = "https://desk.example"
        to = {"to": line.phone.id, "from": "E-mail"}
        for content in (TEXT, {"kind": "text", "body": "And a bell."}):
            made = await line.desk.owner.post("/v1/messages", {**to, "content": content})
            await line.reaches(made["id"], "sent")

        async def both() -> bool:
            return len(line.came) == 2

        await until(both, seconds=30, what="both mails")
        title = "Notification: Your bicycle is ready and waits for you at the shop in the…"
        assert [each.body["subject"] for each in line.came] == [title, f"Re: {title}"]
        assert line.came[1].body["references"] == [line.came[0].body["message_id"]]
        await line.does(type="text", text="On Friday!", reply_to=line.came[1].id)
        told = await line.has(3)
        assert len(await line.conversations()) == 1
        assert told[2]["content"]["text"].startswith("On Friday!")
        heads = [str(each.facts["head"]) for each in line.came]
        assert ["List-Unsubscribe-Post: List-Unsubscribe=One-Click" in each for each in heads] == [True, True]
        assert all("https://desk.example/leave/" in each for each in heads)
