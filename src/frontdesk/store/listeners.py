"""Who wants to hear of commits in this process. Called in the event loop, after the commit; wake-ups only."""

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

CommitListener = Callable[[UUID, int], None]
EnqueueListener = Callable[[str], None]


class Listeners:
    """Tells the listeners what a commit did."""

    def __init__(self) -> None:
        self.on_commit: list[CommitListener] = []
        self.on_enqueue: list[EnqueueListener] = []

    def committed(self, heads: Mapping[UUID, int], queues: Iterable[str]) -> None:
        """Announce the accounts' new heads and the queues with new work."""
        for account_id, head in heads.items():
            for commit_listener in self.on_commit:
                commit_listener(account_id, head)
        for queue in queues:
            for enqueue_listener in self.on_enqueue:
                enqueue_listener(queue)
