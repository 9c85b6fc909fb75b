/** Over the composer while one's words wait at the desk: how long still, and the way to take them back. */

import { explain, Problem, type Message } from "@frontdesk/shared";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { http } from "~/app/api.ts";
import { applyMessage } from "~/app/events.ts";
import { capsOf, useShortcuts } from "~/features/keys/keys.ts";
import { Button } from "~/ui/Button.tsx";
import { Icon } from "~/ui/icons.tsx";
import { DrawnKbd } from "~/ui/small.tsx";
import { toast } from "~/ui/toasts.tsx";
import { takenBack, useHeld, type TakenBack } from "./held.ts";
import styles from "./composer.module.css";

interface HeldBarProps {
  messages: readonly Message[];
  ownId: string;
  /** Whether the box is empty: then the key for undoing is ours even there. */
  empty: boolean;
  onTakenBack: (words: TakenBack) => void;
}

export function HeldBar({ messages, ownId, empty, onTakenBack }: HeldBarProps): ReactNode {
  const client = useQueryClient();
  const { held, left } = useHeld(messages, ownId);
  const [busy, setBusy] = useState(false);

  const undo = async (): Promise<void> => {
    setBusy(true);
    const taken: Message[] = [];
    let refused: unknown = null;
    // The last one first: what leaves meanwhile is what was written before it.
    for (const message of held.toReversed()) {
      try {
        applyMessage(client, await http.post<Message>(`/v1/messages/${message.id}/cancel`));
        taken.unshift(message);
      } catch (error) {
        refused = error;
      }
    }
    setBusy(false);
    if (taken.length) onTakenBack(takenBack(taken));
    if (refused) toast(refused instanceof Problem && refused.status === 409 ? "Too late, it is on its way" : explain(refused));
    else toast("Not sent, it is back in the composer");
  };

  const shown = held.length > 0;
  useShortcuts([{ keys: "mod+z", label: "Take back what was just sent", group: "Conversation", inText: empty, enabled: shown && !busy, run: () => void undo() }]);
  if (!shown) return null;
  return (
    <div className={`${styles.held ?? ""} appear`} role="region" aria-label="Waiting to be sent">
      <Icon name="clock" size={14} />
      <span className="grow num" role="timer">
        {held.length > 1 ? `${String(held.length)} messages leave` : "Leaves"} in {left} s
      </span>
      <span className="hidden-text" role="status">
        {`Waits to be sent. ${capsOf("mod+z")[0]?.join(" ") ?? ""} takes it back.`}
      </span>
      <Button size="small" look="plain" busy={busy} onClick={() => void undo()}>
        Undo
        <DrawnKbd keys={capsOf("mod+z")[0]?.join(" ") ?? ""} />
      </Button>
    </div>
  );
}
