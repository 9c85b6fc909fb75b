"""Templates of a WhatsApp account: read page by page, and what of each must be filled in (M-18)."""

from typing import Any

import pytest

from frontdesk.channels.whatsapp import channel, templates
from frontdesk.channels.whatsapp.templates import template_of
from frontdesk.domain.template import TemplateVariable
from frontdesk.ports.channel import ListsTemplates, TemplatesUnavailable
from tests.contract.test_whatsapp_against_simulator import connection, world
from tests.simulators.conftest import World

__all__ = ["world"]
V = TemplateVariable


async def test_all_pages_are_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "_PAGE", 3)
    assert isinstance(channel, ListsTemplates)
    found = await channel.templates(connection(world))
    assert [(each.name, each.language, each.status) for each in found] == [
        ("hello_world", "en_US", "approved"), ("order_update", "en", "approved"),
        ("order_update", "de", "approved"), ("order_update", "es", "approved"),
        ("appointment_reminder", "en", "approved"), ("spring_offer", "en", "approved"),
        ("winter_offer", "en", "paused"), ("sign_in_code", "en", "approved"),
    ]  # fmt: skip
    assert found[1].variables == (V(part="body", name="1"), V(part="body", name="2"))
    assert [each.name for each in found[4].variables] == ["customer", "day", "time"]
    assert all(each.is_named for each in found[4].variables)


async def test_why_there_are_none_is_told(world: World) -> None:
    for changes, words in (
        ({"waba_id": None}, "Business Account ID"),
        ({"access_token": None}, "no access token"),
        ({"waba_id": "999"}, "."),
    ):
        with pytest.raises(TemplatesUnavailable) as refused:
            await channel.templates(connection(world, **changes))
        assert words in refused.value.message


@pytest.mark.parametrize(
    ("component", "variables"),
    [
        ({"type": "HEADER", "format": "IMAGE"}, [V(part="header", name="image", kind="image")]),
        ({"type": "HEADER", "format": "TEXT", "text": "Order {{1}}"}, [V(part="header", name="1")]),
        ({"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY"}, {"type": "URL", "url": "https://x/{{1}}"},
          {"type": "COPY_CODE"}, {"type": "URL", "url": "https://x/"}]},
         [V(part="button", index=1, name="1"), V(part="button", index=2, name="1", kind="coupon_code")]),
        ({"type": "FOOTER", "text": "{{1}}"}, []),
        ({"type": "BUTTONS", "buttons": "odd"}, []),
    ],
)  # fmt: skip
def test_what_must_be_filled_in(component: dict[str, Any], variables: list[V]) -> None:
    found = template_of({"name": "a", "language": "en", "status": "APPROVED", "components": [component]})
    assert found is not None
    assert list(found.variables) == variables


@pytest.mark.parametrize("told", [None, [], {}, {"name": "a"}, {"name": 1, "language": "en"}])
def test_what_is_no_template_is_left_out(told: Any) -> None:
    assert template_of(told) is None
