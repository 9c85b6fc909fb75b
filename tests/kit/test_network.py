"""Connections that are not HTTP's (mail servers) are checked like those that are: refusals 36 and 38."""

import socket
from collections.abc import Sequence

import pytest

from frontdesk.kit import network
from frontdesk.kit.network import Refused, connected_socket
from tests.kit.test_http import INNER_ADDRESSES


class Names:
    """A resolver whose answers come in turn, the last one for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers, self.asked = list(answers), list[str]()

    async def __call__(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Where connections would have gone."""
    found: list[tuple[str, int]] = []

    async def connect(address: str, port: int) -> socket.socket:
        found.append((address, port))
        return socket.socket()

    monkeypatch.setattr(network, "_connected", connect)
    return found


async def test_refusal_36_inner_addresses_are_refused_before_connecting(
    connected: list[tuple[str, int]],
) -> None:
    names = Names(["127.0.0.1"])
    for host in INNER_ADDRESSES:
        with pytest.raises(Refused):
            await connected_socket(host.strip("[]"), 993, 5, resolve=names)
    assert (connected, names.asked) == ([], [])


@pytest.mark.parametrize("inner", ["127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00::1"])
async def test_refusal_36_a_name_with_one_inner_address_is_refused(
    connected: list[tuple[str, int]], inner: str
) -> None:
    with pytest.raises(Refused):
        await connected_socket("mail.example.com", 25, 5, resolve=Names(["93.184.216.34", inner]))
    assert connected == []


async def test_refusal_38_the_connection_goes_to_the_checked_address(
    connected: list[tuple[str, int]],
) -> None:
    """The name is asked for once; that it leads elsewhere a moment later changes nothing."""
    names = Names(["93.184.216.34"], ["127.0.0.1"])
    (await connected_socket("mail.example.com", 465, 5, resolve=names)).close()
    with pytest.raises(Refused):
        await connected_socket("mail.example.com", 465, 5, resolve=names)
    assert connected == [("93.184.216.34", 465)]
    assert names.asked == ["mail.example.com"] * 2
