/** Menus of actions. Arrow keys, typing ahead and focus come from Mantine; the look is ours. */

import { Menu as MantineMenu } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import { Icon, type IconName } from "./icons.tsx";
import styles from "./overlay.module.css";

interface MenuProps {
  /** The button that opens it. */
  target: ReactElement;
  label: string;
  opened?: boolean;
  onChange?: (opened: boolean) => void;
  side?: "bottom-end" | "bottom-start" | "top-start" | "top-end" | "right-end";
  width?: number;
  children: ReactNode;
}

export function Menu({ target, label, opened, onChange, side = "bottom-end", width, children }: MenuProps): ReactNode {
  return (
    <MantineMenu
      opened={opened}
      onChange={onChange}
      position={side}
      offset={6}
      width={width}
      transitionProps={{ duration: 0 }}
      classNames={{
        dropdown: styles.menu,
        item: styles.item,
        itemLabel: styles.itemLabel,
        itemSection: styles.itemSection,
        label: styles.menuLabel,
        divider: styles.divider,
      }}
    >
      <MantineMenu.Target>{target}</MantineMenu.Target>
      <MantineMenu.Dropdown aria-label={label}>{children}</MantineMenu.Dropdown>
    </MantineMenu>
  );
}

interface MenuItemProps {
  icon?: IconName;
  keys?: string;
  hint?: ReactNode;
  checked?: boolean;
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
  children: ReactNode;
}

export function MenuItem({ icon, keys, hint, checked, danger, disabled, onSelect, children }: MenuItemProps): ReactNode {
  return (
    <MantineMenu.Item
      onClick={onSelect}
      disabled={disabled}
      data-danger={danger ?? undefined}
      role={checked === undefined ? undefined : "menuitemradio"}
      aria-checked={checked}
      leftSection={checked === undefined ? icon ? <Icon name={icon} /> : undefined : checked ? <Icon name="check" /> : icon ? <Icon name={icon} /> : <span className={styles.blank} />}
      rightSection={keys ? <kbd>{keys}</kbd> : hint}
    >
      {children}
    </MantineMenu.Item>
  );
}

export function MenuLabel({ children }: { children: ReactNode }): ReactNode {
  return <MantineMenu.Label>{children}</MantineMenu.Label>;
}

export function MenuDivider(): ReactNode {
  return <MantineMenu.Divider />;
}
