/** Initials on an identity tint, with the channel's glyph or a presence dot on the corner. */

import { initials, tintOf } from "@frontdesk/shared";
import type { ReactNode } from "react";
import styles from "./avatar.module.css";
import { classes } from "./classes.ts";
import { ChannelGlyph } from "./Channel.tsx";

interface AvatarProps {
  id: string;
  name: string | null | undefined;
  size?: 20 | 24 | 28 | 36 | 48;
  channel?: string;
  online?: boolean;
  className?: string;
}

export function Avatar({ id, name, size = 36, channel, online, className }: AvatarProps): ReactNode {
  const letters = initials(name);
  const nameless = letters === "?" || /^\d+$/.test(letters);
  return (
    <span className={classes(styles.avatar, styles[`s${String(size)}`], nameless ? styles.plain : styles[`t${String(tintOf(id))}`], className)} data-letters={letters} aria-hidden="true">
      {channel ? (
        <span className={styles.channel}>
          <ChannelGlyph channel={channel} size={12} />
        </span>
      ) : null}
      {online ? <span className={styles.online} /> : null}
    </span>
  );
}
