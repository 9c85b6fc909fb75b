/* The one script tag: notes where it came from, takes early calls, and loads the chat when the page has time. */

declare const __APP__: string;

(() => {
  const tag = document.currentScript as HTMLScriptElement | null;
  if (!tag || window.__frontdesk) return;
  const base = new URL(".", tag.src).href;
  window.__frontdesk = { base, data: Object.fromEntries(Object.entries(tag.dataset)) };

  const calls: [string, ...unknown[]][] = [];
  const early: Record<string, unknown> = { calls };
  for (const verb of ["open", "close", "toggle", "identify", "reset", "on"]) {
    early[verb] = (...values: unknown[]) => void calls.push([verb, ...values]);
  }
  window.Frontdesk = early;

  const load = () => {
    import(/* @vite-ignore */ `${base}widget/${__APP__}`).catch(() =>
      console.warn("Frontdesk: the chat cannot be loaded."),
    );
  };
  if ("requestIdleCallback" in window) requestIdleCallback(load, { timeout: 2000 });
  else setTimeout(load, 1);
})();

export {};
