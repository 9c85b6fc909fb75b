/* Starts the widget: one element, one shadow root, one constructed style sheet, and `window.Frontdesk`. */

import { render } from "preact";

import { Session } from "./session";
import { readSettings } from "./settings";
import { sheet } from "./sheet";
import css from "./style.css?inline";
import { App } from "./view/app";

type Call = [verb: string, ...values: unknown[]];

declare global {
  interface Window {
    Frontdesk?: Record<string, unknown> & { calls?: Call[] };
  }
}

function start(): void {
  const boot = window.__frontdesk;
  if (!boot || document.getElementById("frontdesk")) return;
  const settings = readSettings(boot);
  if (!settings.inbox)
    { console.warn("Frontdesk: the script tag needs data-inbox, the public key of the inbox."); return; }

  const session = new Session(settings);
  const verbs: Record<string, (...values: never[]) => unknown> = {
    open: () => session.open(),
    close: () => session.close(),
    toggle: () => (session.state.open ? session.close() : session.open()),
    identify: (identity: never) => session.identify(identity),
    reset: () => session.reset(),
    on: (event: never, handler: never) => session.on(event, handler),
  };
  const early = window.Frontdesk?.calls ?? [];
  window.Frontdesk = verbs;
  for (const [verb, ...values] of early) verbs[verb]?.(...(values as never[]));

  session
    .begin()
    .catch((error: unknown) =>
      console.warn("Frontdesk:", (error as Error).message || "this inbox is not there."),
    );
  const shown = session.subscribe(() => {
    if (!session.state.inbox) return;
    shown();
    const host = document.createElement("div");
    host.id = "frontdesk";
    const root = host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet(css)];
    document.body.append(host);
    render(<App session={session} />, root);
  });
}

if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
else start();
