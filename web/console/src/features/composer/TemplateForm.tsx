/** When free text is not allowed: a template by name, language and the values of its variables. */

import type { TemplateContent } from "@frontdesk/shared";
import { useState, type ReactNode } from "react";
import { Button, IconButton } from "~/ui/Button.tsx";
import { Input } from "~/ui/Field.tsx";
import styles from "./composer.module.css";

/** A template's content, with its variables as the parameters of its body. */
export function templateOf(name: string, language: string, values: readonly string[], body: string): TemplateContent {
  return {
    kind: "template",
    name: name.trim(),
    language: language.trim(),
    components: values.length ? [{ type: "body", parameters: values.map((text) => ({ type: "text", text })) }] : [],
    body: body.trim() ? body.replace(/\{\{(\d+)\}\}/g, (whole, number: string) => values[Number(number) - 1] ?? whole) : null,
  };
}

export function TemplateForm({ onSend }: { onSend: (content: TemplateContent) => void }): ReactNode {
  const [name, setName] = useState("");
  const [language, setLanguage] = useState(navigator.language.slice(0, 2));
  const [values, setValues] = useState<string[]>([]);
  const [body, setBody] = useState("");
  const ready = name.trim().length > 0 && language.trim().length > 1 && values.every((value) => value.trim());
  return (
    <form
      className={styles.template}
      aria-label="Send a template"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onSend(templateOf(name, language, values, body));
        setName("");
        setValues([]);
        setBody("");
      }}
    >
      <div className={styles.templateTop}>
        <Input label="Template name" value={name} required placeholder="order_ready" onChange={(event) => setName(event.target.value)} />
        <Input label="Language" value={language} required maxLength={15} placeholder="en" onChange={(event) => setLanguage(event.target.value)} />
      </div>
      {values.map((value, at) => (
        <div key={String(at)} className={styles.variable}>
          <Input
            label={`Variable ${String(at + 1)}`}
            value={value}
            required
            onChange={(event) => setValues((all) => all.map((each, index) => (index === at ? event.target.value : each)))}
          />
          <IconButton icon="x" label={`Remove variable ${String(at + 1)}`} onClick={() => setValues((all) => all.filter((_, index) => index !== at))} />
        </div>
      ))}
      <Input
        label="What the customer reads"
        hint="For your timeline only; the provider fills in the approved text."
        value={body}
        placeholder="Hi {{1}}, your order is ready."
        onChange={(event) => setBody(event.target.value)}
      />
      <div className="row">
        <Button size="small" look="plain" icon="plus" onClick={() => setValues((all) => [...all, ""])}>
          Add variable
        </Button>
        <Button type="submit" size="small" look="go" className="push" disabled={!ready}>
          Send template
        </Button>
      </div>
    </form>
  );
}
