/* How the widget hears from the desk: what every way has in common, and the first one, a socket. */

import type { Client } from "./client";
import type { Frame } from "./protocol";

export interface Link {
  close(): void;
}

export interface LinkOptions {
  cursor: string | null;
  onFrame: (frame: Frame) => void;
  onClose: (code: number) => void;
}

export type Transport = (client: Client, options: LinkOptions) => Link;

export const QUIET_MS = 45_000;

export const socket: Transport = (client, { cursor, onFrame, onClose }) => {
  const line = new WebSocket(client.at("v1/widget/live").replace(/^http/, "ws"));
  let heard = Date.now();
  let open = true;
  const close = (code: number) => {
    if (!open) return;
    open = false;
    clearInterval(pulse);
    line.close();
    onClose(code);
  };
  const pulse = setInterval(() => {
    if (Date.now() - heard > QUIET_MS) close(0);
    else if (line.readyState === 1) line.send('{"type":"ping"}');
  }, 20_000);
  line.onopen = () => line.send(JSON.stringify({ type: "start", cursor, token: client.token }));
  line.onmessage = (event) => {
    heard = Date.now();
    if (open) onFrame(JSON.parse(event.data as string) as Frame);
  };
  line.onclose = (event) => close(event.code);
  line.onerror = () => close(0); // a socket that the page's policy forbids tells nothing else
  return {
    close() {
      open = false;
      clearInterval(pulse);
      line.close();
    },
  };
};
