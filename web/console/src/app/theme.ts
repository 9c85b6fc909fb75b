/** Light, dark or as the system says; remembered on this device. */

import { useSyncExternalStore } from "react";

export type ThemeChoice = "system" | "light" | "dark";

const KEY = "frontdesk.theme";
const system = globalThis.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

export function themeChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system";
  }
}

function shownTheme(): "light" | "dark" {
  const choice = themeChoice();
  return choice === "system" ? (system.matches ? "dark" : "light") : choice;
}

function show(): void {
  const theme = shownTheme();
  document.documentElement.dataset.theme = theme;
  document.documentElement.dataset.mantineColorScheme = theme;
  for (const listener of listeners) listener();
}

export function chooseTheme(choice: ThemeChoice): void {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // Storage is closed to us: the choice lasts as long as the page.
    document.documentElement.dataset.theme = choice;
  }
  show();
}

system.addEventListener("change", show);
globalThis.addEventListener("storage", (event) => {
  if (event.key === KEY) show();
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The person's choice, and what is shown because of it. */
export function useTheme(): { choice: ThemeChoice; shown: "light" | "dark" } {
  const choice = useSyncExternalStore(subscribe, themeChoice);
  const shown = useSyncExternalStore(subscribe, shownTheme);
  return { choice, shown };
}
