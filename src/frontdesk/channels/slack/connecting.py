"""Connecting an inbox: is the token good, what may it do, is the app where it should be?

Source: docs.slack.dev, "auth.test", "conversations.info" and "Event subscriptions" (2026).
"""

from frontdesk.channels.slack.config import SlackConfig
from frontdesk.channels.slack.outcome import failure_of, is_ok
from frontdesk.channels.slack.web import Web
from frontdesk.kit.http import HttpFailed, Response
from frontdesk.ports.channel import ConnectionReport

Step = tuple[str, bool, str]
SCOPES = (
    "chat:write",
    "files:read",
    "files:write",
    "im:write",
    "reactions:read",
    "reactions:write",
    "users:read",
)
AGENTS_SCOPES = ("users:read.email",)
"""Besides, to know agents by their e-mail address; and one of these, to find what was posted."""
HISTORY_SCOPES = ("channels:history", "groups:history")
EVENTS = (
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "reaction_added",
    "reaction_removed",
)


async def connect(web: Web | None, config: SlackConfig, hook_url: str | None) -> ConnectionReport:
    """Each step with its proof or its cure; what depends on a failed step is not tried."""
    secret = config.signing_secret is not None
    steps: list[Step] = [
        ("Signing secret", secret, "It is set." if secret else "Copy it from Basic Information.")
    ]
    if web is None:
        steps.insert(0, ("Bot token", False, "Install the app to the workspace and save its bot token here."))
        return _report(steps)
    token, answer = await _token(web)
    steps.insert(0, token)
    if answer is not None:
        steps.append(_scopes(answer, has_agents=config.agents_channel is not None))
        if config.channel is not None:
            steps.append(await _channel(web, "Channel", config.channel))
        if config.agents_channel is not None:
            steps.append(await _channel(web, "Agents' channel", config.agents_channel))
        steps.append(_hook(config.app_id, hook_url))
    return _report(steps)


def _report(steps: list[Step]) -> ConnectionReport:
    return ConnectionReport(ok=all(passed for _, passed, _ in steps), steps=tuple(steps))


async def _token(web: Web) -> tuple[Step, Response | None]:
    try:
        answer = await web.call("auth.test")
    except HttpFailed as failure:
        return ("Bot token", False, f"Slack was not reached: {failure}"[:500]), None
    if not is_ok(answer):
        return ("Bot token", False, failure_of(answer, None).message), None
    told = answer.json_object()
    known = ", ".join(str(told[name]) for name in ("team", "user") if told.get(name))
    return ("Bot token", True, known or "Slack knows the token."), answer


def _scopes(answer: Response, *, has_agents: bool) -> Step:
    """What the token may do stands in a header of every answer."""
    given = answer.headers.get("x-oauth-scopes")
    if given is None:
        return ("Permissions", True, "Slack does not tell them.")
    held = {each.strip() for each in given.split(",")}
    missing = [scope for scope in (*SCOPES, *(AGENTS_SCOPES if has_agents else ())) if scope not in held]
    if has_agents and held.isdisjoint(HISTORY_SCOPES):
        missing.append(" or ".join(HISTORY_SCOPES))
    if missing:
        listed = ", ".join(missing)
        return ("Permissions", False, f"Add under OAuth & Permissions and reinstall the app: {listed}.")
    return ("Permissions", True, given[:500])


async def _channel(web: Web, label: str, channel: str) -> Step:
    try:
        answer = await web.ask("conversations.info", {"channel": channel})
    except HttpFailed as failure:
        return (label, False, f"Slack was not reached: {failure}"[:500])
    if not is_ok(answer):
        return (label, False, failure_of(answer, None).message)
    found = answer.json_object().get("channel")
    told = found if isinstance(found, dict) else {}
    if told.get("is_member") is False:
        return (label, False, "The app is not in the channel. Invite it there with /invite.")
    return (label, True, f"#{told.get('name') or channel}")


def _hook(app_id: str, hook_url: str | None) -> Step:
    """Only the app's owner can set the address; Slack proves it at once."""
    page = f"https://api.slack.com/apps/{app_id}/event-subscriptions"
    cure = f"Enter {hook_url} as Request URL at {page}, and for interactivity and commands. "
    cure += f"Subscribe to {', '.join(EVENTS)}."
    return (
        "Hook",
        True,
        cure,
    )
