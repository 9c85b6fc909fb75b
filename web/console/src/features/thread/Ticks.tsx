/** The line below a bubble: time, where the message came from, and its delivery's tick with a word. */

import { clockTime, fullTime, tickOf, type DeliveryStatus, type Message, type Tick } from "@frontdesk/shared";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { http } from "~/app/api.ts";
import { applyMessage } from "~/app/events.ts";
import { outbox } from "~/app/outbox.ts";
import { Icon } from "~/ui/icons.tsx";
import { LinkButton } from "~/ui/Button.tsx";
import { toastError } from "~/ui/toasts.tsx";
import type { Item } from "./rows.ts";
import styles from "./flow.module.css";

const TONES: Record<Tick["tone"], string | undefined> = { quiet: undefined, accent: styles.tickRead, red: styles.tickBad, amber: styles.tickUnknown };

export function TickIcon({ status }: { status: DeliveryStatus | null | undefined }): ReactNode {
  const tick = tickOf(status);
  if (!tick) return null;
  return (
    <span className={TONES[tick.tone]} title={tick.label} data-status={status}>
      <Icon name={tick.icon} />
      <span className="hidden-text">{tick.label}</span>
    </span>
  );
}

const ORIGINS: Record<string, string> = { ad: "From an ad", campaign_link: "From a campaign link", web_redirect: "From your site", button: "From a button" };

export function Meta({ item, onDetails }: { item: Item; onDetails: (item: Item) => void }): ReactNode {
  const { message, entry } = item;
  if (entry) return <EntryMeta item={item} />;
  if (!message) return null;
  if (message.status === "failed") return <FailedMeta item={item} onDetails={onDetails} />;
  if (message.status === "unknown") return <UnknownMeta item={item} onDetails={onDetails} />;
  return (
    <p className={styles.meta}>
      {message.origin && ORIGINS[message.origin] ? <span>{ORIGINS[message.origin]} ·</span> : null}
      <time dateTime={message.created_at} title={fullTime(message.created_at)}>
        {clockTime(message.created_at)}
      </time>
      {message.direction === "outgoing" ? <TickIcon status={message.status} /> : null}
    </p>
  );
}

function EntryMeta({ item }: { item: Item }): ReactNode {
  const { entry } = item;
  if (!entry) return null;
  if (entry.state === "failed") {
    return (
      <p className={styles.metaBad} role="alert">
        <Icon name="alert" />
        <span>Not sent: {entry.reason}</span>
        <LinkButton onClick={() => outbox.retry(entry.key)}>Retry</LinkButton>
        <LinkButton onClick={() => outbox.discard(entry.key)}>Discard</LinkButton>
      </p>
    );
  }
  return (
    <p className={styles.meta}>
      {entry.state === "waiting" ? <span>Waits for the connection ·</span> : null}
      <time dateTime={entry.at}>{clockTime(entry.at)}</time>
      <TickIcon status="queued" />
    </p>
  );
}

function useRetry(id: string): { retry: () => void; busy: boolean } {
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: () => http.post<Message>(`/v1/messages/${id}/retry`),
    onSuccess: (message) => applyMessage(client, message),
    onError: (error) => toastError(error, "Not sent again."),
  });
  return { retry: () => mutation.mutate(), busy: mutation.isPending };
}

function FailedMeta({ item, onDetails }: { item: Item; onDetails: (item: Item) => void }): ReactNode {
  const { retry, busy } = useRetry(item.id);
  const failure = item.message?.failure;
  return (
    <p className={styles.metaBad} data-status="failed">
      <Icon name="alert" />
      <span>Not sent: {failure?.message ?? failure?.code ?? "the provider gave no reason"}</span>
      <LinkButton onClick={retry} disabled={busy}>
        Retry
      </LinkButton>
      <LinkButton onClick={() => onDetails(item)}>Details</LinkButton>
    </p>
  );
}

function UnknownMeta({ item, onDetails }: { item: Item; onDetails: (item: Item) => void }): ReactNode {
  const { retry, busy } = useRetry(item.id);
  return (
    <p className={styles.metaUnknown} data-status="unknown">
      <Icon name="unknown" />
      <span>Not known whether it arrived</span>
      <LinkButton onClick={retry} disabled={busy} title="The customer may get it twice">
        Send again
      </LinkButton>
      <LinkButton onClick={() => onDetails(item)}>Details</LinkButton>
    </p>
  );
}
