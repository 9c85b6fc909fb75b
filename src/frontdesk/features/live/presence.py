"""Who is there, who looks at what, who types: told as it comes, kept in memory only, gone with the socket."""

from typing import Any
from uuid import UUID

from frontdesk.features.live.feed import Feed
from frontdesk.features.live.frames import write
from frontdesk.features.live.subscribers import Subscriber


class Presence:
    """The ephemeral side of one account."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._states: dict[Subscriber, str] = {}
        self._views: dict[Subscriber, tuple[UUID, UUID]] = {}

    def online(self) -> list[dict[str, Any]]:
        """Each agent once; online when any of their sockets is."""
        found: dict[UUID, dict[str, Any]] = {}
        for subscriber, state in self._states.items():
            scope = subscriber.scope
            if scope.user_id is None:
                continue
            known = found.setdefault(scope.user_id, {"id": scope.user_id, "name": scope.name, "state": state})
            if state == "online":
                known["state"] = state
        return list(found.values())

    def set_state(self, subscriber: Subscriber, state: str) -> None:
        """An agent's socket says how it is; all agents are told when that changes anything."""
        if subscriber.is_gone:
            return
        before = self.online()
        self._states[subscriber] = state
        self._tell_agents(before)

    def leave(self, subscriber: Subscriber) -> None:
        """The socket is gone."""
        before = self.online()
        self._states.pop(subscriber, None)
        self._tell_agents(before)
        self.view(subscriber, None)

    def view(self, subscriber: Subscriber, place: tuple[UUID, UUID] | None) -> None:
        """An agent looks at a conversation (its id and its inbox's), or at none."""
        old = self._views.pop(subscriber, None)
        if place is not None and not subscriber.is_gone:
            self._views[subscriber] = place
        for each in {old, self._views.get(subscriber)}:
            if each is not None:
                self._tell_viewing(*each)

    def typing_by_agent(
        self,
        sender: Subscriber | None,
        author: dict[str, Any],
        conversation_id: UUID,
        place: tuple[UUID, UUID],
        state: str,
    ) -> None:
        """Tell the other agents, with the name, and the visitor. `place` is (inbox, contact)."""
        to_agents = write("typing", conversation_id=conversation_id, author=author, state=state)
        to_visitor = write("typing", author={"type": author["type"], "name": author["name"]}, state=state)
        for each in self._feed.subscribers:
            if each is not sender and each.hears(*place):
                each.offer(to_visitor if each.is_visitor else to_agents)

    def typing_by_visitor(
        self, author: dict[str, Any], conversation_id: UUID, place: tuple[UUID, UUID], state: str
    ) -> None:
        """Tell the agents who see the inbox."""
        text = write("typing", conversation_id=conversation_id, author=author, state=state)
        for each in self._feed.agents():
            if each.hears(*place):
                each.offer(text)

    def _tell_agents(self, before: list[dict[str, Any]]) -> None:
        after = self.online()
        if after == before:
            return
        text = write("presence", agents=after)
        for each in self._feed.agents():
            each.offer(text)

    def _tell_viewing(self, conversation_id: UUID, inbox_id: UUID) -> None:
        viewers = {
            each.scope.user_id: {"id": each.scope.user_id, "name": each.scope.name}
            for each, (looked_at, _) in self._views.items()
            if looked_at == conversation_id and each.scope.user_id is not None
        }
        text = write("viewing", conversation_id=conversation_id, agents=list(viewers.values()))
        for each in self._feed.agents():
            if each.hears(inbox_id, None):
                each.offer(text)
