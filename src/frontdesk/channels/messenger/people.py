"""What people on Messenger and Instagram are called: their messages tell an id only.

Source: developers.facebook.com (2026), Messenger Platform, "User Profile API"; Instagram, "User Profile".
"""

from frontdesk.channels.messenger.graph import Graph, error_of
from frontdesk.channels.messenger.outcome import failure_of
from frontdesk.domain.foreign import MAX_WORDS
from frontdesk.domain.inbound import Address
from frontdesk.kit.http import HttpFailed
from frontdesk.ports.channel import PeopleUnavailable

_NO_PROFILE = 100
"""Graph's code for somebody who shows us no profile: gone, or never agreed to."""


async def name_of(graph: Graph, address: Address, fields: tuple[str, ...]) -> str | None:
    """The first of these fields of somebody's profile that says anything.

    Raises:
        PeopleUnavailable: Meta does not tell names now.
    """
    if not address.value.isdigit():
        return None
    try:
        answer = await graph.get(address.value, params={"fields": ",".join(fields)})
    except HttpFailed as failure:
        raise PeopleUnavailable(str(failure)[:500]) from failure
    if not answer.is_success:
        if error_of(answer).get("code") == _NO_PROFILE:
            return None
        raise PeopleUnavailable(failure_of(answer, None).message)
    told = answer.json_object()
    names = (told.get(field) for field in fields)
    return next((name.strip()[:MAX_WORDS] for name in names if isinstance(name, str) and name.strip()), None)
