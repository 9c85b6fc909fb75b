/** One bubble: quote, referral, content, reactions, and the menu of what can be done with it. */

import { fullTime, previewOf, type Message, type ReplyTo, type Referral } from "@frontdesk/shared";
import type { ReactNode } from "react";
import { hrefOf } from "@frontdesk/shared";
import { classes } from "~/ui/classes.ts";
import { Icon } from "~/ui/icons.tsx";
import { LinkButton } from "~/ui/Button.tsx";
import { BubbleTools } from "./BubbleTools.tsx";
import { Content, isBare, isMail, isWide } from "./Content.tsx";
import { MessageIdContext } from "./content/media.ts";
import styles from "./flow.module.css";
import type { Item } from "./rows.ts";
import type { ThreadTools } from "./tools.ts";

export function Bubble({ item, tools }: { item: Item; tools: ThreadTools }): ReactNode {
  const { message, entry } = item;
  const replyTo = message?.reply_to ?? (entry ? tools.quoteOf(entry.create.reply_to_id ?? null) : null);
  const deleted = message?.deleted_at ?? null;
  const bare = !deleted && isBare(item.content) && !replyTo;
  return (
    <>
      <div
        className={classes(
          styles.bubble,
          bare && styles.bare,
          !deleted && isWide(item.content) && styles.wide,
          !deleted && isMail(item.content) && styles.mail,
          item.status === "failed" && styles.bad,
          entry && entry.state !== "failed" && styles.waiting,
        )}
        data-message={item.id}
        data-direction={item.direction}
        data-seq={message?.seq}
      >
        {message?.context?.forwarded ? (
          <p className={styles.forwarded}>
            <Icon name="reply" size={12} /> Forwarded
          </p>
        ) : null}
        {message?.context?.referral ? <ReferralCard referral={message.context.referral} /> : null}
        {message?.context?.referred_product ? <p className={styles.forwarded}>Asks about product {message.context.referred_product.sku}</p> : null}
        {replyTo ? <Quote reply={replyTo} own={replyTo.author_name === tools.ownName} other={tools.contactName} onJump={tools.jumpTo} /> : null}
        {deleted ? (
          <p className={styles.deleted} title={fullTime(deleted)}>
            <Icon name="ban" /> This message was deleted
          </p>
        ) : (
          <MessageIdContext value={message?.id ?? null}>
            <Content content={item.content} />
          </MessageIdContext>
        )}
        {message?.edited_at && !deleted ? (
          <LinkButton className={styles.edited} title={fullTime(message.edited_at)} onClick={() => tools.showVersions(message)}>
            Edited
          </LinkButton>
        ) : null}
        {message?.starred ? (
          <span className={styles.starred} title="Starred">
            <Icon name="star" size={12} filled />
            <span className="hidden-text">Starred</span>
          </span>
        ) : null}
        {message && !deleted ? <BubbleTools message={message} tools={tools} /> : null}
      </div>
      {message?.reactions.length ? <Reactions message={message} /> : null}
    </>
  );
}

function Quote({ reply, own, other, onJump }: { reply: ReplyTo; own: boolean; other: string; onJump: (reply: ReplyTo) => void }): ReactNode {
  const name = own ? "You" : (reply.author_name ?? other);
  return (
    <button type="button" className={styles.quote} onClick={() => onJump(reply)} title="Go to this message">
      <span className="hidden-text">In answer to</span>
      <b>{name}</b>
      <span>{reply.preview}</span>
    </button>
  );
}

function ReferralCard({ referral }: { referral: Referral }): ReactNode {
  const url = hrefOf(referral.source_url);
  const word = referral.source_type === "post" ? "From a post" : "From an ad";
  return (
    <div className={styles.referral}>
      <p className={styles.referralKind}>
        <Icon name="megaphone" size={12} />
        {word}
      </p>
      {referral.headline ? <p className={styles.referralHead}>{referral.headline}</p> : null}
      {referral.body ? <p className={styles.referralBody}>{referral.body}</p> : null}
      {url ? (
        <a href={url} target="_blank" rel="noopener noreferrer nofollow" className="one">
          {new URL(url).host}
        </a>
      ) : null}
    </div>
  );
}

function Reactions({ message }: { message: Message }): ReactNode {
  return (
    <ul className={styles.reactions} aria-label="Reactions">
      {message.reactions.map((reaction) => (
        <li key={`${reaction.emoji}-${reaction.author.id ?? reaction.author.type}`} title={reaction.author.name ?? undefined}>
          <span>{reaction.emoji}</span>
          <span>{reaction.author.name ?? (reaction.author.type === "contact" ? "Customer" : "Agent")}</span>
        </li>
      ))}
    </ul>
  );
}

/** One line that says what an item is, for reply chips. */
export function lineOf(message: Message): string {
  return previewOf(message.content);
}
