/** Buttons: a verb in words, or an icon with a name and a tooltip. */

import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import styles from "./button.module.css";
import { classes } from "./classes.ts";
import { Icon, type IconName } from "./icons.tsx";
import { Tip } from "./Tip.tsx";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: "normal" | "go" | "plain" | "danger" | "danger-solid";
  size?: "small" | "normal" | "large";
  icon?: IconName;
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

export function buttonClass(look: ButtonProps["look"] = "normal", size: ButtonProps["size"] = "normal"): string {
  return classes(
    styles.button,
    look === "go" && styles.go,
    look === "plain" && styles.plain,
    look === "danger" && styles.danger,
    look === "danger-solid" && styles.dangerSolid,
    size === "small" && styles.small,
    size === "large" && styles.large,
  );
}

export function Button({ look, size, icon, busy = false, className, children, disabled, type = "button", ...rest }: ButtonProps): ReactNode {
  return (
    <button {...rest} type={type} className={classes(buttonClass(look, size), className)} disabled={(disabled ?? false) || busy} aria-busy={busy || undefined}>
      {busy ? <Icon name="loader" className={styles.spin} /> : icon ? <Icon name={icon} /> : null}
      {children}
    </button>
  );
}

/** A button that reads as a link, inside text. */
export function LinkButton({ className, type = "button", ...rest }: ButtonHTMLAttributes<HTMLButtonElement>): ReactNode {
  return <button {...rest} type={type} className={classes(styles.link, className)} />;
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon: IconName;
  label: string;
  /** Key that does the same, shown in the tooltip. */
  keys?: string;
  size?: "small" | "normal";
  glyph?: number;
  filled?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

export function IconButton({ icon, label, keys, size, glyph = 16, filled, className, type = "button", children, ...rest }: IconButtonProps): ReactNode {
  return (
    <Tip label={label} keys={keys}>
      <button {...rest} type={type} aria-label={label} className={classes(styles.icon, size === "small" && styles.iconSmall, className)}>
        {children ?? <Icon name={icon} size={glyph} filled={filled} />}
      </button>
    </Tip>
  );
}

export const iconButtonClass = styles.icon;
