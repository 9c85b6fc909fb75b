"""Where a message came from (S0-17)."""

from typing import Any

import pytest

from frontdesk.domain import content as c
from frontdesk.domain.message import MessageContext, Referral
from frontdesk.domain.origin import (
    Origin,
    is_button,
    is_from_ad,
    is_from_campaign_link,
    is_from_web_redirect,
    is_reply,
    origin_of,
)

TEXT = c.Text(body="Hi")
LINK = c.Text(body="I saw https://shop.example/ridge?ref=1&utm_campaign=spring today")


def referred(**referral: Any) -> MessageContext:
    return MessageContext(referral=Referral(**referral))


CASES: list[tuple[c.Content, MessageContext, Origin | None]] = [
    (TEXT, MessageContext(), None),
    (c.Text(body="see https://shop.example/?page=2"), MessageContext(), None),
    (c.Text(body="utm_source=x is what they write"), MessageContext(), None),
    (c.Unsupported(raw={}), MessageContext(), None),
    (TEXT, MessageContext(forwarded=True), None),
    (TEXT, MessageContext(reply_to_source_id="s-1"), "reply"),
    (c.Button(text="Yes"), MessageContext(reply_to_source_id="s-1"), "button"),
    (
        c.Interactive(type="button_reply", id="1", title="M"),
        MessageContext(reply_to_source_id="s-1"),
        "button",
    ),
    (c.Interactive(type="list_reply", id="1", title="M"), MessageContext(), "button"),
    (c.Interactive(type="flow_reply", form={}), MessageContext(), "button"),
    (c.Interactive(type="buttons", body="?", buttons=(c.Choice(id="1", title="M"),)), MessageContext(), None),
    (TEXT, referred(source_type="ad", source_id="1", source_url="https://fb.me/x"), "ad"),
    (TEXT, referred(ctwa_clid="ARA"), "ad"),
    (TEXT, referred(source_type="post", source_url="https://fb.me/x"), "campaign_link"),
    (TEXT, referred(source_type="campaign_link"), "campaign_link"),
    (TEXT, referred(source_type="web", source_url="https://a.example/?utm_source=b"), "campaign_link"),
    (LINK, MessageContext(), "campaign_link"),
    (LINK, MessageContext(reply_to_source_id="s-1"), "campaign_link"),
    (TEXT, referred(source_type="web_redirection"), "web_redirect"),
    (TEXT, referred(source_url="https://shop.example/contact"), "web_redirect"),
    (TEXT, referred(source_type="upload"), None),
]


@pytest.mark.parametrize("n", range(len(CASES)))
def test_the_origin_of_a_message(n: int) -> None:
    content, context, origin = CASES[n]
    assert origin_of(content, context) == origin
    assert origin_of(content.model_dump(mode="json"), context.model_dump(mode="json")) == origin


def test_without_a_context_there_is_no_origin() -> None:
    assert origin_of({"kind": "text", "body": "Hi"}, None) is None
    assert origin_of({"kind": "text", "body": "Hi"}, {}) is None


def test_the_predicates_answer_each_for_itself() -> None:
    context = MessageContext(
        reply_to_source_id="s-1",
        referral=Referral(source_type="ad", source_url="https://a.example/?utm_id=1"),
    )
    button = c.Button(text="Yes")
    assert [
        is_reply(context),
        is_button(button),
        is_from_ad(context),
        is_from_campaign_link(button, context),
        is_from_web_redirect(context),
    ] == [True, True, True, True, False]
