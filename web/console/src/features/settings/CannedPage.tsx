/** Canned responses: prepared messages, found by a slash while writing. */

import { previewOf, Problem, type CannedResponse, type Content } from "@frontdesk/shared";
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { http } from "~/app/api.ts";
import { cannedQuery, sessionQuery } from "~/app/queries.ts";
import { Button, IconButton } from "~/ui/Button.tsx";
import { FormDialog } from "~/ui/Dialog.tsx";
import { Input, Textarea } from "~/ui/Field.tsx";
import { Blank, Failed } from "~/ui/small.tsx";
import { toast, toastError } from "~/ui/toasts.tsx";
import { PageBones, SettingsPage } from "./parts.tsx";
import styles from "./settings.module.css";

export function CannedPage(): ReactNode {
  const query = useQuery(cannedQuery);
  const { data: session } = useSuspenseQuery(sessionQuery);
  const [editing, setEditing] = useState<CannedResponse | "new" | null>(null);
  const manages = session.permissions.includes("conversations:write");
  const add = manages ? (
    <Button look="go" onClick={() => setEditing("new")}>
      New response
    </Button>
  ) : null;
  return (
    <SettingsPage title="Canned responses" lead="Answers your team gives often. Type / in the composer to use one; words in {{braces}} are filled in before sending." action={add}>
      {query.isPending ? <PageBones /> : null}
      {query.isError && !query.data ? <Failed title="The responses did not load" error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.data?.length === 0 ? (
        <Blank icon="saved" title="No canned responses yet">
          Begin with what you typed three times today.
        </Blank>
      ) : null}
      {query.data?.length ? (
        <ul className={styles.card} aria-label="Canned responses">
          {query.data.map((response) => (
            <li key={response.id}>
              <Line response={response} manages={manages} onEdit={() => setEditing(response)} />
            </li>
          ))}
        </ul>
      ) : null}
      {editing ? <Editor response={editing === "new" ? null : editing} onClose={() => setEditing(null)} /> : null}
    </SettingsPage>
  );
}

function Line({ response, manages, onEdit }: { response: CannedResponse; manages: boolean; onEdit: () => void }): ReactNode {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => http.delete(`/v1/canned-responses/${response.id}`),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["canned-responses"] });
      toast(`Deleted ${response.title}`);
    },
    onError: (error) => toastError(error, "Not deleted."),
  });
  return (
    <div className={styles.line}>
      <span className="grow">
        <span className="row">
          <strong className="one">{response.title}</strong>
          <span className="mono meta">/{response.shortcut}</span>
        </span>
        <span className="meta one" style={{ display: "block" }}>
          {response.messages.map(previewOf).join(" · ")}
        </span>
      </span>
      {manages ? (
        <>
          <IconButton icon="pen" label={`Edit ${response.title}`} onClick={onEdit} />
          <IconButton icon="trash" label={`Delete ${response.title}`} disabled={remove.isPending} onClick={() => remove.mutate()} />
        </>
      ) : null}
    </div>
  );
}

/** Texts are edited; messages of other kinds stay as they are. */
function Editor({ response, onClose }: { response: CannedResponse | null; onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const [shortcut, setShortcut] = useState(response?.shortcut ?? "");
  const [title, setTitle] = useState(response?.title ?? "");
  const [messages, setMessages] = useState<Content[]>(response?.messages ?? [{ kind: "text", body: "" }]);
  const save = useMutation({
    mutationFn: () => {
      const body = { shortcut: shortcut.trim().replace(/^\//, ""), title: title.trim(), messages: messages.filter((each) => each.kind !== "text" || each.body.trim()) };
      return response ? http.put(`/v1/canned-responses/${response.id}`, { body }) : http.post("/v1/canned-responses", { body });
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["canned-responses"] });
      toast("Response saved");
      onClose();
    },
  });
  const problem = save.error instanceof Problem ? save.error : null;
  return (
    <FormDialog title={response ? "Edit response" : "New response"} width={560} verb="Save response" busy={save.isPending} error={save.error} onSubmit={() => save.mutate()} onClose={onClose}>
      <div className={styles.two}>
        <Input label="Title" value={title} required data-autofocus error={problem?.of("title")} onChange={(event) => setTitle(event.target.value)} />
        <Input label="Shortcut" value={shortcut} required placeholder="hours" hint="One word, typed after the slash: opening-hours." error={problem?.of("shortcut")} onChange={(event) => setShortcut(event.target.value)} />
      </div>
      {messages.map((content, at) => (
        <div key={String(at)} className={styles.message}>
          {content.kind === "text" ? (
            <Textarea
              label={messages.length > 1 ? `Message ${String(at + 1)}` : "Message"}
              rows={3}
              value={content.body}
              placeholder="Hi {{name}}, your bike is ready."
              onChange={(event) => setMessages((all) => all.map((each, index) => (index === at ? { kind: "text", body: event.target.value } : each)))}
            />
          ) : (
            <p>{previewOf(content)}</p>
          )}
          {messages.length > 1 ? <IconButton icon="x" label={`Remove message ${String(at + 1)}`} onClick={() => setMessages((all) => all.filter((_, index) => index !== at))} /> : null}
        </div>
      ))}
      <span>
        <Button size="small" look="plain" icon="plus" disabled={messages.length >= 10} onClick={() => setMessages((all) => [...all, { kind: "text", body: "" }])}>
          Add a message
        </Button>
      </span>
    </FormDialog>
  );
}
