/** Contacts who are one person: who may be, and the merges that stand, each of which can be undone. */

import { fullTime, nameOf, shortDate, type Contact } from "@frontdesk/shared";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { http } from "~/app/api.ts";
import { mergesQuery, suggestionsQuery } from "~/app/queries.ts";
import side from "~/features/contact/side.module.css";
import { Avatar } from "~/ui/Avatar.tsx";
import { Button } from "~/ui/Button.tsx";
import { Icon } from "~/ui/icons.tsx";
import { toast, toastError } from "~/ui/toasts.tsx";
import styles from "./contacts.module.css";
import { reasonText } from "./merge.ts";

/** What a contact goes by: their name, else their first address. */
export function calledOf(contact: Contact): string {
  return nameOf({ ...contact.identities[0], name: contact.name });
}

export function Suggestions({ contact, onMerge }: { contact: Contact; onMerge: (other: Contact) => void }): ReactNode {
  const { data } = useQuery(suggestionsQuery(contact.id));
  if (!data?.length) return null;
  return (
    <section className={side.section} aria-label="Suggested merges">
      <h3>Maybe the same person</h3>
      <ul className={styles.suggestions}>
        {data.map(({ contact: other, reasons }) => (
          <li key={other.id}>
            <Avatar id={other.id} name={calledOf(other)} size={28} />
            <span className="grow">
              <Link to="/contacts/{-$contactId}" params={{ contactId: other.id }} className={styles.suggested}>
                {calledOf(other)}
              </Link>
              {reasons.map((reason) => (
                <span key={reason.code + reason.detail} className={styles.reason}>
                  {reasonText(reason)}
                </span>
              ))}
            </span>
            <Button size="small" aria-label={`Merge ${calledOf(other)}`} onClick={() => onMerge(other)}>
              Merge
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function useUndoMerge(contactId: string): { undo: (mergeId: string) => void; busy: string | null } {
  const client = useQueryClient();
  const undoing = useMutation({
    mutationFn: (mergeId: string) => http.post(`/v1/contacts/${contactId}/unmerge`, { body: { merge_id: mergeId } }),
    onSuccess: async () => {
      toast("Both contacts are back");
      await client.invalidateQueries({ predicate: ({ queryKey }) => ["contact", "contacts", "conversations", "conversation"].includes(String(queryKey[0])) });
    },
    onError: (error) => toastError(error, "Not undone."),
  });
  return { undo: undoing.mutate, busy: undoing.isPending ? undoing.variables : null };
}

export function Merges({ contact }: { contact: Contact }): ReactNode {
  const { data } = useQuery(mergesQuery(contact.id));
  const { undo, busy } = useUndoMerge(contact.id);
  if (!data?.length) return null;
  return (
    <section className={side.section} aria-label="Merged contacts">
      <h3>Merged</h3>
      <ul className={styles.suggestions}>
        {data.map((merge) => (
          <li key={merge.id}>
            <Avatar id={merge.contact.id} name={merge.contact.name} size={28} />
            <span className="grow">
              <span className={styles.suggested}>{merge.contact.name ?? "A contact without a name"}</span>
              <span className={styles.reason} title={fullTime(merge.merged_at)}>
                Merged on {shortDate(merge.merged_at)}
              </span>
            </span>
            <Button size="small" busy={busy === merge.id} aria-label={`Undo the merge of ${merge.contact.name ?? "this contact"}`} onClick={() => undo(merge.id)}>
              Undo
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Told on the page of somebody who was merged into another contact. */
export function MergedInto({ contact }: { contact: Contact }): ReactNode {
  if (!contact.merged_into) return null;
  return (
    <p className={styles.merged} role="status">
      <Icon name="users" />
      <span>This contact was merged into another one.</span>
      <Link to="/contacts/{-$contactId}" params={{ contactId: contact.merged_into }}>
        Open who stands for them
      </Link>
    </p>
  );
}
