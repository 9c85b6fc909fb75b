/* Quick replies: the answers that a message offers, each one press. */

import type { Message } from "../protocol";
import type { Session } from "../session";
import { words } from "../words";
import { choices } from "./bubble";

/** What can be answered with one press. The focus stays in the chat when the answers go away. */
export function Replies({ message, session }: { message: Message; session: Session }) {
  return (
    <div class="qr" role="group" aria-label={words.choose}>
      {choices(message.content).map(({ id, title, description, type }) => (
        <button
          key={id}
          onClick={(event) => {
            event.currentTarget.closest<HTMLElement>(".flow")!.focus();
            // After the conversation was resolved the answer begins the next one, and quotes nothing of the old.
            session.say({ kind: "interactive", type, id, title }, session.canAnswer(message) ? message.id : undefined);
          }}
        >
          {title}
          {description && <small>{description}</small>}
        </button>
      ))}
    </div>
  );
}

/** The message whose answers are still open: the newest that has some, until the visitor has said anything. */
export function openOffer(lines: { mine: boolean; message?: Message }[], session: Session): Message | undefined {
  const after = lines.slice(lines.findLastIndex((line) => line.mine) + 1);
  return after.findLast(
    ({ message }) =>
      message && !message.deleted_at && session.state.messages.includes(message) && choices(message.content).length > 0,
  )?.message;
}
