/** Small parts: chips, dots, keys, skeletons, and the states "empty" and "did not load". */

import { explain } from "@frontdesk/shared";
import type { CSSProperties, ReactNode } from "react";
import { Button } from "./Button.tsx";
import { classes } from "./classes.ts";
import { Icon, type IconName } from "./icons.tsx";
import styles from "./small.module.css";

export type Tone = "green" | "amber" | "red" | "quiet";

export function Chip({ tone, icon, children }: { tone?: Tone; icon?: IconName; children: ReactNode }): ReactNode {
  return (
    <span className={classes(styles.chip, tone && styles[tone])}>
      {icon ? <Icon name={icon} size={12} /> : null}
      {children}
    </span>
  );
}

export function Dot({ tone, className }: { tone?: "green" | "amber" | "red" | "accent"; className?: string }): ReactNode {
  const tones = { green: styles.dotGreen, amber: styles.dotAmber, red: styles.dotRed, accent: styles.dotAccent };
  return <span className={classes(styles.dot, tone && tones[tone], className)} aria-hidden="true" />;
}

export function Kbd({ children }: { children: ReactNode }): ReactNode {
  return <kbd className={styles.kbd}>{children}</kbd>;
}

/** A key inside a button: drawn, so that it is no part of the button's name. */
export function DrawnKbd({ keys }: { keys: string }): ReactNode {
  return <kbd className={styles.kbd} data-keys={keys} aria-hidden="true" />;
}

/** One grey bar of a skeleton. */
export function Bone({ width, height, round }: { width: number | string; height?: number; round?: boolean }): ReactNode {
  const style: CSSProperties = { width, height, borderRadius: round ? "50%" : undefined };
  return <span className={styles.bone} style={style} aria-hidden="true" />;
}

interface BlankProps {
  icon: IconName;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
  /** Where it is all that the page has, its title is the page's. */
  heading?: "h1" | "h2";
}

/** Nothing here, why, and what to do. */
export function Blank({ icon, title, children, action, className, heading: Heading = "h2" }: BlankProps): ReactNode {
  return (
    <div className={classes(styles.blank, className)}>
      <Icon name={icon} size={24} />
      <Heading>{title}</Heading>
      {children ? <p>{children}</p> : null}
      {action}
    </div>
  );
}

interface FailedProps extends Pick<BlankProps, "title" | "className" | "heading"> {
  error: unknown;
  onRetry: () => void;
}

/** It did not load: the reason and the retry. */
export function Failed({ title, error, onRetry, className, heading }: FailedProps): ReactNode {
  return (
    <div role="alert">
      <Blank
        icon="alert"
        title={title}
        className={className}
        heading={heading}
        action={
          <Button icon="retry" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        {explain(error)}
      </Blank>
    </div>
  );
}
