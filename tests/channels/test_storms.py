"""Storms: every fixture of every channel several times and in any order, with poison between (G3, G8, G9).

Nothing comes twice, nothing is lost, and poison stops nobody.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from frontdesk.channels import api, email, messenger, slack, telegram, twilio_sms, whatsapp
from frontdesk.channels.messenger import instagram
from frontdesk.domain.errors import NotFound
from frontdesk.domain.inbound import MessageReceived
from frontdesk.features.inboxes.inboxes import OpenInbox
from frontdesk.features.ingest.reading import Reader
from frontdesk.ports.channel import Channel, RawRequest, ReadsForInbox
from frontdesk.store import inboxes, receipts
from frontdesk.store import tables as t
from frontdesk.store.engine import Store
from frontdesk.store.receipts import Receipt
from frontdesk.store.statement import Statement
from frontdesk.testing import connection_to, inbound_cases
from tests.channels.api.test_api import CONFIG as API
from tests.channels.api.test_api import MESSAGE as API_MESSAGE
from tests.channels.email.inbox import CONFIG as EMAIL
from tests.channels.email.mails import mail
from tests.channels.messenger.inbox import CONFIG as MESSENGER
from tests.channels.slack.inbox import CONFIG as SLACK
from tests.channels.slack.inbox import event_body, message
from tests.channels.telegram.inbox import CONFIG as TELEGRAM
from tests.channels.twilio_sms.inbox import CONFIG as TWILIO
from tests.channels.twilio_sms.inbox import FORM, INCOMING
from tests.channels.whatsapp.inbox import CONFIG as WHATSAPP
from tests.features.scene import Scene, until, working

HERE = Path(__file__).parent
JSON = "application/json"
TIMES = 3
Hook = tuple[bytes, str]


@dataclass(frozen=True, slots=True)
class Storm:
    """What comes to an inbox of one channel, and what cannot be read."""

    channel: Channel
    config: dict[str, Any]
    hooks: Sequence[Hook]
    poison: Hook


def fixtures(name: str) -> list[Hook]:
    """The case files of a channel, each about messages of its own where one is not about another's."""
    return [
        (case.body if _is_about_another(case.name) else _numbered(case.body, n), case.content_type)
        for n, case in enumerate(inbound_cases(HERE / name / "fixtures"), 1)
    ]


def _is_about_another(name: str) -> bool:
    return name == "text" or name.startswith(("edit", "reaction", "revoke", "unsend"))


def _numbered(body: bytes, n: int) -> bytes:
    """The body with other ids of messages, so that no two case files speak of the same one."""
    body = re.sub(rb'("message_id": )(\d+)', rb"\g<1>%d\g<2>" % n, body)
    return re.sub(rb'("m?id": ")((?:wamid|m_)[^"]*)', rb"\g<1>\g<2>.%d" % n, body)


def slack_hooks() -> list[Hook]:
    """Messages, answers under them, an edit, a deletion and reactions."""
    told = [message(f"No {n}", ts=f"17000000{n:02}.000100") for n in range(20)]
    told += [
        message("Me too", ts=f"1700000100.0002{n:02}", thread_ts=f"17000000{n:02}.000100") for n in range(5)
    ]
    changed = message("No 1, mended", ts="1700000001.000100")
    frame = {"channel": "C0SHOP", "channel_type": "channel", "event_ts": "1700000200.000100"}
    told.append({"type": "message", "subtype": "message_changed", "message": changed, **frame})
    told.append({"type": "message", "subtype": "message_deleted", "deleted_ts": "1700000002.000100", **frame})
    return [(json.dumps(event_body(each, event_id=f"Ev{n}")).encode(), JSON) for n, each in enumerate(told)]


def twilio_hooks() -> list[Hook]:
    """Messages of several people, and statuses of what nobody has sent yet."""
    told = [
        INCOMING
        | {"MessageSid": f"SM{n}", "SmsSid": f"SM{n}", "From": f"+1500555010{n % 7}", "Body": f"No {n}"}
        for n in range(30)
    ]
    told += [
        {"MessageSid": f"SMout{n}", "MessageStatus": word, "From": INCOMING["To"], "To": INCOMING["From"]}
        for n in range(5)
        for word in ("sent", "delivered")
    ]
    return [(urlencode(each).encode(), FORM) for each in told]


def email_hooks() -> list[Hook]:
    """Mails, and answers to some of them."""
    told = [mail(f"No {n}", Message_ID=f"<m{n}@customer.example>", Subject=f"Bike {n}") for n in range(15)]
    told += [
        mail("And?", Message_ID=f"<a{n}@customer.example>", In_Reply_To=f"<m{n}@customer.example>")
        for n in range(5)
    ]
    return [(each, "message/rfc822") for each in told]


def api_hooks() -> list[Hook]:
    told = [API_MESSAGE | {"id": f"m{n}", "content": {"kind": "text", "body": f"No {n}"}} for n in range(30)]
    return [(json.dumps(each).encode(), JSON) for each in told]


STORMS = (
    Storm(whatsapp.channel, WHATSAPP, fixtures("whatsapp"), (b"[1]", JSON)),
    Storm(telegram.channel, TELEGRAM, fixtures("telegram"), (b'{"update_id": []}', JSON)),
    Storm(messenger.channel, MESSENGER, fixtures("messenger"), (b'{"entry": 5}', JSON)),
    Storm(instagram.channel, MESSENGER, fixtures("messenger"), (b"{", JSON)),
    Storm(slack.channel, SLACK, slack_hooks(), (b"{}", JSON)),
    Storm(twilio_sms.channel, TWILIO, twilio_hooks(), (b"Body=nobody", FORM)),
    Storm(email.channel, EMAIL, email_hooks(), (b"Hello", "text/strange")),
    Storm(api.channel, API, api_hooks(), (b"{}", JSON)),
)


class Inboxes:
    """Opens the inboxes of the storms."""

    def __init__(self, scenes: dict[UUID, tuple[Scene, Storm]]) -> None:
        self._scenes = scenes

    async def open(self, inbox_id: UUID) -> OpenInbox:
        scene, storm = self._scenes[inbox_id]
        row = await scene.store.read(lambda tx: inboxes.find(tx, inbox_id))
        if row is None:
            raise NotFound("There is no such inbox.")
        connection = replace(
            connection_to(storm.channel, storm.config), inbox_id=inbox_id, account_id=scene.account_id
        )
        return OpenInbox(row, storm.channel, connection)


def hooks_of(storm: Storm, *, times: int, seed: int | None, poison: bool) -> list[Hook]:
    """A storm's hooks in the order in which they come."""
    hooks = list(storm.hooks) * times + ([storm.poison] if poison else [])
    if seed is not None:
        random.Random(seed).shuffle(hooks)
    return hooks


def messages_in(storm: Storm, hooks: Sequence[Hook]) -> dict[str, datetime | None]:
    """The messages of readable hooks by their provider's id, as they come first, with the provider's time."""
    found: dict[str, datetime | None] = {}
    for body, kind in hooks:
        if (body, kind) == storm.poison:
            continue
        request = RawRequest("POST", "https://desk.example/hook", {}, {"content-type": kind}, body)
        connection = connection_to(storm.channel, storm.config)
        channel = storm.channel
        if isinstance(channel, ReadsForInbox):
            events = channel.parse_for(request, connection)
        else:
            events = channel.parse(request)
        for event in events:
            if isinstance(event, MessageReceived) and event.source_id is not None:
                found.setdefault(event.source_id, event.at)
    return found


async def rage(store: Store, *, times: int, seed: int | None, poison: bool) -> dict[str, Scene]:
    """Let every hook of every channel come so often, to accounts of their own; all were read then."""
    scenes = {storm.channel.slug: await Scene(store).build() for storm in STORMS}
    of_inbox = {scenes[storm.channel.slug].inbox_id: (scenes[storm.channel.slug], storm) for storm in STORMS}
    for scene, storm in of_inbox.values():
        some = [
            Receipt(scene.account_id, scene.inbox_id, "POST", {}, {"content-type": kind}, body)
            for body, kind in hooks_of(storm, times=times, seed=seed, poison=poison)
        ]
        await store.write(partial(receipts.add_many, receipts=some))
    reader = Reader(store, Inboxes(of_inbox))
    waiting = Statement(t.jobs.select().where(t.jobs.c.queue == receipts.QUEUE).limit(1))

    async def is_calm() -> bool:
        return not await store.read(lambda tx: tx.rows(waiting))

    async with working(reader.worker()):
        await until(is_calm)
    return scenes


async def told(scene: Scene) -> list[tuple[str, str, bool, bool]]:
    """The messages of an account by their provider's id: direction, whether taken back, whether changed.

    What was taken back is not edited any more, so which of both came first does not show.
    """
    rows = [row for row in await scene.all_of(t.messages) if row.account_id == scene.account_id]
    return sorted(
        (row.source_id, row.direction, row.deleted_at is not None, bool(row.deleted_at or row.edited_at))
        for row in rows
        if not row.source_id.startswith("desk:")
    )


async def assert_order(storm: Storm, scene: Scene, hooks: Sequence[Hook]) -> None:
    """Design, G4: the order of a thread is that in which messages came first.

    What comes again or about another message never gives a `seq` anew; the provider's own time stays in
    `sent_at`, where a message that overtook another can be told.
    """
    came = messages_in(storm, hooks)
    ranks = {source_id: n for n, source_id in enumerate(came)}
    rows = [row for row in await scene.all_of(t.messages) if row.account_id == scene.account_id]
    by_seq = sorted(rows, key=lambda row: (row.conversation_id, row.seq))
    known = [row for row in by_seq if row.source_id in ranks]
    assert len(known) >= 20, storm.channel.slug
    by_arrival = sorted(known, key=lambda row: (row.conversation_id, ranks[row.source_id]))
    assert [row.source_id for row in known] == [row.source_id for row in by_arrival], storm.channel.slug
    timed = {row.source_id: row.sent_at for row in known if came[row.source_id] is not None}
    assert timed == {source_id: came[source_id] for source_id in timed}, storm.channel.slug


async def test_g3_g4_g9_nothing_twice_nothing_lost_in_the_order_it_came(store: Store) -> None:
    calm = await rage(store, times=1, seed=None, poison=False)
    stormy = await rage(store, times=TIMES, seed=20261121, poison=True)
    letters = await stormy["api"].all_of(t.dead_letters)
    for storm in STORMS:
        slug = storm.channel.slug
        wanted, found = await told(calm[slug]), await told(stormy[slug])
        assert len(wanted) >= 20, slug
        assert found == wanted, (slug, Counter(found) - Counter(wanted), Counter(wanted) - Counter(found))
        scene = stormy[slug]
        assert [each.account_id for each in letters].count(calm[slug].account_id) == 0
        (letter,) = [each for each in letters if each.account_id == scene.account_id]
        failed = await store.read(partial(receipts.page, scope=scene.owner))
        assert [bytes(each.body) for each in failed] == [storm.poison[0]], slug
        assert letter.reason == failed[0].reason
        assert letter.reason.startswith("It cannot be read: "), slug
        await assert_order(storm, scene, hooks_of(storm, times=TIMES, seed=20261121, poison=True))
        for row in await scene.conversations():
            seqs = [each["seq"] for each in await scene.read(row.id)]
            assert seqs == list(range(1, len(seqs) + 1))
