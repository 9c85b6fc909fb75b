/** Head of a thread: who, by which channel, in what state, and what can be done, each with its key. */

import { clockTime, fullTime, nameOf, type Conversation } from "@frontdesk/shared";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useLive } from "~/app/live.ts";
import { sessionQuery, usersQuery } from "~/app/queries.ts";
import { capsOf } from "~/features/keys/keys.ts";
import { Avatar } from "~/ui/Avatar.tsx";
import { Button, IconButton, iconButtonClass } from "~/ui/Button.tsx";
import { classes } from "~/ui/classes.ts";
import { ChannelName } from "~/ui/Channel.tsx";
import { Icon } from "~/ui/icons.tsx";
import { Menu, MenuDivider, MenuChoice, MenuItem, MenuLabel } from "~/ui/Menu.tsx";
import { Tip } from "~/ui/Tip.tsx";
import { toast } from "~/ui/toasts.tsx";
import { snoozeChoices, type Actions } from "./actions.ts";
import styles from "./thread.module.css";

interface HeaderProps {
  conversation: Conversation;
  actions: Actions;
  back: string;
  sideShown: boolean;
  onSide: () => void;
  snoozing: boolean;
  onSnoozing: (open: boolean) => void;
  assigning: boolean;
  onAssigning: (open: boolean) => void;
}

const STATUS: Record<Conversation["status"], [word: string, tone: string | undefined]> = {
  open: ["Open", "green"],
  pending: ["Pending", "amber"],
  snoozed: ["Snoozed", undefined],
  resolved: ["Resolved", undefined],
};

export function Header(props: HeaderProps): ReactNode {
  const { conversation, actions, back, sideShown, onSide } = props;
  const { contact, inbox, status } = conversation;
  const name = nameOf(contact);
  const [word, tone] = STATUS[status];
  return (
    <header className={styles.bar}>
      <Link to="/inbox/$view/{-$conversationId}" params={{ view: back, conversationId: undefined }} search={(old) => old} className={classes(iconButtonClass, styles.back)} aria-label="Back to list">
        <Icon name="left" size={20} />
      </Link>
      <Avatar id={contact.id} name={name} channel={inbox.channel} />
      <div className={classes("grow", styles.title)}>
        <h1 className="one">{name}</h1>
        <p className="meta one">
          <ChannelName channel={inbox.channel} /> ·{" "}
          <span className={classes(tone, styles.status)} aria-label={`Status: ${word}`}>
            {word}
          </span>
          {status === "snoozed" && conversation.snoozed_until ? ` until ${fullTime(conversation.snoozed_until)}` : null}
          <Viewers id={conversation.id} />
        </p>
      </div>
      <AssignMenu {...props} />
      <SnoozeMenu {...props} />
      <IconButton icon="side" label={sideShown ? "Hide contact" : "Show contact"} keys="]" aria-pressed={sideShown} className={styles.hideSmall} onClick={onSide} />
      <MoreMenu {...props} />
      {status === "resolved" ? (
        <Tip label="Reopen" keys="E">
          <Button icon="retry" onClick={() => void actions.reopen()}>
            Reopen
          </Button>
        </Tip>
      ) : (
        <Tip label="Resolve" keys="E">
          <Button icon="check" onClick={() => void actions.resolve()}>
            Resolve
          </Button>
        </Tip>
      )}
    </header>
  );
}

function Viewers({ id }: { id: string }): ReactNode {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const viewing = useLive((live) => live.viewing[id]);
  const others = viewing?.filter((agent) => agent.id !== session.user.id) ?? [];
  if (others.length === 0) return null;
  return <span> · {others.map((agent) => agent.name).join(", ")} looking at it</span>;
}

function AssignMenu({ conversation, actions, assigning, onAssigning }: HeaderProps): ReactNode {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { data: users } = useQuery({ ...usersQuery, enabled: session.permissions.includes("users:read") });
  const { assignee } = conversation;
  const label = assignee ? `Assigned to ${assignee.id === session.user.id ? "you" : assignee.name}, change` : "Unassigned, assign";
  return (
    <Menu
      label="Assign to"
      opened={assigning}
      onChange={onAssigning}
      target={
        <button type="button" className={classes(iconButtonClass, styles.anchorSmall)} aria-label={label} title={`${label} (A: to you)`}>
          {assignee ? <Avatar id={assignee.id} name={assignee.name} size={24} /> : <Icon name="userCheck" />}
        </button>
      }
    >
      <MenuChoice icon="user" keys="A" checked={assignee?.id === session.user.id} onSelect={() => void actions.assign("me")}>
        Assign to me
      </MenuChoice>
      {users?.some((user) => user.id !== session.user.id) ? <MenuLabel>Colleagues</MenuLabel> : null}
      {users
        ?.filter((user) => user.id !== session.user.id && !user.disabled)
        .map((user) => (
          <MenuChoice key={user.id} checked={assignee?.id === user.id} onSelect={() => void actions.assign(user.id)}>
            {user.name}
          </MenuChoice>
        ))}
      {assignee ? (
        <>
          <MenuDivider />
          <MenuItem icon="x" onSelect={() => void actions.assign(null)}>
            Unassign
          </MenuItem>
        </>
      ) : null}
    </Menu>
  );
}

function SnoozeMenu({ conversation, actions, snoozing, onSnoozing }: HeaderProps): ReactNode {
  if (conversation.status === "resolved") return null;
  return (
    <Menu
      label="Snooze until"
      opened={snoozing}
      onChange={onSnoozing}
      width={260}
      target={
        <button type="button" className={classes(iconButtonClass, styles.anchorSmall)} aria-label="Snooze" title="Snooze (Z)">
          <Icon name="moon" />
        </button>
      }
    >
      <MenuLabel>Snooze</MenuLabel>
      {snoozing
        ? snoozeChoices(new Date()).map((choice) => (
            <MenuItem
              key={choice.label}
              hint={`${choice.until.toLocaleDateString(undefined, { weekday: "short" })} ${clockTime(choice.until.toISOString())}`}
              onSelect={() => void actions.snooze(choice.until)}
            >
              {choice.label}
            </MenuItem>
          ))
        : null}
      {conversation.status === "snoozed" ? (
        <>
          <MenuDivider />
          <MenuItem icon="retry" onSelect={() => void actions.reopen()}>
            Wake it now
          </MenuItem>
        </>
      ) : null}
    </Menu>
  );
}

function MoreMenu({ conversation, actions, onSide, sideShown, onSnoozing, onAssigning }: HeaderProps): ReactNode {
  const { status } = conversation;
  return (
    <Menu
      label="More actions"
      target={
        <button type="button" className={iconButtonClass} aria-label="More actions" title="More actions">
          <Icon name="more" />
        </button>
      }
    >
      <MenuItem icon="user" keys="A" onSelect={() => void actions.assign("me")}>
        Assign to me
      </MenuItem>
      <MenuItem icon="userCheck" keys={capsOf("shift+a")[0]?.join(" ")} onSelect={() => setTimeout(() => onAssigning(true), 0)}>
        Assign to somebody
      </MenuItem>
      {status === "resolved" ? null : (
        <MenuItem icon="moon" keys="Z" onSelect={() => setTimeout(() => onSnoozing(true), 0)}>
          Snooze
        </MenuItem>
      )}
      {status === "open" || status === "snoozed" ? (
        <MenuItem icon="clock" onSelect={() => void actions.pending()}>
          Set to pending
        </MenuItem>
      ) : null}
      {status === "pending" || status === "snoozed" ? (
        <MenuItem icon="retry" onSelect={() => void actions.reopen()}>
          Set to open
        </MenuItem>
      ) : null}
      <MenuDivider />
      <MenuItem icon="side" keys="]" onSelect={onSide}>
        {sideShown ? "Hide contact" : "Show contact"}
      </MenuItem>
      <MenuItem icon="copy" onSelect={() => void navigator.clipboard.writeText(location.href).then(() => toast("Copied"))}>
        Copy link
      </MenuItem>
    </Menu>
  );
}
