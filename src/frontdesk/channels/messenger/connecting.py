"""Connecting an inbox: is the token good for the page, are the secrets there, does Meta call our hook?"""

from frontdesk.channels.messenger.config import PageConfig
from frontdesk.channels.messenger.graph import Graph
from frontdesk.channels.messenger.outcome import failure_of
from frontdesk.kit.http import HttpFailed, Response
from frontdesk.ports.channel import ConnectionReport

Step = tuple[str, bool, str]
FIELDS = (
    "messages,messaging_postbacks,message_deliveries,message_reads,message_reactions,message_echoes,"
    "message_edits,messaging_referrals,standby"
)


async def connect(
    graph: Graph | None, config: PageConfig, hook_url: str | None, *, needs_account: bool
) -> ConnectionReport:
    """Each step with its proof or its cure. `needs_account`: an Instagram account must be linked."""
    given = [
        _given("App secret", config.app_secret is not None, "Copy it from App settings, Basic."),
        _given("Verify token", config.verify_token is not None, "Choose any word and save it here."),
    ]
    if graph is None:
        return _report(
            [("Page access token", False, "Create one of a system user and save it here."), *given]
        )
    page = await _page(graph, needs_account=needs_account)
    return _report([page, *given, *([await _hook(graph, hook_url)] if page[1] else [])])


def _report(steps: list[Step]) -> ConnectionReport:
    return ConnectionReport(ok=all(passed for _, passed, _ in steps), steps=tuple(steps))


def _given(name: str, is_given: bool, cure: str) -> Step:  # noqa: FBT001
    return (name, is_given, "It is set." if is_given else cure)


async def _page(graph: Graph, *, needs_account: bool) -> Step:
    name = "Page access token and page"
    fields = "id,name,instagram_business_account{username}" if needs_account else "id,name"
    try:
        answer = await graph.get(graph.page_id, params={"fields": fields})
    except HttpFailed as failure:
        return (name, False, f"Meta was not reached: {failure}"[:500])
    if not answer.is_success:
        return (name, False, f"{_said(answer)} Check the token, its permissions and the page ID.")
    told = answer.json_object()
    if not needs_account:
        return (name, True, str(told.get("name") or "Meta knows the page."))
    account = told.get("instagram_business_account")
    username = account.get("username") if isinstance(account, dict) else None
    if not username:
        return (
            name,
            False,
            "No Instagram professional account is linked to the page: link it in its settings.",
        )
    return (name, True, f"{told.get('name')}, @{username}")


async def _hook(graph: Graph, hook_url: str | None) -> Step:
    name = "Hook"
    try:
        answer = await graph.post("subscribed_apps", {"subscribed_fields": FIELDS})
    except HttpFailed as failure:
        return (name, False, f"Meta was not reached: {failure}"[:500])
    if not answer.is_success:
        return (name, False, f"{_said(answer)} The token needs pages_manage_metadata.")
    return (
        name,
        True,
        f"The page is subscribed. In the app dashboard, Webhooks, the callback URL is {hook_url}.",
    )


def _said(answer: Response) -> str:
    """Meta's own words about a refusal."""
    message = failure_of(answer, None).message.rstrip(".")
    return f"{message}."
