"""S3-01, S3-02: no two distinct sets share an id; the same people always have one."""

import hashlib
from itertools import permutations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

import frontdesk
from frontdesk.domain.inbound import Address
from frontdesk.domain.participants import joined_id, participants_id

ACCOUNT, INBOX = UUID(int=1), UUID(int=2)
schemes = st.sampled_from(["web", "slack", "telegram", "we", "b"])
addresses = st.builds(Address, schemes, st.text(min_size=1, max_size=8).map(str.strip).filter(bool))
groups = st.frozensets(addresses, max_size=5)


@given(groups, groups)
def test_s3_02_distinct_sets_have_distinct_ids(one: frozenset[Address], other: frozenset[Address]) -> None:
    same = participants_id(ACCOUNT, INBOX, one) == participants_id(ACCOUNT, INBOX, other)
    assert same is (one == other)


def test_s3_02_order_and_repetition_do_not_matter_in_a_group_of_five() -> None:
    group = [Address("email", f"{name}@rill.example") for name in "abcde"]
    ids = {participants_id(ACCOUNT, INBOX, order) for order in permutations(group)}
    assert ids == {participants_id(ACCOUNT, INBOX, [*group, *group])}
    (found,) = ids
    assert found.version == 8


def test_s3_02_spelling_does_not_matter_but_text_that_meets_does() -> None:
    def of(*parts: Address) -> UUID:
        return participants_id(ACCOUNT, INBOX, parts)

    assert of(Address("email", "Ana@Rill.example")) == of(Address("email", "ana@rill.EXAMPLE"))
    assert of(Address("phone", "+1 (555) 010-0199")) == of(Address("phone", "+15550100199"))
    assert of(Address("web", "ab"), Address("web", "c")) != of(Address("web", "a"), Address("web", "bc"))
    assert of(Address("web", "a")) != of(Address("we", "ba"))


def test_s3_02_accounts_and_inboxes_are_worlds_apart() -> None:
    ana = [Address("phone", "+34600111222")]
    ids = {participants_id(UUID(int=a), UUID(int=i), ana) for a in (1, 2) for i in (3, 4)}
    assert len(ids) == 4


def test_s3_01_who_writes_to_whom_does_not_matter_and_earlier_ids_are_found_again() -> None:
    """The value is SHA-256 of `+15550100199nora@rill.example`, its first 16 bytes."""
    ana, nora = "+15550100199", "nora@rill.example"
    assert joined_id([ana, nora]) == joined_id([nora, ana]) == UUID("a0524bff-066a-ec29-6f88-8ccbf221d5be")
    assert joined_id(["ab", "c"]) == joined_id(["a", "bc"])
    both = (Address("phone", ana), Address("email", nora))
    assert participants_id(ACCOUNT, INBOX, both) == participants_id(ACCOUNT, INBOX, both[::-1])
    assert participants_id(ACCOUNT, INBOX, both) == UUID("1d46e570-a5c8-88f7-9851-dc4d4c1fd63d")


def test_s3_01_the_formula_of_the_documents_gives_the_same_ids() -> None:
    """As `docs/api.md` says it, step by step, without any function of the desk."""

    def sized(raw: bytes) -> bytes:
        return len(raw).to_bytes(4, "big") + raw

    told = [(b"phone", b"+15550100199"), (b"email", b"nora@rill.example")]
    parts = sorted(sized(scheme) + address for scheme, address in told)
    hashed = b"".join(map(sized, [ACCOUNT.bytes, INBOX.bytes, *parts]))
    raw = bytearray(hashlib.sha256(hashed).digest()[:16])
    raw[6] = raw[6] & 0x0F | 0x80
    raw[8] = raw[8] & 0x3F | 0x80
    written = [frontdesk.Address("email", "Nora@Rill.example"), frontdesk.Address("phone", "+1 555 010 0199")]
    assert frontdesk.participants_id(ACCOUNT, INBOX, written) == UUID(bytes=bytes(raw))
    digits = hashlib.sha256(b"+15550100199nora@rill.example").hexdigest()[:32]
    assert frontdesk.joined_id(["nora@rill.example", "+15550100199"]) == UUID(digits)
