/** All contacts, found by name or address, and one of them in full. */

import { ago, fullTime, shortDate, type Contact, type Identity } from "@frontdesk/shared";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useState, type ReactNode } from "react";
import { contactsQuery } from "~/app/queries.ts";
import { IdentitySign, identityText } from "~/features/contact/ContactParts.tsx";
import { Avatar } from "~/ui/Avatar.tsx";
import { Button } from "~/ui/Button.tsx";
import { Icon } from "~/ui/icons.tsx";
import page from "~/ui/page.module.css";
import { Blank, Failed } from "~/ui/small.tsx";
import { useNow } from "~/ui/useNow.ts";
import { ContactPage } from "./ContactPage.tsx";
import { calledOf } from "./Merging.tsx";
import styles from "./contacts.module.css";
import { TableBones } from "./TableBones.tsx";

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
                <th scope="col" className={`${page.number ?? ""} ${page.hideSmall ?? ""}`}>
                  Last seen
                </th>
              </tr>
            </thead>
            <tbody>
              {contacts.map((contact) => (
                <tr key={contact.id} data-opens onClick={() => open(contact)}>
                  <td>
                    <Link to="/contacts/{-$contactId}" params={{ contactId: contact.id }} className={page.rowButton} onClick={(event) => event.stopPropagation()}>
                      <Avatar id={contact.id} name={calledOf(contact)} size={24} />
                      <span className="one">{calledOf(contact)}</span>
                      {contact.verified ? <Icon name="shield" className="green" /> : null}
                    </Link>
                  </td>
                  <td className={`num ${styles.reach ?? ""}`}>
                    {addressesOf(contact).map((identity) => (
                      <span key={`${identity.scheme}/${identity.address}`} className={page.cellLine}>
                        <IdentitySign identity={identity} />
                        {identityText(identity)}
                      </span>
                    ))}
                  </td>
                  <td className={page.hideSmall}>{contact.language ?? ""}</td>
                  <td className={`${page.number ?? ""} ${page.hideSmall ?? ""}`}>{shortDate(contact.created_at, now)}</td>
                  <td className={`${page.number ?? ""} ${page.hideSmall ?? ""}`} title={fullTime(contact.last_seen_at)}>
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
function addressesOf(contact: Contact): Identity[] {
  return [...new Map([...contact.identities].reverse().map((identity) => [identityText(identity), identity])).values()].reverse();
}
