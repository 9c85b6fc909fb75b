/** Whole pages for: loading, broken, not there. */

import { useRouter, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { buttonClass } from "~/ui/Button.tsx";
import { Blank, Failed } from "~/ui/small.tsx";
import styles from "./states.module.css";

export function Waiting(): ReactNode {
  return (
    <main className={styles.page} aria-busy="true">
      <span className="hidden-text" role="status">
        Loading
      </span>
    </main>
  );
}

export function Broken({ error, reset }: { error: unknown; reset?: () => void }): ReactNode {
  const router = useRouter();
  return (
    <main className={styles.page}>
      <Failed
        title="This page did not load"
        heading="h1"
        error={error}
        onRetry={() => {
          reset?.();
          void router.invalidate();
        }}
      />
    </main>
  );
}

export function Lost(): ReactNode {
  return (
    <main className={styles.page}>
      <Blank
        icon="search"
        title="Nothing at this address"
        heading="h1"
        action={
          <Link to="/" className={buttonClass()}>
            Open the inbox
          </Link>
        }
      >
        The page may have moved, or the link may be incomplete.
      </Blank>
    </main>
  );
}
