/** All contacts, found by name or address, and one of them in full. */

import { ago, fullTime, nameOf, phoneText, shortDate, type Contact, type Conversation } from "@frontdesk/shared";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useState, type ReactNode } from "react";
import { rowsOf } from "~/app/cache.ts";
import { contactQuery, contactsQuery, conversationsQuery } from "~/app/queries.ts";
import { ContactFacts, FirstTouch, Identities, Lines } from "~/features/contact/ContactParts.tsx";
import side from "~/features/contact/side.module.css";
import { outcomeOf, titleOf } from "~/features/thread/Earlier.tsx";
import { Avatar } from "~/ui/Avatar.tsx";
import { Button, iconButtonClass } from "~/ui/Button.tsx";
import { ChannelGlyph, Icon } from "~/ui/icons.tsx";
import page from "~/ui/page.module.css";
import { Blank, Bone, Chip, Failed } from "~/ui/small.tsx";
import { useNow } from "~/ui/useNow.ts";
import styles from "./contacts.module.css";
import { EditContact } from "./EditContact.tsx";

export function Contacts(): ReactNode {
  const { contactId } = useParams({ from: "/desk/contacts/{-$contactId}" });
  useEffect(() => {
    document.title = "Contacts · Frontdesk";
  }, []);
  return contactId ? <ContactPage key={contactId} id={contactId} /> : <ContactList />;
}

function ContactList(): ReactNode {
  const navigate = useNavigate();
  const now = useNow();
  const [typed, setTyped] = useState("");
  const query = useInfiniteQuery(contactsQuery(useDeferredValue(typed.trim())));
  const contacts = query.data?.pages.flatMap((each) => each.items) ?? [];
  const open = (contact: Contact): void => void navigate({ to: "/contacts/{-$contactId}", params: { contactId: contact.id } });
  return (
    <main id="main" tabIndex={-1} className={page.page}>
      <header className={page.bar}>
        <h1>Contacts</h1>
        <span className={`meta ${page.hideSmall}`}>Everybody who wrote to you, with every address they are known by.</span>
        <label className={`${page.search} push`}>
          <Icon name="search" />
          <input type="search" aria-label="Find a contact" placeholder="Name, number or email" value={typed} onChange={(event) => setTyped(event.target.value)} />
        </label>
      </header>
      <div className="scroll">
        {query.isPending ? <TableBones /> : null}
        {query.isError && contacts.length === 0 ? <Failed title="The contacts did not load" error={query.error} onRetry={() => void query.refetch()} className={page.center} /> : null}
        {query.isSuccess && contacts.length === 0 ? (
          <Blank icon="users" title={typed ? "Nobody fits" : "No contacts yet"} className={page.center}>
            {typed ? `Nobody is called or reached by “${typed}”.` : "Whoever writes to one of your inboxes becomes a contact."}
          </Blank>
        ) : null}
        {contacts.length > 0 ? (
          <table className={page.table} aria-label="Contacts">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Reachable at</th>
                <th scope="col" className={page.hideSmall}>
                  Language
                </th>
                <th scope="col" className={`${page.number ?? ""} ${page.hideSmall ?? ""}`}>
                  Since
                </th>
                <th scope="col" className={page.number}>
                  Last seen
                </th>
              </tr>
            </thead>
            <tbody>
              {contacts.map((contact) => (
                <tr key={contact.id} data-opens onClick={() => open(contact)}>
                  <td>
                    <Link to="/contacts/{-$contactId}" params={{ contactId: contact.id }} className={page.rowButton} onClick={(event) => event.stopPropagation()}>
                      <Avatar id={contact.id} name={contact.name} size={24} />
                      <span className="one">{nameOf({ name: contact.name, address: contact.identities[0]?.address })}</span>
                      {contact.verified ? <Icon name="shield" className="green" /> : null}
                    </Link>
                  </td>
                  <td className="num">{addressesOf(contact).join(", ")}</td>
                  <td className={page.hideSmall}>{contact.language ?? ""}</td>
                  <td className={`${page.number ?? ""} ${page.hideSmall ?? ""}`}>{shortDate(contact.created_at, now)}</td>
                  <td className={page.number} title={fullTime(contact.last_seen_at)}>
                    {contact.last_seen_at ? ago(contact.last_seen_at, now) : ""}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null}
        {query.hasNextPage ? (
          <p className={page.more}>
            <Button size="small" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Load 50 more
            </Button>
          </p>
        ) : null}
      </div>
    </main>
  );
}

/** Each address once: a phone's number is its address on WhatsApp, too. */
function addressesOf(contact: Contact): string[] {
  const texts = contact.identities.map((each) => (each.scheme === "web" || each.scheme === "visitor" ? "Web visitor" : phoneText(each.address)));
  return [...new Set(texts)];
}

export function TableBones(): ReactNode {
  return (
    <div className={styles.bones} role="status" aria-label="Loading">
      {[70, 55, 80, 62, 74, 58].map((width) => (
        <Bone key={width} width={`${String(width)}%`} />
      ))}
    </div>
  );
}

function ContactPage({ id }: { id: string }): ReactNode {
  const contact = useQuery(contactQuery(id));
  const conversations = useInfiniteQuery(conversationsQuery({ status: "all", contact_id: id }));
  const [editing, setEditing] = useState(false);
  const { data } = contact;
  return (
    <main id="main" tabIndex={-1} className={page.page}>
      <header className={page.bar}>
        <Link to="/contacts/{-$contactId}" params={{ contactId: undefined }} className={iconButtonClass} aria-label="Back to contacts">
          <Icon name="left" size={20} />
        </Link>
        <h1 className="one">{data ? nameOf({ name: data.name, address: data.identities[0]?.address }) : "Contact"}</h1>
        {data ? (
          <Button icon="pen" className="push" onClick={() => setEditing(true)}>
            Edit
          </Button>
        ) : null}
      </header>
      <div className="scroll">
        {contact.isPending ? <TableBones /> : null}
        {contact.isError && !data ? <Failed title="The contact did not load" error={contact.error} onRetry={() => void contact.refetch()} className={page.center} /> : null}
        {data ? (
          <div className={styles.grid}>
            <div className={styles.card}>
              <section className={side.head}>
                <Avatar id={data.id} name={data.name} size={48} />
                <div className="grow">
                  <h2 className="one">{nameOf({ name: data.name, address: data.identities[0]?.address })}</h2>
                  <p className="meta">Customer since {shortDate(data.created_at)}</p>
                </div>
                {data.verified ? <Chip tone="green">Verified</Chip> : null}
              </section>
              <section className={side.section}>
                <h3>Reachable at</h3>
                <Identities contact={data} here={null} />
              </section>
              <section className={side.section}>
                <h3>Details</h3>
                <ContactFacts contact={data} />
              </section>
              <FirstTouch contact={data} />
              <Lines contact={data} />
            </div>
            <section className={styles.card} aria-label="Conversations">
              <h2 className={styles.cardTitle}>Conversations</h2>
              {conversations.isPending ? <TableBones /> : null}
              <ul>
                {rowsOf(conversations.data).map((each) => (
                  <Episode key={each.id} conversation={each} />
                ))}
              </ul>
              {conversations.isSuccess && rowsOf(conversations.data).length === 0 ? <p className={`meta ${styles.none ?? ""}`}>No conversation yet.</p> : null}
            </section>
          </div>
        ) : null}
      </div>
      {editing && data ? <EditContact contact={data} onClose={() => setEditing(false)} /> : null}
    </main>
  );
}

function Episode({ conversation }: { conversation: Conversation }): ReactNode {
  return (
    <li>
      <Link to="/inbox/$view/{-$conversationId}" params={{ view: "all", conversationId: conversation.id }} search={{}} className={styles.episode}>
        <ChannelGlyph channel={conversation.inbox.channel} />
        <span className="grow one">{titleOf(conversation)}</span>
        <span className="meta">{outcomeOf(conversation)}</span>
        <time className="meta">{shortDate(conversation.last_message_at)}</time>
      </Link>
    </li>
  );
}
