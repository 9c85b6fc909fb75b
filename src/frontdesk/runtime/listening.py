"""Where a desk listens: a bound socket, or a sentence that says why there is none."""

import errno
import socket
from ipaddress import ip_address

from frontdesk.domain.errors import Conflict, DeskError, Invalid


class PortTaken(Conflict):
    """Something listens on the port already, or it is not ours to use."""

    code = "port_taken"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int) -> socket.socket:
    """A bound socket.

    Raises:
        PortTaken: The port is in use, or not ours to use.
        Invalid: The host is no address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise _refusal(host, port, error) from error
    return listener


def _refusal(host: str, port: int, error: OSError) -> DeskError:
    if error.errno in {errno.EADDRINUSE, errno.EACCES}:
        return PortTaken(
            f"Cannot listen on {host}:{port}: {error.strerror}.",
            field="port",
            hint="Stop what listens there, or choose another with --port (0 takes a free one).",
        )
    return Invalid(
        f"Cannot listen on {host}: {error.strerror}.",
        field="host",
        hint="Name an address of this machine with --host: 127.0.0.1 for itself alone, 0.0.0.0 for all.",
    )
