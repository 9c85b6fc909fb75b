/* The launcher; the panel is loaded when it is opened for the first time. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { accentColours } from "../contrast";
import type { Session } from "../session";
import { pageTheme } from "../settings";
import { Icon } from "./icons";
import type { Panel } from "./panel";

const WORDS = {
  en: {
    open: "Open chat",
    close: "Close chat",
    fresh: (n: number) => (n === 1 ? "1 new message" : `${n} new messages`),
  },
  es: {
    open: "Abrir el chat",
    close: "Cerrar el chat",
    fresh: (n: number) => (n === 1 ? "1 mensaje nuevo" : `${n} mensajes nuevos`),
  },
};

const FULL = "(max-width: 479px), (max-height: 479px)";

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const changed = () => setMatches(list.matches);
    list.addEventListener("change", changed);
    return () => list.removeEventListener("change", changed);
  }, [query]);
  return matches;
}

/** Follows the page when it changes its theme. */
function useTheme(wish: string): "light" | "dark" {
  const dark = useMedia("(prefers-color-scheme: dark)");
  const [theme, setTheme] = useState(() => pageTheme(wish));
  useEffect(() => {
    const look = () => setTheme(pageTheme(wish));
    look();
    const watch = new MutationObserver(look);
    watch.observe(document.documentElement, { attributeFilter: ["data-theme", "data-mantine-color-scheme"] });
    return () => watch.disconnect();
  }, [wish, dark]);
  return theme;
}

export function App({ session }: { session: Session }) {
  const [, redraw] = useState({});
  // At once, not after the paint: what changes in between would not be shown.
  useLayoutEffect(() => session.subscribe(() => redraw({})), [session]);
  const { state, settings } = session;
  const theme = useTheme(settings.theme);
  const full = useMedia(FULL);
  const root = useRef<HTMLDivElement>(null);
  const launcher = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  const [panel, setPanel] = useState<{ Panel: typeof Panel } | null>(null);

  useEffect(() => {
    if (!state.open || panel) return;
    const load = async () => {
      const loaded = await import("./panel");
      await loaded.prepare(root.current!.getRootNode() as ShadowRoot, settings.language);
      setPanel(loaded);
    };
    load().catch(() => session.close());
  }, [state.open]);

  useEffect(() => {
    const colours = accentColours(state.inbox?.accent, theme);
    const { style } = root.current!;
    for (const [name, value] of Object.entries({
      "--accent": colours?.fill,
      "--on-accent": colours?.ink,
      "--accent-text": colours?.text,
      "--bubble-tick": colours?.text,
      "--focus": colours?.text,
      "--accent-line": colours && `color-mix(in oklab, ${colours.text} 40%, transparent)`,
    }))
      style.setProperty(name, value ?? "");
  }, [state.inbox, theme]);
  useEffect(() => {
    if (wasOpen.current && !state.open) launcher.current?.focus();
    wasOpen.current = state.open;
  }, [state.open]);

  const words = /^es\b/i.test(settings.language) ? WORDS.es : WORDS.en;
  const fresh = !state.open && state.unread ? words.fresh(state.unread) : "";
  const label = state.open ? words.close : words.open + (fresh && `, ${fresh}`);
  return (
    <div
      ref={root}
      class={`fd ${settings.side === "left" ? "left" : ""} ${full ? "full" : ""}`}
      data-theme={theme}
      dir={getComputedStyle(document.documentElement).direction as "ltr" | "rtl"}
      lang={settings.language}
    >
      {state.open && panel && <panel.Panel session={session} full={full} />}
      {!(state.open && full) && (
        <button
          ref={launcher}
          class="launch"
          aria-label={label}
          aria-expanded={state.open}
          aria-controls={state.open ? "panel" : undefined}
          onClick={() => (state.open ? session.close() : session.open())}
        >
          <Icon name={state.open ? "down" : "chat"} />
          {!state.open && state.unread > 0 && <span class="un">{Math.min(state.unread, 99)}</span>}
        </button>
      )}
      <div class="vh" role="status">
        {fresh}
      </div>
    </div>
  );
}
