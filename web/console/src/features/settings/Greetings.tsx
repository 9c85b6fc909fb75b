/** The greeting of an inbox, by language. */

import type { ReactNode } from "react";
import { Button, IconButton } from "~/ui/Button.tsx";
import { Input, Textarea } from "~/ui/Field.tsx";
import styles from "./settings.module.css";

export interface GreetingPair {
  language: string;
  text: string;
}

export function pairsOf(greeting: Record<string, string> | null): GreetingPair[] {
  return Object.entries(greeting ?? {}).map(([language, text]) => ({ language, text }));
}

/** What is sent; null when there is none. */
export function greetingOf(pairs: readonly GreetingPair[]): Record<string, string> | null {
  const filled = pairs.filter((pair) => pair.text.trim());
  return filled.length ? Object.fromEntries(filled.map((pair) => [pair.language.trim() || "default", pair.text.trim()])) : null;
}

interface GreetingsProps {
  pairs: readonly GreetingPair[];
  disabled: boolean;
  onChange: (pairs: GreetingPair[]) => void;
}

export function Greetings({ pairs, disabled, onChange }: GreetingsProps): ReactNode {
  const put = (at: number, part: Partial<GreetingPair>): void => onChange(pairs.map((pair, index) => (index === at ? { ...pair, ...part } : pair)));
  return (
    <div className={styles.form} style={{ gap: 8 }}>
      <h3>Greeting</h3>
      {pairs.length === 0 ? <p className="meta">No greeting: customers get the first word from an agent.</p> : null}
      {pairs.map((pair, at) => (
        <div key={String(at)} className={styles.greeting}>
          <Input label={`Greeting ${String(at + 1)}, language`} hideLabel value={pair.language} placeholder="default" disabled={disabled} onChange={(event) => put(at, { language: event.target.value })} />
          <Textarea label={`Greeting ${String(at + 1)}, text`} hideLabel rows={1} value={pair.text} disabled={disabled} style={{ minHeight: 36 }} onChange={(event) => put(at, { text: event.target.value })} />
          <IconButton icon="x" label={`Remove the greeting in ${pair.language || "default"}`} disabled={disabled} onClick={() => onChange(pairs.filter((_, index) => index !== at))} />
        </div>
      ))}
      {disabled ? null : (
        <span>
          <Button size="small" look="plain" icon="plus" onClick={() => onChange([...pairs, { language: pairs.length ? "" : "default", text: "" }])}>
            Add a greeting
          </Button>
        </span>
      )}
    </div>
  );
}
