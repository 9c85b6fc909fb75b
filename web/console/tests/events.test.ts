import type { LiveEvent, Message } from "@frontdesk/shared";
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import type { ThreadData } from "~/app/cache.ts";
import { applyEvent } from "~/app/events.ts";

const row = (version: number) => ({ id: "m1", conversation_id: "c1", seq: 1, version }) as unknown as Message;

test.each([
  ["with the message", { type: "message.updated", conversation_id: "c1", message: row(2) }],
  ["without it", { type: "attachment.stored", conversation_id: "c1" }],
])("what is heard %s while a thread is first fetched is not lost", async (_, event) => {
  const client = new QueryClient();
  const answers: ((data: ThreadData) => void)[] = [];
  const queryFn = () => new Promise<ThreadData>((resolve) => answers.push(resolve));
  const observer = new QueryObserver(client, { queryKey: ["messages", "c1"], queryFn });
  const leave = observer.subscribe(() => undefined);
  for (let n = 0; n < 5; n += 1) applyEvent(client, event as unknown as LiveEvent);
  await new Promise((resolve) => setTimeout(resolve, 150)); // longer than any wait before something is fetched again
  answers[0]?.({ items: [row(1)], previous: null });
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  answers[1]?.({ items: [row(2)], previous: null });
  await vi.waitFor(() => expect(observer.getCurrentResult().data?.items).toEqual([row(2)]));
  expect(answers).toHaveLength(2); // however much was heard, it is asked for once
  leave();
});
