/** Behind one message: its earlier versions, and its facts with every attempt to deliver it. */

import { exactTime, fullTime, tickOf, type Attempt, type Message, type MessageVersion, type Page } from "@frontdesk/shared";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { http } from "~/app/api.ts";
import { listOf } from "~/app/queries.ts";
import { Dialog } from "~/ui/Dialog.tsx";
import { Bone, Failed } from "~/ui/small.tsx";
import { Content } from "./Content.tsx";
import styles from "./thread.module.css";

export function VersionsDialog({ message, onClose }: { message: Message; onClose: () => void }): ReactNode {
  const versions = useQuery({
    queryKey: ["messages", message.conversation_id, message.id, "versions"],
    queryFn: () => http.get<MessageVersion[] | Page<MessageVersion>>(`/v1/messages/${message.id}/versions`).then(listOf),
    staleTime: 0,
  });
  return (
    <Dialog title="Earlier versions" opened onClose={onClose} width={520}>
      {versions.isPending ? <Bone width="60%" /> : null}
      {versions.isError ? <Failed title="The versions did not load" error={versions.error} onRetry={() => void versions.refetch()} /> : null}
      {versions.data ? (
        <ol className={styles.versions}>
          {versions.data.map((version) => (
            <li key={version.version}>
              <p className="meta">{version.replaced_at ? `Until ${fullTime(version.replaced_at)}` : "Before"}</p>
              <Content content={version.content} />
            </li>
          ))}
          <li>
            <p className="meta">Now, edited {fullTime(message.edited_at)}</p>
            <Content content={message.content} />
          </li>
        </ol>
      ) : null}
    </Dialog>
  );
}

interface DeliveryOfMessage {
  id: string;
}

export function DetailsDialog({ message, onClose }: { message: Message; onClose: () => void }): ReactNode {
  const outgoing = message.direction === "outgoing";
  const deliveries = useQuery({
    queryKey: ["messages", message.conversation_id, message.id, "deliveries"],
    queryFn: () => http.get<DeliveryOfMessage[] | Page<DeliveryOfMessage>>(`/v1/messages/${message.id}/deliveries`).then(listOf),
    enabled: outgoing,
    staleTime: 0,
  });
  const facts: [name: string, value: string | null | undefined, exact?: boolean][] = [
    ["Author", message.author.name ?? message.author.type],
    ["Kind", message.content.kind],
    ["Written", fullTime(message.sent_at ?? message.created_at)],
    ["Stored", fullTime(message.created_at)],
    ["Number", `${String(message.seq)} in this conversation`],
    ["Status", tickOf(message.status)?.label],
    ["Failure", message.failure ? [message.failure.message, message.failure.code].filter(Boolean).join(", ") : null],
    ["Provider’s id", message.source_id, true],
    ["Price", message.pricing?.category ? `${message.pricing.category}${message.pricing.billable === false ? ", free" : ""}` : null],
    ["Id", message.id, true],
  ];
  return (
    <Dialog title="Message details" opened onClose={onClose} width={600}>
      <dl className={styles.facts}>
        {facts
          .filter(([, value]) => value)
          .map(([name, value, exact]) => (
            <div key={name} style={{ display: "contents" }}>
              <dt>{name}</dt>
              <dd className={exact ? "mono" : undefined}>{value}</dd>
            </div>
          ))}
      </dl>
      {outgoing ? (
        <section className={styles.section}>
          <h3>Delivery</h3>
          {deliveries.isPending ? <Bone width="60%" /> : null}
          {deliveries.isError ? <Failed title="The deliveries did not load" error={deliveries.error} onRetry={() => void deliveries.refetch()} /> : null}
          {deliveries.data?.map((delivery) => (
            <Attempts key={delivery.id} delivery={delivery.id} />
          ))}
          {deliveries.data?.length === 0 ? <p className="meta">Nothing was to be delivered.</p> : null}
        </section>
      ) : null}
    </Dialog>
  );
}

/** Every try of one delivery, with what was asked and answered. */
export function Attempts({ delivery }: { delivery: string }): ReactNode {
  const attempts = useQuery({
    queryKey: ["deliveries", delivery, "attempts"],
    queryFn: () => http.get<Attempt[] | Page<Attempt>>(`/v1/deliveries/${delivery}/attempts`).then(listOf),
    staleTime: 0,
  });
  if (attempts.isPending) return <Bone width="50%" />;
  if (attempts.isError) return <Failed title="The attempts did not load" error={attempts.error} onRetry={() => void attempts.refetch()} />;
  if (attempts.data.length === 0) return <p className="meta">Not tried yet.</p>;
  return (
    <ol className={styles.attempts} aria-label="Attempts">
      {attempts.data.map((attempt) => (
        <li key={attempt.id}>
          <p className="row">
            <strong>
              {attempt.number}, {attempt.outcome ?? "open"}
            </strong>
            <span className="meta">{[attempt.error_code, attempt.error].filter(Boolean).join(": ")}</span>
            <time className="meta push">{exactTime(attempt.started_at)}</time>
          </p>
          {attempt.request ? <pre>{JSON.stringify(attempt.request, null, 2)}</pre> : null}
          {attempt.response ? <pre>{JSON.stringify(attempt.response, null, 2)}</pre> : null}
        </li>
      ))}
    </ol>
  );
}
