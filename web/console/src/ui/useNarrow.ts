/** Whether the window shows one pane at a time. */

import { useSyncExternalStore } from "react";

const narrow = globalThis.matchMedia("(max-width: 799px)");

function subscribe(listener: () => void): () => void {
  narrow.addEventListener("change", listener);
  return () => narrow.removeEventListener("change", listener);
}

export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => narrow.matches);
}
