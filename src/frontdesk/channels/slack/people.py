"""What people in Slack are called: the events of a workspace's own members do not tell it.

Source: docs.slack.dev, "users.info" and "user object" (2026).
"""

from frontdesk.channels.slack.outcome import failure_of, is_ok
from frontdesk.channels.slack.payloads import Raw, cut, part
from frontdesk.channels.slack.places import SCHEME
from frontdesk.channels.slack.web import Web
from frontdesk.domain.inbound import Address
from frontdesk.kit.http import HttpFailed
from frontdesk.ports.channel import PeopleUnavailable

_NOBODY = frozenset({"user_not_found", "user_not_visible", "users_not_found"})


async def name_of(web: Web, address: Address) -> str | None:
    """The name somebody shows, else their full one.

    Raises:
        PeopleUnavailable: Slack does not tell names now.
    """
    found = await _user(web, address)
    if found is None:
        return None
    profile = part(found.get("profile"))
    names = (profile.get("display_name"), profile.get("real_name"), found.get("real_name"), found.get("name"))
    return next((name for each in names if (name := cut(each))), None)


async def mail_of(web: Web, address: Address) -> str | None:
    """The e-mail address of a person of our own workspace.

    Another company's administrators say what stands in the profiles of their people, who may be in a channel
    shared with us: theirs proves nothing.

    Raises:
        PeopleUnavailable: Slack does not tell now.
    """
    found = await _user(web, address)
    if found is None or any(found.get(flag) for flag in ("is_bot", "deleted", "is_stranger")):
        return None
    team = address.value.partition("/")[0]
    if team not in {found.get("team_id"), *_teams(found)}:
        return None
    return cut(part(found.get("profile")).get("email"))


def _teams(user: Raw) -> list[str]:
    """The workspaces of one organisation that somebody is in."""
    teams = part(user.get("enterprise_user")).get("teams")
    return [each for each in teams if isinstance(each, str)] if isinstance(teams, list) else []


async def _user(web: Web, address: Address) -> Raw | None:
    user = address.value.rpartition("/")[2]
    if address.scheme != SCHEME or not user.startswith(("U", "W")):
        return None
    try:
        answer = await web.ask("users.info", {"user": user})
    except HttpFailed as failure:
        raise PeopleUnavailable(str(failure)[:500]) from failure
    told = answer.json_object()
    if not is_ok(answer):
        if told.get("error") in _NOBODY:
            return None
        raise PeopleUnavailable(failure_of(answer, None).message)
    return part(told.get("user"))
