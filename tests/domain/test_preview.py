"""One line of text for every kind of content."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.domain import content as c
from frontdesk.domain.content import content_adapter
from frontdesk.domain.preview import MAX_PREVIEW, preview_of, preview_of_json, shortened

FILE = c.Media()
CASES: list[tuple[c.Content, str]] = [
    (c.Text(body="  Hello\n\n there\t "), "Hello there"),
    (c.Text(body=" \n "), "Text"),
    (c.Image(media=FILE), "Photo"),
    (c.Image(media=FILE, caption="Bent wheel"), "Bent wheel"),
    (c.Audio(media=FILE, voice=True), "Voice message"),
    (c.Audio(media=FILE), "Audio"),
    (c.Video(media=FILE), "Video"),
    (c.Document(media=FILE), "Document"),
    (c.Document(media=c.Media(filename="a.pdf")), "a.pdf"),
    (c.Document(media=c.Media(filename="a.pdf"), caption="Paid"), "Paid"),
    (c.Sticker(media=FILE), "Sticker"),
    (c.Location(latitude=1, longitude=2), "Location"),
    (c.Location(latitude=1, longitude=2, name="Rill"), "Rill"),
    (c.Contacts(cards=(c.ContactCard(name="Amir"), c.ContactCard(name="Lena"))), "Amir, Lena"),
    (c.Contacts(cards=(c.ContactCard(name=""),)), "Contact"),
    (c.Reaction(emoji="👍", target_source_id="s"), "Reacted 👍"),
    (c.Reaction(target_source_id="s"), "Reaction removed"),
    (c.Interactive(type="button_reply", id="m", title="Size M"), "Size M"),
    (c.Interactive(type="flow_reply", form={}), "Form"),
    (c.Interactive(type="other"), "Choice"),
    (c.Button(text="Yes"), "Yes"),
    (c.Order(catalog_id="1"), "Order"),
    (c.Order(catalog_id="1", text="By Friday"), "By Friday"),
    (c.Template(name="due", language="en"), "Template: due"),
    (c.Template(name="due", language="en", body="Nora, it is due"), "Nora, it is due"),
    (c.Email(subject="Invoice", text="…"), "Invoice"),
    (c.Email(), "E-mail"),
    (c.Call(call_id="1", event="connect"), "Call"),
    (c.Poll(question="Which?"), "Which?"),
    (c.Activity(activity="conversation.assigned", text="Assigned to Ana"), "Assigned to Ana"),
    (c.Activity(activity="conversation.assigned"), "conversation.assigned"),
    (c.Unsupported(raw={}), "Unsupported message"),
]


@pytest.mark.parametrize("n", range(len(CASES)))
def test_the_preview_of_each_kind(n: int) -> None:
    content, shown = CASES[n]
    assert preview_of(content) == shown
    assert preview_of_json(content_adapter.dump_json(content).decode()) == shown
    assert preview_of_json(content.model_dump(mode="json")) == shown


def test_nothing_has_no_preview() -> None:
    assert preview_of_json(None) == ""
    assert preview_of_json("") == ""


def test_long_text_ends_at_a_word() -> None:
    text = "word " * 40
    assert shortened(text) == "word " * 22 + "word word…"
    assert len(shortened(text)) == 120
    assert shortened("exactly ten", 10) == "exactly…"
    assert shortened("a" * 200) == "a" * 119 + "…"
    assert shortened("a" * 120) == "a" * 120


@given(st.text(max_size=2000))
def test_a_preview_is_one_short_line(text: str) -> None:
    line = shortened(text)
    assert len(line) <= MAX_PREVIEW
    assert line == " ".join(line.split())
    if len(text) <= MAX_PREVIEW:
        assert line == " ".join(text.split())
