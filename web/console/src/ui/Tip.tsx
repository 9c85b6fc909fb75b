/** A tooltip with the key that does the same. The target keeps its own accessible name. */

import { Tooltip } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import styles from "./overlay.module.css";

interface TipProps {
  label: ReactNode;
  keys?: string;
  side?: "bottom" | "right" | "top";
  children: ReactElement;
}

export function Tip({ label, keys, side = "bottom", children }: TipProps): ReactNode {
  return (
    <Tooltip
      label={
        <>
          {label}
          {keys ? <span className={styles.tipKeys}>{keys}</span> : null}
        </>
      }
      position={side}
      offset={6}
      openDelay={350}
      transitionProps={{ duration: 0 }}
      events={{ hover: true, focus: false, touch: false }}
      classNames={{ tooltip: styles.tip }}
    >
      {children}
    </Tooltip>
  );
}
