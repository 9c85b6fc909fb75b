"""`frontdesk up` and `frontdesk run`: start a process of the desk."""

from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from frontdesk.cli.options import Database, DataDir, Host, Port, settings_of

if TYPE_CHECKING:
    from frontdesk.runtime.server import Ready
    from frontdesk.runtime.settings import Settings

Demo = Annotated[
    bool,
    Parameter(negative="", help="A made-up shop with simulated customers; its database is for nothing else."),
]


def up(
    *,
    demo: Demo = False,
    host: Host = None,
    port: Port = None,
    data_dir: DataDir = None,
    database: Database = None,
) -> None:
    """Start everything in one process: API, console, widget, workers."""
    settings = settings_of(host=host, port=port, data_dir=data_dir, database=database)
    _run(settings, None, demo=demo)


def run(
    role: Literal["api", "worker"],
    /,
    *,
    host: Host = None,
    port: Port = None,
    data_dir: DataDir = None,
    database: Database = None,
) -> None:
    """Start one role apart: `api` or `worker`. Needs PostgreSQL for more than one process."""
    settings = settings_of(host=host, port=port, data_dir=data_dir, database=database)
    _run(settings, role, demo=False)


def _run(settings: "Settings", role: str | None, *, demo: bool) -> None:
    from frontdesk.kit import log  # noqa: PLC0415 - help needs none of it
    from frontdesk.runtime import server  # noqa: PLC0415
    from frontdesk.runtime.roles import Role  # noqa: PLC0415

    log.configure(settings.log.level, settings.log.format)
    roles = tuple(Role) if role is None else (Role(role),)
    server.run(settings, roles=roles, demo=demo, announce=_announce)


def _announce(ready: "Ready") -> None:
    lines = ["", f"  Frontdesk is ready:  {ready.url}/", ""]
    if ready.sign_in is not None:
        email, password = ready.sign_in
        lines += [
            f"  Sign in:    {email}  password: {password}",
            f"  Phones:     {ready.url}/phones   (be a customer on any channel)",
            f"  Shop page:  {ready.url}/demo/shop   (be a visitor of a website)",
            "",
        ]
    if ready.needs_setup:
        lines += ["  Nobody owns this desk yet. Open the address above and set it up.", ""]
    if ready.is_loopback_only:
        lines += [
            "  Until then it listens on this machine only, whatever --host says. Start it again afterwards.",
            "",
        ]
    lines += ["  Stop with Ctrl+C.", ""]
    print("\n".join(lines), flush=True)
