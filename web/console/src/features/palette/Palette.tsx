/** The command palette: actions for the open conversation, places, people. Arrow keys move, Enter runs. */

import { addressText, nameOf, type Conversation } from "@frontdesk/shared";
import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { Modal } from "@mantine/core";
import { useDeferredValue, useEffect, useId, useState, type KeyboardEvent, type ReactNode } from "react";
import { http } from "~/app/api.ts";
import { conversationQuery, sessionQuery } from "~/app/queries.ts";
import { chooseTheme, useTheme } from "~/app/theme.ts";
import { Caps } from "~/features/keys/Help.tsx";
import { openHelp, setOverlay, useOverlay } from "~/features/keys/help-store.ts";
import { makeActions, snoozeChoices } from "~/features/thread/actions.ts";
import { Avatar } from "~/ui/Avatar.tsx";
import { ChannelGlyph } from "~/ui/Channel.tsx";
import { Icon, type IconName } from "~/ui/icons.tsx";
import { Kbd } from "~/ui/small.tsx";
import { findCommands, type Command } from "./commands.ts";
import styles from "./palette.module.css";

interface Found {
  items: { id: string; name: string | null; identities: { scheme: string; address: string }[] }[];
}

export function Palette(): ReactNode {
  const opened = useOverlay() === "palette";
  const close = (): void => setOverlay(null);
  return (
    <Modal.Root opened={opened} onClose={close} lockScroll={false} transitionProps={{ duration: 0 }} yOffset="12dvh">
      <Modal.Overlay className={styles.overlay} backgroundOpacity={1} transitionProps={{ duration: 0 }} />
      <Modal.Content classNames={{ content: styles.content }} aria-label="Search or go to">
        {opened ? <Search onClose={close} /> : null}
      </Modal.Content>
    </Modal.Root>
  );
}

function useCommands(typed: string): Command[] {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { shown } = useTheme();
  const { conversationId } = useParams({ strict: false });
  const open = useQuery({ ...conversationQuery(conversationId ?? ""), enabled: false }).data;
  const people = usePeople(typed);
  const view = (name: string) => () => void navigate({ to: "/inbox/$view/{-$conversationId}", params: { view: name, conversationId: undefined }, search: {} });
  const setting = (page: string) => () => void navigate({ to: "/settings/{-$page}/{-$item}", params: { page, item: undefined } });
  const go = (icon: IconName, label: string, run: () => void, keys?: string): Command => ({ id: label, group: "Go to", icon, label, run, keys });
  return [
    ...(open ? conversationCommands(open, makeActions(client, open)) : []),
    go("bubble", "All conversations", view("all"), "g i"),
    go("person", "Mine", view("mine"), "g m"),
    go("inbox", "Unassigned", view("unassigned"), "g u"),
    go("bell", "Unread", view("unread")),
    go("moon", "Snoozed", view("snoozed"), "g z"),
    go("star", "Starred messages", view("starred")),
    go("users", "Contacts", () => void navigate({ to: "/contacts/{-$contactId}", params: { contactId: undefined } }), "g c"),
    go("log", "Delivery log", () => void navigate({ to: "/deliveries/{-$tab}", params: { tab: undefined } }), "g d"),
    ...(session.account.simulated ? [go("phone", "Phones", () => void navigate({ to: "/phones/{-$channel}", params: { channel: undefined } }), "g p")] : []),
    go("inbox", "Settings: inboxes", setting("inboxes"), "g s"),
    go("saved", "Settings: canned responses", setting("canned")),
    go("ban", "Settings: opt-outs", setting("opt-outs")),
    go("users", "Settings: people", setting("people")),
    go("key", "Settings: API tokens", setting("tokens")),
    { id: "theme", group: "Desk", icon: shown === "dark" ? "sun" : "moon", label: shown === "dark" ? "Light theme" : "Dark theme", run: () => chooseTheme(shown === "dark" ? "light" : "dark") },
    { id: "help", group: "Desk", icon: "help", label: "Keyboard shortcuts", keys: "?", run: () => setTimeout(openHelp, 0) },
    ...people,
  ];
}

function conversationCommands(open: Conversation, actions: ReturnType<typeof makeActions>): Command[] {
  const name = nameOf(open.contact);
  const command = (id: string, icon: IconName, label: string, run: () => void, keys?: string): Command => ({ id, group: "This conversation", icon, label, run, keys });
  const resolved = open.status === "resolved";
  return [
    resolved ? command("reopen", "retry", `Reopen ${name}`, () => void actions.reopen(), "e") : command("resolve", "check", `Resolve ${name}`, () => void actions.resolve(), "e"),
    command("assign", "user", "Assign to me", () => void actions.assign("me"), "a"),
    ...(open.assignee ? [command("unassign", "x", "Unassign", () => void actions.assign(null))] : []),
    ...(resolved ? [] : snoozeChoices(new Date()).map((choice) => command(`snooze-${choice.label}`, "moon", `Snooze: ${choice.label.charAt(0).toLowerCase()}${choice.label.slice(1)}`, () => void actions.snooze(choice.until)))),
    ...(open.status === "open" ? [command("pending", "clock", "Set to pending", () => void actions.pending())] : []),
  ];
}

/** Contacts by what was typed, each leading to their latest conversation. */
function usePeople(typed: string): Command[] {
  const navigate = useNavigate();
  const wanted = useDeferredValue(typed.trim());
  const { data } = useQuery({
    queryKey: ["contacts", "palette", wanted],
    queryFn: ({ signal }) => http.get<Found>("/v1/contacts", { signal, query: { q: wanted, limit: 6 } }),
    enabled: wanted.length > 1,
    placeholderData: (old) => old,
  });
  if (wanted.length < 2) return [];
  const open = async (contact: string): Promise<void> => {
    const answer = await http.get<{ items: Conversation[] }>("/v1/conversations", { query: { contact_id: contact, status: "all", limit: 1 } });
    const latest = answer.items[0];
    if (latest) await navigate({ to: "/inbox/$view/{-$conversationId}", params: { view: "all", conversationId: latest.id }, search: {} });
    else await navigate({ to: "/contacts/{-$contactId}", params: { contactId: contact } });
  };
  return (data?.items ?? []).map((contact) => ({
    id: `person-${contact.id}`,
    group: "People",
    person: contact.id,
    label: contact.name ?? addressText(contact.identities[0] ?? {}),
    hint: addressText(contact.identities[0] ?? {}),
    always: true,
    run: () => void open(contact.id),
  }));
}

function Search({ onClose }: { onClose: () => void }): ReactNode {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  const found = findCommands(useCommands(typed), typed);
  const chosen = Math.min(at, found.length - 1);

  useEffect(() => {
    document.getElementById(`${list}-${String(chosen)}`)?.scrollIntoView({ block: "nearest" });
  }, [list, chosen]);

  const run = (command: Command | undefined): void => {
    if (!command) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (found.length) setAt((chosen + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(found[chosen]);
    }
  };

  return (
    <>
      <div className={styles.query}>
        <Icon name="search" size={20} />
        <input
          aria-label="Command or search"
          placeholder="Search or go to"
          role="combobox"
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={found.length ? `${list}-${String(chosen)}` : undefined}
          aria-autocomplete="list"
          data-autofocus
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <Kbd>Esc</Kbd>
      </div>
      <div className={`${styles.results} scroll`} role="listbox" id={list} aria-label="Results">
        {found.map((command, index) => (
          <div key={command.id} role="presentation">
            {command.group === found[index - 1]?.group ? null : (
              <p className={styles.group} role="presentation">
                {command.group}
              </p>
            )}
            <div id={`${list}-${String(index)}`} role="option" aria-selected={index === chosen} className={styles.option} onMouseMove={() => setAt(index)} onClick={() => run(command)}>
              {command.person ? <Avatar id={command.person} name={command.label} size={20} /> : command.channel ? <ChannelGlyph channel={command.channel} /> : <Icon name={command.icon ?? "right"} />}
              <span className="grow one">
                {command.label}
                {command.hint && command.hint !== command.label ? <span className={`meta ${styles.hint}`}>{command.hint}</span> : null}
              </span>
              {command.keys ? <Caps keys={command.keys} /> : null}
            </div>
          </div>
        ))}
      </div>
      {found.length === 0 ? <p className={styles.nothing}>Nothing fits “{typed}”. Try a name, a number or a page.</p> : null}
      <p className={`meta ${styles.foot}`}>
        <span>
          <Kbd>↑</Kbd> <Kbd>↓</Kbd> move
        </span>
        <span>
          <Kbd>↵</Kbd> open
        </span>
      </p>
    </>
  );
}
