"""One conversation, whatever happens to it, against a model of what it must look like (S1-31, G3, G4, G8)."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from frontdesk.domain.content import Reaction, Text, content_adapter
from frontdesk.domain.conversation import Resolution
from frontdesk.domain.errors import Conflict
from frontdesk.domain.inbound import MessageDeleted, MessageEdited
from frontdesk.domain.message import Author, AuthorType, DeliveryStatus, Direction, may_move
from frontdesk.features.conversations import changes
from frontdesk.features.delivery import outbox
from frontdesk.features.delivery.backoff import Backoff
from frontdesk.features.delivery.letters import Letter
from frontdesk.kit.ids import uuid7
from frontdesk.ports.channel import Failed, Sent, Unknown
from frontdesk.store import jobs
from frontdesk.store.drafts import Appended, Closed, Draft
from frontdesk.store.engine import open_store
from frontdesk.store.tx import Tx
from tests.features.scene import Scene, said, status, text
from tests.services.databases import postgres_database

T = TypeVar("T")
BODIES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20)


@dataclass(slots=True)
class Said:
    """A message as the model knows it."""

    body: str | None
    source_id: str | None = None
    status: str | None = None
    deleted: bool = False
    emoji: str | None = None
    held: list[str] = field(default_factory=list)


class Conversation(RuleBasedStateMachine):
    """The rules. Every step runs on a real store."""

    database: Callable[[], AbstractContextManager[str]]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.stack = ExitStack()
        self.model: list[Said] = []
        self.queued: list[int] = []
        self.resolved = False
        self.count = 0

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @initialize()
    def begin(self) -> None:
        url = self.stack.enter_context(type(self).database())

        async def work() -> Scene:
            return await Scene(await open_store(url, migrate=False)).build()

        self.scene = self.do(work())
        self.receive("hello")

    def next_id(self, kind: str) -> str:
        self.count += 1
        return f"{self.scene.inbox_id}-{kind}{self.count}"

    @rule(body=BODIES)
    def receive(self, body: str) -> None:
        source_id = self.next_id("in")
        if self.resolved:
            self.resolved = False
        self.do(self.scene.receive(text(body, source_id=source_id)))
        self.model.append(Said(body, source_id))

    @rule(data=st.data())
    def redeliver(self, data: st.DataObject) -> None:
        known = [each for each in self.model if each.source_id and each.status is None]
        again = data.draw(st.sampled_from(known))
        self.do(self.scene.receive(text("other words", source_id=again.source_id)))

    @rule(body=BODIES)
    def send(self, body: str) -> None:
        async def work() -> Any:
            conversation_id = (await self.scene.conversation()).id
            content = content_adapter.dump_json(Text(body=body)).decode()
            return await self.scene.store.append(
                Draft(
                    self.scene.account_id, conversation_id, Direction.OUTGOING, Author(AuthorType.AGENT),
                    "text", content, body[:10], queue="deliver",
                )
            )  # fmt: skip

        outcome = self.do(work())
        assert isinstance(outcome, Closed if self.resolved else Appended)
        if not self.resolved:
            self.queued.append(len(self.model))
            self.model.append(Said(body, status="queued"))

    @precondition(lambda self: self.queued)
    @rule(how=st.sampled_from(["sent", "delivered", "failed", "unknown", "early"]))
    def deliver(self, how: str) -> None:
        index = self.queued.pop(0)
        sent = self.model[index]
        source_id = self.next_id("out")
        if how == "early":
            self.do(self.scene.receive(status(source_id, "delivered")))
        result: Any = {
            "failed": Failed(code="x", message="x", retryable=False),
            "unknown": Unknown(code="x", message="x"),
        }.get(how, Sent(source_id=source_id, delivered=how == "delivered"))

        def change(tx: Tx) -> None:
            (lane,) = jobs.claim(tx, "deliver", lanes=1, per_lane=1)
            letter = outbox.begin(tx, lane, lane.jobs[0], uuid7(), last=False)
            assert isinstance(letter, Letter)
            assert letter.seq == index + 1
            outbox.end(tx, lane, lane.jobs[0], letter, result, Backoff(), last=False)
            jobs.release(tx, lane)

        self.do(self.scene.store.write(change))
        sent.status = "delivered" if how == "early" else how
        if isinstance(result, Sent):
            sent.source_id = source_id

    @precondition(lambda self: any(each.status and each.source_id for each in self.model))
    @rule(data=st.data(), word=st.sampled_from(["sent", "delivered", "read", "failed"]))
    def report(self, data: st.DataObject, word: str) -> None:
        sent = data.draw(st.sampled_from([each for each in self.model if each.status and each.source_id]))
        self.do(self.scene.receive(status(str(sent.source_id), word)))
        if may_move(DeliveryStatus(str(sent.status)), DeliveryStatus(word)):
            sent.status = word

    @rule(data=st.data(), body=BODIES)
    def edit(self, data: st.DataObject, body: str) -> None:
        target = data.draw(
            st.sampled_from([each for each in self.model if each.source_id and not each.status])
        )
        event = MessageEdited(
            target_source_id=str(target.source_id), content=Text(body=body), source_id=self.next_id("edit")
        )
        self.do(self.scene.receive(event, event))
        if not target.deleted:
            target.body = body

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        target = data.draw(
            st.sampled_from([each for each in self.model if each.source_id and not each.status])
        )
        self.do(self.scene.receive(MessageDeleted(target_source_id=str(target.source_id))))
        target.deleted = True

    @rule(data=st.data(), emoji=st.sampled_from(["👍", "❤️", ""]))
    def react(self, data: st.DataObject, emoji: str) -> None:
        target = data.draw(st.sampled_from([each for each in self.model if each.source_id]))
        source_id = self.next_id("react")
        self.resolved = False
        reaction = Reaction(emoji=emoji, target_source_id=target.source_id)
        self.do(self.scene.receive(said(reaction, source_id=source_id)))
        self.model.append(Said(None, source_id))
        target.emoji = emoji or None

    @rule()
    def resolve(self) -> None:
        async def work() -> None:
            row = await self.scene.conversation()
            await self.scene.store.write(
                lambda tx: changes.resolve(tx, self.scene.owner, row.id, Resolution.RESOLVED)
            )

        self.do(work())
        if not self.resolved:
            self.model.append(Said(None))
        self.resolved = True

    @rule()
    def reopen(self) -> None:
        async def work() -> None:
            row = await self.scene.conversation()
            await self.scene.store.write(lambda tx: changes.reopen(tx, self.scene.owner, row.id))

        try:
            self.do(work())
        except Conflict as error:
            raise AssertionError(error.message) from error
        if self.resolved:
            self.model.append(Said(None))
        self.resolved = False

    @invariant()
    def looks_like_the_model(self) -> None:
        if not self.model:
            return
        row = self.do(self.scene.conversation())
        messages = self.do(self.scene.read(row.id))
        assert row.status == ("resolved" if self.resolved else "open")
        assert [m["seq"] for m in messages] == list(range(1, len(self.model) + 1))
        assert row.last_seq == len(self.model)
        for shown, wanted in zip(messages, self.model, strict=True):
            assert shown["status"] == wanted.status
            assert (shown["deleted_at"] is not None) == wanted.deleted
            if wanted.body is not None and not wanted.deleted:
                assert shown["content"]["body"] == wanted.body
            assert [each["emoji"] for each in shown["reactions"]] == ([wanted.emoji] if wanted.emoji else [])

    @invariant()
    def the_log_has_no_gap(self) -> None:
        if self.model:
            positions = [event.position for event in self.do(self.scene.log())]
            assert positions == list(range(1, len(positions) + 1))

    def teardown(self) -> None:
        if self.model:
            self.do(self.scene.store.close())
        self.loop.close()
        self.stack.close()


def run(examples: int, database: Callable[[], AbstractContextManager[str]]) -> None:
    machine = type("Machine", (Conversation,), {"database": staticmethod(database)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=25, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


@pytest.mark.timeout(300)
def test_one_conversation_on_sqlite(sqlite_template: Path) -> None:
    @contextmanager
    def database() -> Iterator[str]:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copyfile(sqlite_template, f"{folder}/frontdesk.db")
            yield f"sqlite:///{folder}/frontdesk.db"

    run(25, database)


@pytest.mark.timeout(300)
def test_one_conversation_on_postgresql(postgres_server: str, postgres_template: str) -> None:
    run(6, lambda: postgres_database(postgres_server, postgres_template))
