import type { Contact, ContactSource, Conversation } from "@frontdesk/shared";
import { QueryClient } from "@tanstack/react-query";
import { describe, expect, it, vi } from "vitest";
import { applyEvent } from "~/app/events.ts";
import { previewOf, reasonText } from "~/features/contacts/merge.ts";
import { timelineOf } from "~/features/contacts/timeline.ts";
import { channelOfScheme, letterOf, plainName } from "~/ui/channel-words.ts";
import { conversation, message } from "./samples.ts";

function contact(change: Partial<Contact> = {}): Contact {
  return {
    id: "p1",
    name: "Nora",
    avatar_url: null,
    language: null,
    country: null,
    attributes: {},
    verified: false,
    first_touch: null,
    identities: [{ scheme: "phone", address: "+34600000001", verified: true }],
    version: 1,
    created_at: "2026-11-20T09:00:00Z",
    last_seen_at: null,
    merged_into: null,
    ...change,
  };
}

describe("a merge before it is done", () => {
  it("tells what goes over, what is filled in, and what is not taken", () => {
    const stays = contact({ attributes: { size: 38, vip: true } });
    const other = contact({ id: "p2", name: "N. Vidal", language: "es", attributes: { size: 42, club: "Harbour", vip: true }, identities: [{ scheme: "email", address: "n@rill.example", verified: true }] });
    const line = { thread_id: "t2" } as ContactSource;
    expect(previewOf(stays, other, [line])).toEqual({
      identities: other.identities,
      lines: [line],
      filled: [["Language", "es"], ["club", "Harbour"]],
      dropped: [["Name", "N. Vidal"], ["size", 42]],
    });
  });

  it("tells why two may be one", () => {
    expect(reasonText({ code: "same_name", detail: "nora@…" })).toBe("Same name, and nora@… in both");
    expect(reasonText({ code: "new_reason", detail: "as it is" })).toBe("as it is");
  });
});

describe("the timeline of a contact", () => {
  it("is one line of all conversations, and says where each began", () => {
    const other = conversation({ id: "c2" });
    const newest = [message(4, { conversation_id: "c2", created_at: "2026-11-21T08:00:00Z" }), message(3), message(2, { id: "x", conversation_id: "c2" }), message(1)];
    const rows = timelineOf(newest, [conversation(), other]);
    expect(rows.map((row) => (row.type === "message" ? row.message.id : row.type === "place" ? row.conversationId : "day"))).toEqual(["day", "c1", "m1", "c2", "x", "c1", "m3", "day", "c2", "m4"]);
    expect(rows[1]).toMatchObject({ type: "place", conversation: { id: "c1" } });
  });

  it("leaves out activities and reactions", () => {
    const activity = message(2, { direction: "activity", content: { kind: "activity", activity: "conversation.resolved" } });
    const reaction = message(3, { content: { kind: "reaction", emoji: "👍", target_id: "m1" } });
    expect(timelineOf([reaction, activity, message(1)], []).filter((row) => row.type === "message")).toHaveLength(1);
  });
});

describe("live events of contacts", () => {
  it("reads both contacts again after a merge and after its undo", () => {
    vi.useFakeTimers();
    for (const type of ["contact.merged", "contact.unmerged"]) {
      const client = new QueryClient();
      const asked = vi.spyOn(client, "invalidateQueries").mockResolvedValue();
      applyEvent(client, { position: 1, type, at: "2026-11-20T10:00:00Z", subject_id: "p1", facts: { merged_id: "p2" } });
      vi.runAllTimers();
      const keys = asked.mock.calls.map(([filter]) => filter?.queryKey?.join("/"));
      expect(keys).toEqual(expect.arrayContaining(["contact/p1", "contact/p2", "contacts", "conversations"]));
    }
    vi.useRealTimers();
  });

  it("takes a customer's message as the time they were last seen", () => {
    const client = new QueryClient();
    client.setQueryData(["contact", "p1"], contact());
    const talk: Conversation = conversation();
    applyEvent(client, { position: 1, type: "message.received", at: message(1).created_at, conversation: talk, message: message(1) });
    applyEvent(client, { position: 2, type: "message.sent", at: message(2).created_at, conversation: talk, message: message(2, { direction: "outgoing" }) });
    expect(client.getQueryData<Contact>(["contact", "p1"])?.last_seen_at).toBe(message(1).created_at);
  });
});

describe("channels in signs and words", () => {
  it("stands for a channel by the first letter of its name", () => {
    expect([letterOf("Telegram"), letterOf("(slack)"), letterOf("")]).toEqual(["T", "S", "?"]);
    expect(plainName("twilio_sms")).toBe("Twilio sms");
  });

  it("finds the channel of an address by its scheme", () => {
    const slugs = ["slack", "telegram", "webchat", "whatsapp"];
    expect(["whatsapp_user", "telegram", "web", "visitor", "email"].map((scheme) => channelOfScheme(scheme, slugs))).toEqual(["whatsapp", "telegram", "webchat", "webchat", "email"]);
  });
});
