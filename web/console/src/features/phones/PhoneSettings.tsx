/** How one phone behaves: reading, delay, being off, blocking, the 24-hour window. */

import { timeLeft } from "@frontdesk/shared";
import { useState, type ReactNode } from "react";
import { IconButton } from "~/ui/Button.tsx";
import { Select, Switch } from "~/ui/Field.tsx";
import { Popup } from "~/ui/Popup.tsx";
import { toastError } from "~/ui/toasts.tsx";
import styles from "./phones.module.css";
import { changePhone, setFaults, type Abilities, type Fault, type Phone } from "./play.ts";

const DELAYS = [0, 2, 8, 30, 120];

export function PhoneSettings({ phone, can, delay }: { phone: Phone; can: Abilities; delay: Fault | undefined }): ReactNode {
  const [opened, setOpened] = useState(false);
  const change = (changes: Record<string, unknown>): void => {
    changePhone(phone, changes).catch((error: unknown) => toastError(error, "The phone was not changed."));
  };
  const setDelay = (seconds: number): void => {
    setFaults(phone.simulator, (faults) => [...faults.filter((fault) => !isDelayOf(phone, fault)), ...(seconds ? [{ kind: "hook_delay", phone: phone.id, seconds }] : [])]).catch(
      (error: unknown) => toastError(error, "The delay was not set."),
    );
  };
  const left = timeLeft(phone.window_closes_at ?? null);

  return (
    <Popup
      label={`Settings of ${phone.name}'s phone`}
      opened={opened}
      onChange={setOpened}
      side="bottom-end"
      target={<IconButton icon="settings" label={`Settings of ${phone.name}'s phone`} size="small" aria-expanded={opened} onClick={() => setOpened(!opened)} />}
    >
      <div className={styles.settings}>
        {can.reads ? (
          <Switch label="Reads at once" hint="Otherwise with the button on the phone" checked={phone.reads_at_once ?? false} onChange={(event) => change({ reads_at_once: event.currentTarget.checked })} />
        ) : null}
        <Switch label="Switched on" hint="A phone that is off takes nothing" checked={phone.is_online} onChange={(event) => change({ is_online: event.currentTarget.checked })} />
        <Switch label="Blocks the business" checked={phone.is_blocked} onChange={(event) => change({ is_blocked: event.currentTarget.checked })} />
        {can.switches.map(({ name, label, hint }) => (
          <Switch key={name} label={label} hint={hint || undefined} checked={phone[name] === true} onChange={(event) => change({ [name]: event.currentTarget.checked })} />
        ))}
        {can.window ? (
          <Switch
            label="24-hour window open"
            hint={left ? `${left} left` : "Only templates reach this phone"}
            checked={left !== null}
            onChange={(event) => change({ window: event.currentTarget.checked ? "open" : "closed" })}
          />
        ) : null}
        <div className={styles.delay}>
          <Select label="What it sends arrives" value={String(delay?.seconds ?? 0)} onChange={(event) => setDelay(Number(event.currentTarget.value))}>
            {DELAYS.map((seconds) => (
              <option key={seconds} value={seconds}>
                {seconds ? `after ${String(seconds)} seconds` : "at once"}
              </option>
            ))}
          </Select>
        </div>
      </div>
    </Popup>
  );
}

export const isDelayOf = (phone: Phone, fault: Fault): boolean => fault.kind === "hook_delay" && fault.phone === phone.id && !fault.is_spent;
