"""Links to leave: whose they are, and that nobody can make one."""

from uuid import uuid4

import pytest

from frontdesk.domain.errors import NotFound
from frontdesk.features.conversations.leaving import LeaveLinks
from frontdesk.kit.crypto import Vault

OURS, MESSAGE = Vault(b"k" * 32), uuid4()


def test_a_link_names_its_message_for_good() -> None:
    """Also after the master key was changed."""
    url = LeaveLinks(OURS, "https://desk.example/support/").url(MESSAGE)
    assert url is not None
    base, token = url.rsplit("/", 1)
    assert base == "https://desk.example/support/leave"
    assert LeaveLinks(Vault(b"n" * 32, [b"k" * 32]), None).read(token) == MESSAGE


def test_without_a_public_address_there_is_no_link() -> None:
    assert LeaveLinks(OURS, None).url(MESSAGE) is None


def test_what_was_forged_or_cut_opens_nothing() -> None:
    links = LeaveLinks(OURS, None)
    token = links.token(MESSAGE)
    other = "A" if token[0] != "A" else "B"
    forged = (
        "", "x", token[:-1], token + "A", other + token[1:], token[:-4] + "AAAA", "ñ" * 43, "A" * 43,
        LeaveLinks(Vault(b"e" * 32), None).token(MESSAGE),
    )  # fmt: skip
    for each in forged:
        with pytest.raises(NotFound):
            links.read(each)
