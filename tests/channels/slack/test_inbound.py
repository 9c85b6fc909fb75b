"""Hooks in our words: messages, threads, files, edits, deletions, reactions, interactions, commands."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.channels.slack import channel
from frontdesk.channels.slack.emoji import name_of, sign_of
from frontdesk.channels.slack.markup import escaped, readable
from frontdesk.domain import content as c
from frontdesk.domain import inbound as i
from frontdesk.domain.errors import Malformed
from frontdesk.domain.inbound import Address
from frontdesk.domain.message import DeliveryStatus
from frontdesk.domain.neutral import neutral
from frontdesk.ports.channel import RawRequest
from tests.channels.slack.inbox import (
    APP,
    DELIVERY,
    IN_THREAD,
    NORA,
    TEAM,
    event_body,
    message,
    read,
    read_form,
)

PICTURE = {
    "id": "F0PIC",
    "name": "bent.png",
    "mimetype": "image/png",
    "size": 4210,
    "url_private": "https://files.slack.com/files-pri/T0RILL-F0PIC/bent.png",
    "url_private_download": "https://files.slack.com/files-pri/T0RILL-F0PIC/download/bent.png",
}


def one(event: dict[str, Any], **more: Any) -> Any:
    [found] = read(event_body(event, **more))
    return found


def test_a_message_in_a_channel_opens_the_thread_under_it() -> None:
    found = one(message())
    assert found.source_id == "C0SHOP/1700000000.000100"
    assert found.party.addresses == (NORA,)
    assert (found.thread_key, found.answer_to) == (f"slack:{IN_THREAD.value}", IN_THREAD)
    assert found.at == datetime(2023, 11, 14, 22, 13, 20, 100, tzinfo=UTC)
    told = neutral(found)
    assert (told["external_id"], told["sender"], told["chat"]) == ("1700000000.000100", "U0NORA", "C0SHOP")


def test_an_answer_in_the_thread_belongs_to_it() -> None:
    found = one(message(ts="1700000009.000200", thread_ts="1700000000.000100"))
    assert (found.thread_key, found.answer_to) == (f"slack:{IN_THREAD.value}", IN_THREAD)
    assert neutral(found)["thread"] == "1700000000.000100"


def test_a_direct_message_belongs_to_the_person_also_inside_a_thread() -> None:
    direct = {"channel": "D0NORA", "channel_type": "im"}
    found = one(message(**direct))
    assert (found.thread_key, found.answer_to) == ("slack:T0RILL/U0NORA", None)
    inside = one(message(ts="1700000009.000200", thread_ts="1700000000.000100", **direct))
    assert inside.thread_key == "slack:T0RILL/U0NORA"
    assert inside.context.reply_to_source_id == "D0NORA/1700000000.000100"


def test_words_are_shown_as_typed_and_told_as_given() -> None:
    """G24: what Slack escapes is unescaped for people; the parser tells Slack's own writing."""
    given = "a &lt;b&gt; &amp;amp; <https://rill.example|rill.example> <@U1> <#C1|shop> <!here>"
    found = one(message(given))
    assert found.content == c.Text(body="a <b> &amp; rill.example <@U1> #shop @here")
    assert neutral(found)["text"] == given


@given(st.text(max_size=200))
def test_what_is_escaped_comes_back(text: str) -> None:
    assert readable(escaped(text)) == text


def test_a_file_with_words_and_its_siblings() -> None:
    """Each file is a message; the words stand with the first."""
    other = PICTURE | {"id": "F0PDF", "name": "bill.pdf", "mimetype": "application/pdf"}
    first, second = read(event_body(message("Bent", subtype="file_share", files=[PICTURE, other])))
    assert isinstance(first, i.MessageReceived)
    assert isinstance(second, i.MessageReceived)
    assert isinstance(first.content, c.Image)
    assert first.content.caption == "Bent"
    assert first.content.media.source_media_id == "F0PIC"
    assert first.content.media.url == PICTURE["url_private_download"]
    assert isinstance(second.content, c.Document)
    assert second.source_id == "C0SHOP/1700000000.000100#1"


def test_a_voice_note_keeps_its_words_beside_it() -> None:
    voice = PICTURE | {"mimetype": "audio/mp4", "subtype": "slack_audio"}
    words, sound = read(event_body(message("Listen", files=[voice])))
    assert isinstance(words, i.MessageReceived)
    assert isinstance(sound, i.MessageReceived)
    assert words.content == c.Text(body="Listen")
    assert isinstance(sound.content, c.Audio)
    assert sound.content.voice


def test_files_elsewhere_and_hidden_ones_are_not_fetched() -> None:
    elsewhere = PICTURE | {"is_external": True, "url_private": "https://drive.example/x"}
    elsewhere.pop("url_private_download")
    assert one(message("", files=[elsewhere])).content == c.Text(body="bent.png: https://drive.example/x")
    hidden = one(message("", files=[{"id": "F1", "mode": "hidden_by_limit"}]))
    assert isinstance(hidden.content, c.Unsupported)


def test_an_edit_names_its_message_and_unfolding_is_none() -> None:
    new = {"type": "message", "user": "U0NORA", "text": "At six?", "ts": "1700000000.000100"}
    changed = message(subtype="message_changed", ts="1700000020.000300", message=new)
    edit = one(changed | {"previous_message": new | {"text": "At five?"}})
    assert isinstance(edit, i.MessageEdited)
    assert (edit.target_source_id, edit.content) == ("C0SHOP/1700000000.000100", c.Text(body="At six?"))
    assert neutral(edit)["target"] == "1700000000.000100"
    assert isinstance(one(changed | {"previous_message": new}), i.Ignored)


def test_a_deletion_names_its_message_also_as_a_tombstone() -> None:
    before = {"user": "U0NORA", "ts": "1700000000.000100", "text": "x"}
    gone: dict[str, Any] = {
        "subtype": "message_deleted",
        "deleted_ts": "1700000000.000100",
        "previous_message": before,
    }
    deleted = one(message(ts="1700000021.000300", **gone))
    assert isinstance(deleted, i.MessageDeleted)
    assert deleted.target_source_id == "C0SHOP/1700000000.000100"
    stone = before | {"subtype": "tombstone"}
    root = one(
        message(ts="1700000022.000300", subtype="message_changed", message=stone, previous_message=before)
    )
    assert isinstance(root, i.MessageDeleted)
    assert root.target_source_id == "C0SHOP/1700000000.000100"


def reaction(kind: str, **more: Any) -> dict[str, Any]:
    item = {"type": "message", "channel": "C0SHOP", "ts": "1700000000.000100"}
    told = {"type": kind, "user": "U0NORA", "reaction": "thumbsup", "item": item, "item_user": "U0DESK"}
    return told | {"event_ts": "1700000030.000400"} | more


def test_a_reaction_comes_as_the_sign_and_is_told_by_its_name() -> None:
    added = one(reaction("reaction_added"))
    assert added.content == c.Reaction(emoji="👍", target_source_id="C0SHOP/1700000000.000100")
    told = neutral(added)
    assert (told["event"], told["emoji"], told["target"]) == ("reaction", "thumbsup", "1700000000.000100")
    removed = one(reaction("reaction_removed"))
    assert removed.content.emoji is None
    assert (neutral(removed)["emoji"], neutral(removed)["removed"]) == ("thumbsup", True)


def test_our_own_reaction_and_one_on_a_file_are_passed_over() -> None:
    assert isinstance(one(reaction("reaction_added", user="U0DESK")), i.Ignored)
    assert isinstance(one(reaction("reaction_added", item={"type": "file", "file": "F1"})), i.Ignored)


@pytest.mark.parametrize(
    ("sign", "name"),
    [("👍", "+1"), ("❤️", "heart"), ("❤", "heart"), ("🎉", "tada"), ("🦊", "fox_face"), ("👍🏽", "+1")],
)
def test_emoji_have_names_both_ways(sign: str, name: str) -> None:
    assert name_of(sign) == name
    assert sign_of(name)[0] == sign[0]


def test_emoji_of_a_company_keep_their_name() -> None:
    assert sign_of("rill_bike") == ":rill_bike:"
    assert name_of(":rill_bike:") == "rill_bike"
    assert name_of("ab") is None


def test_our_own_message_settles_its_delivery_and_is_no_customers() -> None:
    """No echo loop: what the app posted comes back as proof at most."""
    metadata = {"event_type": "frontdesk_delivery", "event_payload": {"delivery_id": str(DELIVERY)}}
    ours = {"user": "U0DESK", "bot_id": "B0DESK", "app_id": APP}
    proof = one(message("Until six.", **ours, metadata=metadata))
    assert isinstance(proof, i.StatusReported)
    assert (proof.delivery_id, proof.status) == (DELIVERY, DeliveryStatus.DELIVERED)
    assert proof.source_id == "C0SHOP/1700000000.000100"
    assert isinstance(one(message("Until six.", **ours)), i.Ignored)
    assert isinstance(one(message("Until six.", user="U0DESK", bot_id="B0DESK")), i.Ignored)
    posted = {"type": "message_metadata_posted", "app_id": APP, "bot_id": "B0DESK", "metadata": metadata}
    told = one(posted | {"channel_id": "C0SHOP", "message_ts": "1700000000.000100"})
    assert isinstance(told, i.StatusReported)
    assert told.delivery_id == UUID(str(DELIVERY))


def test_another_bot_is_somebody() -> None:
    found = one(message("Build is green", subtype="bot_message", user=None, bot_id="B0CI", username="ci"))
    assert (found.party.name, found.party.addresses[0].value) == ("ci", f"{TEAM}/B0CI")
    assert neutral(found)["sender_is_bot"] is True


@pytest.mark.parametrize("subtype", ["channel_join", "channel_topic", "pinned_item", "message_replied"])
def test_notices_are_no_messages(subtype: str) -> None:
    found = one(message("<@U0NORA> has joined", subtype=subtype))
    assert isinstance(found, i.Ignored)
    assert neutral(found)["extra"]["system_type"] == subtype


def test_a_mention_and_its_message_are_one() -> None:
    twin = one(message("<@U0DESK> hi", type="app_mention"))
    assert twin.source_id == one(message("<@U0DESK> hi")).source_id


def test_a_pressed_button_is_an_answer_in_its_thread() -> None:
    action = {"type": "button", "action_id": "size", "value": "m", "text": {"text": "Medium"}}
    body = {
        "type": "block_actions",
        "user": {"id": "U0NORA", "name": "nora", "team_id": TEAM},
        "team": {"id": TEAM},
        "channel": {"id": "C0SHOP"},
        "message": {"ts": "1700000005.000100", "thread_ts": "1700000000.000100"},
        "actions": [action | {"action_ts": "1700000040.000500"}],
    }
    [found] = read_form({"payload": json.dumps(body)})
    assert isinstance(found, i.MessageReceived)
    assert found.content == c.Interactive(type="button_reply", id="m", title="Medium")
    assert found.answer_to == IN_THREAD
    assert found.context.reply_to_source_id == "C0SHOP/1700000005.000100"
    told = neutral(found)
    assert (told["event"], told["payload"], told["sender"]) == ("callback", "m", "U0NORA")


def test_a_chosen_row_is_an_answer() -> None:
    option = {"value": "9", "text": {"text": "9:00"}}
    body = {"type": "block_actions", "user": {"id": "U0NORA"}, "team": {"id": TEAM}, "trigger_id": "1.2"}
    [found] = read_form({"payload": json.dumps(body | {"actions": [{"selected_option": option}]})})
    assert isinstance(found, i.MessageReceived)
    assert found.content == c.Interactive(type="list_reply", id="9", title="9:00")
    assert found.thread_key == "slack:T0RILL/U0NORA"


def test_a_command_is_what_was_typed() -> None:
    fields = {"command": "/desk", "text": "help me", "user_id": "U0NORA", "user_name": "nora"}
    [found] = read_form(fields | {"team_id": TEAM, "channel_id": "C0SHOP", "trigger_id": "13.37"})
    assert isinstance(found, i.MessageReceived)
    assert found.content == c.Text(body="/desk help me")
    assert (found.thread_key, found.source_id) == ("slack:T0RILL/U0NORA", "command:13.37")
    assert neutral(found)["payload"] == "/desk"


def test_a_submitted_view_keeps_its_form() -> None:
    view = {"callback_id": "claim", "state": {"values": {"b": {"a": {"value": "x"}}}}}
    body = {"type": "view_submission", "user": {"id": "U0NORA"}, "team": {"id": TEAM}, "view": view}
    [found] = read_form({"payload": json.dumps(body)})
    assert isinstance(found, i.MessageReceived)
    assert isinstance(found.content, c.Interactive)
    assert found.content.form == {"b": {"a": {"value": "x"}}}


def test_a_registration_is_told_as_such() -> None:
    [found] = read({"type": "url_verification", "challenge": "abc"})
    assert (neutral(found)["event"], neutral(found)["challenge"]) == ("challenge", "abc")


@pytest.mark.parametrize("fields", [{}, {"other": "1"}, {"payload": "nonsense"}, {"payload": "[]"}])
def test_a_form_of_something_else_is_malformed(fields: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        read_form(fields)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = (
    "user",
    "ts",
    "text",
    "channel",
    "files",
    "message",
    "previous_message",
    "item",
    "subtype",
    "metadata",
)


@given(
    st.sampled_from(
        ["message", "app_mention", "reaction_added", "reaction_removed", "message_metadata_posted"]
    ),
    st.dictionaries(st.sampled_from(_FIELDS), _json, max_size=6),
    st.sampled_from([None, "message_changed", "message_deleted", "file_share"]),
)
def test_no_event_breaks_the_reader(kind: str, fields: dict[str, Any], subtype: str | None) -> None:
    """G9: whatever stands in a field, the hook is read or clearly refused."""
    event = {"type": kind, "user": "U1", "ts": "1.2", "channel": "C1", "subtype": subtype, **fields}
    for found in read(event_body(event)):
        assert neutral(found)["event"]


@given(_json, st.sampled_from(["block_actions", "view_submission", "shortcut"]))
def test_no_interaction_breaks_the_reader(inner: Any, kind: str) -> None:
    body = {"type": kind, "user": {"id": "U1"}, "actions": [inner], "view": inner, "message": inner}
    for found in read_form({"payload": json.dumps(body)}):
        assert neutral(found)["event"]


def test_a_nul_is_replaced() -> None:
    raw = json.dumps(event_body(message("a\x00b"))).encode()
    request = RawRequest("POST", "https://desk.example/", {}, {"content-type": "application/json"}, raw)
    [found] = channel.parse(request)
    assert isinstance(found, i.MessageReceived)
    assert found.content == c.Text(body="a\ufffdb")


def test_addresses_are_of_one_scheme() -> None:
    assert Address("slack", "T0RILL/U0NORA") == NORA


def test_a_guest_of_another_company_is_one_person_in_messages_and_reactions() -> None:
    """A shared channel's messages name the guest's own workspace, its reactions do not; S2-19."""
    said = one(message(team="T0GUEST", user_team="T0GUEST"))
    item = {"type": "message", "channel": "C0SHOP", "ts": "1700000000.000100"}
    liked = one({"type": "reaction_added", "user": "U0NORA", "reaction": "heart", "item": item})
    assert said.party.addresses == liked.party.addresses == (NORA,)


def test_a_file_of_ours_is_found_by_its_message_too() -> None:
    """G3, S2-19: its sending told the file's id only, and a reaction names the message."""
    ours = message(
        "Your bill", user="U0DESK", bot_id="B0DESK", app_id=APP, subtype="file_share", files=[PICTURE]
    )
    told = one(ours)
    assert (told.source_id, told.other_id, told.status) == (
        "C0SHOP/F0PIC",
        "C0SHOP/1700000000.000100",
        DeliveryStatus.DELIVERED,
    )
