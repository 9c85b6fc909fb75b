"""Contacts and canned responses as people read and change them."""

from typing import Any

from tests.desk import RunningDesk


async def test_contacts_are_found_by_name_and_address(desk: RunningDesk) -> None:
    nora = await desk.owner.contact("Nora Vidal", ("phone", "+34600000001"), ("email", "nora@rill.example"))
    amir = await desk.owner.contact("Amir 100%_Haddad", ("whatsapp", "447700900002"))
    everybody = (await desk.owner.get("/v1/contacts"))["items"]
    assert [each["id"] for each in everybody] == [str(amir), str(nora)]

    async def found(q: str) -> list[str]:
        return [each["name"] for each in (await desk.owner.get("/v1/contacts", q=q))["items"]]

    assert await found("VIDAL") == ["Nora Vidal"]
    assert await found("3460000") == ["Nora Vidal"]
    for written in ("+34 600 000 001", "34 600", "0034 600-000", "(600) 000.001", "+44 7700 900 002"):
        assert await found(written) == (["Amir 100%_Haddad"] if "44" in written else ["Nora Vidal"]), written
    assert await found("0 1 9") == []
    assert await found("nora@rill") == ["Nora Vidal"]
    assert await found("%_") == ["Amir 100%_Haddad"]
    assert await found("' OR 1=1 --") == []
    one = await desk.owner.get(f"/v1/contacts/{nora}")
    assert {(each["scheme"], each["address"]) for each in one["identities"]} == {
        ("phone", "+34600000001"),
        ("email", "nora@rill.example"),
    }


async def test_lists_go_on_where_the_page_before_ended(desk: RunningDesk) -> None:
    ids = [str(await desk.owner.contact(f"Contact {n}")) for n in range(7)]
    seen: list[str] = []
    cursor = None
    while True:
        params = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = await desk.owner.get("/v1/contacts", **params)
        seen += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ids[::-1]


async def test_a_contact_is_changed_by_field(desk: RunningDesk) -> None:
    contact = await desk.owner.contact("Nora Vidal")
    path = f"/v1/contacts/{contact}"
    first = await desk.http.patch(path, json={"attributes": {"vip": True, "size": 42.5, "note": "ok"}})
    assert (first.status_code, first.json()["version"]) == (200, 2)
    second = await desk.http.patch(path, json={"name": "Nora V.", "attributes": {"size": None}})
    assert second.json()["name"] == "Nora V."
    assert second.json()["attributes"] == {"vip": True, "note": "ok"}
    assert (await desk.http.patch(path, json={"language": None})).json()["name"] == "Nora V."
    events = [each["type"] for each in (await desk.owner.get("/v1/events"))["items"]]
    assert events.count("contact.updated") == 3


async def test_s0_44_a_country_is_an_iso_code_and_an_unknown_one_is_refused(desk: RunningDesk) -> None:
    """S0-44: kept in capitals; null takes it away; a refusal names field and cure."""
    path = f"/v1/contacts/{await desk.owner.contact('Nora Vidal')}"
    assert (await desk.owner.get(path))["country"] is None
    changed = await desk.http.patch(path, json={"country": "es"})
    assert (changed.status_code, changed.json()["country"]) == (200, "ES")
    for unknown in ("XX", "Spain", "UK"):
        refused = await desk.http.patch(path, json={"country": unknown})
        [error] = refused.json()["errors"]
        assert (refused.status_code, error["field"]) == (422, "country")
        assert "use its ISO 3166-1 code of two letters, such as ES" in error["message"]
    assert (await desk.owner.get(path))["country"] == "ES"
    assert (await desk.http.patch(path, json={"country": None})).json()["country"] is None


BAD: list[tuple[dict[str, Any], str]] = [
    ({"name": "x\0y"}, "name"),
    ({"name": 7}, "name"),
    ({"attributes": {"1bad": 1}}, "attributes.1bad.[key]"),
    ({"attributes": {"deep": {"a": 1}}}, "attributes.deep"),
    ({"attributes": {"text": "x" * 1025}}, "attributes.text"),
    ({"attributes": {"text": "a\0b"}}, "attributes.text"),
    ({"attributes": []}, "attributes"),
    ({"language": "Klingon"}, "language"),
    ({"verified": True}, "verified"),
]


async def test_bad_changes_are_named_and_change_nothing(desk: RunningDesk) -> None:
    contact = await desk.owner.contact("Nora Vidal")
    before = await desk.owner.get(f"/v1/contacts/{contact}")
    wrong = {}
    for change, field in BAD:
        answer = await desk.http.patch(f"/v1/contacts/{contact}", json=change)
        fields = [each["field"] for each in answer.json()["errors"]]
        if answer.status_code != 422 or not any(each.startswith(field) for each in fields):
            wrong[str(change)[:60]] = (answer.status_code, fields)
    assert wrong == {}
    assert await desk.owner.get(f"/v1/contacts/{contact}") == before


async def test_canned_responses_are_kept_and_found_by_shortcut(desk: RunningDesk) -> None:
    """S0-34."""
    body = {
        "shortcut": "hours",
        "title": "Opening hours",
        "messages": [
            {"kind": "text", "body": "Hello {{name}}"},
            {"kind": "location", "latitude": 51.4, "longitude": -2.6, "name": "Rill Bikes"},
        ],
    }
    made = await desk.owner.post("/v1/canned-responses", body)
    assert made["messages"][0]["body"] == "Hello {{name}}"
    assert made["messages"][1]["location_type"] == "place"
    await desk.owner.post("/v1/canned-responses", {**body, "shortcut": "bye", "title": "Good bye"})
    assert [e["shortcut"] for e in (await desk.owner.get("/v1/canned-responses"))["items"]] == [
        "bye",
        "hours",
    ]
    found = (await desk.owner.get("/v1/canned-responses", q="OPEN"))["items"]
    assert [e["shortcut"] for e in found] == ["hours"]
    path = f"/v1/canned-responses/{made['id']}"
    clash = await desk.http.put(path, json={**body, "shortcut": "bye"})
    assert (clash.status_code, clash.json()["errors"][0]["field"]) == (409, "shortcut")
    replaced = await desk.http.put(path, json={**body, "title": "When we are open"})
    assert (replaced.status_code, replaced.json()["title"]) == (200, "When we are open")
    wrong: tuple[dict[str, Any], ...] = (
        {"shortcut": "with space"},
        {"messages": []},
        {"messages": [{"kind": "text", "body": ""}]},
    )
    for bad in wrong:
        assert (await desk.http.post("/v1/canned-responses", json={**body, **bad})).status_code == 422
    assert (await desk.http.delete(path)).status_code == 204
    assert (await desk.http.get(path)).status_code == 404
