/** Canned responses to choose from, above the composer while a slash is typed. */

import { previewOf, type CannedResponse } from "@frontdesk/shared";
import type { ReactNode } from "react";
import { Icon } from "~/ui/icons.tsx";
import styles from "./composer.module.css";

interface CannedListProps {
  id: string;
  responses: readonly CannedResponse[];
  chosen: number;
  loading: boolean;
  onChoose: (response: CannedResponse) => void;
}

export function CannedList({ id, responses, chosen, loading, onChoose }: CannedListProps): ReactNode {
  return (
    <div className={styles.suggestions}>
      <ul id={id} role="listbox" aria-label="Canned responses">
        {responses.map((response, at) => (
          <li
            key={response.id}
            id={`${id}-${String(at)}`}
            role="option"
            aria-selected={at === chosen}
            onMouseDown={(event) => {
              event.preventDefault();
              onChoose(response);
            }}
          >
            <span className={styles.shortcut}>/{response.shortcut}</span>
            <span className="one grow">
              <b>{response.title}</b> <span className="meta">{response.messages.map(previewOf).join(" · ")}</span>
            </span>
          </li>
        ))}
      </ul>
      {responses.length === 0 ? (
        <p className={styles.nothing}>
          <Icon name="slash" />
          {loading ? "Loading canned responses" : "No canned response of that name. Make one in Settings."}
        </p>
      ) : null}
    </div>
  );
}
