"""The account's log over REST: in order, without gaps, on the live line's cursors, without content."""

from tests.desk import RunningDesk


async def _all(desk: RunningDesk, limit: int) -> tuple[list[dict[str, object]], str | None]:
    found: list[dict[str, object]] = []
    cursor = None
    while True:
        query = f"limit={limit}" + (f"&after={cursor}" if cursor else "")
        page = (await desk.http.get(f"/v1/events?{query}")).raise_for_status().json()
        cursor = page["next_cursor"]
        if not page["items"]:
            return found, cursor
        found += page["items"]


async def test_s3_05_pages_hold_every_event_once_in_order_and_no_content(desk: RunningDesk) -> None:
    inbox = await desk.owner.inbox()
    contact = {"addresses": [{"scheme": "phone", "address": "+34600111222"}]}
    talk = await desk.owner.post("/v1/conversations", {"inbox_id": inbox["id"], "contact": contact})
    for n in range(5):
        body = {"content": {"kind": "text", "body": f"canary {n}"}}
        await desk.owner.post(f"/v1/conversations/{talk['id']}/messages", body)
    for limit in (1, 3, 100):
        found, _ = await _all(desk, limit)
        assert [event["position"] for event in found] == list(range(1, len(found) + 1))
        assert [event["type"] for event in found].count("message.created") == 5
        assert "canary" not in str(found)


async def test_s3_05_the_cursor_at_the_end_waits_for_what_comes(desk: RunningDesk) -> None:
    _, cursor = await _all(desk, 100)
    await desk.owner.inbox()
    page = (await desk.http.get(f"/v1/events?after={cursor}")).json()
    assert [event["type"] for event in page["items"]] == ["inbox.created"]


async def test_a_cursor_that_is_not_ours_is_refused_by_name(desk: RunningDesk) -> None:
    answer = await desk.http.get("/v1/events?after=nonsense")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "after"
