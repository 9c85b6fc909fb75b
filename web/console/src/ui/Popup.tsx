/** A small panel beside its button: closes by Esc and by a click elsewhere. */

import { Popover } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import styles from "./overlay.module.css";

interface PopupProps {
  label: string;
  opened: boolean;
  onChange: (opened: boolean) => void;
  target: ReactElement;
  side?: "bottom-end" | "bottom-start" | "top-start" | "top-end";
  children: ReactNode;
}

export function Popup({ label, opened, onChange, target, side = "top-end", children }: PopupProps): ReactNode {
  return (
    <Popover opened={opened} onChange={onChange} position={side} offset={6} trapFocus returnFocus transitionProps={{ duration: 0 }} classNames={{ dropdown: styles.menu }}>
      <Popover.Target>{target}</Popover.Target>
      <Popover.Dropdown aria-label={label}>{children}</Popover.Dropdown>
    </Popover>
  );
}
