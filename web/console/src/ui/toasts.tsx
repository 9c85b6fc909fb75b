/** One short message at the bottom: what was done, with undo where that is possible; or what failed. */

import { explain } from "@frontdesk/shared";
import { useSyncExternalStore, type ReactNode } from "react";
import { Icon } from "./icons.tsx";
import styles from "./toasts.module.css";

interface Toast {
  id: number;
  text: string;
  bad: boolean;
  action?: { label: string; run: () => void };
  /** What it is about: there is one toast of each thing, and it goes when the thing has changed. */
  about?: string;
}

let shown: readonly Toast[] = [];
let count = 0;
const listeners = new Set<() => void>();

function put(next: readonly Toast[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

function show(toast: Omit<Toast, "id">, seconds: number): void {
  count += 1;
  const id = count;
  put([...shown.slice(-2), { ...toast, id }]);
  setTimeout(() => {
    put(shown.filter((each) => each.id !== id));
  }, seconds * 1000);
}

/** Say that something was done. */
export function toast(text: string, action?: Toast["action"], about?: string): void {
  if (about) endToast(about);
  show({ text, bad: false, action, about }, action ? 8 : 4);
}

/** Take away what was said about a thing: it is so no longer, and there is nothing to undo. */
export function endToast(about: string): void {
  if (shown.some((each) => each.about === about)) put(shown.filter((each) => each.about !== about));
}

/** Say that something failed, why, and what helps. */
export function toastError(error: unknown, what?: string): void {
  show({ text: what ? `${what} ${explain(error)}` : explain(error), bad: true }, 8);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toasts(): ReactNode {
  const toasts = useSyncExternalStore(subscribe, () => shown);
  return (
    <div className={styles.stack} role="status" aria-live="polite" aria-label="Notices">
      {toasts.map((each) => (
        <div key={each.id} className={`${styles.toast} appear`}>
          <Icon name={each.bad ? "alert" : "check"} />
          <span>{each.text}</span>
          {each.action ? (
            <button
              type="button"
              onClick={() => {
                each.action?.run();
                put(shown.filter((other) => other.id !== each.id));
              }}
            >
              {each.action.label}
            </button>
          ) : null}
        </div>
      ))}
    </div>
  );
}
