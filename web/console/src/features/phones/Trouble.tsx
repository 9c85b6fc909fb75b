/** Make trouble: what goes wrong between the desk and the simulated network, and what of it is on. */

import { useQueries } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Button } from "~/ui/Button.tsx";
import { Select, Switch } from "~/ui/Field.tsx";
import { Icon } from "~/ui/icons.tsx";
import { Popup } from "~/ui/Popup.tsx";
import { toastError } from "~/ui/toasts.tsx";
import styles from "./phones.module.css";
import { faultsQuery, setFaults, type Fault, type Simulator } from "./play.ts";

const GROUPS: { title: string; belongs: (kind: string) => boolean }[] = [
  { title: "What phones send to the desk", belongs: (kind) => kind.startsWith("hook_") },
  { title: "What the desk sends", belongs: (kind) => !kind.startsWith("hook_") && !kind.endsWith("load_error") },
  { title: "Files", belongs: (kind) => kind.endsWith("load_error") },
];
const OFTEN = [
  { value: "", label: "until turned off" },
  { value: "1", label: "once" },
  { value: "5", label: "five times" },
];

/** Trouble for everybody; a single phone's delay is in that phone's settings. */
export const isTrouble = (fault: Fault): boolean => !fault.phone && !fault.is_spent;

export function Trouble({ simulators }: { simulators: Simulator[] }): ReactNode {
  const [slug, setSlug] = useState("");
  const [opened, setOpened] = useState(false);
  const [often, setOften] = useState("");
  const states = useQueries({ queries: simulators.map((each) => faultsQuery(each.slug)) });
  const at = Math.max(0, simulators.findIndex((each) => each.slug === slug));
  const simulator = simulators[at];
  const data = states[at]?.data;
  const active = data?.faults.filter(isTrouble) ?? [];
  const total = states.reduce((sum, { data: each }) => sum + (each?.faults.filter(isTrouble).length ?? 0), 0);

  const change = (next: (faults: Fault[]) => Fault[]): void => {
    if (simulator) setFaults(simulator.slug, next).catch((error: unknown) => toastError(error, "The trouble was not changed."));
  };
  const toggle = (kind: string, on: boolean): void =>
    change((faults) => {
      const others = faults.filter((fault) => fault.kind !== kind || !isTrouble(fault));
      return on ? [...others, { kind, count: often ? Number(often) : null }] : others;
    });

  return (
      <Popup
        label="Make trouble"
        opened={opened}
        onChange={setOpened}
        side="bottom-end"
        target={
          <Button icon="zap" aria-expanded={opened} className={total > 0 ? styles.troubled : undefined} onClick={() => setOpened(!opened)}>
            <span>{total > 0 ? `Trouble: ${String(total)} on` : "Make trouble"}</span>
            <Icon name="down" />
          </Button>
        }
      >
        <div className={styles.trouble}>
          {simulators.length > 1 ? (
            <div className={styles.often}>
              <Select label="Where" value={simulator?.slug} onChange={(event) => setSlug(event.currentTarget.value)}>
                {simulators.map((each) => (
                  <option key={each.slug} value={each.slug}>
                    {each.name}
                  </option>
                ))}
              </Select>
            </div>
          ) : null}
          <div className={styles.often}>
            <Select label="What you turn on happens" value={often} onChange={(event) => setOften(event.currentTarget.value)}>
              {OFTEN.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          </div>
          {active.length > 0 ? (
            <p className={styles.off}>
              <Button size="small" onClick={() => change((faults) => faults.filter((fault) => !isTrouble(fault)))}>
                Turn all off
              </Button>
            </p>
          ) : null}
          {GROUPS.filter(({ belongs }) => data?.kinds.some(({ kind }) => belongs(kind))).map(({ title, belongs }) => (
            <fieldset key={title}>
              <legend>{title}</legend>
              {data?.kinds
                .filter(({ kind }) => belongs(kind))
                .map(({ kind, title: label }) => {
                  const fault = active.find((each) => each.kind === kind);
                  return <Switch key={kind} label={label} hint={fault ? toldOf(fault) : undefined} checked={fault !== undefined} onChange={(event) => toggle(kind, event.currentTarget.checked)} />;
                })}
            </fieldset>
          ))}
        </div>
      </Popup>
  );
}

function toldOf({ hits = 0, count }: Fault): string {
  const struck = hits === 1 ? "Struck once" : `Struck ${String(hits)} times`;
  return count ? `${struck} of ${String(count)}` : hits ? struck : "Has not struck yet";
}
