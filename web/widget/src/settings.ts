/* What the page says about the widget: attributes of the script tag first, `window.frontdesk` over them. */

import type { Identity } from "./client";

export interface Settings {
  /** Address of the desk, with a slash at the end. */
  base: string;
  inbox: string;
  identify: Identity;
  language: string;
  theme: string;
  side: string;
  open: boolean;
  /** Keeps several visitors of one browser apart. */
  profile: string;
}

export type PageSettings = Partial<Omit<Settings, "base">>;

export interface Boot {
  base: string;
  data: Record<string, string | undefined>;
}

declare global {
  interface Window {
    frontdesk?: PageSettings;
    __frontdesk?: Boot;
  }
}

export function readSettings({ base, data }: Boot): Settings {
  const page = window.frontdesk ?? {};
  const identify: Identity = page.identify ?? {
    identifier: data.identifier,
    hash: data.hash,
    name: data.name,
    email: data.email,
  };
  return {
    base,
    inbox: page.inbox ?? data.inbox ?? "",
    identify,
    language: page.language ?? data.language ?? (document.documentElement.lang || navigator.language),
    theme: page.theme ?? data.theme ?? "",
    side: page.side ?? data.side ?? "",
    open: page.open ?? data.open !== undefined,
    profile: page.profile ?? data.profile ?? "",
  };
}

/** Light or dark: the script tag's wish, else the page's own `data-theme`, else the system's preference. */
export function pageTheme(wish: string): "light" | "dark" {
  const root = document.documentElement;
  const said = [wish, root.dataset.theme, root.dataset.mantineColorScheme].find(
    (name) => name === "light" || name === "dark",
  );
  if (said) return said;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
