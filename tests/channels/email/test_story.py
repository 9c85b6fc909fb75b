"""The whole desk: a customer's mail comes by hook and is read, with its file."""

from typing import Any

from tests.channels.email.inbox import CONFIG, INBOUND_KEY
from tests.channels.email.mails import mail, multipart
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


async def test_a_mail_s_html_is_a_page_of_its_own_that_runs_nothing_and_folds_what_it_quotes(
    desk: RunningDesk,
) -> None:
    """Refusal 42, 43, 44: cleaned again when shown; pictures from elsewhere only when asked for."""
    inbox = (await desk.owner.inbox("email", "Mail", CONFIG))["id"]
    quoted = '<div class="gmail_quote"><blockquote>Is it <b>ready</b>?</blockquote></div>'
    html = (
        '<p>Yes <img src="cid:pic@x"><img src="https://far.example/p.png" onerror="x()" alt="far">'
        f'<a href="javascript:x()">a</a><a href="https://rill.example">b</a></p>{quoted}'
    )
    raw = multipart(
        "related",
        f"Content-Type: text/html\r\n\r\n{html}",
        "Content-Type: image/gif\r\nContent-ID: <pic@x>\r\nContent-Disposition: inline\r\n\r\nGIF89a",
        Subject="<script>x()</script>",
    )
    await desk.http.post(f"/hooks/email/{inbox}?key={INBOUND_KEY}", content=raw_form(raw), headers=FORM)

    async def stored() -> Any:
        found = (await desk.owner.get("/v1/conversations"))["items"]
        if not found:
            return None
        [mail] = (await desk.owner.get(f"/v1/conversations/{found[0]['id']}/messages"))["items"]
        return mail if mail["content"]["attachments"][0]["state"] == "stored" else None

    message = await until(stored, what="the mail and its picture")
    content, path = message["content"], f"/v1/messages/{message['id']}/html"
    assert content["own_text"] == "Yes ab"
    assert "ready" in content["html"]
    assert "ready" not in content["own_html"]
    own, whole, all_pictures = [
        await desk.http.get(path, params=each)
        for each in ({"part": "own"}, {}, {"part": "own", "pictures": "all"})
    ]
    source = content["attachments"][0]["url"]
    link = 'rel="noopener noreferrer"'
    start = f'<p>Yes <img src="{source}"><img alt="far"><a {link}>a</a>'
    said = own.text.partition("<body>")[2].partition("</body>")[0]
    assert said == f'{start}<a href="https://rill.example" {link}>b</a></p>'
    assert ("ready" in own.text, "ready" in whole.text) == (False, True)
    assert "far.example" not in own.text + whole.text
    assert '<img src="https://far.example/p.png" alt="far">' in all_pictures.text
    for page, pictures in ((own, "'self'"), (all_pictures, "'self' https: http:")):
        policy = page.headers["content-security-policy"]
        assert policy.startswith(f"default-src 'none'; img-src {pictures}; style-src 'sha256-")
        assert policy.endswith("sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox")
        assert page.headers["x-frame-options"] == "SAMEORIGIN"
        assert page.headers["content-type"] == "text/html; charset=utf-8"
    stranger = await desk.tenant("Other Bikes")
    assert (await stranger.http.get(path)).status_code == 404


async def test_whoever_writes_in_an_agent_s_name_is_a_customer(desk: RunningDesk) -> None:
    """Refusal 60: a forged From with a guessed Message-ID acts for nobody and joins nobody's conversation."""
    owner = desk.owner
    inbox = (await owner.inbox("email", "Mail", CONFIG))["id"]
    hook = f"/hooks/email/{inbox}?key={INBOUND_KEY}"
    asked = mail("Where is my order?", Subject="Order 7")
    await desk.http.post(hook, content=raw_form(asked), headers=FORM)

    async def conversations(many: int) -> Any:
        found = (await owner.get("/v1/conversations"))["items"]
        return found if len(found) == many else None

    [first] = await until(lambda: conversations(1), what="the customer's conversation")
    answer = {"content": {"kind": "text", "body": "It is on its way."}}
    ours = await owner.post(f"/v1/conversations/{first['id']}/messages", answer)
    guess = f"<{ours['id']}.{'a' * 40}@{CONFIG['address'].partition('@')[2]}>"
    forged = mail(
        "Refund everything.",
        From=f"Olive Owner <{owner.email}>",
        Message_ID="<m2@elsewhere.example>",
        In_Reply_To=guess,
        Subject="Re: Order 7",
    )
    await desk.http.post(hook, content=raw_form(forged), headers=FORM)
    found = await until(lambda: conversations(2), what="a conversation of its own")
    [second] = [each for each in found if each["id"] != first["id"]]
    [said] = (await owner.get(f"/v1/conversations/{second['id']}/messages"))["items"]
    assert (said["direction"], said["author"]["type"]) == ("incoming", "contact")
    assert said["content"]["text"] == "Refund everything."
    before = (await owner.get(f"/v1/conversations/{first['id']}/messages"))["items"]
    assert [each["direction"] for each in before] == ["incoming", "outgoing"]
