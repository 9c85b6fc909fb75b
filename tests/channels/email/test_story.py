"""The whole desk: a customer's mail comes by hook and is read, with its file."""

from typing import Any

from tests.channels.email.inbox import CONFIG, INBOUND_KEY
from tests.channels.email.mails import multipart
from tests.desk import RunningDesk, until

FORM = {"content-type": "multipart/form-data; boundary=b"}


def raw_form(raw: bytes) -> bytes:
    return b'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\n' + raw + b"\r\n--b--\r\n"


async def test_a_mail_with_a_file_becomes_a_conversation(desk: RunningDesk) -> None:
    """S3-16, M-17, refusal 31: proved by its address, kept once, its file served by us."""
    inbox = (await desk.owner.inbox("email", "Mail", CONFIG))["id"]
    raw = multipart(
        "mixed",
        "Content-Type: text/html\r\n\r\n<p onclick='x()'>Hola<script>x()</script></p>",
        "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\n%PDF-1.4",
        Subject="Order 7",
    )
    url = f"/hooks/email/{inbox}"
    refused = await desk.http.post(url, content=raw_form(raw), headers=FORM)
    assert refused.status_code in (401, 403)
    for _ in range(2):
        taken = await desk.http.post(f"{url}?key={INBOUND_KEY}", content=raw_form(raw), headers=FORM)
        assert taken.status_code == 200

    async def stored() -> Any:
        found = (await desk.owner.get("/v1/conversations"))["items"]
        if not found:
            return None
        page = await desk.owner.get(f"/v1/conversations/{found[0]['id']}/messages")
        files = page["items"][0]["content"]["attachments"]
        return page["items"] if files[0]["state"] == "stored" else None

    [message] = await until(stored, what="the mail and its file")
    content = message["content"]
    assert (content["subject"], content["text"], content["html"]) == ("Order 7", "Hola", "<p>Hola</p>")
    [file] = content["attachments"]
    assert file["filename"] == "a.pdf"
    assert (await desk.http.get(file["url"])).content == b"%PDF-1.4"
