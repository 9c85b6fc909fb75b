"""What kind of database this is: a demo's or a company's, owned or new. The two kinds never mix."""

from frontdesk.domain.errors import Conflict
from frontdesk.store import accounts, inboxes, users
from frontdesk.store.engine import Store
from frontdesk.store.tx import ReadTx

DEMO_PASSWORD = "demo_password"  # noqa: S105 - the name of a fact, not a password


class WrongKind(Conflict):
    """A demo over a company's database, or a company's desk over a demo's."""

    code = "wrong_kind_of_database"


async def needs_owner(store: Store) -> bool:
    """Whether nobody owns this instance yet."""
    return not await store.read(users.has_owner)


async def check_kind(store: Store, *, demo: bool) -> None:
    """Refuse to start a demo over real inboxes, and the reverse.

    Raises:
        WrongKind: The database holds the other kind.
    """

    def find(tx: ReadTx) -> tuple[bool, bool]:
        has_demo = accounts.fact(tx, DEMO_PASSWORD) is not None or inboxes.has_any(tx, simulated=True)
        has_real = inboxes.has_any(tx, simulated=False) or (users.has_owner(tx) and not has_demo)
        return has_demo, has_real

    has_demo, has_real = await store.read(find)
    if demo and has_real:
        raise WrongKind(
            "This database belongs to a real desk; a demo would mix made-up customers into it.",
            hint="Give the demo a folder of its own: frontdesk up --demo --data-dir demo-data",
        )
    if not demo and has_demo:
        raise WrongKind(
            "This database belongs to a demo.",
            hint="Add --demo, or choose another folder with --data-dir.",
        )
