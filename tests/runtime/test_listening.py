"""Where a desk can listen, and what is said where it cannot."""

import socket
from pathlib import Path

import pytest

from frontdesk.domain.errors import Invalid
from frontdesk.runtime.listening import PortTaken, is_loopback, listen
from tests.cli.desk_process import DeskProcess


def test_a_taken_port_is_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"127.0.0.1:{port}") as refused:
            listen("127.0.0.1", port)
    assert (refused.value.field, "--port" in str(refused.value.hint)) == ("port", True)


def test_what_is_no_address_of_this_machine_is_named() -> None:
    with pytest.raises(Invalid, match=r"Cannot listen on 192\.0\.2\.7: ") as refused:
        listen("192.0.2.7", 0)
    assert (refused.value.field, "--host" in str(refused.value.hint)) == ("host", True)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost"])
def test_only_this_machine_reaches_a_loopback_address(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "desk.example.com"])
def test_others_reach_any_other_address(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.slow
def test_until_there_is_an_owner_the_address_that_is_told_is_this_machine_s(tmp_path: Path) -> None:
    """Refusal 66: nobody else reaches it, and whoever opens what is printed does."""
    with DeskProcess(tmp_path, FRONTDESK_HOST="192.0.2.7") as desk:
        pass
    assert f"Frontdesk is ready:  http://127.0.0.1:{desk.port}/" in desk.text
    assert "listens on this machine only" in desk.text
