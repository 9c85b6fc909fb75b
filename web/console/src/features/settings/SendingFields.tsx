/** What holds for sending from an inbox: taking back, quiet hours, words that opt out, limits, prices. */

import type { Channel, Problem } from "@frontdesk/shared";
import { useState, type ReactNode } from "react";
import { Button, IconButton } from "~/ui/Button.tsx";
import { Input, Select, Textarea } from "~/ui/Field.tsx";
import { Section } from "./parts.tsx";
import type { LimitName, PriceRow, SendingForm } from "./sending-form.ts";
import styles from "./settings.module.css";

const SHOWN = 50;

const LIMIT_FIELDS: { name: LimitName; label: string; hint: string }[] = [
  { name: "number_per_second", label: "Messages a second", hint: "From this inbox. More wait for their turn." },
  { name: "number_per_day", label: "Messages a day", hint: "From this inbox. More are refused." },
  { name: "pair_seconds", label: "Seconds between messages", hint: "To the same customer. More wait for their turn." },
  { name: "pair_burst", label: "Messages at once", hint: "To the same customer, after a rest." },
  { name: "pair_per_day", label: "Messages a day to one customer", hint: "More are refused." },
];

interface SendingFieldsProps {
  form: SendingForm;
  channel: Channel | undefined;
  zone: string;
  disabled: boolean;
  problem: Problem | null;
  onChange: (part: Partial<SendingForm>) => void;
}

export function SendingFields({ form, channel, zone, disabled, problem, onChange }: SendingFieldsProps): ReactNode {
  const undo = channel?.capabilities.undo_seconds;
  const error = (field: string): string | null => problem?.of(`sending.${field}`) ?? null;
  const wordError = (field: string): string | null => error(field) ?? problem?.errors.find((each) => each.field.startsWith(`sending.${field}.`))?.message ?? null;
  return (
    <Section title="Sending" lead="How messages leave this inbox. What is left empty is as the channel does it.">
      <fieldset className={styles.form} disabled={disabled} aria-label="Sending">
        {undo === null ? null : (
          <div className={styles.two}>
            <Input
              label="Seconds to take back"
              inputMode="numeric"
              autoComplete="off"
              hint="So long the console holds what an agent sends; 0: it goes at once, 60 at most."
              placeholder={undo === undefined ? undefined : String(undo)}
              value={form.undo}
              error={error("undo_seconds")}
              onChange={(event) => onChange({ undo: event.target.value })}
            />
          </div>
        )}
        <div className={styles.part}>
          <h3>Quiet hours</h3>
          <p className="meta">People may write and are warned; nothing automatic goes, but answers. In {zone} time.</p>
        </div>
        <div className={styles.two}>
          <Input label="Quiet from" type="time" value={form.begins} error={error("quiet_hours.begins")} onChange={(event) => onChange({ begins: event.target.value })} />
          <Input label="Quiet until" type="time" value={form.ends} error={error("quiet_hours.ends") ?? error("quiet_hours")} onChange={(event) => onChange({ ends: event.target.value })} />
        </div>
        <div className={styles.part}>
          <h3>Opting out by a word</h3>
          <p className="meta">Whoever writes one of these and nothing else is sent nothing more, until they write a word that comes back.</p>
        </div>
        <div className={styles.two}>
          <Words label="Words that opt out" value={form.leave} error={wordError("opt_out_words")} onChange={(leave) => onChange({ leave })} />
          <Words label="Words that come back" value={form.back} error={wordError("opt_in_words")} onChange={(back) => onChange({ back })} />
        </div>
        <div className={styles.part}>
          <h3>Limits</h3>
          <p className="meta">A day is one in {zone}.</p>
        </div>
        <div className={styles.two}>
          {LIMIT_FIELDS.map(({ name, label, hint }) => (
            <Input
              key={name}
              label={label}
              hint={hint}
              inputMode="decimal"
              autoComplete="off"
              value={form.limits[name]}
              error={error(`limits.${name}`)}
              onChange={(event) => onChange({ limits: { ...form.limits, [name]: event.target.value } })}
            />
          ))}
        </div>
        <Prices form={form} error={error} onChange={onChange} />
      </fieldset>
    </Section>
  );
}

function Words({ label, value, error, onChange }: { label: string; value: string | null; error: string | null; onChange: (value: string | null) => void }): ReactNode {
  return (
    <div className={styles.form} style={{ gap: 8 }}>
      <Select label={label} value={value === null ? "channel" : "own"} onChange={(event) => onChange(event.target.value === "own" ? "" : null)}>
        <option value="channel">The channel’s own</option>
        <option value="own">Only these</option>
      </Select>
      {value === null ? null : (
        <Textarea label={`${label}, one on each line`} hideLabel rows={3} value={value} placeholder="One on each line; empty: none" error={error} onChange={(event) => onChange(event.target.value)} />
      )}
    </div>
  );
}

interface PricesProps {
  form: SendingForm;
  error: (field: string) => string | null;
  onChange: (part: Partial<SendingForm>) => void;
}

function Prices({ form: { currency, prices }, error, onChange }: PricesProps): ReactNode {
  const [all, setAll] = useState(false);
  const put = (at: number, part: Partial<PriceRow>): void => onChange({ prices: prices.map((row, index) => (index === at ? { ...row, ...part } : row)) });
  const shown = all ? prices : prices.slice(0, SHOWN);
  return (
    <div className={`${styles.form ?? ""} ${styles.part ?? ""}`} style={{ gap: 8 }}>
      <div>
        <h3>Prices</h3>
        <p className="meta">What a message costs you, shown before it is sent. Where a country or category is empty, in all that no other line names.</p>
      </div>
      <div className={styles.two}>
        <Input label="Currency" value={currency} placeholder="EUR" maxLength={3} autoComplete="off" error={error("prices.currency") ?? error("prices")} onChange={(event) => onChange({ currency: event.target.value })} />
      </div>
      {shown.map((row, at) => {
        const label = `Price ${String(at + 1)}`;
        const of = (name: string): string | null => error(`prices.entries.${String(at)}.${name}`);
        return (
          <div key={String(at)} className={styles.price}>
            <Input label={`${label}, country`} hideLabel value={row.country} placeholder="Country, ES" autoComplete="off" error={of("country")} onChange={(event) => put(at, { country: event.target.value })} />
            <Input label={`${label}, category`} hideLabel value={row.category} placeholder="Category, marketing" autoComplete="off" error={of("category")} onChange={(event) => put(at, { category: event.target.value })} />
            <Input label={`${label}, amount`} hideLabel value={row.amount} placeholder="0.0615" inputMode="decimal" autoComplete="off" error={of("amount")} onChange={(event) => put(at, { amount: event.target.value })} />
            <IconButton icon="x" label={`Remove price ${String(at + 1)}`} onClick={() => onChange({ prices: prices.filter((_, index) => index !== at) })} />
          </div>
        );
      })}
      <span className="row">
        {shown.length < prices.length ? (
          <Button size="small" look="plain" icon="down" onClick={() => setAll(true)}>
            Show all {prices.length}
          </Button>
        ) : null}
        <Button
          size="small"
          look="plain"
          icon="plus"
          onClick={() => {
            setAll(true);
            onChange({ prices: [...prices, { country: "", category: "", amount: "" }] });
          }}
        >
          Add a price
        </Button>
      </span>
    </div>
  );
}
