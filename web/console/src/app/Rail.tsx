/** The rail: the places of the desk, and you. A bar at the bottom on a phone. */

import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link, linkOptions, useLocation, useNavigate, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { openHelp } from "~/features/keys/help-store.ts";
import { Avatar } from "~/ui/Avatar.tsx";
import { classes } from "~/ui/classes.ts";
import { Icon, Mark, type IconName } from "~/ui/icons.tsx";
import { Menu, MenuDivider, MenuChoice, MenuItem, MenuLabel } from "~/ui/Menu.tsx";
import { Tip } from "~/ui/Tip.tsx";
import { toastError } from "~/ui/toasts.tsx";
import { http } from "./api.ts";
import { useLive } from "./live.ts";
import { sessionQuery } from "./queries.ts";
import styles from "./rail.module.css";
import { chooseTheme, useTheme } from "./theme.ts";

interface Place {
  link: LinkProps;
  icon: IconName;
  label: string;
  under: string;
  keys?: string;
}

const PLACES: Place[] = [
  { link: linkOptions({ to: "/inbox/$view/{-$conversationId}", params: { view: "all", conversationId: undefined }, search: {} }), icon: "inbox", label: "Inbox", under: "/inbox", keys: "G I" },
  { link: linkOptions({ to: "/contacts/{-$contactId}", params: { contactId: undefined } }), icon: "users", label: "Contacts", under: "/contacts", keys: "G C" },
  { link: linkOptions({ to: "/deliveries/{-$tab}", params: { tab: undefined } }), icon: "log", label: "Delivery log", under: "/deliveries", keys: "G D" },
];
const PHONES: Place = { link: linkOptions({ to: "/phones/{-$channel}", params: { channel: undefined } }), icon: "phone", label: "Phones", under: "/phones", keys: "G P" };
const SETTINGS: Place = { link: linkOptions({ to: "/settings/{-$page}/{-$item}", params: { page: undefined, item: undefined } }), icon: "settings", label: "Settings", under: "/settings", keys: "G S" };

export function Rail(): ReactNode {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const places = session.account.simulated ? [...PLACES, PHONES] : PLACES;
  return (
    <nav className={styles.rail} aria-label="Main">
      <span className={styles.mark} role="img" aria-label={session.account.name}>
        <Mark />
      </span>
      {places.map((place) => (
        <PlaceLink key={place.label} {...place} />
      ))}
      <span className={styles.gap} />
      <PlaceLink {...SETTINGS} />
      <You />
    </nav>
  );
}

function PlaceLink({ link, icon, label, keys, under }: Place): ReactNode {
  const here = useLocation({ select: (location) => location.pathname.startsWith(under) });
  return (
    <Tip label={label} keys={keys} side="right">
      <Link
        {...link}
        className={styles.place}
        aria-label={label}
        aria-current={here ? "page" : undefined}
      >
        <Icon name={icon} size={20} />
      </Link>
    </Tip>
  );
}

function You(): ReactNode {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const online = useLive((live) => live.connection === "online");
  const { choice } = useTheme();

  const signOut = async (): Promise<void> => {
    try {
      await http.delete("/v1/session");
    } catch (error) {
      toastError(error, "You are still signed in.");
      return;
    }
    await navigate({ to: "/sign-in" });
    client.clear();
  };

  return (
    <Menu
      label="You"
      side="right-end"
      width={232}
      target={
        <button type="button" className={classes(styles.place, styles.you)} aria-label={`${session.user.name}, ${online ? "online" : "offline"}`}>
          <Avatar id={session.user.id} name={session.user.name} size={28} online={online} />
        </button>
      }
    >
      <MenuLabel>
        <span className={styles.who}>
          <strong>{session.user.name}</strong>
          <span>{session.user.email}</span>
        </span>
      </MenuLabel>
      <MenuDivider />
      <MenuLabel>Theme</MenuLabel>
      <MenuChoice icon="monitor" checked={choice === "system"} onSelect={() => chooseTheme("system")}>
        As the system
      </MenuChoice>
      <MenuChoice icon="sun" checked={choice === "light"} onSelect={() => chooseTheme("light")}>
        Light
      </MenuChoice>
      <MenuChoice icon="moon" checked={choice === "dark"} onSelect={() => chooseTheme("dark")}>
        Dark
      </MenuChoice>
      <MenuDivider />
      <MenuItem icon="help" keys="?" onSelect={openHelp}>
        Keyboard shortcuts
      </MenuItem>
      <MenuItem icon="signOut" onSelect={() => void signOut()}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
