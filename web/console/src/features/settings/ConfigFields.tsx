/** The fields of a channel's settings. */

import type { Problem } from "@frontdesk/shared";
import type { ReactNode } from "react";
import { Input, Select, Switch, Textarea } from "~/ui/Field.tsx";
import { isKept, referenceOf, type ConfigField, type ConfigValues } from "./config-form.ts";

interface ConfigFieldsProps {
  fields: readonly ConfigField[];
  values: ConfigValues;
  kept: Record<string, unknown>;
  problem: Problem | null;
  onChange: (name: string, value: string | boolean) => void;
}

export function ConfigFields({ fields, values, kept, problem, onChange }: ConfigFieldsProps): ReactNode {
  return fields.map((field) => {
    const value = values[field.name];
    const error = problem?.of(field.name) ?? problem?.of(`config.${field.name}`);
    if (field.kind === "switch") {
      return <Switch key={field.name} label={field.label} hint={field.hint ?? undefined} checked={value === true} onChange={(event) => onChange(field.name, event.target.checked)} />;
    }
    const text = typeof value === "string" ? value : "";
    if (field.kind === "choice") {
      return (
        <Select key={field.name} label={field.label} hint={field.hint} error={error} value={text} onChange={(event) => onChange(field.name, event.target.value)}>
          <option value="">Choose</option>
          {field.choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </Select>
      );
    }
    if (field.kind === "list") {
      return (
        <Textarea
          key={field.name}
          label={field.label}
          hint={field.hint}
          error={error}
          rows={Math.min(6, Math.max(2, text.split("\n").length))}
          value={text}
          placeholder="One on each line"
          aside={field.required ? null : <span className="meta">Optional</span>}
          onChange={(event) => onChange(field.name, event.target.value)}
        />
      );
    }
    const secret = field.kind === "secret";
    const has = secret && isKept(kept[field.name]);
    return (
      <Input
        key={field.name}
        label={field.label}
        type={secret ? "password" : "text"}
        inputMode={field.kind === "number" ? "numeric" : undefined}
        autoComplete={secret ? "new-password" : "off"}
        hint={field.hint}
        error={error}
        required={field.required && !has}
        value={text}
        placeholder={has ? (referenceOf(kept[field.name]) ?? "•••••••• kept, type to replace") : (field.example ?? undefined)}
        aside={has ? <span className="meta green">Kept</span> : field.required ? null : <span className="meta">Optional</span>}
        onChange={(event) => onChange(field.name, event.target.value)}
      />
    );
  });
}
