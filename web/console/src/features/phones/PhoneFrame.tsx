/** One simulated phone: what it shows, and writing as the person who holds it. */

import { dayLabel, phoneText, startOfDay } from "@frontdesk/shared";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { Avatar } from "~/ui/Avatar.tsx";
import { Button } from "~/ui/Button.tsx";
import { ChannelGlyph } from "~/ui/Channel.tsx";
import { Chip } from "~/ui/small.tsx";
import { toastError } from "~/ui/toasts.tsx";
import { Bubble, Stamp } from "./Bubble.tsx";
import { choicesOf, type Choice } from "./looks.ts";
import { PhoneComposer } from "./PhoneComposer.tsx";
import { PhoneSettings } from "./PhoneSettings.tsx";
import styles from "./phones.module.css";
import { act, read, type Abilities, type Action, type Fault, type Phone, type PhoneMessage, type Simulator } from "./play.ts";

export function PhoneFrame({ phone, simulator, delay }: { phone: Phone; simulator: Simulator; delay: Fault | undefined }): ReactNode {
  const can = simulator.abilities;
  const [replyTo, setReplyTo] = useState<PhoneMessage | null>(null);
  const [editing, setEditing] = useState<PhoneMessage | null>(null);

  const perform = (action: Action, failure: string): void => {
    act(phone, action).catch((error: unknown) => toastError(error, failure));
  };
  const done = (): void => {
    setReplyTo(null);
    setEditing(null);
  };

  return (
    <section aria-label={`${phone.name}, ${simulator.name}`} className={styles.phone}>
      <div className={styles.caption}>
        <ChannelGlyph channel={simulator.slug} />
        <strong className="one">{phone.name}</strong>
        <span className="meta num one">{addressOf(phone, can)}</span>
        <span className="push" />
        {delay ? <Chip tone="amber">{`Delays ${String(delay.seconds)} s`}</Chip> : null}
        {phone.is_online ? null : <Chip tone="amber">Off</Chip>}
        {phone.is_blocked ? <Chip tone="amber">Blocks you</Chip> : null}
        <PhoneSettings phone={phone} can={can} delay={delay} />
      </div>
      <div className={styles.device}>
        <div className={styles.screen}>
          <header className={styles.header}>
            <Avatar id={phone.business?.id ?? "business"} name={phone.business?.name} size={28} />
            <div className="grow">
              <strong className="one">{phone.business?.name ?? "No business"}</strong>
              <p className="meta">{phone.is_business_typing ? "typing…" : (phone.business?.address && !isNumber(phone.business.address) ? phone.business.address : "Business account")}</p>
            </div>
            {can.reads ? <Unread phone={phone} /> : null}
          </header>
          <Timeline
            phone={phone}
            can={can}
            onPress={(choice, message) => perform({ ...choice.action, reply_to: message.id }, "The answer was not sent.")}
            onReact={(message, emoji) => perform({ type: "reaction", message_id: message.id, emoji }, "The reaction was not sent.")}
            onReply={setReplyTo}
            onEdit={setEditing}
            onRevoke={(message) => perform({ type: "revoke", message_id: message.id }, "The message was not taken back.")}
          />
          <PhoneComposer phone={phone} can={can} replyTo={replyTo} editing={editing} onDone={done} />
        </div>
      </div>
    </section>
  );
}

/** What the owner has not looked at yet; a phone that reads at once has none. */
function Unread({ phone }: { phone: Phone }): ReactNode {
  const count = phone.messages.filter(({ from, status }) => from === "business" && (status === "sent" || status === "delivered")).length;
  if (!count) return null;
  return (
    <Button size="small" icon="checks" aria-label={`Mark ${String(count)} as read`} onClick={() => void read(phone).catch((error: unknown) => toastError(error, "Not marked as read."))}>
      Mark read
    </Button>
  );
}

const isNumber = (address: string): boolean => /^\+?\d{9,15}$/.test(address);

/** The address as it is written: a number in its groups, anything else as it stands. */
function addressOf(phone: Phone, can: Abilities): string {
  if (phone.hides_number === true) return "number hidden";
  return can.address.label === "Number" && isNumber(phone.id) ? phoneText(`+${phone.id.replace("+", "")}`) : phone.id;
}

interface TimelineProps {
  phone: Phone;
  can: Abilities;
  onPress: (choice: Choice, message: PhoneMessage) => void;
  onReact: (message: PhoneMessage, emoji: string) => void;
  onReply: (message: PhoneMessage) => void;
  onEdit: (message: PhoneMessage) => void;
  onRevoke: (message: PhoneMessage) => void;
}

function Timeline({ phone, can, onPress, ...actions }: TimelineProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const { messages } = phone;
  const last = messages.at(-1);
  useEffect(() => {
    if (box.current) box.current.scrollTop = 0;
  }, [last?.id]);

  return (
    <div className={styles.body} ref={box} tabIndex={0} role="log" aria-label={`Messages on ${phone.name}'s phone`}>
      <div className={styles.messages}>
        {messages.length === 0 ? <p className={styles.empty}>Write the first message. It reaches the desk as the provider would send it.</p> : null}
        {messages.map((message, at) => {
          const before = messages[at - 1];
          const after = messages[at + 1];
          const newDay = !before || startOfDay(Date.parse(before.at)) !== startOfDay(Date.parse(message.at));
          const ends = after?.from !== message.from || minute(after) !== minute(message) || message.edited;
          const choices = choicesOf(message);
          return (
            <div key={message.id}>
              {newDay ? <p className={styles.day}>{dayLabel(message.at)}</p> : null}
              <Bubble message={message} phone={phone} can={can} quoted={messages.find(({ id }) => id === message.reply_to)} {...actions} />
              {choices.length > 0 ? (
                <div className={styles.choices} role="group" aria-label="Answers">
                  {choices.map((choice) => (
                    <Button key={choice.label} size="small" onClick={() => onPress(choice, message)}>
                      {choice.label}
                    </Button>
                  ))}
                </div>
              ) : null}
              {ends ? <Stamp message={message} /> : null}
            </div>
          );
        })}
        {phone.is_business_typing ? (
          <p className={styles.typing}>
            <span aria-hidden="true">
              <i />
              <i />
              <i />
            </span>
            {`${phone.business?.name ?? "The business"} is typing`}
          </p>
        ) : null}
      </div>
    </div>
  );
}

const minute = ({ at }: PhoneMessage): number => Math.floor(Date.parse(at) / 60_000);
