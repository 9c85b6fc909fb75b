/** What can be done with one message: react, reply, star, copy, details. Shown on hover and on focus. */

import type { Message } from "@frontdesk/shared";
import { useState, type ReactNode } from "react";
import { EmojiPanel } from "~/features/composer/EmojiPanel.tsx";
import { classes } from "~/ui/classes.ts";
import { Icon } from "~/ui/icons.tsx";
import { Menu, MenuDivider, MenuItem } from "~/ui/Menu.tsx";
import { Popup } from "~/ui/Popup.tsx";
import { toast } from "~/ui/toasts.tsx";
import styles from "./flow.module.css";
import { itemOf } from "./rows.ts";
import type { ThreadTools } from "./tools.ts";

const QUICK = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

function textOf(message: Message): string | null {
  const { content } = message;
  if (content.kind === "text") return content.body;
  if ("caption" in content && content.caption) return content.caption;
  if (content.kind === "template" && content.body) return content.body;
  return null;
}

export function BubbleTools({ message, tools }: { message: Message; tools: ThreadTools }): ReactNode {
  const [menu, setMenu] = useState(false);
  const [reacting, setReacting] = useState(false);
  const own = message.reactions.find((reaction) => reaction.author.id === tools.ownId)?.emoji;
  const text = textOf(message);
  const note = message.direction === "note";
  const react = (emoji: string): void => {
    tools.react(message, emoji === own ? null : emoji);
    setReacting(false);
  };
  return (
    <span className={classes(styles.tools, (menu || reacting) && styles.toolsOpen)}>
      {tools.canReact && !note ? (
        <Popup
          label="React"
          opened={reacting}
          onChange={setReacting}
          target={
            <button type="button" className={styles.tool} tabIndex={-1} aria-label="React" onClick={() => setReacting(!reacting)}>
              <Icon name="smilePlus" />
            </button>
          }
        >
          <EmojiPanel quick={QUICK} chosen={own} onPick={react} />
        </Popup>
      ) : null}
      {tools.canReply && tools.canQuote && !note ? (
        <button type="button" className={styles.tool} tabIndex={-1} aria-label="Reply to this message" onClick={() => tools.reply(message)}>
          <Icon name="reply" />
        </button>
      ) : null}
      <Menu
        label="Message actions"
        opened={menu}
        onChange={setMenu}
        target={
          <button type="button" className={styles.tool} aria-label="Message actions">
            <Icon name="more" />
          </button>
        }
      >
        {tools.canReply && tools.canQuote && !note ? (
          <MenuItem icon="reply" onSelect={() => tools.reply(message)}>
            Reply
          </MenuItem>
        ) : null}
        {tools.canReact && !note ? (
          <MenuItem icon="smilePlus" onSelect={() => setReacting(true)}>
            React
          </MenuItem>
        ) : null}
        {own ? (
          <MenuItem icon="x" onSelect={() => tools.react(message, null)}>
            Take back {own}
          </MenuItem>
        ) : null}
        <MenuItem icon="star" onSelect={() => tools.star(message)}>
          {message.starred ? "Remove star" : "Star"}
        </MenuItem>
        {text ? (
          <MenuItem
            icon="copy"
            onSelect={() => {
              void navigator.clipboard.writeText(text).then(() => toast("Copied"));
            }}
          >
            Copy text
          </MenuItem>
        ) : null}
        <MenuDivider />
        {message.edited_at ? (
          <MenuItem icon="clock" onSelect={() => tools.showVersions(message)}>
            Earlier versions
          </MenuItem>
        ) : null}
        <MenuItem icon="log" onSelect={() => tools.showDetails(itemOf(message))}>
          Details
        </MenuItem>
      </Menu>
    </span>
  );
}
