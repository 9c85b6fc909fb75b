/** A canned response with variables or several messages: fill in, look at it, send it. */

import { newKey, previewOf, type CannedResponse, type Message } from "@frontdesk/shared";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { http } from "~/app/api.ts";
import { applyMessage } from "~/app/events.ts";
import { FormDialog } from "~/ui/Dialog.tsx";
import { Input } from "~/ui/Field.tsx";
import { fill, variablesOf } from "./canned.ts";
import styles from "./composer.module.css";

interface CannedDialogProps {
  conversation: string;
  contactName: string | null;
  response: CannedResponse;
  onClose: () => void;
}

export function CannedDialog({ conversation, contactName, response, onClose }: CannedDialogProps): ReactNode {
  const client = useQueryClient();
  const names = variablesOf(response.messages);
  const [key] = useState(newKey);
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(names.map((name) => [name, /^(first_?)?name$/i.test(name) ? (contactName?.split(" ")[0] ?? "") : ""])),
  );
  const send = useMutation({
    mutationFn: () =>
      http.post<{ items: Message[] }>(`/v1/conversations/${conversation}/canned-responses/${response.id}`, { body: { variables: values }, idempotencyKey: key }),
    onSuccess: ({ items }) => {
      for (const message of items) applyMessage(client, message);
      onClose();
    },
  });
  const missing = names.some((name) => !values[name]?.trim());
  return (
    <FormDialog
      title={response.title}
      width={520}
      verb={response.messages.length > 1 ? `Send ${String(response.messages.length)} messages` : "Send"}
      busy={send.isPending}
      disabled={missing}
      error={send.error}
      onSubmit={() => send.mutate()}
      onClose={onClose}
    >
      {names.map((name, at) => (
        <Input
          key={name}
          label={name.replaceAll("_", " ")}
          value={values[name] ?? ""}
          required
          data-autofocus={at === 0 || undefined}
          onChange={(event) => setValues((old) => ({ ...old, [name]: event.target.value }))}
        />
      ))}
      <section aria-label="Preview" className={styles.preview}>
        {response.messages.map((content, at) => (
          <p key={String(at)}>{fill(content.kind === "text" ? content.body : previewOf(content), values)}</p>
        ))}
      </section>
    </FormDialog>
  );
}
