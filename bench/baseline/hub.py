"""A bare socket hub: whatever is posted goes to every socket as it is. The floor for fan-out.

Serve: uvicorn bench.baseline.hub:app
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
sockets: set[Send] = set()


async def app(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Accept sockets and keep them; fan out each POST's body."""
    match scope["type"]:
        case "lifespan":
            while (await receive())["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.shutdown.complete"})
        case "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            sockets.add(send)
            while (await receive())["type"] != "websocket.disconnect":
                pass
            sockets.discard(send)
        case _:
            await _post(scope, receive, send)


async def _post(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    body, more = b"", scope["method"] == "POST"
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    frame = {"type": "websocket.send", "text": body.decode()}
    if body:
        for socket in list(sockets):
            await socket(frame)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
