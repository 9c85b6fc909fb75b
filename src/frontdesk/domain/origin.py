"""Where a message came from: an answer, a button, an ad, a campaign link, a web page. Pure predicates."""

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel

Origin = Literal["reply", "button", "campaign_link", "ad", "web_redirect"]

_CAMPAIGN = re.compile(r"https?://\S*[?&#;]utm_(?:source|medium|campaign|id|term|content)=", re.IGNORECASE)
_CHOSEN = frozenset({"button_reply", "list_reply", "flow_reply"})

_Part = Mapping[str, Any] | BaseModel | None


def origin_of(content: _Part, context: _Part) -> Origin | None:
    """The one word for it. An ad outranks a campaign link, that a web page, that a button, that an answer."""
    if is_from_ad(context):
        return "ad"
    if is_from_campaign_link(content, context):
        return "campaign_link"
    if is_from_web_redirect(context):
        return "web_redirect"
    if is_button(content):
        return "button"
    return "reply" if is_reply(context) else None


def is_reply(context: _Part) -> bool:
    """Whether the message quotes another."""
    return _get(context, "reply_to_source_id") is not None


def is_button(content: _Part) -> bool:
    """Whether something offered was chosen: a template's button, a reply button, a list row, a form."""
    kind = _get(content, "kind")
    return kind == "button" or (kind == "interactive" and _get(content, "type") in _CHOSEN)


def is_from_ad(context: _Part) -> bool:
    """Whether the customer tapped an ad (Meta: `source_type` ad, or a click id)."""
    referral = _get(context, "referral")
    return "ad" in _words(_get(referral, "source_type")) or bool(_get(referral, "ctwa_clid"))


def is_from_campaign_link(content: _Part, context: _Part) -> bool:
    """Whether a link of a campaign led here.

    Told by the referral (a post, a campaign, UTM parameters) or by a prepared text that holds such a link.
    """
    referral = _get(context, "referral")
    if _words(_get(referral, "source_type")) & {"campaign", "post"}:
        return True
    url = _get(referral, "source_url")
    if isinstance(url, str) and _CAMPAIGN.search(url):
        return True
    body = _get(content, "body") if _get(content, "kind") == "text" else None
    return isinstance(body, str) and "utm_" in body.lower() and _CAMPAIGN.search(body) is not None


def is_from_web_redirect(context: _Part) -> bool:
    """Whether a web page sent the customer here: a referral from the web, or one that only names a page."""
    referral = _get(context, "referral")
    words = _words(_get(referral, "source_type"))
    return bool(words & {"web", "website"}) or (not words and bool(_get(referral, "source_url")))


def _get(part: object, name: str) -> Any:
    if isinstance(part, Mapping):
        return part.get(name)
    return getattr(part, name, None)


def _words(value: object) -> set[str]:
    return set(re.split(r"[^a-z]+", value.lower())) - {""} if isinstance(value, str) else set()
