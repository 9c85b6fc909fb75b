"""Connecting an inbox: is the token good for the number, are the secrets there, does Meta call our hook?"""

from frontdesk.channels.whatsapp.config import WhatsAppConfig
from frontdesk.channels.whatsapp.graph import Graph
from frontdesk.channels.whatsapp.outcome import failure_of
from frontdesk.kit.http import HttpFailed, Response
from frontdesk.ports.channel import ConnectionReport

Step = tuple[str, bool, str]
_FIELDS = "id,display_phone_number,verified_name,quality_rating,status"


async def connect(graph: Graph | None, config: WhatsAppConfig, hook_url: str | None) -> ConnectionReport:
    """Each step with its proof or its cure; what depends on a failed step is not tried."""
    steps = [
        _given("App secret", config.app_secret is not None, "Copy it from App settings, Basic."),
        _given("Verify token", config.verify_token is not None, "Choose any word and save it here."),
    ]
    if graph is None:
        steps.insert(
            0, ("Access token", False, "Create a permanent token of a system user and save it here.")
        )
        return _report(steps)
    number = await _number(graph)
    steps.insert(0, number)
    if number[1]:
        steps.append(await _hook(graph, config, hook_url))
    return _report(steps)


def _report(steps: list[Step]) -> ConnectionReport:
    return ConnectionReport(ok=all(passed for _, passed, _ in steps), steps=tuple(steps))


def _given(name: str, is_given: bool, cure: str) -> Step:  # noqa: FBT001
    return (name, is_given, "It is set." if is_given else cure)


async def _number(graph: Graph) -> Step:
    name = "Access token and phone number"
    try:
        answer = await graph.get(graph.phone_number_id, params={"fields": _FIELDS})
    except HttpFailed as failure:
        return (name, False, f"Meta was not reached: {failure}"[:500])
    if not answer.is_success:
        return (name, False, f"{_said(answer)} Check the token, its permissions and the phone number ID.")
    told = answer.json_object()
    known = (told.get("verified_name"), told.get("display_phone_number"))
    return (name, True, ", ".join(str(each) for each in known if each) or "Meta knows the number.")


async def _hook(graph: Graph, config: WhatsAppConfig, hook_url: str | None) -> Step:
    name = "Hook"
    if config.waba_id is None:
        return (name, False, "Save the WhatsApp Business Account ID; the hook is registered on the account.")
    body = {}
    if hook_url is not None and config.verify_token is not None:
        token = config.verify_token.get_secret_value()
        body = {"override_callback_uri": hook_url, "verify_token": token}
    try:
        answer = await graph.post(config.waba_id, "subscribed_apps", body=body)
    except HttpFailed as failure:
        return (name, False, f"Meta was not reached: {failure}"[:500])
    if answer.is_success:
        return (name, True, f"Meta calls {hook_url}." if body else "The app is subscribed.")
    return (name, False, f"{_said(answer)} Meta must reach {hook_url} from the internet.")


def _said(answer: Response) -> str:
    """Meta's own words about a refusal."""
    message = failure_of(answer, None).message.rstrip(".")
    return f"{message}."
