"""Objects of Slack's as events and answers carry them. Pure.

Source: docs.slack.dev, "Events API", "message event" and its subtypes, "Interaction payloads", "Slash
commands", "file object", "user object", "Understanding Slack Connect" (2026).
"""

from typing import Any

from frontdesk.simulators.base import StoredFile
from frontdesk.simulators.slack.state import Business, Channel, Phone

Object = dict[str, Any]


def name_of(phone: Phone) -> str:
    """A user name."""
    return phone.email.partition("@")[0]


def user(phone: Phone) -> Object:
    """A person, as `users.info` tells."""
    names = {"real_name": phone.name, "display_name": phone.name}
    return {
        "id": phone.id,
        "team_id": phone.team,
        "name": name_of(phone),
        "deleted": False,
        "real_name": phone.name,
        "profile": {**names, "email": phone.email, "team": phone.team},
        "is_bot": False,
        "is_stranger": False,
    }


def bot_user(app: Business) -> Object:
    """The app, as `users.info` tells."""
    profile = {"real_name": app.name, "display_name": "", "bot_id": app.bot_id, "api_app_id": app.id}
    told = {"id": app.bot_user, "team_id": app.team, "name": "desk", "real_name": app.name}
    return told | {"deleted": False, "is_bot": True, "profile": profile}


def channel(found: Channel) -> Object:
    """A channel, as `conversations.info` tells."""
    return {
        "id": found.id,
        "name": found.name,
        "is_channel": True,
        "is_im": False,
        "is_private": False,
        "is_archived": found.is_archived,
        "is_member": found.is_member,
        "is_ext_shared": True,
    }


def direct(phone: Phone) -> Object:
    """A direct message, as `conversations.info` tells."""
    return {"id": phone.direct, "is_im": True, "user": phone.id, "is_archived": False}


def by_person(app: Business, phone: Phone, ts: str, text: str) -> Object:
    """The fields of a message that somebody writes; only with one of another company's a name goes."""
    told: Object = {"type": "message", "user": phone.id, "text": text, "ts": ts, "team": phone.team}
    if phone.team == app.team:
        return told
    first, _, last = phone.name.partition(" ")
    profile = {"first_name": first, "last_name": last, "real_name": phone.name, "name": name_of(phone)}
    told |= {"user_team": phone.team, "source_team": phone.team}
    return told | {"user_profile": {**profile, "display_name": "", "team": phone.team}}


def by_app(app: Business, ts: str, text: str) -> Object:
    """The fields of a message that the app writes."""
    profile = {"id": app.bot_id, "app_id": app.id, "name": app.name, "deleted": False, "team_id": app.team}
    told: Object = {"type": "message", "user": app.bot_user, "text": text, "ts": ts, "team": app.team}
    return told | {"bot_id": app.bot_id, "app_id": app.id, "bot_profile": profile}


def file(app: Business, stored: StoredFile, owner: str, *, is_voice: bool = False) -> Object:
    """A file inside a message; its bytes are given to who shows the app's token."""
    name, mime = stored.filename or "file", stored.mime.partition(";")[0]
    place = f"{app.files_base}/files-pri/{app.team}-{stored.id}"
    told: Object = {
        "id": stored.id,
        "name": name,
        "title": name,
        "mimetype": mime,
        "filetype": name.rpartition(".")[2] or "binary",
        "size": len(stored.content),
        "user": owner,
        "mode": "hosted",
        "is_external": False,
        "file_access": "visible",
        "url_private": f"{place}/{name}",
        "url_private_download": f"{place}/download/{name}",
    }
    return told | ({"subtype": "slack_audio"} if is_voice else {})


def channel_type(channel_id: str) -> str:
    """What an event calls the kind of a channel."""
    return "im" if channel_id.startswith("D") else "channel"


def message_event(channel_id: str, body: Object) -> Object:
    """A message came to be."""
    where = {"channel": channel_id, "channel_type": channel_type(channel_id), "event_ts": body["ts"]}
    return {**{name: value for name, value in body.items() if name != "reactions"}, **where}


def changed_event(channel_id: str, body: Object, before: Object, ts: str) -> Object:
    """A message has other words."""
    told = {"type": "message", "subtype": "message_changed", "hidden": True, "message": body}
    where = {"channel": channel_id, "channel_type": channel_type(channel_id), "ts": ts, "event_ts": ts}
    return {**told, "previous_message": before, **where}


def deleted_event(channel_id: str, before: Object, ts: str) -> Object:
    """A message was taken back."""
    told = {"type": "message", "subtype": "message_deleted", "hidden": True, "deleted_ts": before["ts"]}
    where = {"channel": channel_id, "channel_type": channel_type(channel_id), "ts": ts, "event_ts": ts}
    return {**told, "previous_message": before, **where}


def reaction_event(  # noqa: PLR0917 - the parts of one event
    kind: str, who: str, name: str, channel_id: str, body: Object, ts: str
) -> Object:
    """An emoji was put on a message (`reaction_added`) or taken off."""
    item = {"type": "message", "channel": channel_id, "ts": body["ts"]}
    return {
        "type": kind,
        "user": who,
        "reaction": name,
        "item_user": body.get("user"),
        "item": item,
        "event_ts": ts,
    }


def envelope(app: Business, value: Object) -> Object:
    """An event as it is posted."""
    event = value["event"]
    granted = {"enterprise_id": None, "team_id": app.team, "user_id": app.bot_user, "is_bot": True}
    return {
        "token": "a-deprecated-token",
        "team_id": app.team,
        "context_team_id": app.team,
        "api_app_id": app.id,
        "event": event,
        "type": "event_callback",
        "event_id": value["event_id"],
        "event_time": int(str(event["event_ts"]).partition(".")[0]),
        "authorizations": [granted | {"is_enterprise_install": False}],
        "is_ext_shared_channel": not str(event.get("channel", "")).startswith("D"),
        "event_context": f"4-{value['event_id']}",
    }


def interaction(app: Business, phone: Phone, place: Object, message: Object, action: Object) -> Object:
    """Somebody pressed or chose something in a message of the app's."""
    who = {"id": phone.id, "username": name_of(phone), "name": name_of(phone), "team_id": phone.team}
    container = {"type": "message", "message_ts": message["ts"], "channel_id": place["id"]}
    return {
        "type": "block_actions",
        "user": who,
        "api_app_id": app.id,
        "token": "a-deprecated-token",
        "container": container | {"is_ephemeral": False},
        "trigger_id": f"{action['action_ts']}.{app.team}",
        "team": {"id": app.team, "domain": "rill"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": place,
        "message": message,
        "actions": [action],
    }


def command(app: Business, phone: Phone, place: Object, words: tuple[str, str], ts: str) -> dict[str, str]:
    """The form of a slash command."""
    return {
        "token": "a-deprecated-token",
        "team_id": app.team,
        "team_domain": "rill",
        "channel_id": place["id"],
        "channel_name": place["name"],
        "user_id": phone.id,
        "user_name": name_of(phone),
        "command": words[0],
        "text": words[1],
        "api_app_id": app.id,
        "is_enterprise_install": "false",
        "trigger_id": f"{ts}.{app.team}",
    }
