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
      withInitialFocusPlaceholder={false}
      classNames={{
        dropdown: styles.menu,
        item: styles.item,
        itemLabel: styles.itemLabel,
        itemSection: styles.itemSection,
        itemIndicator: styles.itemIndicator,
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
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
  children: ReactNode;
}

export function MenuItem({ icon, keys, hint, danger, disabled, onSelect, children }: MenuItemProps): ReactNode {
  return (
    <MantineMenu.Item
      onClick={onSelect}
      disabled={disabled}
      data-danger={danger ?? undefined}
      leftSection={icon ? <Icon name={icon} /> : undefined}
      rightSection={keys ? <kbd>{keys}</kbd> : hint}
    >
      {children}
    </MantineMenu.Item>
  );
}

interface MenuChoiceProps extends Pick<MenuItemProps, "icon" | "keys" | "onSelect" | "children"> {
  checked: boolean;
  /** One of several, or on and off by itself. */
  kind?: "one" | "any";
}

/** An item with a state, which a screen reader hears. */
export function MenuChoice({ checked, kind = "one", icon, keys, onSelect, children }: MenuChoiceProps): ReactNode {
  const own = {
    checked,
    closeMenuOnClick: true,
    checkIcon: <Icon name="check" />,
    rightSection: keys ? <kbd>{keys}</kbd> : undefined,
    children: icon ? (
      <span className={styles.choice}>
        <Icon name={icon} />
        {children}
      </span>
    ) : (
      children
    ),
  };
  if (kind === "any") return <MantineMenu.CheckboxItem {...own} onChange={onSelect} />;
  return <MantineMenu.RadioItem {...own} value="" onChange={onSelect} />;
}

export function MenuLabel({ children }: { children: ReactNode }): ReactNode {
  return <MantineMenu.Label role="presentation">{children}</MantineMenu.Label>;
}

export function MenuDivider(): ReactNode {
  return <MantineMenu.Divider role="separator" />;
}
