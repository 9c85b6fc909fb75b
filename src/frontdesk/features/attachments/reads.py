"""What readers get of a file besides its message: the picture that stands for it."""

from typing import TypedDict

from frontdesk.store.statement import Row

PREVIEW_PATH = "/preview"
"""Behind the link of a file: the link of its preview."""


class PictureRead(TypedDict):
    """A small picture of a file, at most 640 pixels wide and high."""

    url: str
    width: int
    height: int


def picture_of(row: Row, url: str) -> PictureRead | None:
    """The preview of a file with this link, if it has one."""
    if row.preview_blob is None:
        return None
    return {"url": f"{url}{PREVIEW_PATH}", "width": row.preview_width, "height": row.preview_height}
