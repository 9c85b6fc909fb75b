/** Parts that show a contact, in the side bar and on the contact's own page. */

import { ago, fullTime, hrefOf, phoneText, shortDate, valueText, type Contact, type Identity } from "@frontdesk/shared";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { contactSourcesQuery } from "~/app/queries.ts";
import { ChannelGlyph, ChannelName, useSchemeChannel } from "~/ui/Channel.tsx";
import { Icon } from "~/ui/icons.tsx";
import { useNow } from "~/ui/useNow.ts";
import styles from "./side.module.css";

export function identityText(identity: Identity): string {
  if (identity.scheme === "web" || identity.scheme === "visitor") return "Web visitor";
  if (identity.scheme === "phone" || identity.scheme === "whatsapp") return phoneText(identity.address);
  return identity.address;
}

export function Identities({ contact, here }: { contact: Contact; here: string | null }): ReactNode {
  if (contact.identities.length === 0) return <p className="meta">No address is known.</p>;
  return (
    <ul>
      {contact.identities.map((identity) => (
        <IdentityLine key={`${identity.scheme}/${identity.address}`} identity={identity} here={here} />
      ))}
    </ul>
  );
}

/** By what an address is reached: a sign, and a word for those who do not see it. */
export function IdentitySign({ identity }: { identity: Identity }): ReactNode {
  const channel = useSchemeChannel(identity.scheme);
  const isPhone = identity.scheme === "phone";
  return (
    <>
      {isPhone ? <Icon name="phone" /> : <ChannelGlyph channel={channel} />}
      <span className="hidden-text">{isPhone ? "Phone" : <ChannelName channel={channel} />}</span>
    </>
  );
}

function IdentityLine({ identity, here }: { identity: Identity; here: string | null }): ReactNode {
  return (
    <li className={styles.identity} title={`${identity.scheme}: ${identity.address}`}>
      <IdentitySign identity={identity} />
      <span className="one grow num">{identityText(identity)}</span>
      {identity.address === here ? <span className="meta">this thread</span> : null}
      {identity.verified ? (
        <>
          <Icon name="shield" className="green" />
          <span className="hidden-text">verified</span>
        </>
      ) : null}
    </li>
  );
}

function attributeText(value: unknown): string {
  return valueText(value) || "–";
}

export function ContactFacts({ contact }: { contact: Contact }): ReactNode {
  const now = useNow();
  const facts: [string, string | null | undefined, string?][] = [
    ["Language", contact.language],
    ["Last seen", contact.last_seen_at ? ago(contact.last_seen_at, now) : null, fullTime(contact.last_seen_at)],
    ...Object.entries(contact.attributes).map(([name, value]): [string, string] => [name.replaceAll("_", " "), attributeText(value)]),
  ];
  const known = facts.filter(([, value]) => value);
  if (known.length === 0) return <p className="meta">Nothing is known yet.</p>;
  return (
    <dl className={styles.facts}>
      {known.map(([name, value, title]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd title={title}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface Touch {
  headline?: unknown;
  source_url?: unknown;
  source_type?: unknown;
  kind?: unknown;
  origin?: unknown;
  at?: unknown;
  created_at?: unknown;
  referral?: Touch | null;
  url?: unknown;
  title?: unknown;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value ? value : null;
}

const KINDS: Record<string, string> = { ad: "An ad", post: "A post", campaign_link: "A campaign link", web_redirect: "Your site", referral: "An ad", button: "A button" };

function TouchLine({ touch, label }: { touch: Touch; label: string }): ReactNode {
  const inner = touch.referral ?? touch;
  const kind = text(touch.origin) ?? text(inner.source_type) ?? text(touch.kind);
  const url = hrefOf(text(inner.source_url) ?? text(inner.url));
  const at = text(touch.created_at) ?? text(touch.at);
  return (
    <li>
      <Icon name="megaphone" />
      <span>
        {label}: {text(inner.headline) ?? text(inner.title) ?? KINDS[kind ?? ""] ?? kind ?? "a link"}
        {url ? (
          <>
            {", "}
            <a href={url} target="_blank" rel="noopener noreferrer nofollow">
              {new URL(url).host}
            </a>
          </>
        ) : null}
        {at ? <span className="meta"> {fullTime(at)}</span> : null}
      </span>
    </li>
  );
}

/** What brought the contact here first; nothing when they simply wrote. */
export function FirstTouch({ contact }: { contact: Contact }): ReactNode {
  const first = contact.first_touch as Touch | null | undefined;
  if (!first) return null;
  return (
    <section className={styles.section}>
      <h3>Where they came from</h3>
      <ul className={styles.sources}>
        <TouchLine touch={first} label="First" />
      </ul>
    </section>
  );
}

/** The inboxes the contact writes to. */
export function Lines({ contact }: { contact: Contact }): ReactNode {
  const { data } = useQuery(contactSourcesQuery(contact.id));
  if (!data?.length) return null;
  return (
    <section className={styles.section}>
      <h3>Writes to</h3>
      <ul>
        {data.map((line) => (
          <li key={line.thread_id} className={styles.identity}>
            <ChannelGlyph channel={line.inbox.channel} />
            <span className="one grow">{line.inbox.name}</span>
            <span className="meta">since {shortDate(line.created_at)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
