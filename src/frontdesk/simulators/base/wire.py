"""Cutting a connection from inside an ASGI application: a true TCP reset, no answer and no polite close."""

import os
import socket
import struct

from starlette.types import Receive, Scope, Send

_LINGER_ZERO = struct.pack("ii", 1, 0)


class Cut:
    """An ASGI response that answers nothing and resets the connection.

    ASGI has no word for it, so the server's transport is taken from where uvicorn keeps it: `receive` is a
    bound method of its request cycle. Where there is none (another server), the answer breaks off inside its
    body, which is as unfinished to the client.
    """

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Cut, and return once the server knows."""
        transport = getattr(getattr(receive, "__self__", None), "transport", None)
        if transport is None:
            headers = [(b"content-length", b"1000000"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"{", "more_body": True})
            return
        _reset_on_close(transport.get_extra_info("socket").fileno())
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


def _reset_on_close(file_number: int) -> None:
    """Make closing send RST: the option belongs to the socket behind the number, so a copy can set it."""
    with socket.socket(fileno=os.dup(file_number)) as copy:
        copy.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
