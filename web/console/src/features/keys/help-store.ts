/** Whether the help overlay and the palette are open. */

import { useSyncExternalStore } from "react";

type Overlay = "help" | "palette" | null;

let open: Overlay = null;
const listeners = new Set<() => void>();

export function setOverlay(next: Overlay): void {
  open = next;
  for (const listener of listeners) listener();
}

export function openHelp(): void {
  setOverlay("help");
}

export function openPalette(): void {
  setOverlay("palette");
}

export function overlay(): Overlay {
  return open;
}

export function useOverlay(): Overlay {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => open,
  );
}
