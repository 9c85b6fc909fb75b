/** The page around sign-in and set-up: the form on the left, a word about the desk on the right. */

import type { ReactNode } from "react";
import { Mark } from "~/ui/icons.tsx";
import styles from "./frame.module.css";

export function Frame({ children, aside }: { children: ReactNode; aside: ReactNode }): ReactNode {
  return (
    <div className={styles.frame}>
      <main className={styles.left}>
        <p className="row">
          <span className={styles.mark}>
            <Mark size={16} />
          </span>
          <strong>Frontdesk</strong>
        </p>
        <div className={styles.box}>{children}</div>
        <p className="meta">Runs at {location.host}</p>
      </main>
      <aside className={styles.right} aria-label="About this desk">
        {aside}
      </aside>
    </div>
  );
}
