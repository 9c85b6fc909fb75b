/** Emoji to pick from, with a search field. */

import { useState, type ReactNode } from "react";
import styles from "./emoji.module.css";
import { findEmoji } from "./emoji.ts";

interface EmojiPanelProps {
  quick?: string[];
  chosen?: string;
  onPick: (emoji: string) => void;
}

export function EmojiPanel({ quick, chosen, onPick }: EmojiPanelProps): ReactNode {
  const [typed, setTyped] = useState("");
  return (
    <div className={styles.panel}>
      {quick ? (
        <div className={styles.quick} role="group" aria-label="Often used">
          {quick.map((char) => (
            <button key={char} type="button" className={styles.emoji} aria-label={char === chosen ? `Take back ${char}` : `React with ${char}`} aria-pressed={char === chosen} onClick={() => onPick(char)}>
              {char}
            </button>
          ))}
        </div>
      ) : null}
      <input className={styles.search} type="search" aria-label="Find an emoji" placeholder="Find an emoji" value={typed} data-autofocus onChange={(event) => setTyped(event.target.value)} />
      <div className={styles.grid} role="group" aria-label="Emoji">
        {findEmoji(typed).map(({ char, name }) => (
          <button key={char} type="button" className={styles.emoji} aria-label={name} title={name} onClick={() => onPick(char)}>
            {char}
          </button>
        ))}
      </div>
    </div>
  );
}
