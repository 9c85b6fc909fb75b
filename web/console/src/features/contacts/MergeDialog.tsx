/** Merge two contacts: choose whom, see what moves, say who stays. It can be undone. */

import { explain, valueText, type Contact } from "@frontdesk/shared";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useState, type ReactNode } from "react";
import { http } from "~/app/api.ts";
import { contactSourcesQuery, contactsQuery } from "~/app/queries.ts";
import { identityText, IdentitySign } from "~/features/contact/ContactParts.tsx";
import { Avatar } from "~/ui/Avatar.tsx";
import { Button, LinkButton } from "~/ui/Button.tsx";
import { ChannelGlyph } from "~/ui/Channel.tsx";
import { Dialog, DialogFoot } from "~/ui/Dialog.tsx";
import { Input } from "~/ui/Field.tsx";
import { Icon } from "~/ui/icons.tsx";
import { toast, toastError } from "~/ui/toasts.tsx";
import styles from "./contacts.module.css";
import { calledOf } from "./Merging.tsx";
import { previewOf, type Preview } from "./merge.ts";

interface MergeDialogProps {
  contact: Contact;
  /** Whom to merge; chosen in the dialog when nobody is given. */
  other: Contact | null;
  onClose: () => void;
}

interface Merged {
  merge_id: string;
  contact: Contact;
}

export function MergeDialog({ contact, other: given, onClose }: MergeDialogProps): ReactNode {
  const [other, setOther] = useState(given);
  return (
    <Dialog title="Merge contacts" opened onClose={onClose} width={520}>
      {other ? <Confirm contact={contact} other={other} onBack={given ? null : () => setOther(null)} onClose={onClose} /> : <Choose contact={contact} onChoose={setOther} onClose={onClose} />}
    </Dialog>
  );
}

function Choose({ contact, onChoose, onClose }: { contact: Contact; onChoose: (other: Contact) => void; onClose: () => void }): ReactNode {
  const [typed, setTyped] = useState("");
  const query = useInfiniteQuery(contactsQuery(useDeferredValue(typed.trim())));
  const found = (query.data?.pages[0]?.items ?? []).filter((each) => each.id !== contact.id).slice(0, 8);
  return (
    <div className={styles.form}>
      <Input label={`Who is the same person as ${calledOf(contact)}?`} type="search" placeholder="Name, number or email" value={typed} data-autofocus onChange={(event) => setTyped(event.target.value)} />
      <ul className={styles.choices} aria-label="Contacts">
        {found.map((each) => (
          <li key={each.id}>
            <button type="button" className={styles.choice} onClick={() => onChoose(each)}>
              <Avatar id={each.id} name={calledOf(each)} size={28} />
              <span className="grow">
                <span className="one">{calledOf(each)}</span>
                <span className={styles.reason}>{each.identities.map(identityText).join(", ")}</span>
              </span>
              <Icon name="right" />
            </button>
          </li>
        ))}
      </ul>
      {query.isSuccess && found.length === 0 ? <p className="meta">Nobody else is called or reached by “{typed}”.</p> : null}
      <DialogFoot>
        <Button onClick={onClose}>Cancel</Button>
      </DialogFoot>
    </div>
  );
}

function Confirm({ contact, other: given, onBack, onClose }: { contact: Contact; other: Contact; onBack: (() => void) | null; onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [swapped, setSwapped] = useState(false);
  const [stays, other] = swapped ? [given, contact] : [contact, given];
  const lines = useQuery(contactSourcesQuery(other.id));
  const merge = useMutation({
    mutationFn: () => http.post<Merged>(`/v1/contacts/${stays.id}/merge`, { body: { other_id: other.id } }),
    onSuccess: async ({ merge_id: mergeId, contact: merged }) => {
      onClose();
      const undo = (): void => {
        http
          .post(`/v1/contacts/${merged.id}/unmerge`, { body: { merge_id: mergeId } })
          .then(() => client.invalidateQueries())
          .catch((error: unknown) => toastError(error, "Not undone."));
      };
      const [went, stayed] = [calledOf(other), calledOf(merged)];
      toast(went === stayed ? `Both contacts of ${stayed} are one now` : `${went} is merged into ${stayed}`, { label: "Undo", run: undo });
      await client.invalidateQueries({ predicate: ({ queryKey }) => ["contact", "contacts", "conversations", "conversation"].includes(String(queryKey[0])) });
      if (merged.id !== contact.id) await navigate({ to: "/contacts/{-$contactId}", params: { contactId: merged.id } });
    },
  });
  return (
    <div className={styles.form}>
      <div className={styles.pairOf}>
        <Person contact={other} word="Goes" />
        <Icon name="right" />
        <Person contact={stays} word="Stays" />
      </div>
      <p>
        <LinkButton onClick={() => setSwapped(!swapped)}>Keep {calledOf(other) === calledOf(stays) ? "the other one" : calledOf(other)} instead</LinkButton>
      </p>
      {lines.data ? <Moves preview={previewOf(stays, other, lines.data)} stays={stays} /> : <p className="meta">Looking at what moves</p>}
      <p className="meta">Conversations are not joined. The merge can be undone at any time.</p>
      {merge.error ? (
        <p className="red" role="alert">
          {explain(merge.error)}
        </p>
      ) : null}
      <DialogFoot>
        <Button onClick={onBack ?? onClose}>{onBack ? "Back" : "Cancel"}</Button>
        <Button look="go" busy={merge.isPending} disabled={!lines.data} onClick={() => merge.mutate()}>
          Merge contacts
        </Button>
      </DialogFoot>
    </div>
  );
}

function Person({ contact, word }: { contact: Contact; word: string }): ReactNode {
  return (
    <div className={styles.person}>
      <Avatar id={contact.id} name={calledOf(contact)} size={36} />
      <span>
        <span className={styles.reason}>{word}</span>
        <b className="one">{calledOf(contact)}</b>
        <span className={`${styles.reason ?? ""} one`}>{contact.identities[0] ? identityText(contact.identities[0]) : "No address"}</span>
      </span>
    </div>
  );
}

function Moves({ preview, stays }: { preview: Preview; stays: Contact }): ReactNode {
  const { identities, lines, filled, dropped } = preview;
  const name = calledOf(stays);
  const nothing = identities.length + lines.length + filled.length + dropped.length === 0;
  return (
    <section className={styles.moves} aria-label="What moves">
      <h3>What {name} gets</h3>
      <ul>
        {identities.map((each) => (
          <li key={each.scheme + each.address}>
            <IdentitySign identity={each} />
            <span className="one grow">{identityText(each)}</span>
          </li>
        ))}
        {lines.map((line) => (
          <li key={line.thread_id}>
            <ChannelGlyph channel={line.inbox.channel} />
            <span className="one grow">Conversations in {line.inbox.name}</span>
          </li>
        ))}
        {filled.map(([word, value]) => (
          <li key={word}>
            <Icon name="plus" />
            <span className="one grow">
              {word.replaceAll("_", " ")}: {valueText(value)}
            </span>
          </li>
        ))}
        {dropped.map(([word, value]) => (
          <li key={word}>
            <Icon name="x" />
            <span className="one grow">
              {word.replaceAll("_", " ")}: {valueText(value)} <span className="meta">is not taken, {name} has another</span>
            </span>
          </li>
        ))}
        {nothing ? <li className="meta">Nothing but the merge itself.</li> : null}
      </ul>
    </section>
  );
}
