"""SendGrid's own SDK against the simulator, and its verifier over the events we sign."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest
from python_http_client.exceptions import HTTPError  # type: ignore[import-untyped]
from sendgrid import SendGridAPIClient  # type: ignore[import-untyped]
from sendgrid.helpers import mail as m  # type: ignore[import-untyped]
from sendgrid.helpers.eventwebhook import EventWebhook  # type: ignore[import-untyped]

from frontdesk.simulators.base import Fault, FaultKind, Look
from frontdesk.simulators.email import MailSimulator, serve, verification_key
from frontdesk.simulators.email.errors import SendGridError
from frontdesk.simulators.email.mail_send import checked
from tests.desk import until
from tests.kit.scripted_server import ScriptedServer, Seen, answer, scripted

KEY, OURS, ANA, BEN = "SG.a-key-for-tests", "help@rill.example", "ana@mail.example", "ben@mail.example"
PIXEL = b"\x89PNG\r\n\x1a\n" + bytes(16)


class World:
    """A simulator, the vendor's client, and the server that hears its hooks."""

    def __init__(self, simulator: MailSimulator, url: str, server: ScriptedServer) -> None:
        self.simulator, self.server = simulator, server
        self.client = SendGridAPIClient(KEY, host=url)

    async def send(self, **fields: Any) -> Any:
        defaults = {
            "from_email": (OURS, "Rill"),
            "to_emails": ANA,
            "subject": "Hi",
            "plain_text_content": "Hello",
        }
        return await self.post(m.Mail(**{**defaults, **fields}))

    async def post(self, mail: Any) -> Any:
        return await asyncio.to_thread(self.client.send, mail)

    async def refused(self, body: Any) -> tuple[int, Any]:
        """Status and first error of a send that is refused."""
        with pytest.raises(HTTPError) as refused:
            await self.post(body)
        return refused.value.status_code, json.loads(refused.value.body)["errors"][0]

    async def heard(self, count: int) -> list[Seen]:
        await until(lambda: len(self.server.seen) >= count, what="the hooks")
        return list(self.server.seen)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    simulator = MailSimulator(seed=3, retry_seconds=(0.01,) * 4)
    async with scripted(answer(200, b"")) as server, serve(simulator) as url:
        simulator.register(OURS, "Rill", f"{server.origin}/hook", KEY, "a-word")
        simulator.add_phone(ANA, "Ana")
        simulator.add_phone(BEN, "Ben")
        yield World(simulator, url, server)


async def test_s3_14_the_sdk_sends_all_fields_and_each_reader_has_them(world: World) -> None:
    mail = m.Mail((OURS, "Rill"), ANA, "Order", "Hello", '<p>Hello <img src="cid:pic"></p>')
    mail.add_cc(m.Cc(BEN))
    mail.add_bcc(m.Bcc("cy@mail.example"))
    mail.reply_to = m.ReplyTo("help+token@rill.example")
    mail.add_header(m.Header("Message-ID", "<m1@rill.example>"))
    mail.add_custom_arg(m.CustomArg("delivery", "d1"))
    mail.add_attachment(m.Attachment(base64.b64encode(b"%PDF").decode(), "bill.pdf", "application/pdf"))
    mail.add_attachment(m.Attachment(base64.b64encode(PIXEL).decode(), "p.png", "image/png", "inline", "pic"))
    sent = await world.post(mail)
    assert (sent.status_code, sent.body) == (202, b"")
    state = world.simulator.state
    for address in (ANA, BEN):
        (came,) = state.phones[address].messages
        assert came.body == {
            "from": OURS, "name": "Rill", "to": [ANA], "cc": [BEN], "reply_to": "help+token@rill.example",
            "subject": "Order", "text": "Hello", "message_id": "m1@rill.example", "references": [],
            "is_automatic": False,
        }  # fmt: skip
        look = state.look(came)
        assert (look.head, look.text) == ("Order", "Hello")
        assert [(file.kind, file.filename) for file in look.files] == [("document", "bill.pdf")]
        page = state.files[look.html or ""].content.decode()
        assert f'src="data:image/png;base64,{base64.b64encode(PIXEL).decode()}"' in page
    events = [json.loads(seen.body)[0] for seen in await world.heard(5)]
    assert sorted((event["email"], event["event"]) for event in events) == [
        (ANA, "delivered"), (ANA, "processed"), (BEN, "delivered"), (BEN, "processed"),
        ("cy@mail.example", "bounce"),
    ]  # fmt: skip
    sent_id = sent.headers["X-Message-Id"]
    assert {event["sg_message_id"].split(".")[0] for event in events} == {sent_id}
    assert {event["delivery"] for event in events} == {"d1"}
    assert len({event["sg_event_id"] for event in events}) == 5


async def test_the_sdk_verifies_the_events_and_refuses_what_was_changed(world: World) -> None:
    """S3-15, refusal 31."""
    await world.send()
    verifier = EventWebhook(verification_key(KEY))
    for seen in await world.heard(2):
        signature = seen.headers["x-twilio-email-event-webhook-signature"]
        timestamp = seen.headers["x-twilio-email-event-webhook-timestamp"]
        body = seen.body.decode()
        assert verifier.verify_signature(body, signature, timestamp)
        assert not verifier.verify_signature(body.replace(ANA, BEN), signature, timestamp)
        assert not verifier.verify_signature(body, signature, str(int(timestamp) + 1))
        assert not EventWebhook(verification_key("SG.another")).verify_signature(body, signature, timestamp)


GOOD: dict[str, Any] = {
    "personalizations": [{"to": [{"email": ANA}]}],
    "from": {"email": OURS},
    "subject": "Hi",
    "content": [{"type": "text/plain", "value": "Hello"}],
}
TWICE = [{"to": [{"email": ANA}], "cc": [{"email": ANA.upper()}]}]


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"personalizations": []}, 400, "personalizations"),
        ({"personalizations": [{"to": []}]}, 400, "personalizations.0.to"),
        ({"personalizations": [{"to": [{"email": "nobody"}]}]}, 400, "personalizations.0.to.0.email"),
        ({"personalizations": TWICE}, 400, "personalizations"),
        ({"from": {}}, 400, "from.email"),
        ({"from": {"email": "boss@elsewhere.example"}}, 403, "from"),
        ({"subject": ""}, 400, "subject"),
        ({"content": []}, 400, "content"),
        ({"content": [{"type": "text/plain", "value": ""}]}, 400, "content.0.value"),
        ({"headers": {"Reply-To": "x@y.example"}}, 400, "headers.Reply-To"),
        ({"attachments": [{"filename": "a", "content": "***"}]}, 400, "attachments.0.content"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_send_is_refused_as_by_sendgrid(change: dict[str, Any], status: int, field: str) -> None:
    """S3-19."""
    with pytest.raises(SendGridError) as refused:
        checked({**GOOD, **change}, OURS)
    assert (refused.value.status, refused.value.field) == (status, field)


async def test_the_sdk_hears_of_a_refusal(world: World) -> None:
    """S3-19."""
    status, error = await world.refused({**GOOD, "from": {"email": "boss@elsewhere.example"}})
    assert (status, error["field"], error["help"]) == (403, "from", None)
    for change in ({"subject": "Hi\r\nBcc: eve@mail.example"}, {"custom_args": ["x"]}):
        assert (await world.refused({**GOOD, **change}))[0] == 400
    assert list(world.simulator.state.sends) == []


async def test_a_wrong_key_and_a_rate_limit_are_told(world: World) -> None:
    """S3-11, S3-19."""
    scopes = await asyncio.to_thread(world.client.client.scopes.get)
    assert "mail.send" in json.loads(scopes.body)["scopes"]
    world.simulator.faults.set([Fault(kind=FaultKind.RATE_LIMIT, count=1, seconds=3)])
    with pytest.raises(HTTPError) as limited:
        await world.post(GOOD)
    now = world.simulator.state.now().timestamp()
    assert limited.value.status_code == 429
    assert 0 < int(limited.value.headers["X-RateLimit-Reset"]) - now <= 4
    world.simulator.state.businesses[OURS].api_key = "SG.changed"
    status, error = await world.refused(GOOD)
    assert (status, error["message"].startswith("The provided authorization grant is invalid")) == (401, True)


@pytest.mark.parametrize("is_raw", [True, False], ids=["raw", "parsed"])
async def test_s3_16_a_mail_is_posted_whole_or_taken_apart(world: World, is_raw: bool) -> None:
    """Inbound Parse in both its forms, under the secret that stands in its address."""
    simulator = world.simulator
    business, ana = simulator.state.businesses[OURS], simulator.state.phones[ANA]
    business.is_raw = is_raw
    conduct = {"type": "document", "subject": "Bill", "caption": "See below"}
    url = world.client.host
    http = await asyncio.to_thread(_play, f"{url}/play/phones/{ANA}/messages", conduct)
    assert http == 201
    (seen,) = await world.heard(1)
    assert parse_qs(urlsplit(seen.line.split()[1]).query) == {"key": ["a-word"]}
    head = b"Content-Type: " + seen.headers["content-type"].encode() + b"\r\n\r\n"
    form: dict[str, Any] = {
        str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
        for part in message_from_bytes(head + seen.body, policy=policy.HTTP).iter_parts()
    }
    assert json.loads(form["envelope"]) == {"to": [OURS], "from": ANA}
    if is_raw:
        mail = message_from_bytes(form["email"], policy=policy.default)
        assert (mail["Subject"], [part.get_filename() for part in mail.iter_attachments()]) == (
            "Bill", ["invoice.pdf"],
        )  # fmt: skip
    else:
        assert (form["subject"], form["text"], form["attachments"]) == (b"Bill", b"See below", b"1")
        assert form["attachment1"].startswith(b"%PDF")
    assert simulator.state.look(ana.messages[0]) == Look(
        text="See below", head="Bill", files=simulator.state.look(ana.messages[0]).files
    )


def _play(url: str, body: Any) -> int:
    request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(request) as answered:
        return int(answered.status)
