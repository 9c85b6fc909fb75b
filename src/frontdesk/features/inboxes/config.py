"""An inbox's settings: checked by its channel's model, secrets parted from the rest. Pure."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError

from frontdesk.domain.errors import Conflict, InvalidFields
from frontdesk.features.inboxes.references import references_in
from frontdesk.ports.channel import Channel, ChannelConfig

SET = {"set": True}
"""What readers get instead of a secret; sent back it means: leave it as it is."""


class InboxUnusable(Conflict):
    """The stored settings do not fit the channel, or a secret does not open with today's key."""

    code = "inbox_unusable"


def typed(channel: Channel, values: Mapping[str, Any]) -> ChannelConfig:
    """Stored settings with their secrets, as the channel takes them.

    Raises:
        InboxUnusable: The channel cannot do without what is missing or wrong.
    """
    try:
        return channel.Config.model_validate(dict(values))
    except ValidationError:
        raise InboxUnusable("The settings of this inbox cannot be used; save them again.") from None


def secret_fields(config: type[ChannelConfig]) -> tuple[str, ...]:
    """The fields that hold secrets."""
    return tuple(name for name, info in config.model_fields.items() if _is_secret(info.annotation))


def _is_secret(annotation: Any) -> bool:
    if annotation is SecretStr:
        return True
    return any(_is_secret(each) for each in getattr(annotation, "__args__", ()))


def needs_connecting(channel: Channel) -> bool:
    """Whether there is a provider to be connected with: a channel that works without any setting has none."""
    return any(info.is_required() for info in channel.Config.model_fields.values())


def combine(
    old: Mapping[str, Any], old_secrets: Mapping[str, str], given: Mapping[str, Any]
) -> dict[str, Any]:
    """The settings after a change: what is given wins, null removes, `{"set": true}` leaves a secret."""
    combined: dict[str, Any] = {**old, **old_secrets}
    for name, value in given.items():
        if value == SET:
            continue
        if value is None:
            combined.pop(name, None)
        else:
            combined[name] = value
    return combined


def validate(
    channel: Channel, values: Mapping[str, Any], known: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Check settings; answers those to keep in the open and the secrets.

    Args:
        channel: Whose settings they are.
        values: The settings; a secret may be a reference, which is kept in the open.
        known: What references lead to; a setting whose reference is not among them is not checked.

    Raises:
        InvalidFields: Each field that is not as the channel needs it, as `config.<field>`.
    """
    names = secret_fields(channel.Config)
    references = references_in(values, names)
    found = {name: known[reference] for name, reference in references.items() if reference in known}
    try:
        config = channel.Config.model_validate(
            {name: value for name, value in values.items() if name not in references} | found
        )
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)
        fields = [
            (".".join(("config", *map(str, each["loc"]))), _in_words(channel.Config, each)) for each in wrong
        ]
        raise InvalidFields("The settings are not as the channel needs them.", fields) from None
    secrets = {
        name: value.get_secret_value()
        for name in names
        if name not in references
        and isinstance(value := getattr(config, name), SecretStr)
        and value.get_secret_value()
    }
    return config.model_dump(mode="json", exclude=set(names)) | references, secrets


def _in_words(config: type[ChannelConfig], wrong: Mapping[str, Any]) -> str:
    """What is wrong with a setting; a pattern tells a person nothing, the setting's own description does."""
    info = config.model_fields.get(str(wrong["loc"][0])) if wrong["loc"] else None
    if wrong["type"] != "string_pattern_mismatch" or info is None:
        return str(wrong["msg"])
    return f"It is not written like this one. {info.description or ''}".strip()


def schema(config: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema from which a form can be drawn."""
    return config.model_json_schema(mode="validation")
