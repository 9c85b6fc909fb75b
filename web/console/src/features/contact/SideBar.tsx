/** The contact beside a conversation: addresses, details, where they came from, earlier conversations. */

import { nameOf, shortDate, type Conversation } from "@frontdesk/shared";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { rowsOf } from "~/app/cache.ts";
import { contactQuery, conversationsQuery } from "~/app/queries.ts";
import { outcomeOf, titleOf } from "~/features/thread/Earlier.tsx";
import { Avatar } from "~/ui/Avatar.tsx";
import { IconButton } from "~/ui/Button.tsx";
import { Bone, Failed } from "~/ui/small.tsx";
import { ContactFacts, FirstTouch, Identities } from "./ContactParts.tsx";
import styles from "./side.module.css";

export function SideBar({ conversation, onClose }: { conversation: Conversation; onClose: () => void }): ReactNode {
  const { contact: known } = conversation;
  const contact = useQuery(contactQuery(known.id));
  const name = nameOf({ ...known, name: contact.data?.name ?? known.name });
  return (
    <aside className={styles.side} data-pane="side" aria-label="Contact">
      <div className="scroll">
        <section className={styles.head}>
          <Avatar id={known.id} name={name} size={48} />
          <div className="grow">
            <h2 className="one">{name}</h2>
            <p className="meta">{contact.data ? `Customer since ${new Date(contact.data.created_at).toLocaleDateString(undefined, { month: "long", year: "numeric" })}` : " "}</p>
          </div>
          <span className={styles.close}>
            <IconButton icon="x" label="Hide contact" keys="]" onClick={onClose} />
          </span>
        </section>
        {contact.isPending ? (
          <section className={styles.bones} role="status" aria-label="Loading the contact">
            <Bone width="60%" />
            <Bone width="80%" />
            <Bone width="50%" />
          </section>
        ) : null}
        {contact.isError && !contact.data ? <Failed title="The contact did not load" error={contact.error} onRetry={() => void contact.refetch()} /> : null}
        {contact.data ? (
          <>
            <section className={styles.section}>
              <h3>Reachable at</h3>
              <Identities contact={contact.data} here={known.address} />
            </section>
            <section className={styles.section}>
              <h3>
                Details
                <Link to="/contacts/{-$contactId}" params={{ contactId: known.id }} className={styles.edit}>
                  Edit
                </Link>
              </h3>
              <ContactFacts contact={contact.data} />
            </section>
            <FirstTouch contact={contact.data} />
          </>
        ) : null}
        <EarlierList conversation={conversation} />
      </div>
    </aside>
  );
}

function EarlierList({ conversation }: { conversation: Conversation }): ReactNode {
  const { data } = useInfiniteQuery(conversationsQuery({ status: "all", contact_id: conversation.contact.id }));
  const others = rowsOf(data).filter((each) => each.id !== conversation.id);
  return (
    <section className={styles.section}>
      <h3>Other conversations</h3>
      {others.length === 0 ? <p className="meta">This is the first.</p> : null}
      {others.map((each) => (
        <Link key={each.id} to="/inbox/$view/{-$conversationId}" params={{ view: "all", conversationId: each.id }} search={{}} className={styles.earlier}>
          <span className="one">{titleOf(each)}</span>
          <time className="meta">{shortDate(each.last_message_at)}</time>
          <span className="meta one">
            {outcomeOf(each)} · {each.inbox.name}
          </span>
        </Link>
      ))}
    </section>
  );
}
