/** Grey lines where rows will be. */

import type { ReactNode } from "react";
import { Bone } from "~/ui/small.tsx";
import styles from "./contacts.module.css";

export function TableBones(): ReactNode {
  return (
    <div className={styles.bones} role="status" aria-label="Loading">
      {[70, 55, 80, 62, 74, 58].map((width) => (
        <Bone key={width} width={`${String(width)}%`} />
      ))}
    </div>
  );
}
