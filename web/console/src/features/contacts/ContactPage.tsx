/** One contact in full: who they are, what was said in every channel, with whom they may be one. */

import { shortDate, type Contact, type Conversation } from "@frontdesk/shared";
import { useInfiniteQuery, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { rowsOf } from "~/app/cache.ts";
import { contactQuery, conversationsQuery, sessionQuery } from "~/app/queries.ts";
import { ContactFacts, FirstTouch, Identities, Lines } from "~/features/contact/ContactParts.tsx";
import side from "~/features/contact/side.module.css";
import { outcomeOf, titleOf } from "~/features/thread/Earlier.tsx";
import { Avatar } from "~/ui/Avatar.tsx";
import { Button, iconButtonClass } from "~/ui/Button.tsx";
import { ChannelGlyph } from "~/ui/Channel.tsx";
import { Icon } from "~/ui/icons.tsx";
import page from "~/ui/page.module.css";
import { Chip, Failed } from "~/ui/small.tsx";
import styles from "./contacts.module.css";
import { EditContact } from "./EditContact.tsx";
import { MergeDialog } from "./MergeDialog.tsx";
import { calledOf, MergedInto, Merges, Suggestions } from "./Merging.tsx";
import { TableBones } from "./TableBones.tsx";
import { Timeline } from "./Timeline.tsx";

type Doing = { what: "edit" } | { what: "merge"; other: Contact | null } | null;

export function ContactPage({ id }: { id: string }): ReactNode {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const contact = useQuery(contactQuery(id));
  const [doing, setDoing] = useState<Doing>(null);
  const { data } = contact;
  const mayChange = session.permissions.includes("contacts:write") && !data?.merged_into;
  return (
    <main id="main" tabIndex={-1} className={page.page}>
      <header className={page.bar}>
        <Link to="/contacts/{-$contactId}" params={{ contactId: undefined }} className={iconButtonClass} aria-label="Back to contacts">
          <Icon name="left" size={20} />
        </Link>
        <h1 className={`one ${styles.title ?? ""}`}>{data ? calledOf(data) : "Contact"}</h1>
        {data && mayChange ? (
          <>
            <Button icon="users" className="push" onClick={() => setDoing({ what: "merge", other: null })}>
              Merge
            </Button>
            <Button icon="pen" onClick={() => setDoing({ what: "edit" })}>
              Edit
            </Button>
          </>
        ) : null}
      </header>
      <div className="scroll">
        {contact.isPending ? <TableBones /> : null}
        {contact.isError && !data ? <Failed title="The contact did not load" error={contact.error} onRetry={() => void contact.refetch()} className={page.center} /> : null}
        {data ? <MergedInto contact={data} /> : null}
        {data ? (
          <div className={styles.grid}>
            <Card contact={data} onMerge={mayChange ? (other) => setDoing({ what: "merge", other }) : null} />
            <Talks contact={data} />
          </div>
        ) : null}
      </div>
      {doing?.what === "edit" && data ? <EditContact contact={data} onClose={() => setDoing(null)} /> : null}
      {doing?.what === "merge" && data ? <MergeDialog contact={data} other={doing.other} onClose={() => setDoing(null)} /> : null}
    </main>
  );
}

function Card({ contact, onMerge }: { contact: Contact; onMerge: ((other: Contact) => void) | null }): ReactNode {
  return (
    <div className={styles.card}>
      <section className={side.head}>
        <Avatar id={contact.id} name={calledOf(contact)} size={48} />
        <div className="grow">
          <h2 className="one">{calledOf(contact)}</h2>
          <p className="meta">Customer since {shortDate(contact.created_at)}</p>
        </div>
        {contact.verified ? <Chip tone="green">Verified</Chip> : null}
      </section>
      <section className={side.section}>
        <h3>Reachable at</h3>
        <Identities contact={contact} here={null} />
      </section>
      <section className={side.section}>
        <h3>Details</h3>
        <ContactFacts contact={contact} />
      </section>
      {onMerge ? <Suggestions contact={contact} onMerge={onMerge} /> : null}
      {onMerge ? <Merges contact={contact} /> : null}
      <FirstTouch contact={contact} />
      <Lines contact={contact} />
    </div>
  );
}

function Talks({ contact }: { contact: Contact }): ReactNode {
  const query = useInfiniteQuery(conversationsQuery({ status: "all", contact_id: contact.id }));
  const [tab, setTab] = useState<"timeline" | "conversations">("timeline");
  const conversations = rowsOf(query.data);
  return (
    <section className={styles.card} aria-label="What was said">
      <div className={styles.tabs} role="group" aria-label="Shown as">
        {(["timeline", "conversations"] as const).map((each) => (
          <button key={each} type="button" aria-pressed={tab === each} onClick={() => setTab(each)}>
            {each === "timeline" ? "Timeline" : "Conversations"}
            {each === "conversations" && query.isSuccess ? <span className="meta">{conversations.length}</span> : null}
          </button>
        ))}
      </div>
      {tab === "timeline" ? <Timeline contactId={contact.id} name={calledOf(contact)} conversations={conversations} /> : <Episodes conversations={conversations} loading={query.isPending} />}
    </section>
  );
}

function Episodes({ conversations, loading }: { conversations: readonly Conversation[]; loading: boolean }): ReactNode {
  if (loading) return <TableBones />;
  if (conversations.length === 0) return <p className={`meta ${styles.none ?? ""}`}>No conversation yet.</p>;
  return (
    <ul>
      {conversations.map((each) => (
        <li key={each.id}>
          <Link to="/inbox/$view/{-$conversationId}" params={{ view: "all", conversationId: each.id }} search={{}} className={styles.episode}>
            <ChannelGlyph channel={each.inbox.channel} />
            <span className="grow one">{titleOf(each)}</span>
            <span className="meta">{outcomeOf(each)}</span>
            <time className="meta">{shortDate(each.last_message_at)}</time>
          </Link>
        </li>
      ))}
    </ul>
  );
}
