"""Message histories: imported as they are, sent nowhere, exported the same.

S3-24, M-15.
"""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from frontdesk.cli.histories import export as export_command
from frontdesk.cli.histories import import_ as import_command
from frontdesk.domain.content import content_adapter
from frontdesk.domain.inbound import Address, MessageReceived
from frontdesk.features.histories.exporting import export
from frontdesk.features.histories.importing import Imported, Importer, Options, Rejected
from frontdesk.ports.channel import RawRequest
from frontdesk.runtime import channels, maintenance
from frontdesk.runtime.settings import Settings
from frontdesk.store import identities, threads
from frontdesk.store.tx import Tx
from frontdesk.testing import inbound_cases
from tests.desk import PASSWORD, RunningDesk, running_desk, until

FIXTURES = Path(__file__).parents[2] / "channels"
C1, V1, M1 = (f"01900000-0000-7000-8000-00000000000{n}" for n in (1, 2, 3))
NORA = {"scheme": "phone", "value": "+34600000001", "verified": True}
HISTORY: list[dict[str, Any]] = [
    {"type": "frontdesk", "version": 1},
    {
        "type": "contact", "id": C1, "name": "Nora Vidal", "language": "ca", "verified": True,
        "attributes": {"tier": "gold"}, "addresses": [NORA], "created_at": "2023-05-01T08:00:00Z",
    },
    {"type": "contact", "id": "crm-77", "name": "Teo", "created_at": "2023-05-02T08:00:00+02:00",
     "addresses": [{"scheme": "email", "value": "teo@rider.example"}]},
    {
        "type": "conversation", "id": V1, "inbox": "Post", "contact": C1, "topic": "Brakes",
        "address": {"scheme": "phone", "value": "+34600000001"}, "opened_at": "2023-05-01T08:00:00Z",
        "resolved_at": "2023-05-03T08:00:00Z", "resolution": "resolved",
    },
    {
        "type": "message", "id": M1, "conversation": V1, "direction": "incoming", "source_id": "wamid.1",
        "author": {"type": "contact", "name": "Nora Vidal"}, "created_at": "2023-05-01T08:00:00.123456Z",
        "content": {"kind": "text", "body": "Is the bike ready? 🚲"}, "starred": True, "version": 2,
        "edited_at": "2023-05-01T08:01:00Z",
        "versions": [{"version": 1, "content": {"kind": "text", "body": "Is it?"},
                      "replaced_at": "2023-05-01T08:01:00Z"}],
        "reactions": [{"author_key": "desk", "emoji": "👍", "author": {"type": "agent", "name": "Ana"},
                       "created_at": "2023-05-01T08:02:00Z"}],
    },
    {
        "type": "message", "id": "m-2", "conversation": V1, "direction": "outgoing", "reply_to": M1,
        "author": {"type": "agent", "name": "Ana"}, "created_at": "2023-05-01T09:00:00Z",
        "content": {"kind": "text", "body": "It is."},
        "delivery": {"status": "read", "source_id": "wamid.2", "sent_at": "2023-05-01T09:00:01Z",
                     "read_at": "2023-05-01T09:05:00Z"},
    },
    {"type": "conversation", "id": "ticket 5", "inbox": "Post", "contact": "crm-77",
     "opened_at": "2023-06-01T08:00:00Z", "status": "open", "unread": 1, "read_seq": 0},
    {"type": "message", "id": "m-3", "conversation": "ticket 5", "direction": "incoming",
     "content": {"kind": "location", "latitude": 41.4, "longitude": 2.2},
     "created_at": "2023-06-01T08:00:00Z"},
    {"type": "message", "id": "m-4", "conversation": "ticket 5", "direction": "outgoing",
     "content": {"kind": "text", "body": "On our way"}, "created_at": "2023-06-01T08:10:00Z",
     "delivery": {"status": "queued"}},
]  # fmt: skip
OWNED = (
    "message_versions", "reactions", "source_refs", "deliveries", "delivery_attempts", "messages",
    "conversations", "thread_keys", "thread_participants", "threads", "identities", "contacts", "inboxes",
)  # fmt: skip


@pytest.fixture
async def quiet_desk(database_url: str, tmp_path: Path) -> AsyncIterator[RunningDesk]:
    """A desk that works off nothing by itself."""
    async with running_desk(database_url, tmp_path / "data", workers=False) as running:
        yield running


def lines_of(told: Sequence[dict[str, Any]]) -> list[bytes]:
    return [json.dumps(each, ensure_ascii=False).encode() + b"\n" for each in told]


async def bring(
    desk: RunningDesk, lines: Sequence[bytes], *, rehearse: bool = False, **options: Any
) -> tuple[Imported, list[Rejected]]:
    rejected: list[Rejected] = []
    importer = Importer(desk.store, desk.owner.account_id, Options(**options), rejected.append)
    done = await (importer.rehearse(lines) if rehearse else importer.run(lines))
    return done, rejected


async def exported(desk: RunningDesk) -> list[dict[str, Any]]:
    account_id = desk.owner.account_id
    lines = await desk.store.read(lambda tx: list(export(tx, account_id)))
    return [json.loads(line) for line in lines][1:]


async def numbers(desk: RunningDesk) -> dict[str, int]:
    def query(tx: Any) -> dict[str, int]:
        tables = [*OWNED, "lanes", "jobs", "events"]
        return {name: tx.driver.fetch(f"SELECT count(*) FROM {name}", ())[0][0] for name in tables}

    return await desk.store.read(query)


async def test_a_history_is_imported_with_its_ids_and_dates_and_sends_nothing(
    quiet_desk: RunningDesk,
) -> None:
    """S3-24: visible in lists and threads, in order without gaps; no job, no event of a message."""
    desk = quiet_desk
    await desk.owner.inbox()
    before = await numbers(desk)
    done, rejected = await bring(desk, lines_of(HISTORY))
    assert rejected == []
    assert done.added == {"contact": 2, "conversation": 2, "message": 4}
    after = await numbers(desk)
    assert (after["jobs"], after["lanes"], desk.channel.sent) == (before["jobs"], before["lanes"], [])
    assert after["events"] == before["events"] + 1
    await check_reads(desk)
    again, rejected = await bring(desk, lines_of(HISTORY))
    assert (again.added, rejected) == ({}, [])
    assert again.known == {"contact": 2, "conversation": 2, "message": 4}
    assert await numbers(desk) == after


async def check_reads(desk: RunningDesk) -> None:
    conversation = await desk.owner.get(f"/v1/conversations/{V1}")
    assert (conversation["status"], conversation["topic"]) == ("resolved", "Brakes")
    assert (conversation["opened_at"], conversation["unread"]) == ("2023-05-01T08:00:00Z", 0)
    assert (conversation["last_seq"], conversation["read_seq"]) == (2, 2)
    assert conversation["contact"]["id"] == C1
    messages = (await desk.owner.get(f"/v1/conversations/{V1}/messages"))["items"]
    assert [each["seq"] for each in messages] == [1, 2]
    first, second = messages
    assert (first["id"], first["created_at"]) == (M1, "2023-05-01T08:00:00.123456Z")
    assert (first["starred"], first["reactions"][0]["emoji"]) == (True, "👍")
    assert (second["status"], second["source_id"], second["reply_to"]["id"]) == ("read", "m-2", M1)
    [open_one] = (await desk.owner.get("/v1/conversations"))["items"]
    assert (open_one["unread"], open_one["preview"]["text"]) == (1, "On our way")
    [_, sent] = (await desk.owner.get(f"/v1/conversations/{open_one['id']}/messages"))["items"]
    assert sent["status"] == "unknown"
    contact = await desk.owner.get(f"/v1/contacts/{C1}")
    assert (contact["name"], contact["created_at"]) == ("Nora Vidal", "2023-05-01T08:00:00Z")


async def test_export_wipe_import_export_is_identical(desk: RunningDesk) -> None:
    """M-15: what was imported and what the desk made itself."""
    await desk.owner.inbox(name="Post", greeting={"default": "Hello"})
    await bring(desk, lines_of(HISTORY))
    [open_one] = (await desk.owner.get("/v1/conversations"))["items"]
    path = f"/v1/conversations/{open_one['id']}/messages"
    made = await desk.owner.post(path, {"content": {"kind": "text", "body": "We are here."}})

    async def status() -> bool:
        told = (await desk.owner.get(path))["items"][-1]
        return bool((told["id"], told["status"]) == (made["id"], "sent"))

    await until(status, what="the delivery")
    first = await exported(desk)
    assert [each["type"] for each in first].count("message") >= 4
    assert "post-secret" not in json.dumps(first)

    def wipe(tx: Tx) -> None:
        for name in OWNED:
            tx.driver.execute(f"DELETE FROM {name}", ())

    await desk.store.write(wipe)
    assert await exported(desk) == []
    done, rejected = await bring(desk, lines_of(first))
    assert rejected == []
    assert sum(done.added.values()) == len(first)
    assert await exported(desk) == first
    again, _ = await bring(desk, lines_of(first))
    assert again.added == {}


async def test_what_every_channel_s_fixtures_say_can_be_imported(quiet_desk: RunningDesk) -> None:
    """S3-24: every kind of content that any channel has brought, twice."""
    await quiet_desk.owner.inbox()
    told, kinds = [], set()
    for slug in ("messenger", "telegram", "whatsapp"):
        for case in inbound_cases(FIXTURES / slug / "fixtures"):
            request = RawRequest(
                "POST", "http://localhost/", {}, {"content-type": case.content_type}, case.body
            )
            for n, event in enumerate(channels.find(slug).parse(request)):
                if isinstance(event, MessageReceived):
                    content = content_adapter.dump_python(event.content, mode="json", exclude_none=True)
                    kinds.add(content["kind"])
                    told.append({
                        "type": "message", "id": f"{slug}/{case.name}/{n}", "conversation": V1,
                        "direction": event.direction.value, "content": content,
                        "context": event.context.model_dump(mode="json", exclude_defaults=True),
                        "created_at": "2023-05-02T08:00:00Z",
                    })  # fmt: skip
    assert {"text", "image", "location", "contacts", "reaction", "interactive", "unsupported"} <= kinds
    lines = lines_of([*HISTORY[:4], *told])
    done, rejected = await bring(quiet_desk, lines)
    assert (done.added["message"], rejected) == (len(told), [])
    again, rejected = await bring(quiet_desk, lines)
    assert (again.added, rejected) == ({}, [])
    kept = [each for each in await exported(quiet_desk) if each["type"] == "message"]
    assert [each["content"] for each in kept] == [each["content"] for each in told]


async def test_an_interrupted_import_is_taken_up_again(quiet_desk: RunningDesk) -> None:
    """S3-24: batches of lines, each whole or not at all; run again it goes on, in order without gaps."""
    await quiet_desk.owner.inbox()
    many = [
        {"type": "message", "id": f"n{n}", "conversation": V1, "direction": "incoming",
         "content": {"kind": "text", "body": f"Nº {n}"}, "created_at": f"2023-05-02T08:{n // 60 % 60:02}:00Z"}
        for n in range(700)
    ]  # fmt: skip
    lines = lines_of([*HISTORY[:4], *many])
    await bring(quiet_desk, lines[:300])
    done, rejected = await bring(quiet_desk, lines)
    assert (done.added, rejected) == ({"message": 404}, [])
    told = [each for each in await exported(quiet_desk) if each["type"] == "message"]
    assert [each["content"]["body"] for each in told] == [f"Nº {n}" for n in range(700)]
    conversation = await quiet_desk.owner.get(f"/v1/conversations/{V1}")
    assert (conversation["last_seq"], conversation["unread"]) == (700, 0)
    newest = (await quiet_desk.owner.get(f"/v1/conversations/{V1}/messages", limit=2))["items"]
    assert [each["seq"] for each in newest] == [699, 700]


async def test_bad_lines_are_told_with_number_field_and_cure_and_none_is_lost(
    quiet_desk: RunningDesk,
) -> None:
    """S3-24: the good lines are taken, the bad ones kept as they are."""
    await quiet_desk.owner.inbox()
    message = HISTORY[4]
    bad: list[tuple[bytes, str | None, str]] = [
        (b"{broken\n", None, "one object a line"),
        (b"\xff\xfe\n", None, "one object a line"),
        (b'{"type": "pigeon"}\n', None, "Types are"),
        *(
            (json.dumps(told).encode() + b"\n", field, cure)
            for told, field, cure in (
                ({**message, "created_at": "yesterday"}, "created_at", "docs/histories.md"),
                ({**message, "created_at": "2023-05-01T08:00:00"}, "created_at", "Write the time with Z"),
                ({**message, "colour": "red"}, "colour", "Leave it out"),
                ({**message, "id": "x", "conversation": "none"}, "conversation", "must come before"),
                ({**HISTORY[3], "id": "v", "inbox": "Nowhere"}, "inbox", "Post"),
                ({**HISTORY[3], "id": "v", "contact": "nobody"}, "contact", "must come before"),
                ({**HISTORY[3], "id": "v", "inbox": None}, "inbox", "--inbox"),
                ({**HISTORY[6], "id": "other"}, "status", "write status resolved"),
            )
        ),
    ]
    lines = [*lines_of(HISTORY), *(raw for raw, _, _ in bad)]
    done, rejected = await bring(quiet_desk, lines)
    assert done.added == {"contact": 2, "conversation": 2, "message": 4}
    assert [(each.number, each.raw) for each in rejected] == [
        (len(HISTORY) + n, raw) for n, (raw, _, _) in enumerate(bad, 1)
    ]
    for each, (_, field, cure) in zip(rejected, bad, strict=True):
        assert (each.field, cure in f"{each.problem} {each.cure}") == (field, True), str(each)


async def test_a_line_that_the_database_refuses_takes_no_other_along(quiet_desk: RunningDesk) -> None:
    await quiet_desk.owner.inbox()
    author = {"type": "contact", "name": "half \ud800 a pair"}
    odd = [*HISTORY[:4], {**HISTORY[4], "id": "odd", "source_id": "odd", "author": author}, *HISTORY[4:]]
    lines = [json.dumps(each).encode() for each in odd]
    done, rejected = await bring(quiet_desk, lines)
    assert [each.number for each in rejected] == [5]
    assert done.added == {"contact": 2, "conversation": 2, "message": 4}


async def test_contacts_are_matched_by_address(quiet_desk: RunningDesk) -> None:
    """S3-24: history joins the person the desk knows, and later messages join the history's thread."""
    known = await quiet_desk.owner.contact("Nora", ("phone", "+34600000001"))
    inbox = await quiet_desk.owner.inbox()
    done, rejected = await bring(quiet_desk, lines_of(HISTORY))
    assert (done.known, rejected) == ({"contact": 1}, [])
    conversation = await quiet_desk.owner.get(f"/v1/conversations/{V1}")
    assert conversation["contact"]["id"] == str(known)
    account_id, key = quiet_desk.owner.account_id, "phone:+34600000001"
    found = await quiet_desk.store.read(lambda tx: threads.look_up(tx, account_id, UUID(inbox["id"]), [key]))
    assert str(found[key].thread_id) == conversation["thread_id"]
    teo = Address("email", "teo@rider.example")
    owners = await quiet_desk.store.read(lambda tx: identities.owners(tx, account_id, [teo]))
    assert (owners[teo].name, bool(owners[teo].verified)) == ("Teo", False)


async def test_another_account_s_rows_are_neither_read_nor_touched(quiet_desk: RunningDesk) -> None:
    await quiet_desk.owner.inbox()
    await bring(quiet_desk, lines_of(HISTORY))
    before = await exported(quiet_desk)
    other = await quiet_desk.tenant("Other")
    await other.inbox()
    rejected: list[Rejected] = []
    importer = Importer(quiet_desk.store, other.account_id, Options(), rejected.append)
    done = await importer.run(lines_of(HISTORY))
    assert done.added == {"contact": 1, "conversation": 1, "message": 2}
    assert [each.number for each in rejected] == [2, 4, 5, 6]
    assert rejected[0].field == "id"
    assert await exported(quiet_desk) == before


async def test_a_rehearsal_says_the_same_and_changes_nothing(quiet_desk: RunningDesk) -> None:
    """S3-24: --dry-run."""
    await quiet_desk.owner.inbox()
    before = await numbers(quiet_desk)
    lines = [*lines_of(HISTORY), b"{broken\n"]
    done, rejected = await bring(quiet_desk, lines, rehearse=True)
    assert done.added == {"contact": 2, "conversation": 2, "message": 4}
    assert [each.number for each in rejected] == [len(lines)]
    assert await numbers(quiet_desk) == before


def test_the_commands_import_and_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """S3-24, M-15: `frontdesk import FILE`, FILE.rejects, `frontdesk export FILE`."""
    settings = Settings(data_dir=tmp_path / "data")
    person = maintenance.Person(email="o@rill.example", name="O", password=PASSWORD, role="owner")
    asyncio.run(maintenance.create_user(settings, person, "Rill Bikes"))
    inbox = {"type": "inbox", "id": V1.replace("2", "9"), "channel": "api", "name": "Post"}
    file, out = tmp_path / "history.jsonl", tmp_path / "out.jsonl"
    file.write_bytes(b"".join([*lines_of([inbox, *HISTORY]), b"{broken\n"]))
    with pytest.raises(SystemExit) as ended:
        import_command(file, data_dir=tmp_path / "data")
    assert ended.value.code == 1
    said = capsys.readouterr()
    assert "message: 4 added, 0 known already" in said.out
    assert said.err.startswith(f"line {len(HISTORY) + 2}: The line is not JSON")
    assert (tmp_path / "history.jsonl.rejects").read_bytes() == b"{broken\n"
    export_command(out, data_dir=tmp_path / "data")
    told = [json.loads(line) for line in io.StringIO(out.read_text(encoding="utf-8"))]
    assert [each["type"] for each in told].count("message") == 4
    for name in ("out.jsonl", "out.parquet", "out.zip", "out.parquet.zip"):
        export_command(tmp_path / name, data_dir=tmp_path / "data")
        import_command(tmp_path / name, data_dir=tmp_path / "data")
        assert "message: 0 added, 4 known already" in capsys.readouterr().out
    import_command(out, dry_run=True, data_dir=tmp_path / "data")
    assert not list(tmp_path.glob("*.part"))
