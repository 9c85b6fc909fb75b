"""How fast one webhook is parsed, against an earlier package, on the same bytes in the same process."""

import gc
import json
import time
from collections.abc import Callable

from bench.report import Figure, Report, middle
from frontdesk.ports.channel import RawRequest

BODY = json.dumps(
    {
        "object": "whatsapp_business_account",
        "entry": [
            {
                "id": "102290129340398",
                "changes": [
                    {
                        "value": {
                            "messaging_product": "whatsapp",
                            "metadata": {
                                "display_phone_number": "15550783881",
                                "phone_number_id": "106540352242922",
                            },
                            "contacts": [{"profile": {"name": "Nora Castell"}, "wa_id": "447700900142"}],
                            "messages": [
                                {
                                    "from": "447700900142",
                                    "id": "wamid.HBgLMTY0NjcwNDM1OTUVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=",
                                    "timestamp": "1749416383",
                                    "type": "text",
                                    "text": {"body": "Does the Ridge 2 come in another colour?"},
                                }
                            ],
                        },
                        "field": "messages",
                    }
                ],
            }
        ],
    }
).encode()


def _rate(parse: Callable[[], object], seconds: float = 0.7) -> float:
    gc.collect()
    parse()
    done, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        for _ in range(200):
            parse()
        done += 200
    return done / spent


def _earlier() -> Callable[[], object]:
    from letschatty.models.messages.meta_message_model.meta_base_notification_json import (
        BaseMetaNotificationJson,
    )
    from letschatty.models.messages.meta_message_model.meta_message_json import MetaMessageJson

    def parse() -> object:
        data = json.loads(BODY)
        BaseMetaNotificationJson(**data).get_notification_type()
        notification = MetaMessageJson(**data)
        message = notification.get_message()
        return message.id, message.type, message.get_content(), notification.get_created_at()

    return parse


def run(report: Report, rounds: int) -> None:
    """Interleave both parsers."""
    from frontdesk.channels.whatsapp import channel

    request = RawRequest("POST", "http://localhost/hooks", {}, {}, BODY)
    earlier = _earlier()
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_rate(lambda: channel.parse(request)))
        theirs.append(_rate(earlier))
    ratio = middle([a / b for a, b in zip(ours, theirs, strict=True)])
    report.add(Figure("parse a webhook: letschatty 0.1.48", "-", middle(theirs), "/s"))
    report.add(Figure("parse a webhook / letschatty 0.1.48", "-", middle(ours), "/s", ratio, 3, 8))
