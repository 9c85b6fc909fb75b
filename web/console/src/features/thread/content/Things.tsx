/** Contents that are things: places, cards, orders, templates, calls, polls, and what is not known yet. */

import {
  duration,
  hrefOf,
  phoneText,
  type CallContent,
  type ContactCard,
  type ContactsContent,
  type LocationContent,
  type OrderContent,
  type PollContent,
  type TemplateContent,
  type UnsupportedContent,
} from "@frontdesk/shared";
import { useId, type ReactNode } from "react";
import { Avatar } from "~/ui/Avatar.tsx";
import { Icon } from "~/ui/icons.tsx";
import { Chip } from "~/ui/small.tsx";
import { RichText } from "../RichText.tsx";
import styles from "./content.module.css";

/** A drawn map: it says "a place" without asking anybody for tiles. */
function MapDrawing({ label }: { label: string }): ReactNode {
  const clip = useId();
  return (
    <svg className={styles.map} viewBox="0 0 272 104" role="img" aria-label={label}>
      <clipPath id={clip}>
        <rect width="272" height="104" rx="9" />
      </clipPath>
      <g clipPath={`url(#${clip})`}>
        <rect width="272" height="104" className={styles.mapLand} />
        <path className={styles.mapWater} d="M-10 96C50 70 74 92 122 80s70-40 160-34v70H-10z" />
        <path className={styles.mapBlock} d="M12 8h40v22H12zM64 6h38v26H64zM16 44h32v16H16zM118 10h38v22h-38zM170 8h30v20h-30zM214 4h48v18h-48z" />
        <path className={styles.mapRoad} d="M-5 37h290M58-5v74M110-5v72M-5 68c60-14 90 6 140-8s80-26 150-22M163-5v52M207-5v48" />
      </g>
      <g transform="translate(136 60)">
        <path className={styles.mapPin} d="M0 0c-8-8.500-12-14-12-19.500a12 12 0 0 1 24 0C12-14 8-8.500 0 0z" />
        <circle className={styles.mapHole} cy="-19.500" r="4.500" />
      </g>
    </svg>
  );
}

export function Location({ content }: { content: LocationContent }): ReactNode {
  const point = `${content.latitude.toFixed(5)}, ${content.longitude.toFixed(5)}`;
  const title = content.name ?? content.address ?? "Pinned location";
  const { latitude, longitude } = content;
  const map = `https://www.openstreetmap.org/?mlat=${String(latitude)}&mlon=${String(longitude)}#map=17/${String(latitude)}/${String(longitude)}`;
  const page = hrefOf(content.url);
  return (
    <>
      <MapDrawing label={`Map: ${title}`} />
      <p className={styles.caption}>
        <strong>{title}</strong>
        {content.name && content.address ? <span className={styles.under}>{content.address}</span> : null}
        <span className={styles.under}>
          <a href={map} target="_blank" rel="noopener noreferrer" className="num">
            {point}
          </a>
          {page ? (
            <>
              {" · "}
              <a href={page} target="_blank" rel="noopener noreferrer">
                Web page
              </a>
            </>
          ) : null}
        </span>
      </p>
    </>
  );
}

export function Cards({ content }: { content: ContactsContent }): ReactNode {
  return (
    <ul className={styles.cards} aria-label={content.cards.length === 1 ? "Contact card" : "Contact cards"}>
      {content.cards.map((card, at) => (
        <Card key={`${String(at)}-${card.name}`} card={card} />
      ))}
    </ul>
  );
}

function Card({ card }: { card: ContactCard }): ReactNode {
  const place = card.addresses?.map((each) => [each.street, each.zip, each.city, each.country].filter(Boolean).join(", ")) ?? [];
  const lines = [
    [card.title, card.company].filter(Boolean).join(", "),
    ...(card.phones?.map((each) => phoneText(each.number)) ?? []),
    ...(card.emails?.map((each) => each.address) ?? []),
    ...(card.urls?.map((each) => each.url) ?? []),
    ...place,
  ].filter(Boolean);
  return (
    <li className={styles.card}>
      <Avatar id={card.name} name={card.name} />
      <span className={styles.cardText}>
        <strong className="one">{card.name}</strong>
        {lines.map((line) => (
          <span key={line} className="meta num">
            {line}
          </span>
        ))}
      </span>
    </li>
  );
}

function money(amount: number, currency: string | null | undefined): string {
  try {
    return currency ? amount.toLocaleString(undefined, { style: "currency", currency }) : amount.toLocaleString();
  } catch {
    return `${amount.toLocaleString()} ${currency ?? ""}`;
  }
}

export function Order({ content }: { content: OrderContent }): ReactNode {
  const items = content.items ?? [];
  const currency = items.find((item) => item.currency)?.currency;
  const priced = items.every((item) => typeof item.price === "number");
  const total = items.reduce((sum, item) => sum + (item.price ?? 0) * (item.quantity ?? 1), 0);
  return (
    <>
      <p className={styles.label}>Order</p>
      <table className={styles.order} aria-label="Order">
        <tbody>
          {items.map((item) => (
            <tr key={item.sku}>
              <td className="num">{item.quantity ?? 1} ×</td>
              <td>{item.sku}</td>
              <td>{typeof item.price === "number" ? money(item.price, item.currency) : ""}</td>
            </tr>
          ))}
        </tbody>
        {priced && items.length > 0 ? (
          <tfoot>
            <tr>
              <td />
              <th scope="row">Total</th>
              <td>{money(total, currency)}</td>
            </tr>
          </tfoot>
        ) : null}
      </table>
      {content.text ? (
        <p className={styles.text}>
          <RichText text={content.text} />
        </p>
      ) : null}
    </>
  );
}

export function Template({ content }: { content: TemplateContent }): ReactNode {
  return (
    <>
      {content.body ? (
        <p className={styles.text}>
          <RichText text={content.body} />
        </p>
      ) : null}
      <p className={styles.kind}>
        <Icon name="file" size={12} />
        Template {content.name} <Chip>{content.language}</Chip>
      </p>
    </>
  );
}

const CALL_WORDS: Record<string, string> = { connect: "Call started", ringing: "Call rang", terminate: "Call ended", missed: "Missed call", accepted: "Call answered", rejected: "Call declined" };

export function Call({ content }: { content: CallContent }): ReactNode {
  return (
    <p className={styles.kindLarge}>
      <Icon name="call" />
      {CALL_WORDS[content.event.toLowerCase()] ?? `Call: ${content.event}`}
      {content.duration_seconds ? <span className="meta num">{duration(content.duration_seconds)}</span> : null}
    </p>
  );
}

export function Poll({ content }: { content: PollContent }): ReactNode {
  return (
    <>
      <p className={styles.label}>Poll</p>
      <p className={styles.strong}>{content.question}</p>
      <ul className={styles.options}>
        {content.options?.map((option) => (
          <li key={option} className={styles.option}>
            {option}
          </li>
        ))}
      </ul>
    </>
  );
}

export function Unsupported({ content }: { content: UnsupportedContent }): ReactNode {
  return (
    <>
      <p className={styles.kindLarge}>
        <Icon name="help" />A message of a kind not shown yet{content.source_kind ? `: ${content.source_kind}` : ""}
      </p>
      {content.reason ? <p className={styles.footer}>{content.reason}</p> : null}
      {content.raw !== undefined && content.raw !== null ? (
        <details className={styles.raw}>
          <summary>What was received</summary>
          <pre tabIndex={0}>{JSON.stringify(content.raw, null, 2)}</pre>
        </details>
      ) : null}
    </>
  );
}
