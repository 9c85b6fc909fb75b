/** Change a contact's name, language and own attributes. */

import { Problem, type Contact } from "@frontdesk/shared";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { http } from "~/app/api.ts";
import { contactQuery } from "~/app/queries.ts";
import { Button, IconButton } from "~/ui/Button.tsx";
import { FormDialog } from "~/ui/Dialog.tsx";
import { Input } from "~/ui/Field.tsx";
import { toast } from "~/ui/toasts.tsx";
import styles from "./contacts.module.css";

interface Pair {
  name: string;
  value: string;
}

/** Attributes as they are sent: text that was not touched keeps its type, what was removed is null. */
export function attributesOf(pairs: readonly Pair[], old: Record<string, unknown>): Record<string, unknown> {
  const named = pairs.filter((pair) => pair.name.trim());
  const removed = Object.keys(old).map((name): [string, unknown] => [name, null]);
  const kept = named.map(({ name, value }): [string, unknown] => [name.trim(), textOf(old[name.trim()]) === value ? old[name.trim()] : value]);
  return Object.fromEntries([...removed, ...kept]);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? "");
}

export function EditContact({ contact, onClose }: { contact: Contact; onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const [name, setName] = useState(contact.name ?? "");
  const [language, setLanguage] = useState(contact.language ?? "");
  const [pairs, setPairs] = useState<Pair[]>(() => Object.entries(contact.attributes).map(([key, value]) => ({ name: key, value: textOf(value) })));
  const save = useMutation({
    mutationFn: () =>
      http.patch<Contact>(`/v1/contacts/${contact.id}`, {
        body: { name: name.trim() || null, language: language.trim() || null, attributes: attributesOf(pairs, contact.attributes) },
      }),
    onSuccess: (changed) => {
      client.setQueryData(contactQuery(contact.id).queryKey, changed);
      void client.invalidateQueries({ queryKey: ["contacts"] });
      void client.invalidateQueries({ queryKey: ["conversations"] });
      toast("Contact saved");
      onClose();
    },
  });
  const problem = save.error instanceof Problem ? save.error : null;
  const change = (at: number, part: Partial<Pair>): void => setPairs((all) => all.map((each, index) => (index === at ? { ...each, ...part } : each)));
  return (
    <FormDialog title="Edit contact" width={520} verb="Save contact" busy={save.isPending} error={problem?.errors.length ? null : save.error} onSubmit={() => save.mutate()} onClose={onClose}>
      <Input label="Name" value={name} error={problem?.of("name")} data-autofocus onChange={(event) => setName(event.target.value)} />
      <Input label="Language" value={language} placeholder="en" error={problem?.of("language")} onChange={(event) => setLanguage(event.target.value)} />
      <fieldset className={styles.pairs}>
        <legend>Details</legend>
        {pairs.map((pair, at) => (
          <div key={String(at)} className={styles.pair}>
            <Input label={`Detail ${String(at + 1)}, name`} hideLabel placeholder="bike" value={pair.name} onChange={(event) => change(at, { name: event.target.value })} />
            <Input label={`Detail ${String(at + 1)}, value`} hideLabel placeholder="Ridge 2" value={pair.value} onChange={(event) => change(at, { value: event.target.value })} />
            <IconButton icon="x" label={`Remove ${pair.name || "detail"}`} onClick={() => setPairs((all) => all.filter((_, index) => index !== at))} />
          </div>
        ))}
        <Button size="small" look="plain" icon="plus" onClick={() => setPairs((all) => [...all, { name: "", value: "" }])}>
          Add a detail
        </Button>
      </fieldset>
    </FormDialog>
  );
}
