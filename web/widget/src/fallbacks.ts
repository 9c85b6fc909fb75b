/* The other ways to hear from the desk, loaded only where sockets do not come through: a stream of server-sent events,
   and asking for new messages again and again. */

import { Unknown } from "./client";
import type { Frame } from "./protocol";
import { QUIET_MS, type Transport } from "./socket";

const REVOKED = 4401;

/** Server-sent events over fetch: EventSource cannot carry the visitor's token. */
export const stream: Transport = (client, { cursor, onFrame, onClose }) => {
  const stop = new AbortController();
  const read = async () => {
    const answer = await fetch(
      client.at(`v1/widget/live${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`),
      {
        headers: { Accept: "text/event-stream", Authorization: `Bearer ${client.token}` },
        credentials: "omit",
        signal: stop.signal,
      },
    );
    if (answer.status === 401) return REVOKED;
    if (!answer.ok || !answer.body) return 0;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    let quiet: ReturnType<typeof setTimeout> | undefined;
    for (;;) {
      clearTimeout(quiet);
      quiet = setTimeout(() => stop.abort(), QUIET_MS);
      const { done, value } = await reader.read();
      if (done) { clearTimeout(quiet); return; }
      const blocks = (rest + value).split(/\r?\n\r?\n/);
      rest = blocks.pop()!;
      for (const block of blocks) {
        const json = /^data: ?(.*)$/m.exec(block)?.[1];
        if (json) onFrame(JSON.parse(json) as Frame);
      }
    }
  };
  let open = true;
  const done = (code: number) => {
    if (open) onClose(code);
    open = false;
  };
  read().then(
    (code) => done(code ?? 0),
    () => done(0),
  );
  return {
    close() {
      open = false;
      stop.abort();
    },
  };
};

const POLL_MS = 4_000;
const POLLS_BEFORE_BETTER = 30;

export const poll: Transport = (client, { onFrame, onClose }) => {
  let timer: ReturnType<typeof setTimeout>;
  let rounds = 0;
  let open = true;
  const ask = async () => {
    try {
      const { items } = await client.page("limit=30");
      if (!open) return;
      if (!rounds) onFrame({ type: "hello" });
      for (const message of items) onFrame({ type: "message", message });
      if (++rounds > POLLS_BEFORE_BETTER) { onClose(0); return; }
      timer = setTimeout(() => void ask(), POLL_MS);
    } catch (error) {
      if (open) onClose(error instanceof Unknown ? REVOKED : 0);
    }
  };
  void ask();
  return {
    close() {
      open = false;
      clearTimeout(timer);
    },
  };
};
