"""Everything out and in again by HTTP: files, both formats, bad lines, and nothing sent. M-15, S3-24."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from frontdesk.features.histories import parquet
from frontdesk.features.histories.archives import Format
from frontdesk.features.histories.importing import LISTED
from frontdesk.store.tx import Tx
from tests.desk import RunningDesk, Tenant, running_desk, until
from tests.features.histories.test_histories import HISTORY, OWNED, V1, bring, lines_of, numbers

PNG = b"\x89PNG\r\n\x1a\n" + bytes(300)
TABLES = ("attachments", "opt_outs", "canned_responses", *OWNED)


async def furnish(owner: Tenant) -> None:
    """A history, a message with a file, the same bytes again, a note, a reaction, a file with a virus."""
    await owner.inbox(name="Post", greeting={"default": "Hello"})
    await bring(owner.desk, lines_of(HISTORY))
    [open_one] = (await owner.get("/v1/conversations"))["items"]
    path, told = f"/v1/conversations/{open_one['id']}/messages", dict[str, Any]()
    for name, content in (
        ("bike.png", PNG),
        ("again.png", PNG),
        ("plain.txt", b"All is well."),
        ("odd", b"EICAR"),
    ):
        made = await owner.http.post("/v1/attachments", params={"filename": name}, content=content)
        media = {"attachment_id": made.json()["id"]}
        kind = "image" if name.endswith("png") else "document"
        told = await owner.post(path, {"content": {"kind": kind, "media": media}})
    await owner.post(path, {"content": {"kind": "text", "body": "Among us"}, "direction": "note"})
    await owner.post(path, {"content": {"kind": "reaction", "emoji": "🚲", "target_id": told["id"]}})

    await beside(owner)

    async def all_sent() -> bool:
        items = (await owner.get(path))["items"]
        return all(each["status"] in {"sent", "unknown"} for each in items if each["direction"] == "outgoing")

    async def nothing_to_do() -> bool:
        return (await numbers(owner.desk))["jobs"] == 0

    await until(all_sent, what="the deliveries")
    await until(nothing_to_do, what="the end of all work")
    sql = "UPDATE attachments SET scan = 'infected', threat = 'Eicar' WHERE filename = 'odd'"
    await owner.desk.store.write(lambda tx: tx.driver.execute(sql, ()))


async def beside(owner: Tenant) -> None:
    """An opt-out, one that has ended, and a canned response."""
    out = {"channel": "post", "scheme": "phone", "address": "+34600000009"}
    await owner.post("/v1/opt-outs", {**out, "kind": "marketing", "note": "By letter"})
    ended = await owner.post("/v1/opt-outs", {**out, "kind": "all"})
    assert (await owner.http.delete(f"/v1/opt-outs/{ended['id']}")).is_success
    messages = [{"kind": "text", "body": "At 9."}, {"kind": "location", "latitude": 41.4, "longitude": 2.2}]
    await owner.post("/v1/canned-responses", {"shortcut": "hours", "title": "Hours", "messages": messages})


async def wipe(desk: RunningDesk) -> None:
    """Forget all, the bytes too."""

    def change(tx: Tx) -> None:
        for name in TABLES:
            tx.driver.execute(f"DELETE FROM {name}", ())

    await desk.store.write(change)
    for path in (desk.settings.data_dir / "files").glob("*/*"):
        path.unlink()


async def fetched(desk: RunningDesk, form: str) -> bytes:
    answer = await desk.http.get("/v1/export", params={"format": form})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == Format(form).mime
    assert answer.headers["content-disposition"].endswith(f'.{form}"')
    return answer.content


async def sent(desk: RunningDesk, content: bytes, **params: str) -> dict[str, Any]:
    answer = await desk.http.post("/v1/import", content=content, params=params)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def told_in(archive: bytes) -> list[dict[str, Any]]:
    """The lines of an export, without its first, and after them what else is in it."""
    if archive.startswith(b"PAR1"):
        return [json.loads(line) for line in parquet.read_lines(io.BytesIO(archive))][1:]
    if not archive.startswith(b"PK"):
        return [json.loads(line) for line in archive.splitlines()][1:]
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        first, *rest = opened.namelist()
        return [
            *told_in(opened.read(first)),
            *({"name": name, "bytes": opened.read(name)} for name in rest),
        ]


@pytest.mark.parametrize("form", ["zip", "parquet.zip"])
async def test_export_wipe_import_export_is_identical_with_files(desk: RunningDesk, form: str) -> None:
    """M-15: both formats over HTTP; the same bytes once; no job, no event of a message, nothing sent."""
    await furnish(desk.owner)
    first = told_in(await fetched(desk, form))
    kinds = [each.get("type", "bytes") for each in first]
    assert (kinds.count("file"), kinds.count("bytes")) == (4, 2)
    [infected] = [each for each in first if each.get("filename") == "odd"]
    assert (infected["scan"], infected["threat"]) == ("infected", "Eicar")
    assert b"EICAR" not in b"".join(each.get("bytes", b"") for each in first)
    assert any(each.get("reactions") for each in first)
    assert "note" in {each.get("direction") for each in first}
    archive = await fetched(desk, form)
    await wipe(desk)
    before, posted = await numbers(desk), len(desk.channel.sent)
    done = await sent(desk, archive)
    assert (done["rejected_count"], done["added"]["file"]) == (0, 4)
    assert sum(done["added"].values()) == len(first) - 2
    after = await numbers(desk)
    assert (after["jobs"], after["lanes"], after["events"]) == (
        before["jobs"], before["lanes"], before["events"] + 1,
    )  # fmt: skip
    assert len(desk.channel.sent) == posted
    assert told_in(await fetched(desk, form)) == first
    again = await sent(desk, archive)
    assert (again["added"], again["known"]) == ({}, done["added"])
    assert len(list((desk.settings.data_dir / "files").glob("*/*"))) == 2
    await check_files(desk)


async def check_files(desk: RunningDesk) -> None:
    """What was imported is served; a file with a virus is not."""
    [open_one] = (await desk.owner.get("/v1/conversations"))["items"]
    items = (await desk.owner.get(f"/v1/conversations/{open_one['id']}/messages"))["items"]
    files = [each["content"]["media"] for each in items if "media" in each["content"]]
    media = {each.get("filename"): each for each in files}
    answer = await desk.http.get(media["bike.png"]["url"])
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PNG, "image/png")
    assert media["odd"]["url"] is None


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
async def test_the_lines_alone_are_identical_too(desk: RunningDesk, form: str) -> None:
    """M-15: without files, in both formats."""
    await furnish(desk.owner)
    archive = await fetched(desk, form)
    await wipe(desk)
    done = await sent(desk, archive)
    assert done["rejected_count"] == 0
    assert told_in(await fetched(desk, form)) == told_in(archive)


async def test_bad_lines_are_answered_with_number_field_and_cure(desk: RunningDesk) -> None:
    """S3-24: the good lines are taken; a file without its bytes is not."""
    await desk.owner.inbox()
    file = {
        "type": "file", "id": V1.replace("2", "8"), "message": HISTORY[4]["id"], "sha256": "0" * 64,
        "size": 5, "created_at": "2023-05-01T08:00:00Z",
    }  # fmt: skip
    lines = [*lines_of(HISTORY), b"{broken\n", *lines_of([file, {**file, "message": "nobody's"}])]
    done = await sent(desk, b"".join(lines))
    assert done["added"] == {"contact": 2, "conversation": 2, "message": 4}
    first, second, third = done["rejected"]
    assert (first["line"], first["field"], first["cure"]) == (
        len(HISTORY) + 1,
        None,
        "Write one object a line.",
    )
    assert (second["line"], second["field"]) == (len(HISTORY) + 2, "sha256")
    assert second["problem"] == "The bytes of this file did not come with it."
    assert (third["line"], third["field"]) == (len(HISTORY) + 3, "message")
    assert done["rejected_count"] == 3
    many = await sent(desk, b"{\n" * (LISTED + 5))
    assert (many["rejected_count"], len(many["rejected"])) == (LISTED + 5, LISTED)


async def test_bytes_that_are_not_those_of_the_line_are_refused(desk: RunningDesk) -> None:
    """M-15: nothing half-stored; the blob store keeps none of them."""
    await furnish(desk.owner)
    archive = await fetched(desk, "zip")
    await wipe(desk)
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content if name == "history.jsonl" else b"x" * len(content))
    done = await sent(desk, changed.getvalue())
    assert {each["problem"] for each in done["rejected"]} == {"The bytes are not those that the line names."}
    assert (len(done["rejected"]), done["added"]["file"]) == (3, 1)
    assert list((desk.settings.data_dir / "files").glob("*/*")) == []


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"", 400, "Send the history as the body"),
        (b"PK\x03\x04 and no more", 422, "The ZIP file cannot be read"),
        (b"PAR1 and no more", 422, "The Parquet file cannot be read"),
    ],
)
async def test_what_is_no_history_is_refused(desk: RunningDesk, body: bytes, status: int, words: str) -> None:
    answer = await desk.http.post("/v1/import", content=body)
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.text


async def test_a_limit_and_a_missing_package_are_told(
    desk: RunningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M-15: Parquet without its package names the extra."""
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    answer = await desk.http.get("/v1/export", params={"format": "parquet"})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["field"], "frontdesk[parquet]" in error["hint"]) == ("format", True)


async def test_an_import_is_answered_once_for_its_key(desk: RunningDesk) -> None:
    """G6: the same key has one effect and one answer."""
    await desk.owner.inbox()
    body, headers = b"".join(lines_of(HISTORY)), {"Idempotency-Key": "history-1"}
    first = await desk.http.post("/v1/import", content=body, headers=headers)
    again = await desk.http.post("/v1/import", content=body, headers=headers)
    assert first.json()["added"] == {"contact": 2, "conversation": 2, "message": 4}
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")


async def test_with_a_scanner_imported_files_wait_for_it(database_url: str, tmp_path: Path) -> None:
    """S3-24: nobody has an imported file before it was found clean."""
    async with running_desk(database_url, tmp_path / "one", workers=False) as desk:
        await desk.owner.inbox()
        digest = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
        file = {
            "type": "file", "id": V1.replace("2", "8"), "message": HISTORY[4]["id"], "sha256": digest,
            "size": 3, "scan": "clean", "created_at": "2023-05-01T08:00:00Z",
        }  # fmt: skip
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as opened:
            opened.writestr("history.jsonl", b"".join(lines_of([*HISTORY, file])))
            opened.writestr(f"files/{digest}", b"foo")
        desk.container.desk.uploads.is_scanned = True
        before = await numbers(desk)
        done = await sent(desk, archive.getvalue())
        assert done["added"]["file"] == 1
        assert (await numbers(desk))["jobs"] == before["jobs"] + 1
        rows = await desk.store.read(lambda tx: tx.driver.fetch("SELECT scan FROM attachments", ()))
        assert [row[0] for row in rows] == ["pending"]


async def test_the_later_word_of_an_opt_out_wins(desk: RunningDesk) -> None:
    """M-15, S2-24: an import takes no leave back that was taken after the export."""
    await beside(desk.owner)
    archive = await fetched(desk, "jsonl")
    [standing] = (await desk.owner.get("/v1/opt-outs"))["items"]
    earlier = [
        each for each in told_in(archive) if each["type"] == "opt_out" and each["id"] == standing["id"]
    ]
    back = {**earlier[0], "said_at": "2001-01-01T00:00:00Z", "ended_at": "2001-01-01T00:00:00Z"}
    done = await sent(desk, b"".join(lines_of([back])))
    assert done["known"] == {"opt_out": 1}
    assert (await desk.owner.get("/v1/opt-outs"))["items"] == [standing]
    later = {**earlier[0], "said_at": "2101-01-01T00:00:00Z", "ended_at": "2101-01-01T00:00:00Z"}
    await sent(desk, b"".join(lines_of([later])))
    assert (await desk.owner.get("/v1/opt-outs"))["items"] == []
