/** Start a conversation with a customer by inbox and address. */

import { explain, newKey, Problem, type Conversation } from "@frontdesk/shared";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { http } from "~/app/api.ts";
import { applyConversation } from "~/app/events.ts";
import { inboxesQuery } from "~/app/queries.ts";
import { Button } from "~/ui/Button.tsx";
import { Dialog, DialogFoot } from "~/ui/Dialog.tsx";
import { Input, Select } from "~/ui/Field.tsx";
import styles from "./new.module.css";

/** What customers of a channel are addressed by. */
const SCHEMES: Record<string, { scheme: string; label: string; placeholder: string }> = {
  whatsapp: { scheme: "phone", label: "Phone number", placeholder: "+44 7700 900 142" },
  email: { scheme: "email", label: "Email", placeholder: "nora@castell.example" },
};
const PHONE = { scheme: "phone", label: "Phone number", placeholder: "+44 7700 900 142" };

export function NewConversation({ onClose }: { onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: inboxes } = useQuery(inboxesQuery);
  const usable = inboxes?.filter((inbox) => inbox.channel !== "webchat") ?? [];
  const [inboxId, setInboxId] = useState("");
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const [key] = useState(newKey);
  const inbox = usable.find((each) => each.id === inboxId) ?? usable[0];
  const kind = SCHEMES[inbox?.channel ?? ""] ?? PHONE;

  const start = useMutation({
    mutationFn: () => {
      const value = kind.scheme === "phone" ? address.replace(/[\s().-]/g, "") : address.trim();
      return http.post<Conversation>("/v1/conversations", {
        body: { inbox_id: inbox?.id, contact: { ...(name.trim() ? { name: name.trim() } : {}), addresses: [{ scheme: kind.scheme, address: value }] } },
        idempotencyKey: key,
      });
    },
    onSuccess: async (conversation) => {
      applyConversation(client, conversation);
      onClose();
      await navigate({ to: "/inbox/$view/{-$conversationId}", params: { view: "all", conversationId: conversation.id }, search: {} });
    },
  });
  const problem = start.error instanceof Problem ? start.error : null;

  return (
    <Dialog title="New conversation" opened onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate();
        }}
      >
        {usable.length === 0 && inboxes ? (
          <p className="meta">No inbox can start a conversation yet. Visitors of the web chat write first; connect WhatsApp in Settings.</p>
        ) : (
          <>
            <Select label="From" value={inbox?.id ?? ""} onChange={(event) => setInboxId(event.target.value)}>
              {usable.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name}
                </option>
              ))}
            </Select>
            <Input label={kind.label} value={address} placeholder={kind.placeholder} required data-autofocus error={problem?.errors.length ? problem.errors[0]?.message : null} onChange={(event) => setAddress(event.target.value)} />
            <Input label="Name" hint="If they are new to you." value={name} onChange={(event) => setName(event.target.value)} />
          </>
        )}
        {start.error && !problem?.errors.length ? (
          <p className="red" role="alert">
            {explain(start.error)}
          </p>
        ) : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="go" busy={start.isPending} disabled={!inbox || !address.trim()}>
            Start conversation
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
