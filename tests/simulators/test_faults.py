"""Trouble on demand: each fault does what it says, over a real connection, and the ledger tells the truth."""

import asyncio
import json
from typing import Any

import pytest

from frontdesk.kit.http import OutcomeUnknown
from tests.kit.scripted_server import scripted
from tests.simulators.conftest import NORA, NUMBER, SECRET, Inbox, World, is_signed, until


async def test_rate_limits_server_errors_and_codes_take_nothing(world: World) -> None:
    for kind, more, status, code, retry_after in (
        ("rate_limit", {"seconds": 3}, 429, 130429, "3"),
        ("rate_limit", {"status": 400}, 400, 130429, "8"),
        ("server_error", {}, 503, 2, None),
        ("server_error", {"status": 502}, 502, 2, None),
        ("error", {"code": 131031}, 403, 131031, None),
        ("error", {"code": 190}, 401, 190, None),
    ):
        await world.set_fault(kind, count=1, **more)
        response = await world.send(type="text", text={"body": "x"})
        assert (response.status_code, response.json()["error"]["code"]) == (status, code)
        assert response.headers.get("retry-after") == retry_after
    assert (await world.ledger())["sends"] == []
    await world.send_text()
    assert len((await world.ledger())["sends"]) == 1


async def test_a_cut_before_the_send_takes_nothing(world: World) -> None:
    await world.set_fault("reset", count=1)
    with pytest.raises(OutcomeUnknown):
        await world.send_text()
    assert (await world.ledger())["sends"] == []
    assert await world.send_text()


@pytest.mark.parametrize("kind", ["accept_reset", "accept_timeout"])
async def test_a_taken_send_without_an_answer_reaches_the_phone(world: World, kind: str) -> None:
    """G7: the phone has the message, the sender cannot know."""
    await world.set_fault(kind, count=1)
    body = {"messaging_product": "whatsapp", "to": NORA, "type": "text", "text": {"body": "lost answer"}}
    with pytest.raises(OutcomeUnknown):
        await world.graph("POST", f"{NUMBER}/messages", body, timeout_seconds=1)
    sends = (await world.ledger())["sends"]
    assert [send["answer"] for send in sends] == [kind]
    await until(lambda: len(world.simulator.state.phone(NORA).messages) == 1)
    assert (await world.phone_messages())[0]["text_shown"] == "lost answer"
    await until(lambda: world.inbox.statuses_of(sends[0]["id"]) == ["sent", "delivered"])


async def test_a_taken_send_can_be_answered_with_500(world: World) -> None:
    await world.set_fault("accept_error", count=1)
    response = await world.send(type="text", text={"body": "x"})
    assert (response.status_code, response.json()["error"]["code"]) == (500, 131000)
    sends = (await world.ledger())["sends"]
    await until(lambda: world.inbox.statuses_of(sends[0]["id"]) == ["sent", "delivered"])


async def test_the_cut_is_a_true_reset(world: World) -> None:
    """The client sees ECONNRESET, not a polite end."""
    await world.set_fault("accept_reset", count=1)
    host, port = world.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    body = json.dumps(
        {"messaging_product": "whatsapp", "to": NORA, "type": "text", "text": {"body": "x"}}
    ).encode()
    head = f"POST /v23.0/{NUMBER}/messages HTTP/1.1\r\nhost: a\r\nauthorization: Bearer EAAG-token\r\n"
    writer.write(head.encode() + b"content-length: %d\r\n\r\n" % len(body) + body)
    with pytest.raises(ConnectionResetError):
        await reader.read()
    writer.close()
    assert len((await world.ledger())["sends"]) == 1


async def test_slow_is_slow_and_then_right(world: World) -> None:
    await world.set_fault("slow", count=1, seconds=0.3)
    started = asyncio.get_running_loop().time()
    await world.send_text()
    assert asyncio.get_running_loop().time() - started >= 0.3


async def test_the_status_can_come_before_the_answer(world: World) -> None:
    """G8: the hook has heard `sent` and `delivered` when the send is answered."""
    await world.set_fault("status_first", count=1)
    wamid = await world.send_text()
    assert world.inbox.statuses_of(wamid)[:1] == ["sent"]


async def test_a_send_can_fail_later(world: World) -> None:
    await world.set_fault("fail_later", count=1, code=131049)
    wamid = await world.send_text()
    await until(lambda: world.inbox.statuses_of(wamid) == ["failed"])
    status = world.inbox.values()[0]["statuses"][0]
    assert status["errors"][0]["code"] == 131049
    assert status["errors"][0]["title"].startswith("This message was not delivered")
    assert "pricing" not in status


async def test_files_can_be_spoilt_both_ways(world: World) -> None:
    upload: dict[str, Any] = {
        "data": {"messaging_product": "whatsapp"},
        "files": {"file": ("a.png", b"1", "image/png")},
    }
    await world.set_fault("upload_error", count=1)
    response = await world.graph("POST", f"{NUMBER}/media", **upload)
    assert (response.status_code, response.json()["error"]["code"]) == (400, 131053)
    media_id = (await world.graph("POST", f"{NUMBER}/media", **upload)).json()["id"]
    url = (await world.graph("GET", media_id)).json()["url"]
    await world.set_fault("download_error", count=1, status=502)
    token = {"Authorization": "Bearer EAAG-token"}
    assert (await world.http.request("GET", url, headers=token)).status_code == 502
    assert (await world.http.request("GET", url, headers=token)).content == b"1"


async def test_hooks_arrive_twice(world: World) -> None:
    """G3: the same bytes again."""
    await world.set_fault("hook_duplicate", count=1)
    await world.write(type="text", text="twice")
    await until(lambda: len(world.inbox.posts) == 2)
    assert world.inbox.posts[0].body == world.inbox.posts[1].body


async def test_hooks_arrive_twice_at_once(world: World) -> None:
    world.inbox.delay = 0.1
    await world.set_fault("hook_concurrent", count=1)
    await world.write(type="text", text="twice")
    await until(lambda: len(world.inbox.posts) == 2)
    first, second = world.inbox.posts
    assert first.body == second.body
    started = [hook.at for hook in world.simulator.state.hooks]
    assert (started[1] - started[0]).total_seconds() < 0.1


async def test_hooks_arrive_in_the_wrong_order(world: World) -> None:
    await world.set_fault("hook_reorder", count=1)
    await world.write(type="text", text="one")
    await world.write(type="text", text="two")
    await world.write(type="text", text="three")
    await until(lambda: len(world.inbox.messages()) == 3)
    assert [message["text"]["body"] for message in world.inbox.messages()] == ["two", "one", "three"]


async def test_a_lone_hook_is_not_held_for_ever_by_reordering(world: World) -> None:
    await world.set_fault("hook_reorder")
    await world.write(type="text", text="alone")
    await until(lambda: len(world.inbox.messages()) == 1)


@pytest.mark.parametrize("shape", ["entries", "changes", "values"])
async def test_many_hooks_in_one_request(world: World, shape: str) -> None:
    await world.set_fault("hook_batch", count=1, size=5, shape=shape)
    for number in range(6):
        await world.write(type="text", text=str(number))
    await until(lambda: len(world.inbox.messages()) == 6)
    assert [message["text"]["body"] for message in world.inbox.messages()] == ["0", "1", "2", "3", "4", "5"]
    body = world.inbox.bodies()[0]
    counts = (
        len(body["entry"]),
        len(body["entry"][0]["changes"]),
        len(body["entry"][0]["changes"][0]["value"]["messages"]),
    )
    assert counts == {"entries": (5, 1, 1), "changes": (1, 5, 1), "values": (1, 1, 5)}[shape]


async def test_hooks_come_late(world: World) -> None:
    await world.set_fault("hook_delay", count=1, seconds=0.3)
    started = asyncio.get_running_loop().time()
    await world.write(type="text", text="late")
    await until(lambda: len(world.inbox.messages()) == 1)
    assert asyncio.get_running_loop().time() - started >= 0.3


async def test_a_wrongly_signed_hook_comes_before_the_right_one(world: World) -> None:
    """Refusal 31."""
    await world.set_fault("hook_bad_signature", count=1)
    await world.write(type="text", text="x")
    await until(lambda: len(world.inbox.posts) == 2)
    assert [is_signed(post) for post in world.inbox.posts] == [False, True]
    assert world.inbox.posts[0].body == world.inbox.posts[1].body
    await until(lambda: world.simulator.hooks.underway == 0)
    hooks = (await world.ledger())["hooks"]
    assert [(hook["is_signed_well"], hook["status"]) for hook in hooks] == [(False, 401), (True, 200)]


async def test_a_refused_hook_comes_again_until_it_is_taken(world: World) -> None:
    world.inbox.statuses = [500, 503, 404]
    await world.write(type="text", text="persistent")
    await until(lambda: world.simulator.state.phone(NORA).messages[0].status == "delivered")
    hooks = (await world.ledger())["hooks"]
    assert [(hook["attempt"], hook["status"]) for hook in hooks] == [(1, 500), (2, 503), (3, 404), (4, 200)]
    assert len({hook["body_sha256"] for hook in hooks}) == 1


async def test_a_refused_hook_does_not_hold_up_the_next(world: World) -> None:
    world.inbox.statuses = [500]
    await world.write(type="text", text="first")
    await world.write(type="text", text="second")
    await until(lambda: len(world.inbox.messages()) == 3)
    assert [message["text"]["body"] for message in world.inbox.messages()] == ["first", "second", "first"]


async def test_tries_end_some_day(world: World) -> None:
    world.inbox.statuses = [500] * 50
    await world.write(type="text", text="hopeless")
    await until(lambda: world.simulator.hooks.given_up == 1)
    assert len(world.inbox.posts) == 5
    health = (await world.play("GET", "health")).json()
    assert (health["status"], health["hooks"]["given_up"], health["hooks"]["underway"]) == ("ok", 1, 0)
    assert (await world.phone_messages())[0]["status"] == "sent"


async def test_while_nobody_answers_order_is_kept(world: World) -> None:
    """A desk that is down and comes back hears everything, each phone's in order."""
    world.simulator.hooks._retry_seconds = (0.02,) * 100
    business = world.simulator.state.businesses[NUMBER]
    away = Inbox()
    async with scripted(away.script) as server:
        port = server.port
    business.hook_url = f"http://127.0.0.1:{port}/hook"
    for number in range(5):
        await world.write(type="text", text=str(number))
    await until(lambda: world.simulator.state.hook_count >= 3)
    assert world.inbox.server is not None
    business.hook_url = f"{world.inbox.server.origin}/hook"
    await until(lambda: len(world.inbox.messages()) == 5)
    assert [message["text"]["body"] for message in world.inbox.messages()] == ["0", "1", "2", "3", "4"]
    errors = [hook["error"] for hook in (await world.ledger())["hooks"] if hook["error"]]
    assert set(errors) == {"ConnectFailed"}


async def test_faults_hit_whom_they_name_and_as_often_as_they_say(world: World) -> None:
    world.simulator.add_phone("447700900143", "Tom").last_written[NUMBER] = world.simulator.state.now()
    await world.set_fault("server_error", phone=NORA, after=1, count=2)
    answers = [(await world.send(type="text", text={"body": "x"})).status_code for _ in range(5)]
    assert answers == [200, 503, 503, 200, 200]
    await world.set_fault("server_error", phone=NORA)
    assert (await world.send("447700900143", type="text", text={"body": "x"})).status_code == 200
    await world.set_fault("server_error", business="999")
    assert (await world.send(type="text", text={"body": "x"})).status_code == 200
    await world.set_fault("server_error", probability=0.5, seed=4)
    first = [(await world.send(type="text", text={"body": "x"})).status_code for _ in range(20)]
    hits = (await world.play("GET", "faults")).json()["faults"][0]["hits"]
    assert 0 < first.count(503) == hits < 20
    await world.set_fault("server_error", probability=0.5, seed=4)
    assert [(await world.send(type="text", text={"body": "x"})).status_code for _ in range(20)] == first
    assert (await world.play("DELETE", "faults")).json()["faults"] == []
    assert (await world.send(type="text", text={"body": "x"})).status_code == 200


async def test_marks_meet_no_fault(world: World) -> None:
    message_id = await world.write(type="text", text="x")
    await world.set_fault("server_error", count=1)
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
    assert (await world.graph("POST", f"{NUMBER}/messages", body)).status_code == 200


async def test_the_secret_is_never_shown(world: World) -> None:
    for path in ("health", "phones", "ledger", "faults", "settings"):
        text = (await world.play("GET", path)).text
        assert SECRET not in text
        assert "EAAG-token" not in text
