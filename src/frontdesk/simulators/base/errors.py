"""What a simulator's phones and its play API can be refused."""


class Unknown(KeyError):
    """There is no such phone, business, message or file: 404 on the play API."""


class Refusal(Exception):
    """The provider would not take this: 422 on the play API, with the words of `told`. Subclass it."""

    @property
    def told(self) -> str:
        """What is answered."""
        return str(self)
