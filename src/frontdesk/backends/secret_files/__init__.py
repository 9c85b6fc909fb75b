"""Secrets in files of one folder, as container platforms mount them: `secret://file/path/in/it`."""

from pathlib import Path

from frontdesk.ports.secrets import SecretMissing

_LARGEST = 64 * 1024


class SecretFiles:
    """Gives the text of files below one folder, without the line's end. Links that lead out are refused.

    Args:
        folder: The folder that the operator allows; None allows none.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def get(self, name: str) -> str:
        """The file's text, read anew each time. Raises SecretMissing."""
        if self._folder is None:
            raise SecretMissing("No folder of secrets is allowed; the operator names it in secrets.folder.")
        try:
            folder = self._folder.resolve()
            path = (folder / name).resolve()
            if not path.is_relative_to(folder):
                raise SecretMissing(f"The file {name[:100]} is not below the folder of secrets.")
            with path.open("rb") as file:
                value = file.read(_LARGEST + 1)
            text = value.decode("utf-8").rstrip("\r\n")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "is no text or has no such name"
            raise SecretMissing(f"The file {name[:100]} cannot be read: {reason}.") from None
        if not text or len(value) > _LARGEST:
            raise SecretMissing(f"The file {name[:100]} is empty or too large.")
        return text
