import type { Conversation } from "@frontdesk/shared";
import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";
import { http } from "~/app/api.ts";
import { conversationQuery } from "~/app/queries.ts";
import { makeActions } from "~/features/thread/actions.ts";

afterEach(() => vi.restoreAllMocks());

test("one key resolves and reopens by what is known, not by what is shown", async () => {
  const shown = { id: "c1", status: "open", version: 1, contact: { name: "Nora" } } as unknown as Conversation;
  const client = new QueryClient();
  client.setQueryData(conversationQuery("c1").queryKey, shown);
  let version = 1;
  const asked: string[] = [];
  vi.spyOn(http, "post").mockImplementation((path: string) => {
    asked.push(path);
    version += 1;
    return Promise.resolve({ ...shown, version, status: path.endsWith("resolve") ? "resolved" : "open" } as never);
  });
  const actions = makeActions(client, shown);
  await actions.toggle();
  await actions.toggle();
  await actions.toggle();
  expect(asked).toEqual(["/v1/conversations/c1/resolve", "/v1/conversations/c1/reopen", "/v1/conversations/c1/resolve"]);
});
