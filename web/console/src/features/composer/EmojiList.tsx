/** Emoji to choose from, above the composer while a name is typed behind a colon. */

import type { ReactNode } from "react";
import styles from "./composer.module.css";
import type { Colon } from "./useColon.ts";

export function EmojiList({ id, colon }: { id: string; colon: Colon }): ReactNode {
  return (
    <div className={styles.suggestions}>
      <ul id={id} role="listbox" aria-label="Emoji that fit">
        {colon.found.map((emoji, at) => (
          <li
            key={emoji.char}
            id={`${id}-${String(at)}`}
            role="option"
            aria-selected={at === colon.chosen}
            onMouseDown={(event) => {
              event.preventDefault();
              colon.pick(emoji);
            }}
          >
            <span className={styles.sign}>{emoji.char}</span>
            <span className="one grow">{emoji.name}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
