"""The hub: feeds by account, subscriptions that resume without gap or repeat, the check that they may."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from time import monotonic
from uuid import UUID

import structlog

from frontdesk.domain.errors import Busy, DeskError
from frontdesk.domain.scope import ActorType, Scope
from frontdesk.features.live.cursors import LiveCursors
from frontdesk.features.live.feed import PAGE, Feed
from frontdesk.features.live.frames import write
from frontdesk.features.live.hydration import Hydration
from frontdesk.features.live.presence import Presence
from frontdesk.features.live.subscribers import RESTARTING, REVOKED, Subscriber
from frontdesk.kit.clock import utc_now
from frontdesk.kit.stepping import Unfinished
from frontdesk.store import conversations
from frontdesk.store.engine import Store
from frontdesk.store.failures import StoreUnavailable

CHECK_SECONDS = 2.0
"""How often each socket's credential is looked at again; together with its cache this stays below 5 s."""

QUIET_SECONDS = 15.0
"""A stream that has nothing to say yields an empty batch this often, so that its transport may ping."""


log = structlog.get_logger(__name__)


class Hub:
    """Everything live of one process. Use `async with hub.running()`."""

    def __init__(self, store: Store, hydration: Hydration, cursors: LiveCursors) -> None:
        self._store, self._hydration, self.cursors = store, hydration, cursors
        self._feeds: dict[UUID, tuple[Feed, Presence]] = {}
        self._feed_tasks: dict[UUID, asyncio.Task[None]] = {}
        self._tasks: asyncio.TaskGroup | None = None
        store.on_commit(self._committed)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run feeds and checks until the block ends; then every socket is told to come again."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            checks = tasks.create_task(self._check())
            try:
                yield
            finally:
                self.stop()
                checks.cancel()
                self._tasks = None
                for task in self._feed_tasks.values():
                    task.cancel()
                self._feed_tasks.clear()
                self._feeds.clear()

    def stop(self) -> None:
        """End all subscriptions with "restarting"."""
        for feed, _ in self._feeds.values():
            for subscriber in feed.subscribers:
                subscriber.end(RESTARTING)

    def presence(self, account_id: UUID) -> Presence:
        """The ephemeral side of an account."""
        return self._feed(account_id)[1]

    async def stream(
        self,
        scope: Scope,
        cursor: str | None,
        admit: Callable[[], Awaitable[Scope | None]],
        *,
        found: Callable[[Subscriber], None],
    ) -> AsyncGenerator[Iterable[str | Unfinished], None]:
        """Batches of texts: hello, what was missed, `caught_up`, then what happens; empty ones keep it alive.

        Ends when the subscriber is to be closed (`close_code` says how). `found` gets the subscriber at once.
        """
        feed, presence = self._feed(scope.account_id)
        subscriber = Subscriber(scope, admit)
        found(subscriber)
        await feed.began()
        beginning, head = await self._begin(subscriber, cursor)
        yield beginning
        try:
            async for texts in self._catch_up(feed, subscriber, head):
                yield texts
            if subscriber not in feed.subscribers:  # ended on the way
                return
            yield [self._caught_up(subscriber), *self._who_is_there(subscriber, presence)]
            while True:
                happened = await subscriber.wait(QUIET_SECONDS)
                if subscriber.reload:
                    subscriber.reload = False
                    yield [write("resync", reason="access", cursor=self._cursor(subscriber))]
                    continue
                yield happened
                if subscriber.close_code is not None:
                    return
        finally:
            feed.subscribers.discard(subscriber)
            subscriber.is_gone = True
            presence.leave(subscriber)

    async def typing(
        self, scope: Scope, conversation_id: UUID, state: str, sender: Subscriber | None = None
    ) -> None:
        """An agent, or the visitor of the conversation, types.

        Raises:
            NotFound: There is no such conversation for this caller.
        """
        row = await self._store.read(lambda tx: conversations.get(tx, scope, conversation_id))
        presence, place = self.presence(scope.account_id), (row.inbox_id, row.contact_id)
        if scope.actor_type is ActorType.VISITOR:
            author = {"type": "contact", "id": row.contact_id, "name": row.contact_name}
            presence.typing_by_visitor(author, conversation_id, place, state)
            return
        author = {"type": "agent", "id": scope.user_id or scope.actor_id, "name": scope.name}
        presence.typing_by_agent(sender, author, conversation_id, place, state)

    async def view(self, subscriber: Subscriber, conversation_id: UUID | None) -> None:
        """An agent looks at a conversation.

        Raises:
            NotFound: There is no such conversation for this caller.
        """
        presence = self.presence(subscriber.scope.account_id)
        if conversation_id is None:
            presence.view(subscriber, None)
            return
        scope = subscriber.scope
        row = await self._store.read(lambda tx: conversations.get(tx, scope, conversation_id))
        presence.view(subscriber, (conversation_id, row.inbox_id))

    def agents_online(self, account_id: UUID) -> int:
        """How many agents are at the desk, as far as this process knows."""
        known = self._feeds.get(account_id)
        return 0 if known is None else sum(each["state"] == "online" for each in known[1].online())

    async def _begin(self, subscriber: Subscriber, cursor: str | None) -> tuple[list[str], int]:
        """The first texts, and where the log ends now."""
        account_id = subscriber.scope.account_id
        tail, head = await self._hydration.bounds(account_id)
        position = head if cursor is None else self._position(subscriber, cursor)
        known = position is not None and tail <= position <= head
        subscriber.position = position if known and position is not None else head
        hello = write("hello", cursor=self._cursor(subscriber), now=utc_now())
        if known:
            return [hello], head
        reason = "unknown" if position is None else "too_old" if position < tail else "ahead"
        return [hello, write("resync", reason=reason, cursor=self._cursor(subscriber))], head

    async def _catch_up(self, feed: Feed, subscriber: Subscriber, head: int) -> AsyncIterator[list[str]]:
        """Read what was missed by pages; then join the feed, with no await between comparing and joining.

        A feed to which nobody listens stands still, so the log is read to where it ended at the beginning.
        The feed's subscribers are looked at again and again; who takes long to get there is looked at here.
        """
        checked = monotonic()
        while subscriber.position < max(feed.position, head):
            frames = await self._hydration.frames(feed.account_id, subscriber.position, PAGE)
            if not frames:
                break
            subscriber.position = frames[-1].position
            yield [text for frame in frames if (text := subscriber.text_of(frame)) is not None]
            if monotonic() - checked >= CHECK_SECONDS:
                await self._check_one(subscriber)
                checked = monotonic()
            if subscriber.close_code is not None:
                return
        feed.join(subscriber)

    def _who_is_there(self, subscriber: Subscriber, presence: Presence) -> list[str]:
        return [] if subscriber.is_visitor else [write("presence", agents=presence.online())]

    def _caught_up(self, subscriber: Subscriber) -> str:
        return write("caught_up", cursor=self._cursor(subscriber))

    def _cursor(self, subscriber: Subscriber) -> str:
        scope = subscriber.scope
        if subscriber.is_visitor and scope.contact_id is not None:
            return self.cursors.of_visitor(scope.contact_id, subscriber.position)
        return self.cursors.of_agent(scope.account_id, subscriber.position)

    def _position(self, subscriber: Subscriber, cursor: str) -> int | None:
        scope = subscriber.scope
        if subscriber.is_visitor and scope.contact_id is not None:
            return self.cursors.visitor_position(scope.contact_id, cursor)
        return self.cursors.agent_position(scope.account_id, cursor)

    def _feed(self, account_id: UUID) -> tuple[Feed, Presence]:
        known = self._feeds.get(account_id)
        if known is None:
            feed = Feed(account_id, self._hydration)
            known = self._feeds[account_id] = (feed, Presence(feed))
            if self._tasks is None:
                raise RuntimeError("the hub is not running")
            self._feed_tasks[account_id] = self._tasks.create_task(feed.run())
        return known

    def _committed(self, account_id: UUID, _head: int) -> None:
        known = self._feeds.get(account_id)
        if known is not None:
            known[0].wake()

    async def _check(self) -> None:
        """Close who may no longer listen; tell those whose rights changed."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            for feed, _ in list(self._feeds.values()):
                for subscriber in list(feed.subscribers):
                    try:
                        await self._check_one(subscriber)
                    except Exception:  # the edge of a task that must outlive any one socket
                        log.exception("live_check_failed")

    async def _check_one(self, subscriber: Subscriber) -> None:
        try:
            scope = await subscriber.admit()
        except (StoreUnavailable, Busy):
            log.warning("live_check_waits_for_the_database")
            return
        except DeskError:  # not admitted, whatever the reason: too many failed looks, too
            scope = None
        if scope is None:
            subscriber.end(REVOKED)
        elif (scope.permissions, scope.inbox_ids) != (
            subscriber.scope.permissions,
            subscriber.scope.inbox_ids,
        ):
            subscriber.rescope(scope)
            subscriber.ask_reload()
