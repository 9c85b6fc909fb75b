"""A channel on paper in which agents follow conversations, and the workers that serve it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from frontdesk.domain.inbound import Address
from frontdesk.features.conversations.places import Places
from frontdesk.features.conversations.sending import Sender
from frontdesk.features.mirroring.answering import Answerer
from frontdesk.features.mirroring.following import Follower
from frontdesk.features.mirroring.showing import Shower
from frontdesk.ports.channel import Connection
from frontdesk.ports.mirror import Post, ThreadGone
from frontdesk.store import mirrors
from frontdesk.store import tables as t
from frontdesk.store.engine import Store
from tests.features.scene import PaperChannel, PaperInboxes, Scene, until, working


class BoardChannel(PaperChannel):
    """Takes posts, loses answers, and knows people by their address."""

    def __init__(self) -> None:
        super().__init__()
        self.place: str | None = "board"
        self.posts: list[tuple[str, Post]] = []
        self.troubles: list[tuple[bool, Exception]] = []
        """For each of the next posts: whether it is taken nevertheless, and what is raised."""
        self.looked_for: list[UUID] = []
        self.people: dict[str, str] = {}
        self.gone: set[str] = set()

    def mirror_place(self, config: Mapping[str, Any]) -> str | None:
        return self.place

    async def post(self, post: Post, thread: str | None, connection: Connection) -> str:
        if thread in self.gone:
            raise ThreadGone("gone")
        is_taken, error = self.troubles.pop(0) if self.troubles else (True, None)
        found = thread or f"thread-{len(self.posts)}"
        if is_taken:
            self.posts.append((found, post))
        if error is not None:
            raise error
        return found

    async def find_post(self, post: Post, thread: str | None, connection: Connection) -> str | None:
        self.looked_for.append(post.key)
        return next((found for found, each in self.posts if each.key == post.key), None)

    async def mail_of(self, address: Address, connection: Connection) -> str | None:
        return self.people.get(address.value)


@dataclass(slots=True)
class Board:
    """A scene whose inbox shows its conversations on a board."""

    scene: Scene
    channel: BoardChannel
    inboxes: PaperInboxes = field(init=False)
    shower: Shower = field(init=False)
    answerer: Answerer = field(init=False)
    follower: Follower = field(init=False)

    def __post_init__(self) -> None:
        self.inboxes = PaperInboxes(self.scene)
        store, known = self.scene.store, {"paper": self.channel}
        self.shower = Shower(store, self.inboxes, "https://desk.example")
        sender = Sender(store, known, self.scene.views, Places(store))
        self.answerer = Answerer(store, self.inboxes, sender, self.scene.views)

        class Known:
            channels = known

        self.follower = Follower(store, Known())

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """What was posted: thread, head, words."""
        return [(thread, post.head, post.text) for thread, post in self.channel.posts]

    def has_told(self, count: int) -> Callable[[], Awaitable[bool]]:
        """Whether so much was posted."""

        async def has() -> bool:
            return len(self.channel.posts) >= count

        return has

    async def settle(self) -> None:
        """See which inboxes mirror."""
        await self.follower.settle({"paper": self.channel})

    async def show(self) -> None:
        """Work until everything is shown and answered."""
        store = self.scene.store

        async def is_still() -> bool:
            rest: list[Any] = await store.read(mirrors.behind)
            waiting = await self.scene.all_of(t.jobs)
            queues = {row.queue for row in waiting}
            return not rest and queues.isdisjoint({mirrors.QUEUE, "agent_replies"})

        async with working(self.shower.worker(), self.answerer.worker()):

            async def step() -> bool:
                await self.follower.wake_lanes()
                return await is_still()

            await until(step)

    async def member(self, name: str, address: str) -> UUID:
        """An agent, known by this address; the user's id."""
        scope = await self.scene.add_agent(name)
        assert scope.user_id is not None
        self.channel.people[address] = f"{scope.user_id}@desk.test"
        return scope.user_id


async def board_of(store: Store) -> Board:
    """A board that mirrors from now on."""
    channel = BoardChannel()
    scene = await Scene(store, channel=channel).build()
    board = Board(scene, channel)
    await board.settle()
    return board
